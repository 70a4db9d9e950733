#include "policy/eval/matcher.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "base/core/address.h"

namespace sallyport::policy {
namespace {

// Which of `candidates` the matcher takes, joined with blanks.
template <class M>
std::string taken(const M& matcher, std::initializer_list<std::string_view> candidates) {
  std::string out;
  for (const std::string_view text : candidates) {
    if (!matcher.matches(text)) continue;
    if (!out.empty()) out += ' ';
    out += text;
  }
  return out;
}

TEST(TextMatcher, ComparesWholeTextsAndGlobsWithoutCaseWhereAsked) {
  const TextMatcher folding({"Alice", "bob"}, {"*@Example.COM"}, true);
  EXPECT_EQ(
      taken(folding, {"alice", "ALICE", "alic", "alices", "Bob", "x@example.com", "x@a.com", ""}),
      "alice ALICE Bob x@example.com");
  const TextMatcher strict({"Alice"}, {}, false);
  EXPECT_EQ(taken(strict, {"alice", "Alice"}), "Alice");
}

TEST(TextMatcher, FoldsTextsOfAnyLength) {
  const std::string stored(1000, 'a');
  const TextMatcher matcher({stored}, {}, true);
  EXPECT_TRUE(matcher.matches(std::string(1000, 'A')));
  EXPECT_FALSE(matcher.matches(std::string(999, 'A')));
  EXPECT_FALSE(matcher.matches(std::string(256, 'A')));
}

// Many globs are told apart by the pairs of bytes that they need; each says what it says alone.
TEST(TextMatcher, ManyGlobsSayWhatEachSaysAlone) {
  const std::vector<std::string> globs = {"*bot*",   "curl/*", "a?c*",  "*",       "?",
                                          "x*?y",    "",       "*.exe", "aa*a",    "*é*",
                                          "nikto*2", "b?t",    "*b*o*", "ab*ab*c", "**t"};
  const std::vector<std::string> texts = {
      "",   "a",   "robot",     "Robot/2", "curl/8", "abc",       "a.c.", "xzy", "xy",
      "aa", "aaa", "setup.exe", "café",    "nikto2", "nikto 1.2", "bat",  "bt",  "ababc"};
  for (const bool fold : {false, true}) {
    const auto alone = [&](std::string_view text) {
      return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
        return glob != "*" && TextMatcher({}, {glob}, fold).matches(text);
      });
    };
    std::vector<std::string> most = globs;
    std::erase(most, "*");
    const TextMatcher many({}, most, fold);
    for (const std::string& text : texts) EXPECT_EQ(many.matches(text), alone(text)) << text;
    EXPECT_TRUE(TextMatcher({}, globs, fold).matches("anything"));
  }
}

TEST(HostMatcher, KeepsTheThreeKindsOfPatternApart) {
  const HostMatcher matcher(
      {.exact = {"one.test"}, .under = {"two.test"}, .below = {"three.test"}});
  EXPECT_EQ(
      taken(matcher, {"one.test", "a.one.test", "two.test", "a.two.test", "a.b.two.test",
                      "xtwo.test", "three.test", "a.three.test", "a.b.three.test", "test", ""}),
      "one.test two.test a.two.test a.b.two.test a.three.test a.b.three.test");
}

// Names whose order as plain text would hide one behind another: '-' sorts before '.'.
TEST(HostMatcher, FindsTheParentAmongNamesThatLookAlike) {
  const HostMatcher matcher({.exact = {},
                             .under = {"example.test", "a.example.test", "b-example.test",
                                       "-x.example.test", "ample.test", "xample.test", "zest"},
                             .below = {"up.test", "deep.up.test"}});
  EXPECT_EQ(taken(matcher, {"b.a.example.test", "x.b-example.test", "c-example.test",
                            "x.example.test", "pample.test", "ple.test", "a.ample.test", "a.zest",
                            "azest", "deep.up.test", "up.test", "x-up.test"}),
            "b.a.example.test x.b-example.test x.example.test a.ample.test a.zest deep.up.test");
}

