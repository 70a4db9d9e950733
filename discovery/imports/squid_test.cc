#include <gtest/gtest.h>

#include "discovery/imports/record_text_for_tests.h"

namespace sallyport::discovery::imports {
namespace {

std::string squid(std::string_view lines) { return read_lines(LogFormat::squid, lines); }

TEST(SquidLog, IsReadAsSquidWritesIt) {
  EXPECT_EQ(
      squid("1764265743.123     85 192.0.2.7 TCP_MISS/200 4512 GET "
            "https://Files.Example.com/a/b?token=secret#x ana HIER_DIRECT/198.51.100.9 text/html\n"
            "1764265744.001    900 2001:db8::7 TCP_TUNNEL/200 99120 CONNECT mail.example.org:443 "
            "CORP%5cben HIER_DIRECT/2001:db8::9 -\n"
            "1764265745.000      0 192.0.2.8 TCP_DENIED/403 3900 CONNECT evil.example:443 - "
            "HIER_NONE/- text/html\n"
            "1764265746.500     12 192.0.2.8 TCP_HIT/304 200 GET http://198.51.100.77:8080/x - "
            "HIER_NONE/- -\n"
            "1764265746.500     12 192.0.2.8 TCP_MISS/200 200 POST http://u:p@[2001:db8::1]/ - "
            "FIRSTUP_PARENT/198.51.100.1 -\n"),
      "2025-11-27T17:49:03.123000Z 192.0.2.7 ana > https files.example.com 198.51.100.9 :443 GET "
      "/a/b down 4512 200 allowed type text/html\n"
      "2025-11-27T17:49:04.001000Z 2001:db8::7 CORP\\ben > mail.example.org 2001:db8::9 :443 "
      "CONNECT down 99120 200 allowed\n"
      "2025-11-27T17:49:05.000000Z 192.0.2.8 - > evil.example :443 CONNECT down 3900 403 blocked "
      "type text/html\n"
      "2025-11-27T17:49:06.500000Z 192.0.2.8 - > http 198.51.100.77 :8080 GET /x down 200 304 "
      "allowed\n"
      "2025-11-27T17:49:06.500000Z 192.0.2.8 - > http 2001:db8::1 :80 POST / down 200 200 "
      "allowed\n");
}

TEST(SquidLog, MayStandBehindSyslog) {
  const std::string read =
      "2025-11-27T17:49:03.123000Z 192.0.2.7 ana > http files.example.com :80 GET / down 1 200 "
      "allowed\n";
  const std::string line =
      "1764265743.123 85 192.0.2.7 TCP_MISS/200 1 GET http://files.example.com/ ana HIER_NONE/- -";
  for (const std::string header : {"", "<134>", "Nov 27 17:49:03 proxy1 squid[812]: ",
                                   "<134>Nov  7 17:49:03 proxy1 (squid-1): ",
                                   "<134>1 2026-11-27T17:49:03Z proxy1 squid 812 - - ",
                                   "2026-11-27T17:49:03.000001+01:00 proxy1 squid: "}) {
    EXPECT_EQ(squid(header + line), read) << header;
  }
}

TEST(SquidLog, ChallengesAndConnectionsWithoutARequestAreNoUse) {
  EXPECT_EQ(squid("1764265743.123 0 192.0.2.7 TCP_DENIED/407 4000 CONNECT a.example:443 - "
                  "HIER_NONE/- text/html\n"
                  "1764265743.123 0 192.0.2.7 NONE/000 0 NONE error:transaction-end-before-headers "
                  "- HIER_NONE/- -\n"
                  "1764265743.123 0 192.0.2.7 NONE/000 0 - - - HIER_NONE/- -\n"),
            "aside\naside\naside\n");
}

TEST(SquidLog, CutAndHostileLinesAreBadForAReason) {
  const std::string whole =
      "1764265743.123 85 192.0.2.7 TCP_MISS/200 4512 GET http://a.example/ ana HIER_NONE/- -";
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(squid(whole.substr(0, size)), "bad: not of this format, or cut off\n") << size;
  }
  EXPECT_EQ(squid("x 85 192.0.2.7 TCP_MISS/200 4512 GET http://a.example/ ana HIER_NONE/- -\n"
                  "1764265743.123 85 192.0.2.777 TCP_MISS/200 1 GET http://a.example/ - H/- -\n"
                  "1764265743.123 85 192.0.2.7 TCP_MISS/200 -1 GET http://a.example/ - H/- -\n"
                  "1764265743.123 85 192.0.2.7 TCP_MISS/2000 1 GET http://a.example/ - H/- -\n"
                  "1764265743.123 85 192.0.2.7 TCP_MISS/200 1 GET http:///x - H/- -\n"
                  "1764265743.123 85 192.0.2.7 TCP_MISS/200 1 GET http://a\x1b[31m/ - H/- -\n"
                  "1764265743.123 85 192.0.2.7 TCP_MISS/200 1 GET http://0x7f.1/ - H/- -\n"),
            "bad: not of this format, or cut off\n"
            "bad: no address where one is due\n"
            "bad: no number where one is due\n"
            "bad: not of this format, or cut off\n"
            "bad: no host and no address that something went to\n"
            "bad: no host and no address that something went to\n"
            "bad: no host and no address that something went to\n");
}

TEST(WsaLog, IsSquidsWithADecision) {
  EXPECT_EQ(
      read_lines(
          LogFormat::wsa,
          "1764265743.123 97 192.0.2.7 TCP_MISS/200 8187 GET http://www.example.com/ "
          "\"CORP\\ana@CorpRealm\" DIRECT/www.example.com text/plain "
          "DEFAULT_CASE_12-Staff-Id-NONE-NONE-NONE-DefaultGroup <IW_comp,5.0,0,-,-> - "
          "\"Mozilla/5.0 (X11)\"\n"
          "1764265743.200 1 192.0.2.7 TCP_DENIED/403 0 CONNECT tunnel://evil.example:443/ - NONE/- "
          "- BLOCK_WEBCAT_12-Staff-Id-NONE-NONE-NONE-NONE <IW_hack,-,-> -\n"
          "1764265743.123 97 192.0.2.7 TCP_MISS/200 8187 GET http://www.example.com/ - DIRECT/- "
          "-\n"),
      "2025-11-27T17:49:03.123000Z 192.0.2.7 CORP\\ana@CorpRealm > http www.example.com :80 GET / "
      "down 8187 200 allowed agent 'Mozilla/5.0 (X11)' type text/plain\n"
      "2025-11-27T17:49:03.200000Z 192.0.2.7 - > tunnel evil.example :443 CONNECT / down 0 403 "
      "blocked\n"
      "bad: not of this format, or cut off\n");
}

}  // namespace
}  // namespace sallyport::discovery::imports
