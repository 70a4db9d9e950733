// What the author of a faulty value reads: one line under `when` each, and all that is said about
// it.

#include "policy/compile/values.h"

#include <gtest/gtest.h>

#include "policy/compile/compile.h"

namespace sallyport::policy {
namespace {

std::string refusal(const std::string& condition) {
  const auto source = std::make_shared<const Source>(
      Source{"rules.yaml", "- name: r\n  when:\n    " + condition + "\n  then: block\n"});
  Diagnostics warnings;
  const auto compiled = compile({source}, warnings);
  return compiled ? "accepted" : render(compiled.error());
}

void expect_condition_refused(const std::string& condition, const std::string& message,
                              const std::string& caret) {
  EXPECT_EQ(refusal(condition), message + "\n    " + condition + "\n" + caret + "\n");
}

TEST(PolicyValues, SuggestTheWordTheAuthorMeant) {
  expect_condition_refused("activity: [uplaod, share]",
                           "rules.yaml:3:16: error: 'uplaod' is no activity",
                           "               ^~~~~~ did you mean 'upload'?");
}

TEST(PolicyValues, ListTheWordsWhereNothingIsNear) {
  expect_condition_refused("client.ip.category: dangerous",
                           "rules.yaml:3:25: error: 'dangerous' is no client.ip.category",
                           "                        ^~~~~~~~~ one of: none, corporate, "
                           "administrative, risky, vpn, cloud_provider, other");
}

TEST(PolicyValues, PointToTheReadmeWhereTheListIsLong) {
  expect_condition_refused(
      "app.category: filesharing", "rules.yaml:3:19: error: 'filesharing' is no app.category",
      "                  ^~~~~~~~~~~ the 48 words are listed in conf/policies/reference.md");
}

TEST(PolicyValues, SayHowAMissingAppIsWritten) {
  expect_condition_refused("app.category: unknown",
                           "rules.yaml:3:19: error: 'unknown' is no app.category",
                           "                  ^~~~~~~ did you mean 'app: unknown'?");
  expect_condition_refused("app: none",
                           "rules.yaml:3:10: error: 'none' does not say that there is no app",
                           "         ^~~~ did you mean 'unknown'?");
}

TEST(PolicyValues, SayHowCountriesAndAutonomousSystemsAreWritten) {
  expect_condition_refused(
      "client.ip.country: UK", "rules.yaml:3:24: error: 'UK' is no client.ip.country",
      "                       ^~ a country is its ISO 3166-1 code of two letters: DE, FR, GB");
  expect_condition_refused(
      "destination.ip.asn: AS64496", "rules.yaml:3:25: error: 'AS64496' is no destination.ip.asn",
      "                        ^~~~~~~ write the number of the autonomous system without 'AS', a "
      "comparison or a range ('64496..64511')");
}

TEST(PolicyValues, RefuseHostBits) {
  expect_condition_refused(
      "client.ip: 192.0.2.7/24",
      "rules.yaml:3:16: error: '192.0.2.7/24' has bits set behind its prefix",
      "               ^~~~~~~~~~~~ did you mean '192.0.2.0/24' or the address '192.0.2.7'?");
}

TEST(PolicyValues, RefuseWhatIsNoAddress) {
  expect_condition_refused(
      "client.ip: office",
      "rules.yaml:3:16: error: 'office' is no address and no range of addresses",
      "               ^~~~~~ write '192.0.2.1', '192.0.2.0/24' or '2001:db8::/32'");
}

TEST(PolicyValues, RefuseWhatIsNoHost) {
  expect_condition_refused(
      "host: https://example.com/a",
      "rules.yaml:3:11: error: 'https://example.com/a' is no host name or address",
      "          ^~~~~~~~~~~~~~~~~~~~~ did you mean 'example.com'?");
  expect_condition_refused("host: example.com/a",
                           "rules.yaml:3:11: error: 'example.com/a' is no host name or address",
                           "          ^~~~~~~~~~~~~ write the path under 'path'");
  expect_condition_refused("host: example.com:8443",
                           "rules.yaml:3:11: error: 'example.com:8443' is no host name or address",
                           "          ^~~~~~~~~~~~~~~~ write the port under 'port'");
  expect_condition_refused("host: .example.com",
                           "rules.yaml:3:11: error: '.example.com' is no host name or address",
                           "          ^~~~~~~~~~~~ did you mean 'example.com' (itself and below) "
                           "or '*.example.com' (only below)?");
  expect_condition_refused("host: 'api.*.example.com'",
                           "rules.yaml:3:11: error: 'api.*.example.com' is no host name or address",
                           "          ^~~~~~~~~~~~~~~~~~~ '*' stands only in front, for everything "
                           "below: '*.example.com'");
  expect_condition_refused("host: 10.0.0.0/8",
                           "rules.yaml:3:11: error: '10.0.0.0/8' is no host name or address",
                           "          ^~~~~~~~~~ did you mean 'destination.ip: 10.0.0.0/8'?");
  expect_condition_refused("host: '*.10.0.0.1'",
                           "rules.yaml:3:11: error: nothing is below an address",
                           "          ^~~~~~~~~~~~ did you mean '10.0.0.1'?");
  expect_condition_refused("host: exa mple",
                           "rules.yaml:3:11: error: 'exa mple' is no host name or address",
                           "          ^~~~~~~~");
}

TEST(PolicyValues, RefuseWhatIsNoPath) {
  expect_condition_refused("path: admin", "rules.yaml:3:11: error: a path begins with '/'",
                           "          ^~~~~ did you mean '/admin'?");
  expect_condition_refused("path: /search?q=x",
                           "rules.yaml:3:11: error: a path has no '?' and no '#'",
                           "          ^~~~~~~~~~~ the query is an attribute of its own: 'query'");
}

TEST(PolicyValues, RefuseWhatIsNoNumber) {
  expect_condition_refused(
      "port: https", "rules.yaml:3:11: error: 'https' is no port",
      "          ^~~~~ write a number, a comparison ('> 400', '>= 500') or a range ('400..499')");
  expect_condition_refused("status: '!= 200'", "rules.yaml:3:13: error: '!= 200' is no status",
                           "            ^~~~~~~~ write a number, a comparison ('> 400', '>= 500') "
                           "or a range ('400..499')");
  expect_condition_refused("status: 499..400", "rules.yaml:3:13: error: '499..400' is no status",
                           "            ^~~~~~~~ write a number, a comparison ('> 400', '>= 500') "
                           "or a range ('400..499')");
  expect_condition_refused(
      "status: '-1'", "rules.yaml:3:13: error: '-1' is no status",
      "            ^~~~ write a number, a comparison ('> 400', '>= 500') or a range ('400..499')");
  expect_condition_refused("status: 99999999999999999999",
                           "rules.yaml:3:13: error: '99999999999999999999' is no status",
                           "            ^~~~~~~~~~~~~~~~~~~~ write a number, a comparison ('> "
                           "400', '>= 500') or a range ('400..499')");
}

TEST(PolicyValues, LimitStarsInAPattern) {
  expect_condition_refused("user: '*a*b*c*d*e*f*g*h*i'",
                           "rules.yaml:3:11: error: a pattern has at most 8 stars",
                           "          ^~~~~~~~~~~~~~~~~~~~ an expression can say more: '~ ^a.*b'");
}

TEST(PolicyValues, LimitPatternsInACondition) {
  std::string list;
  for (int i = 0; i < 66; ++i) list += "a" + std::to_string(i) + "*,";
  const std::string text = refusal("user: [" + list + "]");
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "rules.yaml:3:322: error: a condition has at most 64 patterns with '*' or '?'");
}

}  // namespace
}  // namespace sallyport::policy
