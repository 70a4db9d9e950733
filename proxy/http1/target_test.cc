// Request targets and Host.

#include "proxy/http1/target.h"

#include <gtest/gtest.h>

namespace sallyport::http1 {
namespace {

// "absolute http files.example:80 /a", or "refused".
std::string target(const std::string& method, const std::string& text,
                   const std::vector<std::string>& hosts, const std::string& scheme = "http",
                   int minor = 1) {
  http::Headers headers;
  for (const std::string& host : hosts) EXPECT_TRUE(headers.add("Host", host));
  const Result<Target> parsed = parse_target(method, text, minor, headers, scheme);
  if (!parsed) {
    EXPECT_EQ(parsed.error().side, Side::client);
    return "refused";
  }
  const char* forms[] = {"origin", "absolute", "authority", "asterisk"};
  return std::string(forms[static_cast<int>(parsed->form)]) + " " + parsed->scheme + " " +
         parsed->authority.to_string() + " " + parsed->path;
}

TEST(Target, HasFourForms) {
  EXPECT_EQ(target("GET", "/a?b", {"files.example"}), "origin http files.example:80 /a?b");
  EXPECT_EQ(target("GET", "/a", {"files.example"}, "https"), "origin https files.example:443 /a");
  EXPECT_EQ(target("GET", "/a", {"files.example:8080"}), "origin http files.example:8080 /a");
  EXPECT_EQ(target("GET", "//a/../b", {"files.example"}), "origin http files.example:80 //a/../b");
  EXPECT_EQ(target("GET", "http://files.example/a", {"x"}), "absolute http files.example:80 /a");
  EXPECT_EQ(target("GET", "HTTPS://Files.Example:444", {"x"}),
            "absolute https files.example:444 /");
  EXPECT_EQ(target("GET", "http://files.example?b", {"x"}), "absolute http files.example:80 /?b");
  EXPECT_EQ(target("OPTIONS", "http://files.example", {"x"}), "absolute http files.example:80 *");
  EXPECT_EQ(target("OPTIONS", "*", {"files.example"}), "asterisk http files.example:80 *");
  EXPECT_EQ(target("CONNECT", "files.example:443", {"x"}), "authority http files.example:443 ");
  EXPECT_EQ(target("CONNECT", "[2001:db8::1]:443", {"x"}), "authority http [2001:db8::1]:443 ");
}

TEST(Target, WantsExactlyOneHost) {
  EXPECT_EQ(target("GET", "/", {}), "refused");
  EXPECT_EQ(target("GET", "/", {}, "http", 0), "refused");
  EXPECT_EQ(target("GET", "http://files.example/", {}), "refused");
  EXPECT_EQ(target("GET", "http://files.example/", {}, "http", 0),
            "absolute http files.example:80 /");
  EXPECT_EQ(target("GET", "http://files.example/", {"a", "a"}), "refused");
  EXPECT_EQ(target("GET", "/", {"a.example", "a.example"}), "refused");
  EXPECT_EQ(target("CONNECT", "files.example:443", {}), "refused");
}

TEST(Target, RefusesEveryOtherForm) {
  for (const std::string text :
       {"a", "*", "?a", "ftp://files.example/", "http:/a", "http://", "http:///a",
        "http://user@files.example/", "http://files.example:0/", "http://files.example:x/",
        "files.example:80", "http//a", "http:\\\\files.example", "ws://files.example/"}) {
    EXPECT_EQ(target("GET", text, {"files.example"}), "refused") << text;
  }
  for (const std::string text :
       {"files.example", "files.example:", "files.example:0", "/a", "http://files.example/",
        "[::1]", "::1:443", "a@files.example:443", "files.example:443/", "*"}) {
    EXPECT_EQ(target("CONNECT", text, {"x"}), "refused") << text;
  }
  for (const std::string host :
       {"", "a b", "a@b", "a/b", "files.example:", "files.example:99999", "%61.example"}) {
    EXPECT_EQ(target("GET", "/", {host}), "refused") << host;
  }
  EXPECT_EQ(target("OPTIONS", "*", {""}), "refused");
}

}  // namespace
}  // namespace sallyport::http1
