#pragma once
// The formats by name, and parsers for them.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/imports/line_parser.h"

namespace sallyport::discovery::imports {

class CustomFormat;
class LineLayout;

enum class LogFormat : std::uint8_t {
  auto_,
  squid,
  wsa,
  logformat,  // needs a layout
  combined,
  haproxy,
  w3c,
  cef,
  leef,
  fortigate,
  palo_alto,
  zscaler,
  asa,
  zeek,
  suricata,
  umbrella,
  vpc_flow,
  alb,
  check_point,
  sonicwall,
  sophos_xg,
  sophos_sg,
  srx,
  meraki,
  sallyport,
  custom,  // needs a written format
};

struct FormatInfo {
  LogFormat format;
  std::string_view word;   // "fortigate"
  std::string_view title;  // "FortiGate key=value"
};
// Those that can be imported, in the order of the enumeration, without `auto`.
std::span<const FormatInfo> log_formats();
const FormatInfo& format_info(LogFormat format);  // REQUIRES: not auto_
// "fortigate"; also "apache", "nginx", "squid_common", ... for what is read alike; "auto".
std::optional<LogFormat> parse_log_format(std::string_view word);
std::vector<std::string_view> log_format_words();  // "auto" first

struct ParserOptions {
  TimeOptions times;
  std::shared_ptr<const LineLayout> layout;    // of LogFormat::logformat
  std::shared_ptr<const CustomFormat> custom;  // of LogFormat::custom
};

// REQUIRES: not auto_; for logformat a layout, for custom a format.
std::unique_ptr<LineParser> make_parser(LogFormat format, const ParserOptions& options);

}  // namespace sallyport::discovery::imports
