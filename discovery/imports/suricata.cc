// Suricata's EVE JSON (Suricata User Guide, EVE JSON Format): events of the types http, tls and
// flow.
//
//   yields      of http                  of flow
//   time        timestamp                timestamp
//   client      src_ip                   src_ip
//   host        http.hostname            of an earlier tls event of the flow
//   server      dest_ip                  dest_ip
//   port        dest_port                dest_port
//   path        http.url                 -
//   method      http.http_method         -
//   bytes up    -                        flow.bytes_toserver
//   bytes down  http.length              flow.bytes_toclient
//   status      http.status              -
//   user agent  http.http_user_agent     -
//   content     http.http_content_type   -
//   action      -                        blocked where flow.action is drop
//
// A tls event names the host of its flow and is set aside: the flow's own event counts its bytes. A
// flow of HTTP is set aside, because its requests have been counted. Other events are set aside
// too.

#include "discovery/imports/json_fields.h"
#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kFields[] = {
    {"timestamp", Role::time},
    {"src_ip", Role::client},
    {"http.hostname", Role::host},
    {"tls.sni", Role::host},
    {"dest_ip", Role::server},
    {"dest_port", Role::port},
    {"http.url", Role::url},
    {"http.http_method", Role::method},
    {"flow.bytes_toserver", Role::up},
    {"http.length", Role::down},
    {"flow.bytes_toclient", Role::down},
    {"http.status", Role::status},
    {"http.http_user_agent", Role::user_agent},
    {"http.http_content_type", Role::content_type},
    {"flow.action", Role::action},
};

enum Extra : std::size_t { event_type, flow_id, app_proto, proto };
constexpr std::string_view kExtra[] = {"event_type", "flow_id", "app_proto", "proto"};

class SuricataParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    if (!line.starts_with('{')) line = read_syslog(line).message;
    fields_.clear();
    if (!line.starts_with('{') || !json_.read(line, kFields, kExtra, fields_))
      return Reading::shape;
    const std::string_view type = json_.extra(event_type);
    if (type.empty() || !fields_.has(Role::time)) return Reading::shape;
    if (type == "http") return fields_.into(record, times_, destinations_);
    if (type == "tls") {
      LogRecord named;
      destinations_.authority(fields_.get(Role::host), named);
      sessions_.note("", json_.extra(flow_id), named.host);
      return Reading::aside;
    }
    const std::string_view app = json_.extra(app_proto), transport = json_.extra(proto);
    if (type != "flow" || app == "http" || app == "dns") return Reading::aside;
    if (transport != "TCP" && transport != "UDP") return Reading::aside;
    fields_.set(Role::host, sessions_.take("", json_.extra(flow_id)), 200);
    return fields_.into(record, times_, destinations_);
  }

 private:
  JsonFields json_;
  Fields fields_;
  DestinationReader destinations_;
  SessionNames sessions_;
};

}  // namespace

ParserPtr make_suricata(const TimeOptions& times) {
  return std::make_unique<SuricataParser>(times);
}

}  // namespace sallyport::discovery::imports
