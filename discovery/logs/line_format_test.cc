#include "discovery/logs/line_format.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "discovery/events/decode.h"
#include "discovery/logs/hostile_for_tests.h"

namespace sallyport::discovery {
namespace {

using samples::allowed;
using samples::blocked;

LineFormat parsed(const std::string& text) {
  Checked<LineFormat> format = LineFormat::parse({text, {}});
  EXPECT_TRUE(format) << (format ? "" : render(format.error()));
  return format ? *format : LineFormat::json();
}

std::string line(const std::string& format, const Event& event) {
  std::string out;
  parsed(format).append(out, event);
  return out;
}

Event reached(Event event) {
  event.activity.destination = policy::AddressFacts{*IpAddress::parse("203.0.113.9")};
  event.media_type = "text/html";
  return event;
}

TEST(SquidFormat, WritesTheNativeLine) {
  EXPECT_EQ(
      line("squid", reached(allowed(1))),
      "1795471132.001      1 192.0.2.7 TCP_MISS/200 2048 GET https://www.dropbox.com/home ana "
      "HIER_DIRECT/203.0.113.9 text/html");
  Event event = reached(blocked(1));
  event.media_type.clear();
  event.activity.user.reset();
  event.duration_us = 1'234'567'000;
  EXPECT_EQ(line("squid", event),
            "1795472366.567 1234567 198.51.100.9 TCP_DENIED/403 0 POST "
            "https://www.dropbox.com/upload - HIER_NONE/- -");
}

// result/status method url hierarchy
std::string told(const Event& event) { return line("%Ss/%03>Hs %rm %ru %Sh/%<a", event); }

TEST(SquidFormat, SaysWhatBecameOfIt) {
  Event event = reached(allowed(1));
  const auto ended = [&](Ending ending) {
    event.ending = ending;
    return told(event);
  };
  EXPECT_EQ(ended(Ending::client_closed),
            "TCP_MISS_ABORTED/200 GET https://www.dropbox.com/home HIER_DIRECT/203.0.113.9");
  EXPECT_EQ(ended(Ending::timed_out),
            "TCP_MISS_TIMEDOUT/200 GET https://www.dropbox.com/home HIER_DIRECT/203.0.113.9");
  EXPECT_EQ(ended(Ending::origin_failed),
            "TCP_MISS/200 GET https://www.dropbox.com/home HIER_DIRECT/203.0.113.9");
  EXPECT_EQ(ended(Ending::refused), "TCP_DENIED/200 GET https://www.dropbox.com/home HIER_NONE/-");
  event.verdict.point = policy::Point::response;
  EXPECT_EQ(ended(Ending::blocked),
            "TCP_DENIED/200 GET https://www.dropbox.com/home HIER_DIRECT/203.0.113.9");
  event.activity.destination.reset();
  event.activity.status = 502;
  EXPECT_EQ(ended(Ending::origin_failed),
            "TCP_MISS/502 GET https://www.dropbox.com/home HIER_NONE/-");
}

TEST(SquidFormat, NamesTunnelsByHostAndPort) {
  Event event = reached(allowed(1));
  event.kind = EventKind::tunnel;
  event.activity.method.reset();
  event.activity.path.reset();
  event.activity.status = 200;
  EXPECT_EQ(told(event), "TCP_TUNNEL/200 CONNECT www.dropbox.com:443 HIER_DIRECT/203.0.113.9");
  event.activity.host = "2001:db8::1";
  event.ending = Ending::client_closed;
  EXPECT_EQ(told(event),
            "TCP_TUNNEL_ABORTED/200 CONNECT [2001:db8::1]:443 HIER_DIRECT/203.0.113.9");

  Event refused = allowed(1);
  refused.activity.method = "CONNECT";
  refused.activity.port = 25;
  refused.activity.path.reset();
  refused.activity.status = 403;
  refused.ending = Ending::refused;
  EXPECT_EQ(told(refused), "TCP_DENIED/403 CONNECT www.dropbox.com:25 HIER_NONE/-");
}

TEST(SquidFormat, NamesConnectionsThatNeverCameToARequest) {
  Event event;
  event.kind = EventKind::connection;
  event.ending = Ending::refused;
  event.activity.status = 400;
  EXPECT_EQ(told(event), "NONE/400 - error:invalid-request HIER_NONE/-");
  event.activity.status.reset();
  event.ending = Ending::timed_out;
  EXPECT_EQ(told(event), "NONE_TIMEDOUT/000 - error:transaction-end-before-headers HIER_NONE/-");
  event.activity.host = "a.example";
  event.activity.port = 443;
  event.ending = Ending::client_closed;
  EXPECT_EQ(told(event), "NONE_ABORTED/000 CONNECT a.example:443 HIER_NONE/-");
}

TEST(SquidFormat, WritesTheWholeUrlAndTheQueryOnlyWhereItWasRecorded) {
  Event event = allowed(1);
  event.activity.path = "/a%20b";
  EXPECT_EQ(line("%ru %rp", event), "https://www.dropbox.com/a%20b /a%20b");
  event.activity.port = 8443;
  event.query = "q=1 2";
  EXPECT_EQ(line("%ru %rp", event), "https://www.dropbox.com:8443/a%20b?q=1%202 /a%20b?q=1%202");
  event.activity.scheme = "http";
  event.activity.host = "2001:db8::1";
  event.activity.port = 80;
  EXPECT_EQ(line("%ru", event), "http://[2001:db8::1]/a%20b?q=1%202");
}

TEST(LineFormat, HasSquidsCodes) {
  Event event = reached(blocked(1));
  event.user_source = "basic";
  event.activity.user_agent = "curl/7.88 (x)";
  event.intercepted = true;
  event.ending = Ending::completed;
  EXPECT_EQ(line("%ts %tu %03tu [%tl] [%tg] %tr %>a %>p %<a %<p %un %ul", event),
            "1795471132 1 001 [23/Nov/2026:21:58:52 +0000] [23/Nov/2026:21:58:52 +0000] 1 "
            "198.51.100.9 50000 203.0.113.9 443 bob bob");
  EXPECT_EQ(line("%Ss:%Sh %>Hs %rm %>rm %ru %>ru %rp %>rp %>rs %>rd %>rP %mt %<st %>st", event),
            "TCP_MISS:HIER_DIRECT 403 POST POST https://www.dropbox.com/upload "
            "https://www.dropbox.com/upload /upload /upload https www.dropbox.com 443 text/html 0 "
            "512");
  EXPECT_EQ(line("%{User-Agent}>h|\"%\"{user-agent}>h\"|%ssl::bump_mode|100%%", event),
            "curl/7.88%20(x)|\"curl/7.88 (x)\"|bump|100%");
  event.user_source = "address_map";
  EXPECT_EQ(line("%un %ul", event), "bob -");
}

TEST(LineFormat, HasTheFieldsOfTheRecord) {
  Event event = blocked(1);
  event.activity.groups = {"sales", "a,b"};
  EXPECT_EQ(
      line("%{time}\t%{user}\t%{app.name}\t%{policy}\t%{groups}\t%{intercepted}\t%{error}", event),
      "2026-11-23T21:58:52.000000Z\tbob\tDropbox\tno%20personal%20storage\tsales,a%252Cb\t"
      "false\t-");
  EXPECT_EQ(line("\"%\"{policy}\" %{user} %{user}", event), "\"no personal storage\" bob bob");
}

TEST(LineFormat, PadsAndCuts) {
  Event event = allowed(1);
  EXPECT_EQ(line("[%6un] [%-6un] [%.2un] [%-5.2un]", event), "[   ana] [ana   ] [an] [an   ]");
  EXPECT_EQ(line("%06>p %06{bytes_out} %06un", event), "050000 002048    ana");
  event.activity.user = "\xc3\xa4\xc3\xb6\xc3\xbc";
  EXPECT_EQ(line("%.2un \"%\"5.2un\" \"%\"-5un\"", event),
            "%C3%A4%C3%B6 \"   \xc3\xa4\xc3\xb6\" \"\xc3\xa4\xc3\xb6\xc3\xbc  \"");
}

// Why a format is refused, as the author sees it.
std::string refused(const std::string& text) {
  const auto source =
      std::make_shared<const Source>(Source{"s.yaml", "logs:\n  - format: '" + text + "'\n"});
  const Checked<LineFormat> format = LineFormat::parse({text, Place{source, 2, 13, 1}});
  return format ? "accepted" : render(format.error());
}

TEST(LineFormatDiagnostics, PointAtTheLetterAndSuggest) {
  EXPECT_EQ(refused("%ts %Hs %{client.ipp} %{user"),
            "s.yaml:2:18: error: unknown code '%Hs'\n"
            "  - format: '%ts %Hs %{client.ipp} %{user'\n"
            "                 ^~~ did you mean '>Hs'?\n"
            "s.yaml:2:24: error: the record has no field 'client.ipp'\n"
            "  - format: '%ts %Hs %{client.ipp} %{user'\n"
            "                       ^~~~~~~~~~ did you mean 'client.ip'?\n"
            "s.yaml:2:36: error: this brace is never closed\n"
            "  - format: '%ts %Hs %{client.ipp} %{user'\n"
            "                                   ^~~~~~\n");
  EXPECT_EQ(refused("sqiud"),
            "s.yaml:2:14: error: 'sqiud' is no format of a log\n"
            "  - format: 'sqiud'\n"
            "             ^~~~~ did you mean 'squid'?\n");
  EXPECT_EQ(refused("%user"),
            "s.yaml:2:14: error: unknown code '%user'\n"
            "  - format: '%user'\n"
            "             ^~~~~ did you mean %{user}?\n");
}

std::string fault(const std::string& text) {
  const std::string all = refused(text);
  const std::size_t at = all.find("error: ");
  return at == std::string::npos ? all : all.substr(at + 7, all.find('\n', at) - at - 7);
}

TEST(LineFormatDiagnostics, RefuseWhatCouldBreakALine) {
  EXPECT_EQ(fault("%'un"), "values are never written raw, nor for a shell");
  EXPECT_EQ(fault("%/un"), "values are never written raw, nor for a shell");
  EXPECT_EQ(fault("%\"un"), "this encoding is for values between quotes");
  EXPECT_EQ(fault("\"%rm\" %\"un"), "this encoding is for values between quotes");
  EXPECT_EQ(fault("\"%un"), "this quote is never closed");
  EXPECT_EQ(fault("\"\\%\"un\""), "a backslash between quotes would join what follows it");
  EXPECT_EQ(fault("%un\n%un"), "a line holds no control character but tabs");
  EXPECT_EQ(fault("%un\x1b"), "a line holds no control character but tabs");
  EXPECT_EQ(fault("%un\xe2\x80\xae"), "a line holds no control character but tabs");
  EXPECT_EQ(fault("%un\xff"), "a line holds no control character but tabs");
}

TEST(LineFormatDiagnostics, NameEveryOtherFault) {
  EXPECT_EQ(fault("%un %"), "a code must follow the percent sign");
  EXPECT_EQ(fault("%un % "), "a code must follow the percent sign");
  EXPECT_EQ(fault("%999un"), "a width is at most 255");
  EXPECT_EQ(fault("%.un"), "a number from 1 must follow the point of a width");
  EXPECT_EQ(fault("%>h"), "heads are not kept but for one field");
  EXPECT_EQ(fault("%{Cookie}>h"), "'Cookie' is not kept of a head");
  EXPECT_EQ(fault(""), "'' is no format of a log");
  EXPECT_EQ(fault("%un" + std::string(5000, 'x')), "a format has at most 4096 bytes");
  EXPECT_EQ(fault("%{activities}"), "the record has no field 'activities'");
}

// How many words a line has; what stands between quotes is one.
std::size_t words(std::string_view line) {
  std::size_t count = 0;
  bool inside = false;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
      count += inside ? 0 : 1;
      inside = true;
    } else if (line[i] == ' ' && !quoted) {
      inside = false;
    } else if (!inside) {
      ++count;
      inside = true;
    }
  }
  return quoted ? 0 : count;
}

