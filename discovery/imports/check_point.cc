// Check Point Log Exporter, in its syslog format (name:"value"; in brackets) and in its generic and
// Splunk formats (name=value with bars between):
//
//   <134>1 2026-11-27T17:49:03Z gw CheckPoint 1930 - [action:"Accept"; ... dst:"198.51.100.9"; ...]
//   time=1764265743|hostname=gw|product=URL Filtering|action=Accept|loguid=...|src=192.0.2.7|...
//
//   yields      from the first of
//   time        time, the syslog header
//   client      src
//   user        src_user_name, user, src_user_dn
//   host        dst_domain_name, sni, dst_machine_name
//   server      dst
//   port        service
//   URL         resource
//   method      method, http_method
//   bytes       sent_bytes, client_outbound_bytes up; received_bytes, client_inbound_bytes down;
//               bytes in all
//   status      http_status
//   action      action
//   user agent  user_agent
//   content     content_type
//
// What names no destination is set aside. A log that is told again as it grows (the same loguid) is
// counted each time: let the exporter send the last one only (semi-unified).

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kKeys[] = {
    {"time", Role::time},
    {"src", Role::client},
    {"src_user_name", Role::user},
    {"user", Role::user},
    {"src_user_dn", Role::user},
    {"dst_domain_name", Role::host},
    {"sni", Role::host},
    {"dst_machine_name", Role::host},
    {"dst", Role::server},
    {"service", Role::port},
    {"resource", Role::url},
    {"method", Role::method},
    {"http_method", Role::method},
    {"sent_bytes", Role::up},
    {"client_outbound_bytes", Role::up},
    {"received_bytes", Role::down},
    {"client_inbound_bytes", Role::down},
    {"bytes", Role::total},
    {"http_status", Role::status},
    {"action", Role::action},
    {"user_agent", Role::user_agent},
    {"content_type", Role::content_type},
};

class CheckPointParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    const SyslogLine syslog = read_syslog(line);
    std::string_view text = syslog.data.empty() ? syslog.message : syslog.data;
    std::string_view time = syslog.time;
    if (text.starts_with("1 ") && text.size() > 21) {
      // Older releases write a blank into the time of RFC 5424.
      time = text.substr(2, 19);
      text = text.substr(std::min(text.find('['), text.size()));
    }
    fields_.clear();
    if (text.starts_with('[') && text.find("action:\"") != text.npos) {
      text = text.substr(1, text.rfind(']') - 1);
      take_pairs(text, {':', ';', '"'}, kKeys, fields_);
    } else if (text.find("loguid=") != text.npos && text.find('|') != text.npos &&
               text.find("CEF:") == text.npos && text.find("LEEF:") == text.npos) {
      take_pairs(text, {'=', '|', '"'}, kKeys, fields_);
    } else {
      return Reading::shape;
    }
    if (!fields_.names_destination()) return Reading::aside;
    fields_.set(Role::time, time, 200);
    return fields_.into(record, times_, destinations_);
  }

 private:
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_check_point(const TimeOptions& times) {
  return std::make_unique<CheckPointParser>(times);
}

}  // namespace sallyport::discovery::imports
