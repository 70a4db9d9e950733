// Every format with lines of its own: what they are read as, whether they are told apart, and what
// holds for whatever becomes of them on the way.

#include <algorithm>
#include <gtest/gtest.h>

#include "base/core/host.h"
#include "discovery/imports/firewall_samples_for_tests.h"
#include "discovery/imports/line_splitter.h"
#include "discovery/imports/proxy_samples_for_tests.h"
#include "discovery/imports/record_text_for_tests.h"
#include "discovery/imports/sniff.h"

namespace sallyport::discovery::imports {
namespace {

std::vector<LogSample> all_samples() {
  std::vector<LogSample> all(std::begin(kProxySamples), std::end(kProxySamples));
  all.insert(all.end(), std::begin(kFirewallSamples), std::end(kFirewallSamples));
  return all;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    lines.push_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  }
  return lines;
}

// What everybody who gets a record may rely on.
void expect_sound(const LogRecord& record, std::string_view line) {
  EXPECT_TRUE(!record.host.empty() || record.server) << line;
  EXPECT_EQ(record.path.find_first_of("?#"), record.path.npos) << line;
  EXPECT_TRUE(record.status == 0 || (record.status >= 100 && record.status <= 599)) << line;
  if (record.host.empty()) return;
  const auto host = Host::parse(record.host);
  EXPECT_TRUE(host && !host->is_address() && host->text() == record.host) << line;
}

TEST(LogSamples, AreReadAsTheirFormatsSay) {
  for (const LogSample& sample : all_samples()) {
    EXPECT_EQ(read_lines(sample.format, sample.lines), sample.read)
        << format_info(sample.format).word;
  }
}

TEST(LogSamples, AreToldApart) {
  for (const LogSample& sample : all_samples()) {
    const auto lines = lines_of(sample.lines);
    const Sniffed sniffed = sniff_log(lines, times_for_tests());
    ASSERT_NE(sniffed.format, LogFormat::auto_)
        << format_info(sample.format).word << ": " << sniffed.why;
    EXPECT_EQ(format_info(sniffed.format).word, format_info(sample.format).word);
    EXPECT_TRUE(sniffed.why.starts_with("it reads ")) << sniffed.why;
  }
}

TEST(LogSamples, EveryFormatThatIsSniffedHasOne) {
  const auto samples = all_samples();
  for (const FormatInfo& info : log_formats()) {
    if (info.format == LogFormat::custom || info.format == LogFormat::logformat ||
        info.format == LogFormat::squid || info.format == LogFormat::wsa) {
      continue;  // These have tests of their own.
    }
    EXPECT_TRUE(std::ranges::any_of(samples, [&](const LogSample& one) {
      return one.format == info.format;
    })) << info.word;
  }
}

TEST(LogSamples, CutAnywhereTheyLeaveSoundRecordsOrNone) {
  for (const LogSample& sample : all_samples()) {
    const auto lines = lines_of(sample.lines);
    for (std::size_t cut = 0; cut < lines.size(); ++cut) {
      // A parser that has seen what stands before.
      const auto parser = make_parser(sample.format, {times_for_tests(), nullptr, nullptr});
      for (std::size_t i = 0; i < cut; ++i) {
        LogRecord record;
        parser->read(lines[i], record);
      }
      for (std::size_t size = 0; size <= lines[cut].size(); ++size) {
        // Memory of its own, so that a sanitizer sees what is read behind it.
        const std::string line(lines[cut].substr(0, size));
        LogRecord record;
        if (parser->read(line, record) == Reading::record) expect_sound(record, line);
      }
    }
  }
}

TEST(LogSamples, ByOtherFormatsTheyLeaveSoundRecordsOrNone) {
  for (const LogSample& sample : all_samples()) {
    for (const FormatInfo& info : log_formats()) {
      if (info.format == LogFormat::custom || info.format == LogFormat::logformat) continue;
      const auto parser = make_parser(info.format, {times_for_tests(), nullptr, nullptr});
      for (const std::string_view line : lines_of(sample.lines)) {
        LogRecord record;
        if (parser->read(line, record) == Reading::record) expect_sound(record, line);
      }
    }
  }
}

TEST(LogSamples, HostileBytesLeaveSoundRecordsOrNone) {
  constexpr std::string_view kHostile("\0\x1b\xff\"\\|=% [", 10);
  for (const LogSample& sample : all_samples()) {
    const auto lines = lines_of(sample.lines);
    const auto parser = make_parser(sample.format, {times_for_tests(), nullptr, nullptr});
    for (const std::string_view line : lines) {
      LogRecord whole;
      parser->read(line, whole);
      if (line.starts_with('#')) continue;  // What tells the columns stays as it is.
      for (std::size_t at = 0; at < line.size(); ++at) {
        std::string changed(line);
        changed[at] = kHostile[at % kHostile.size()];
        LogRecord record;
        if (parser->read(changed, record) == Reading::record) expect_sound(record, changed);
      }
    }
  }
}

TEST(Sniffing, WebServersLogsAreKnownThoughTheyNameNoHost) {
  const std::string_view line =
      R"(192.0.2.7 - - [27/Nov/2025:17:49:03 +0100] "GET /a HTTP/1.1" 200 4512 "-" "curl")";
  const std::vector<std::string_view> lines(20, line);
  const Sniffed sniffed = sniff_log(lines, times_for_tests());
  EXPECT_EQ(sniffed.format, LogFormat::combined);
  EXPECT_EQ(sniffed.why, "it knows 20 of the first 20 lines, none of which is of use");
}

TEST(Sniffing, WhatTwoFormatsReadIsNotChosenBetween) {
  const std::string_view line =
      "Nov 27 17:49:03 gw CEF:0|V|P|1|1|n|1|rt=1764265743 src=192.0.2.7 dst=198.51.100.9 "
      "msg=%ASA-5-304001: 192.0.2.7 Accessed URL 198.51.100.9:http://files.example.com/";
  const Sniffed sniffed = sniff_log(std::span(&line, 1), times_for_tests());
  EXPECT_EQ(sniffed.format, LogFormat::auto_);
  EXPECT_EQ(sniffed.why, "it may be cef (1 of 1 lines), asa (1 of 1 lines)");
}

TEST(Sniffing, OfTwoKindsTheNearestAreNamed) {
  std::vector<std::string_view> lines;
  for (const LogSample& sample : all_samples()) {
    if (sample.format != LogFormat::umbrella && sample.format != LogFormat::alb) continue;
    for (const std::string_view line : lines_of(sample.lines)) lines.push_back(line);
  }
  const Sniffed sniffed = sniff_log(lines, times_for_tests());
  EXPECT_EQ(sniffed.format, LogFormat::auto_);
  EXPECT_EQ(sniffed.why,
            "no format reads most of the first lines; nearest are umbrella (2 of 5 lines), alb (3 "
            "of 5 lines)");
}

}  // namespace
}  // namespace sallyport::discovery::imports
