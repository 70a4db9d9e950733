// What we write we must read back: our own logs, by the formats of foreign ones.

#include <gtest/gtest.h>

#include "discovery/events/encode.h"
#include "discovery/imports/record_text_for_tests.h"
#include "discovery/logs/hostile_for_tests.h"
#include "discovery/logs/line_format.h"

namespace sallyport::discovery::imports {
namespace {

std::string by_squid(const Event& event) {
  std::string line;
  LineFormat::squid().append(line, event);
  return read_lines(LogFormat::squid, line);
}

std::string by_json(const Event& event) {
  std::string line;
  append_json(line, event);
  return read_lines(LogFormat::sallyport, line);
}

TEST(OwnLogs, AreReadBack) {
  Event event = samples::allowed(1);
  event.activity.destination = policy::AddressFacts{*IpAddress::parse("203.0.113.9")};
  event.activity.user = "CORP\\ana b";
  EXPECT_EQ(by_squid(event),
            "2026-11-23T21:58:52.001000Z 192.0.2.7 CORP\\ana b > https www.dropbox.com 203.0.113.9 "
            ":443 GET /home down 2048 200 allowed\n");
  EXPECT_EQ(by_json(event),
            "2026-11-23T21:58:52.000000Z 192.0.2.7 CORP\\ana b > https www.dropbox.com 203.0.113.9 "
            ":443 GET /home up 0 down 2048 200 allowed\n");
  EXPECT_EQ(
      by_squid(samples::blocked(1)),
      "2026-11-23T21:58:52.001000Z 198.51.100.9 bob > https www.dropbox.com :443 POST /upload "
      "down 0 403 blocked\n");
  EXPECT_EQ(
      by_json(samples::blocked(1)),
      "2026-11-23T21:58:52.000000Z 198.51.100.9 bob > https www.dropbox.com :443 POST /upload "
      "up 512 down 0 403 blocked\n");
}

TEST(OwnLogs, AreReadBackWhateverTheyHold) {
  for (const std::string& text : samples::hostile_texts()) {
    Event event = samples::hostile(text);
    event.activity.host = "www.dropbox.com";
    event.activity.scheme = "https";
    event.activity.path = "/" + text;
    std::string line;
    LineFormat::squid().append(line, event);
    LogRecord record;
    const auto parser = make_parser(LogFormat::squid, {times_for_tests()});
    EXPECT_EQ(parser->read(line, record), Reading::record) << line;
    EXPECT_EQ(record.user, text);
    EXPECT_EQ(record.host, "www.dropbox.com");
    const std::string json = by_json(event);
    EXPECT_EQ(json.find("bad"), json.npos) << json;
  }
}

}  // namespace
}  // namespace sallyport::discovery::imports
