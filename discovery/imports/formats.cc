#include "discovery/imports/formats.h"

#include <algorithm>

#include "base/core/check.h"
#include "discovery/imports/parsers.h"

namespace sallyport::discovery::imports {
namespace {

constexpr FormatInfo kFormats[] = {
    {LogFormat::squid, "squid", "Squid native access.log, ours too"},
    {LogFormat::wsa, "wsa", "Cisco WSA (IronPort) access log"},
};

// Other names of the same.
constexpr std::pair<std::string_view, LogFormat> kOtherNames[] = {
    {"auto", LogFormat::auto_},
    {"squid_native", LogFormat::squid},
    {"ironport", LogFormat::wsa},
};

}  // namespace

std::string_view to_string(Reading reading) {
  switch (reading) {
    case Reading::record:
      return "record";
    case Reading::aside:
      return "aside";
    case Reading::shape:
      return "not of this format, or cut off";
    case Reading::time:
      return "no time that can be understood";
    case Reading::address:
      return "no address where one is due";
    case Reading::destination:
      return "no host and no address that something went to";
    case Reading::number:
      return "no number where one is due";
    case Reading::too_long:
      return "longer than 64 KiB";
  }
  return "";
}

std::span<const FormatInfo> log_formats() { return kFormats; }

const FormatInfo& format_info(LogFormat format) {
  const auto found = std::ranges::find(kFormats, format, &FormatInfo::format);
  CHECK(found != std::end(kFormats));
  return *found;
}

std::optional<LogFormat> parse_log_format(std::string_view word) {
  for (const FormatInfo& info : kFormats) {
    if (info.word == word) return info.format;
  }
  for (const auto& [name, format] : kOtherNames) {
    if (name == word) return format;
  }
  return std::nullopt;
}

std::vector<std::string_view> log_format_words() {
  std::vector<std::string_view> words = {"auto"};
  for (const FormatInfo& info : kFormats) words.push_back(info.word);
  return words;
}

std::unique_ptr<LineParser> make_parser(LogFormat format, const ParserOptions& options) {
  switch (format) {
    case LogFormat::auto_:
      break;
    case LogFormat::squid:
      return make_squid(options.times);
    case LogFormat::wsa:
      return make_wsa(options.times);
  }
  CHECK(false);
  return nullptr;
}

}  // namespace sallyport::discovery::imports