// Against the definition, for every pair of a pattern and a host.
TEST(HostMatcher, AgreesWithTheDefinition) {
  const std::vector<std::string> names = {"t",     "a.t",   "b.t",     "ab.t",  "a-b.t", "b.a.t",
                                          "a.b.t", "c.b.t", "c.a.b.t", "a.b.u", "bt",    "x.bt"};
  for (std::size_t one = 0; one < names.size(); ++one) {
    for (std::size_t two = 0; two < names.size(); ++two) {
      const HostMatcher under({.exact = {}, .under = {names[one], names[two]}, .below = {}});
      const HostMatcher below({.exact = {}, .under = {}, .below = {names[one], names[two]}});
      for (const std::string& host : names) {
        const auto is_below = [&](const std::string& parent) {
          return host.ends_with('.' + parent);
        };
        const bool strictly = is_below(names[one]) || is_below(names[two]);
        const bool itself = host == names[one] || host == names[two];
        EXPECT_EQ(below.matches(host), strictly) << host << ": " << names[one] << " " << names[two];
        EXPECT_EQ(under.matches(host), strictly || itself)
            << host << ": " << names[one] << " " << names[two];
      }
    }
  }
}

TEST(PathMatcher, CoversWholeSegments) {
  const PathMatcher matcher({"/admin", "/only/below/"}, {"/files/*.exe"});
  EXPECT_EQ(taken(matcher, {"/admin", "/admin/", "/admin/x", "/administrator", "/Admin", "/x/admin",
                            "/only/below", "/only/below/", "/only/below/x", "/files/a.exe",
                            "/files/a/b.exe", "/files/a.exe/c", "/", ""}),
            "/admin /admin/ /admin/x /only/below/ /only/below/x /files/a.exe /files/a/b.exe");
}

TEST(PathMatcher, TakesEveryPathForTheRoot) {
  const PathMatcher matcher({"/"}, {});
  EXPECT_EQ(taken(matcher, {"/", "/a", "/a/b", "*"}), "/ /a /a/b");
}

TEST(NumberMatcher, IncludesBothEnds) {
  const NumberMatcher matcher({{400, 499}, {80, 80}});
  for (const int number : {80, 400, 450, 499}) EXPECT_TRUE(matcher.matches(number)) << number;
  for (const int number : {0, 79, 81, 399, 500}) EXPECT_FALSE(matcher.matches(number)) << number;
}

TEST(AddressMatcher, FindsTheRangeAmongManyAndInsideOneAnother) {
  std::vector<IpPrefix> prefixes;
  for (const std::string_view text :
       {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "192.0.2.0/24", "2001:db8::/32", "198.51.100.7"}) {
    prefixes.push_back(*IpPrefix::parse(text));
  }
  const AddressMatcher matcher(prefixes);
  for (const std::string_view in :
       {"10.0.0.0", "10.1.2.3", "10.1.2.4", "10.255.255.255", "192.0.2.255", "2001:db8:ffff::1",
        "198.51.100.7", "::ffff:192.0.2.1"}) {
    EXPECT_TRUE(matcher.matches(*IpAddress::parse(in))) << in;
  }
  for (const std::string_view out : {"9.255.255.255", "11.0.0.0", "192.0.3.0", "2001:db9::", "::",
                                     "198.51.100.6", "198.51.100.8", "255.255.255.255"}) {
    EXPECT_FALSE(matcher.matches(*IpAddress::parse(out))) << out;
  }
  EXPECT_FALSE(AddressMatcher({}).matches(IpAddress()));
}

TEST(AddressMatcher, KeepsTheFamiliesApart) {
  EXPECT_FALSE(AddressMatcher({*IpPrefix::parse("0.0.0.0/0")}).matches(*IpAddress::parse("::1")));
  EXPECT_FALSE(AddressMatcher({*IpPrefix::parse("::/0")}).matches(*IpAddress::parse("192.0.2.1")));
}

TEST(Matcher, TakesAListWhereAnyOfItsTextsMatches) {
  const Matcher matcher = TextMatcher({"tor", "vpn"}, {}, true);
  const std::vector<std::string> with = {"corporate", "tor"};
  const std::vector<std::string> without = {"corporate"};
  EXPECT_TRUE(matches(matcher, std::span<const std::string>(with)));
  EXPECT_FALSE(matches(matcher, std::span<const std::string>(without)));
  EXPECT_FALSE(matches(matcher, std::span<const std::string>()));
}

TEST(Matcher, NeverTakesAValueOfAnotherKind) {
  EXPECT_FALSE(matches(TextMatcher({"1"}, {}, false), Value(std::int64_t{1})));
  EXPECT_FALSE(matches(NumberMatcher({{0, 9}}), Value(std::string_view("1"))));
  EXPECT_FALSE(matches(AddressMatcher({}), Value()));
}

}  // namespace
}  // namespace sallyport::policy