TEST(LineFormat, WritesOneLineWithItsOwnFieldsWhateverTheEventHolds) {
  const std::vector<std::string> codes{"%ts",
                                       "%>a",
                                       "%<a",
                                       "%un",
                                       "%[ul",
                                       "%Ss/%>Hs",
                                       "%rm",
                                       "%#ru",
                                       "%ru",
                                       "%rp",
                                       "%>rs",
                                       "%>rd",
                                       "%mt",
                                       "%Sh",
                                       "%{User-Agent}>h",
                                       "%.3un",
                                       "\"%\"{User-Agent}>h\"",
                                       "\"%\".7un %\"{policy}\"",
                                       "%-8{error}",
                                       "%[{app.name}",
                                       "%{groups}",
                                       "%{tls.ja4}",
                                       "\"%\"{client.tags}\""};
  std::string everything;
  for (const std::string& code : codes) everything += (everything.empty() ? "" : " ") + code;
  for (const std::string& text : samples::hostile_texts()) {
    for (const EventKind kind : {EventKind::exchange, EventKind::tunnel, EventKind::connection}) {
      Event event = samples::hostile(text);
      event.kind = kind;
      for (const std::string& format : {std::string("squid"), everything}) {
        const std::string out = line(format, event);
        EXPECT_EQ(words(out), format == "squid" ? 10u : codes.size()) << printable(out);
        EXPECT_EQ(printable(out), out);
      }
      const std::string json = line("json", event);
      EXPECT_EQ(printable(json), json);
      EXPECT_TRUE(parse_event(json)) << printable(json);
    }
  }
}

}  // namespace
}  // namespace sallyport::discovery
