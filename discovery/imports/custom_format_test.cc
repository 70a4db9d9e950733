#include "discovery/imports/custom_format.h"

#include <gtest/gtest.h>

#include "discovery/imports/line_layout.h"
#include "discovery/imports/record_text_for_tests.h"

namespace sallyport::discovery::imports {
namespace {

std::string custom(std::string_view yaml, std::string_view lines) {
  const auto format =
      CustomFormat::parse(std::make_shared<const Source>(Source{"gate.yaml", std::string(yaml)}));
  if (!format) return render(format.error());
  return read_lines(LogFormat::custom, lines, {times_for_tests(), nullptr, *format});
}

TEST(CustomFormat, ReadsCsvByItsHeader) {
  EXPECT_EQ(
      custom("name: gate 7\n"
             "kind: csv\n"
             "separator: semicolon\n"
             "skip: '#'\n"
             "time: {field: when, format: '%d.%m.%Y %H:%M:%S'}\n"
             "fields: {client: src, user: who, url: target, bytes_up: sent, bytes_down: got,\n"
             "         action: verdict}\n"
             "blocked: [DENY, '2']\n",
             "# gate 7\n"
             "when;src;who;verdict;target;sent;got;more\n"
             "27.11.2025 17:49:03;192.0.2.7;\"ana;x\";OK;https://files.example.com/a?b;1;2;\n"
             "27.11.2025 17:49:04;192.0.2.8;;DENY;evil.example/x;0;0;\n"
             "27.11.2025 17:49:04;192.0.2.8;;2;evil.example/x;0;0;\n"
             "27.11.2025;192.0.2.8;;2;evil.example/x;0;0;\n"
             "27.11.2025 17:49:04;192.0.2.8;;2\n"
             "27.11.2025 17:49:04;;ana;2;evil.example/x;0;0;\n"),
      "aside\n"
      "aside\n"
      "2025-11-27T17:49:03.000000Z 192.0.2.7 ana;x > https files.example.com :443 /a up 1 "
      "down 2 allowed\n"
      "2025-11-27T17:49:04.000000Z 192.0.2.8 - > evil.example /x up 0 down 0 blocked\n"
      "2025-11-27T17:49:04.000000Z 192.0.2.8 - > evil.example /x up 0 down 0 blocked\n"
      "bad: no time that can be understood\n"
      "bad: not of this format, or cut off\n"
      "bad: no address where one is due\n");
}

TEST(CustomFormat, ReadsColumnsByNumberAndPairsByName) {
  EXPECT_EQ(
      custom("name: x\nkind: csv\nseparator: tab\nheader: false\n"
             "time: {date: 1, clock: 2}\nfields: {client: 3, host: 5, status: 4}\n",
             "2025-11-27\t17:49:03\t192.0.2.7\t200\tfiles.example.com\n2025-11-27\t17:49:03\n"),
      "2025-11-27T17:49:03.000000Z 192.0.2.7 - > files.example.com 200\n"
      "bad: not of this format, or cut off\n");
  EXPECT_EQ(custom("name: x\nkind: key_value\nseparator: bar\nassign: ':'\n"
                   "time: {field: T, format: '%s'}\n"
                   "fields: {client: S, server: D, port: P, action: A}\n",
                   "<13>Nov 27 17:49:03 gate T:1764265743|S:192.0.2.7|D:198.51.100.9|P:443|A:drop\n"
                   "nothing of it\n"),
            "2025-11-27T17:49:03.000000Z 192.0.2.7 - > 198.51.100.9 :443 blocked\n"
            "bad: not of this format, or cut off\n");
}

TEST(CustomFormat, FaultsAreShownWhereTheyStand) {
  EXPECT_EQ(custom("name: x\nkind: cvs\ntime: {field: when, format: '%Y'}\n"
                   "fields: {client: src, hots: y}\nseparator: ab\n",
                   ""),
            "gate.yaml:2:7: error: 'kind' of parser cannot be 'cvs'\n"
            "kind: cvs\n"
            "      ^~~ did you mean 'csv'?\n"
            "gate.yaml:3:29: error: a format tells the day and the time of day\n"
            "time: {field: when, format: '%Y'}\n"
            "                            ^~~~ of %Y %y %m %b %d %e %H %I %p %M %S %f %z %s\n"
            "gate.yaml:4:9: error: fields need 'url', 'host' or 'server'\n"
            "fields: {client: src, hots: y}\n"
            "        ^~~~~~~~~~~~~~~~~~~~~~\n"
            "gate.yaml:4:23: error: unknown key 'hots' in fields\n"
            "fields: {client: src, hots: y}\n"
            "                      ^~~~ did you mean 'host'?\n"
            "gate.yaml:5:12: error: 'separator' is one character\n"
            "separator: ab\n"
            "           ^~ or tab, space, comma, semicolon, bar\n");
  EXPECT_NE(custom("name: x\nkind: csv\nheader: false\ntime: {field: 1, date: 2}\n"
                   "fields: {client: 0, host: name}\n",
                   "")
                .find("without a header a column is a number from 1 to 256"),
            std::string::npos);
  EXPECT_NE(custom("- a\n", "").find("gate.yaml:1:1"), std::string::npos);
}

std::string laid_out(const char* format, std::string_view lines) {
  const auto layout = LineLayout::parse(
      {format, {std::make_shared<const Source>(Source{"--logformat", format}), 1, 1}});
  if (!layout) return render(layout.error());
  return read_lines(LogFormat::logformat, lines, {times_for_tests(), *layout, nullptr});
}

TEST(LogformatLayout, ReadsWhatSquidWritesByIt) {
  EXPECT_EQ(
      laid_out(
          "%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt \"%{User-Agent}>h\"",
          "1764265743.123     85 192.0.2.7 TCP_MISS/200 4512 GET https://files.example.com/a?b "
          "CORP%5cana HIER_DIRECT/198.51.100.9 text/html \"Mozilla/5.0 (\\\"X11\\\")\"\n"
          "1764265744.001      1 192.0.2.8 TCP_DENIED/403 4512 CONNECT evil.example:443 - "
          "HIER_NONE/- - \"-\"\n"
          "1764265744.001      1 192.0.2.8 TCP_DENIED/407 4512 CONNECT evil.example:443 - "
          "HIER_NONE/- - \"-\"\n"
          "1764265744.001      1 192.0.2.8 TCP_DENIED/403\n"),
      "2025-11-27T17:49:03.123000Z 192.0.2.7 CORP\\ana > https files.example.com 198.51.100.9 :443 "
      "GET /a down 4512 200 allowed agent 'Mozilla/5.0 (\\\"X11\\\")' type text/html\n"
      "2025-11-27T17:49:04.001000Z 192.0.2.8 - > evil.example :443 CONNECT down 4512 403 blocked\n"
      "aside\n"
      "bad: not of this format, or cut off\n");
  EXPECT_EQ(
      laid_out("[%tl] user=%un|%>a|%ssl::>sni|%>st|%<st|100%%",
               "[27/Nov/2025:17:49:03 +0100] user=ana b|192.0.2.7|files.example.com|1|2|100%\n"
               "<134>Nov 27 17:49:03 p squid: [27/Nov/2025:17:49:03 +0100] "
               "user=-|192.0.2.7|files.example.com|1|2|100%\n"),
      "2025-11-27T16:49:03.000000Z 192.0.2.7 ana b > files.example.com up 1 down 2\n"
      "2025-11-27T16:49:03.000000Z 192.0.2.7 - > files.example.com up 1 down 2\n");
  EXPECT_EQ(
      laid_out("%tl %>a %rd %rP", "27/Nov/2025:17:49:03 +0000 192.0.2.7 files.example.com 8443\n"),
      "2025-11-27T17:49:03.000000Z 192.0.2.7 - > files.example.com :8443\n");
}

TEST(LogformatLayout, FaultsAreShownWhereTheyStand) {
  EXPECT_EQ(laid_out("%ts %ru%un % x", ""),
            "--logformat:1:5: error: nothing stands between this code and the next\n"
            "%ts %ru%un % x\n"
            "    ^~~ a blank, or anything else that tells where a value ends\n"
            "--logformat:1:12: error: a percent sign without a code\n"
            "%ts %ru%un % x\n"
            "           ^ %% is a percent sign\n");
  EXPECT_EQ(laid_out("%>a", ""),
            "--logformat:1:1: error: the format has no time\n"
            "%>a\n"
            "^~~ %ts.%03tu, or [%tl]\n"
            "--logformat:1:1: error: the format tells no destination\n"
            "%>a\n"
            "^~~ %ru\n");
}

}  // namespace
}  // namespace sallyport::discovery::imports
