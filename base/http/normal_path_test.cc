#include "base/http/normal_path.h"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

TEST(NormalPath, HasOneSpelling) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"/", "/"},
      {"", "/"},
      {"*", "/*"},
      {"/a", "/a"},
      {"/a/", "/a/"},
      {"/a?b/../c", "/a"},
      {"/a//b", "/a/b"},
      {"//a", "/a"},
      {"/./a", "/a"},
      {"/a/.", "/a/"},
      {"/a/..", "/"},
      {"/a/../b", "/b"},
      {"/../../a", "/a"},
      {"/a/b/../../c", "/c"},
      {"/%61", "/a"},
      {"/%2e%2e/a", "/a"},
      {"/a/%2E%2E/b", "/b"},
      {"/%7Ea", "/~a"},
      {"/%2f", "/%2f"},
      {"/a%2Fb", "/a%2Fb"},
      {"/%", "/%"},
      {"/%6", "/%6"},
      {"/%zz", "/%zz"},
      {"/%2561", "/%2561"},
      {"/a/.b", "/a/.b"},
      {"/a/...", "/a/..."},
      {"/%00", "/%00"},
      {"/a;b=c/d", "/a;b=c/d"},
  };
  for (const auto& [path, normal] : cases) EXPECT_EQ(normal_path(path), normal) << path;
}

}  // namespace
}  // namespace sallyport::http
