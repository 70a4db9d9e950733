#include "discovery/imports/destination.h"

#include <gtest/gtest.h>

#include "base/core/host.h"

namespace sallyport::discovery::imports {
namespace {

std::string shown(bool found, const LogRecord& record) {
  if (!found) return "nothing";
  std::string text(record.host);
  if (record.server) text += "<" + record.server->to_string() + ">";
  if (record.port != 0) text += ":" + std::to_string(record.port);
  return text + (record.scheme.empty() ? "" : " " + std::string(record.scheme)) +
         (record.path.empty() ? "" : " " + std::string(record.path));
}

std::string url(std::string_view text) {
  DestinationReader reader;
  LogRecord record;
  const bool found = reader.url(text, record);
  return shown(found, record);
}

TEST(LogDestination, IsReadOutOfUrls) {
  EXPECT_EQ(url("https://files.example.com/a/b?c=d#e"), "files.example.com:443 https /a/b");
  EXPECT_EQ(url("HTTP://Files.Example.COM:8080"), "files.example.com:8080 http /");
  EXPECT_EQ(url("https://ana:secret@files.example.com/"), "files.example.com:443 https /");
  EXPECT_EQ(url("https://files.example.com?u=http://other.example/"),
            "files.example.com:443 https /");
  EXPECT_EQ(url("files.example.com/a?u=http://other.example/"), "files.example.com /a");
  EXPECT_EQ(url("files.example.com:443"), "files.example.com:443");
  EXPECT_EQ(url("files.example.com."), "files.example.com");
  EXPECT_EQ(url("files.example.com:"), "files.example.com");
  EXPECT_EQ(url("ftp://198.51.100.9/x"), "<198.51.100.9>:21 ftp /x");
  EXPECT_EQ(url("[2001:db8::1]:443"), "<2001:db8::1>:443");
  EXPECT_EQ(url("https://[2001:DB8::1%25eth0]/"), "<2001:db8::1>:443 https /");
  EXPECT_EQ(url("2001:db8::1"), "<2001:db8::1>");
  EXPECT_EQ(url("tunnel://files.example.com:443/"), "files.example.com:443 tunnel /");
}

TEST(LogDestination, WhatIsNoHostIsRefused) {
  for (const std::string_view text : {"",
                                      "/",
                                      "/a",
                                      "http://",
                                      "http:///a",
                                      "://a.example/",
                                      "a b.example",
                                      "a..example",
                                      "-a.example",
                                      "a-.example",
                                      "1.2.3",
                                      "0x7f.0.0.1",
                                      "a.0x1",
                                      "files.example.com:99999",
                                      "files.example.com:x",
                                      "[2001:db8::1",
                                      "[a]",
                                      "p\xc3\xb6.example",
                                      "%41.example",
                                      "a.example\x1b[31m",
                                      "ht tp://a.example/"}) {
    EXPECT_EQ(url(text), "nothing") << text;
  }
  EXPECT_EQ(url(std::string(64, 'a') + ".example"), "nothing");
  EXPECT_EQ(url(std::string(250, 'a')), "nothing");
  EXPECT_EQ(url(std::string_view("a\0.example", 10)), "nothing");
}

// The fast reading of names and addresses agrees with the one that everybody else uses.
TEST(LogDestination, AgreesWithHosts) {
  constexpr std::string_view kBytes = "aZ09.-_x:[]@ ";
  std::uint64_t state = 88172645463325252U;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    for (std::size_t size = state % 12 + 1; size > 0; --size) {
      state ^= state << 13, state ^= state >> 7, state ^= state << 17;
      text += kBytes[state % (i % 2 == 0 ? 8 : kBytes.size())];
    }
    DestinationReader reader;
    LogRecord record;
    if (!reader.authority(text, record)) {
      EXPECT_FALSE(Host::parse(text)) << text;
      continue;
    }
    if (const auto host = Host::parse(text)) {
      EXPECT_EQ(host->is_address() ? record.server->to_string() : std::string(record.host),
                host->text())
          << text;
    }
  }
}

}  // namespace
}  // namespace sallyport::discovery::imports
