#include "discovery/agent/known_clients.h"

#include <gtest/gtest.h>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

Checked<KnownClients> read(const std::string& text) {
  auto node = yaml::parse(std::make_shared<const Source>(Source{"clients.yaml", text}));
  if (!node) return std::unexpected(std::move(node.error()));
  return KnownClients::read(*node);
}

std::string native(const KnownClients& clients, std::string_view user_agent) {
  const std::string lowered = lower(user_agent);
  const auto found = clients.find_native(lowered);
  return found ? std::string(found->name) + " " + found->version : "-";
}

void expect_refused(const std::string& text, const std::string& expected) {
  const auto made = read(text);
  ASSERT_FALSE(made);
  EXPECT_EQ(render(made.error()), expected);
}

TEST(KnownClients, TakeTheFirstInTheFileWithTheVersionBehindIt) {
  const auto clients = read(
      "native_clients:\n  outlook: microsoft outlook\n  office: [microsoft office, msoffice]\n"
      "  curl: curl/\n");
  ASSERT_TRUE(clients) << render(clients.error());
  EXPECT_EQ(native(*clients, "Microsoft Office/16.0 (Microsoft Outlook 16.0.1; Pro)"),
            "outlook 16.0.1");
  EXPECT_EQ(native(*clients, "Microsoft Office/16.0"), "office 16.0");
  EXPECT_EQ(native(*clients, "CURL/7.88.1-DEV"), "curl 7.88.1");
  EXPECT_EQ(native(*clients, "pycurl/7.88"), "-");
  EXPECT_EQ(native(*clients, "a pycurl/1 (curl/2)"), "curl 2");
  EXPECT_EQ(native(*clients, ""), "-");
}

TEST(KnownClients, ReadVersionsAsTheyAreWritten) {
  EXPECT_EQ(version_at("/v1.2.3"), "1.2.3");
  EXPECT_EQ(version_at(" 1.2."), "1.2");
  EXPECT_EQ(version_at("-481.60.2 wispr"), "481.60.2");
  EXPECT_EQ(version_at("1"), "1");
  for (const char* none : {"", "/", "/v", "/vv1", ".1", "//1", "x1"}) {
    EXPECT_EQ(version_at(none), "") << none;
  }
  EXPECT_EQ(version_at(std::string(100, '1')).size(), 32u);
}

TEST(KnownClients, SayWhatIsWrongAndWhere) {
  expect_refused("native_clients:\n  Curl: curl/\n  b: [xy, wget/, Wget/]\nrobot: {}\n",
                 "clients.yaml:2:3: error: 'Curl' is no name\n"
                 "  Curl: curl/\n"
                 "  ^~~~ letters a to z, digits and '_'\n"
                 "clients.yaml:3:7: error: 'xy' is no literal\n"
                 "  b: [xy, wget/, Wget/]\n"
                 "      ^~ 3 to 64 printable ASCII bytes\n"
                 "clients.yaml:3:18: error: 'wget/' is written twice\n"
                 "  b: [xy, wget/, Wget/]\n"
                 "                 ^~~~~\n"
                 "clients.yaml:4:1: error: unknown key 'robot' in clients\n"
                 "robot: {}\n"
                 "^~~~~ did you mean 'robots'?\n");
  EXPECT_FALSE(read("native_clients: [curl]\n"));
  EXPECT_FALSE(read("native_clients: {a: \"caf\xc3\xa9\"}\n"));
}

TEST(KnownClients, HaveALimit) {
  std::string text = "robots:\n";
  for (int i = 0; i < 2'001; ++i)
    text += "  r" + std::to_string(i) + ": lit" + std::to_string(i) + "\n";
  EXPECT_FALSE(read(text));
}

}  // namespace
}  // namespace sallyport::discovery
