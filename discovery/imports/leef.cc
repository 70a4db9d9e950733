// IBM Log Event Extended Format 1.0 and 2.0: Zscaler NSS for QRadar, Forcepoint, Palo Alto
// Networks.
//
//   LEEF:1.0|vendor|product|version|event|key=value<TAB>key=value ...
//   LEEF:2.0|vendor|product|version|event|delimiter|key=value...   ("^", "x5E", "0x5E"; "": tab)
//
//   yields      from the first of
//   time        devTime, the syslog header
//   client      src
//   user        usrName
//   host        hostname, dstHostName, domain
//   server      dst
//   port        dstPort
//   URL         url, Miscellaneous
//   scheme      appproto, proto, where it is http or https
//   method      reqmethod, method, requestMethod
//   bytes up    srcBytes
//   bytes down  dstBytes
//   total       totalBytes, TotalBytes
//   status      respcode, proxyStatus-code, serverStatus-code
//   action      action, cat of Zscaler, the event ("transaction:blocked")
//   user agent  useragent, userAgent
//   content     contentType, contenttype
//
// What names no destination is set aside.

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kKeys[] = {
    {"devTime", Role::time},
    {"src", Role::client},
    {"usrName", Role::user},
    {"hostname", Role::host},
    {"dstHostName", Role::host},
    {"domain", Role::host},
    {"dst", Role::server},
    {"dstPort", Role::port},
    {"url", Role::url},
    {"Miscellaneous", Role::url},
    {"appproto", Role::scheme},
    {"proto", Role::scheme},
    {"reqmethod", Role::method},
    {"method", Role::method},
    {"requestMethod", Role::method},
    {"srcBytes", Role::up},
    {"dstBytes", Role::down},
    {"totalBytes", Role::total},
    {"TotalBytes", Role::total},
    {"respcode", Role::status},
    {"proxyStatus-code", Role::status},
    {"serverStatus-code", Role::status},
    {"action", Role::action},
    {"useragent", Role::user_agent},
    {"userAgent", Role::user_agent},
    {"contentType", Role::content_type},
    {"contenttype", Role::content_type},
};

// "^", "x5E", "0x5E"; 0 for anything else.
char delimiter_of(std::string_view text) {
  if (text.empty()) return '\t';
  if (text.size() == 1) return text[0];
  if (istarts_with(text, "0x")) text.remove_prefix(1);
  if (!istarts_with(text, "x") || text.size() > 3) return '\0';
  unsigned value = 0;
  for (const char c : text.substr(1)) {
    if (!is_hex(c)) return '\0';
    value = value * 16 + static_cast<unsigned>(hex_value(c));
  }
  return static_cast<char>(value);
}

class LeefParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    const std::size_t begin = line.find("LEEF:");
    if (begin == line.npos) return Reading::shape;
    std::string_view rest = line.substr(begin + 5);
    const std::string_view version = take_until(rest, '|');
    if (version != "1.0" && version != "2.0") return Reading::shape;
    const std::string_view vendor = take_until(rest, '|');
    take_until(rest, '|');  // product
    take_until(rest, '|');  // its version
    const std::string_view event = take_until(rest, '|');
    char delimiter = '\t';
    if (version == "2.0") {
      // Some write none, not even an empty one.
      const std::size_t bar = rest.find('|'), equals = rest.find('=');
      if (bar != rest.npos && (equals == rest.npos || bar < equals)) {
        delimiter = delimiter_of(take_until(rest, '|'));
        if (delimiter == '\0') return Reading::shape;
      }
    }
    if (event.empty() || rest.find('=') == rest.npos) return Reading::shape;
    fields_.clear();
    while (!rest.empty()) {
      std::string_view pair = take_until(rest, delimiter);
      const std::string_view key = take_until(pair, '=');
      fields_.set(kKeys, trim(key), unquoted(trim(pair)));
      if (key == "cat" && vendor == "Zscaler") fields_.set(Role::action, pair, 100);
    }
    if (!fields_.names_destination()) return Reading::aside;
    fields_.set(Role::action, event.substr(event.find(':') + 1), 200);
    fields_.set(Role::time, read_syslog(line).time, 200);
    return fields_.into(record, times_, destinations_);
  }

 private:
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_leef(const TimeOptions& times) { return std::make_unique<LeefParser>(times); }

}  // namespace sallyport::discovery::imports
