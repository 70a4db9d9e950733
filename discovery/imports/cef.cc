// ArcSight Common Event Format (CEF implementation standard, revision 25), and what vendors make of
// it: Zscaler NSS, Check Point, FortiGate, Palo Alto Networks, Forcepoint, Menlo.
//
//   CEF:0|vendor|product|version|class|name|severity|key=value key=value ...
//
//   yields       from the first of
//   time         rt, end, start, FTNTFGTeventtime, the syslog header
//   client       src, c6a2, sourceAddress
//   user         suser, loginID, suid
//   host         dhost, destinationDnsDomain, FTNTFGThostname
//   server       dst, c6a3, destinationAddress
//   port         dpt
//   URL          request
//   scheme       app, where it is http or https
//   method       requestMethod
//   bytes        in and out, see below
//   status       outcome
//   action       act, deviceAction, categoryOutcome
//   user agent   requestClientApplication
//   content      fileType
//
// "in" is what went from source to destination, by the standard and by Palo Alto; Zscaler, Check
// Point, Fortinet, Forcepoint and Websense mean what came back. Of others the standard is believed.
//
// What names no destination (system events, authentication) and Palo Alto's beginnings of sessions
// are set aside.

#include "discovery/imports/fields.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kKeys[] = {
    {"rt", Role::time},
    {"end", Role::time},
    {"start", Role::time},
    {"FTNTFGTeventtime", Role::time},
    {"src", Role::client},
    {"c6a2", Role::client},
    {"sourceAddress", Role::client},
    {"suser", Role::user},
    {"loginID", Role::user},
    {"suid", Role::user},
    {"dhost", Role::host},
    {"destinationDnsDomain", Role::host},
    {"FTNTFGThostname", Role::host},
    {"dst", Role::server},
    {"c6a3", Role::server},
    {"destinationAddress", Role::server},
    {"dpt", Role::port},
    {"request", Role::url},
    {"app", Role::scheme},
    {"requestMethod", Role::method},
    {"in", Role::up},
    {"out", Role::down},
    {"outcome", Role::status},
    {"act", Role::action},
    {"deviceAction", Role::action},
    {"categoryOutcome", Role::action},
    {"requestClientApplication", Role::user_agent},
    {"fileType", Role::content_type},
};

constexpr std::string_view kInComesBack[] = {"Zscaler",  "Check Point", "CheckPoint",
                                             "Fortinet", "Forcepoint",  "Websense"};

bool is_key_byte(char c) { return is_alpha(c) || is_digit(c) || c == '_' || c == '.' || c == '-'; }

class CefParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    const std::size_t begin = line.find("CEF:");
    if (begin == line.npos || begin + 5 >= line.size() || !is_digit(line[begin + 4])) {
      return Reading::shape;
    }
    std::string_view rest = line.substr(begin);
    std::array<std::string_view, 7> header;
    for (std::string_view& field : header) {
      if (!take_header(rest, field)) return Reading::shape;
    }
    const std::string_view vendor = header[1], event_class = header[4];
    if (vendor.starts_with("Palo Alto") && event_class == "start") return Reading::aside;
    fields_.clear();
    unescaped_.clear();
    // No more comes out than went in, so what was put there does not move.
    unescaped_.reserve(line.size());
    take_extension(rest);
    if (!fields_.names_destination()) return Reading::aside;
    fields_.set(Role::time, read_syslog(line).time, 200);
    const Reading reading = fields_.into(record, times_, destinations_);
    for (const std::string_view turned : kInComesBack) {
      if (istarts_with(vendor, turned)) std::swap(record.bytes_up, record.bytes_down);
    }
    return reading;
  }

 private:
  static bool take_header(std::string_view& rest, std::string_view& field) {
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] == '\\') {
        ++i;
      } else if (rest[i] == '|') {
        field = rest.substr(0, i);
        rest.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }

  // A value goes up to the blank in front of the next key. An '=' in a value should be escaped and
  // often is not: it begins a key only where a word stands alone in front of it.
  void take_extension(std::string_view text) {
    std::string_view key;
    std::size_t value = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
        continue;
      }
      if (text[i] != '=') continue;
      std::size_t begin = i;
      while (begin > value && is_key_byte(text[begin - 1])) --begin;
      if (begin == i || (begin > 0 && text[begin - 1] != ' ')) continue;
      if (!key.empty()) fields_.set(kKeys, key, value_of(text.substr(value, begin - value)));
      key = text.substr(begin, i - begin);
      value = i + 1;
    }
    if (!key.empty()) fields_.set(kKeys, key, value_of(text.substr(value)));
  }

  std::string_view value_of(std::string_view text) {
    text = trim(text);
    if (text.find('\\') == text.npos) return text;
    const std::size_t begin = unescaped_.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && i + 1 < text.size() &&
          (text[i + 1] == '\\' || text[i + 1] == '=' || text[i + 1] == '|')) {
        ++i;
      }
      unescaped_ += text[i];
    }
    return std::string_view(unescaped_).substr(begin);
  }

  Fields fields_;
  DestinationReader destinations_;
  std::string unescaped_;
};

}  // namespace

ParserPtr make_cef(const TimeOptions& times) { return std::make_unique<CefParser>(times); }

}  // namespace sallyport::discovery::imports
