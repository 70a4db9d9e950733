#include "proxy/cli/file_schemas.h"

#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "base/json/cursor.h"
#include "base/yaml/node.h"
#include "discovery/catalog/app_reader.h"
#include "discovery/tags/ip_tags.h"
#include "proxy/app/config.h"
#include "proxy/local/pac.h"

namespace sallyport::cli {
namespace {

const FileShape& shape_of(std::string_view name) {
  for (const FileShape& one : file_shapes()) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << name;
  return file_shapes().front();
}

yaml::Node parsed(const FileShape& shape) {
  auto node = yaml::parse(
      std::make_shared<const Source>(Source{std::string(shape.name), std::string(shape.shape)}));
  EXPECT_TRUE(node) << render(node.error());
  return node ? *node : yaml::Node();
}

// A file that has every key of the shape; what stands there is of no use.
void append_instance(std::string& out, const yaml::Node& node, std::set<std::string>& keys) {
  if (node.kind == yaml::Node::Kind::list) {
    out += "[";
    append_instance(out, node.items.front(), keys);
    out += "]";
  } else if (node.kind == yaml::Node::Kind::map) {
    out += "{";
    for (const auto& [written, value] : node.entries) {
      std::string key = *written;
      if (key.ends_with('!')) key.pop_back();
      keys.insert(key);
      out += (out.ends_with('{') ? "" : ", ") + (key == "*" ? "x" : key) + ": ";
      append_instance(out, value, keys);
    }
    out += "}";
  } else {
    out += "x";
  }
}

SourcePtr instance(std::string_view name, std::set<std::string>& keys) {
  std::string text;
  append_instance(text, parsed(shape_of(name)), keys);
  return std::make_shared<const Source>(Source{"x.yaml", text});
}

void expect_no_unknown_key(const std::string& faults) {
  EXPECT_EQ(faults.find("unknown key"), faults.npos) << faults;
}

TEST(FileSchemas, AreJson) {
  for (const FileShape& one : file_shapes()) {
    const std::string text = to_schema(one);
    JsonCursor cursor(text);
    EXPECT_TRUE(cursor.skip() && cursor.at_end()) << text;
  }
}

TEST(FileSchemas, NameOnlyKeysOfTheConfigurationThatItsReaderKnows) {
  std::set<std::string> keys;
  Diagnostics warnings;
  const auto config = app::parse_config(instance("config", keys), "/tmp", warnings);
  ASSERT_FALSE(config);
  expect_no_unknown_key(render(config.error()));
}

TEST(FileSchemas, NameEveryKeyOfTheConfiguration) {
  std::set<std::string> keys;
  instance("config", keys);
  std::size_t seen = 0;
  for (const char* file : {"config.cc", "config_logs.cc", "config_geo.cc"}) {
    std::ifstream in(std::string(SALLYPORT_SOURCE_DIR) + "/proxy/app/" + file);
    std::stringstream text;
    text << in.rdbuf();
    const std::string source = text.str();
    for (const char* call :
         {"text(\"", "texts(\"", "boolean(\"", "integer(\"", "duration(\"", "bytes(\"", "word(\"",
          "node(\"", "each(\"", "section(map, \"", "count(\"", "read_bytes(map, \"",
          "read_bytes(log, \"", "read_word(log, \"", "read_endpoints(map, \"",
          "read_paths(database, \"", "number(\""}) {
      for (std::size_t at = source.find(call); at != source.npos; at = source.find(call, at + 1)) {
        const std::size_t begin = source.find('"', at) + 1;
        const std::string key = source.substr(begin, source.find('"', begin) - begin);
        EXPECT_TRUE(keys.contains(key)) << file << ": " << key;
        ++seen;
      }
    }
  }
  EXPECT_GT(seen, 80u);
}

TEST(FileSchemas, NameOnlyKeysOfTheOthersThatTheirReadersKnow) {
  std::set<std::string> keys;
  Diagnostics found;
  const auto app = yaml::parse(instance("app", keys));
  ASSERT_TRUE(app);
  discovery::read_app(*app, found);
  expect_no_unknown_key(render(found));
  Diagnostics warnings;
  const auto tags =
      discovery::parse_ip_tags(instance("address_tags", keys), "/tmp", Time(), warnings);
  ASSERT_FALSE(tags);
  expect_no_unknown_key(render(tags.error()));
  const auto pac = local::read_pac(instance("pac", keys)->text, "x");
  ASSERT_FALSE(pac);
  expect_no_unknown_key(render(pac.error()));
}

}  // namespace
}  // namespace sallyport::cli
