#include "discovery/catalog/registrable.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

std::string domain_of(const PublicSuffixes& suffixes, const std::string& host) {
  return std::string(suffixes.registrable(host));
}

class PublicSuffixFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "suffixes-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name + "/list.dat";
  }
  void TearDown() override {
    std::filesystem::remove_all(std::filesystem::path(path_).parent_path());
  }
  // "" or the report without its path.
  std::string refusal(const std::string& text) {
    std::ofstream(path_) << text;
    const auto loaded = load_public_suffixes(path_);
    if (loaded) return "";
    std::string shown = render(loaded.error());
    return shown.substr(shown.find("error: "));
  }
  std::string path_;
};

TEST(PublicSuffixes, TellWhatWasRegistered) {
  const auto loaded = load_public_suffixes("");  // Debian's.
  ASSERT_TRUE(loaded) << render(loaded.error());
  const std::pair<const char*, const char*> rows[] = {
      {"example.com", "example.com"},
      {"www.example.com", "example.com"},
      {"a.b.c.example.co.uk", "example.co.uk"},
      {"co.uk", ""},
      {"com", ""},
      {"localhost", ""},
      {"printer.internal", "printer.internal"},  // A suffix that the list has not: the last label.
      {"ana.github.io", "ana.github.io"},        // A private suffix.
      {"github.io", ""},
      {"www.city.kobe.jp", "city.kobe.jp"},  // "!city.kobe.jp"
      {"a.b.kobe.jp", "a.b.kobe.jp"},        // "*.kobe.jp"
      {"www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"},
      {"192.0.2.1", ""},
      {"2001:db8::1", ""},
      {"", ""},
  };
  for (const auto& [host, expected] : rows) EXPECT_EQ(domain_of(**loaded, host), expected) << host;
}

TEST(PublicSuffixes, EndSoonOnANameOf127Labels) {
  const auto loaded = load_public_suffixes("");
  ASSERT_TRUE(loaded);
  std::string host = "example.com";
  while (host.size() + 2 <= 253) host.insert(0, "a.");
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(domain_of(**loaded, host), "example.com");
}

TEST(PublicSuffixes, KnowNothingWithoutAList) {
  EXPECT_EQ(domain_of(PublicSuffixes(), "www.example.com"), "");
}

TEST_F(PublicSuffixFile, IsReadWhereTheOperatorNamesIt) {
  std::ofstream(path_) << "// ours\ncom\nuk\nco.uk\nhost.example\n";
  const auto loaded = load_public_suffixes(path_);
  ASSERT_TRUE(loaded) << render(loaded.error());
  EXPECT_EQ(domain_of(**loaded, "x.ana.host.example"), "ana.host.example");
}

TEST_F(PublicSuffixFile, IsRefusedWhereItIsNone) {
  EXPECT_EQ(refusal("root:x:0:0\n"),
            "error: this is no list of public suffixes: it does not have 'co.uk'\n"
            "  leave public_suffixes out to use the distribution's list\n");
  EXPECT_NE(refusal(""), "");
  EXPECT_NE(refusal(std::string(17u << 20, '\n')).find("larger than 16 MiB"), std::string::npos);
  const auto missing = load_public_suffixes(path_ + ".none");
  ASSERT_FALSE(missing);
  EXPECT_NE(render(missing.error()).find("cannot read the list"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::discovery
