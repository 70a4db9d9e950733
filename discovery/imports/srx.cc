// Juniper SRX, structured syslog (RFC 5424): sessions that closed and decisions of the web filter.
//
//   <14>1 2026-11-27T17:49:03.123Z srx RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.129
//   reason="TCP FIN" source-address="192.0.2.7" ... bytes-from-client="1234" ...]
//
//   time        the header
//   client      source-address
//   user        username
//   host        of the web filter url
//   server      destination-address
//   port        destination-port
//   path        obj
//   bytes       bytes-from-client up, bytes-from-server down
//   action      WEBFILTER_URL_BLOCKED and RT_FLOW_SESSION_DENY are blocked, the rest allowed
//
// Other messages, such as beginnings of sessions, are set aside.

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kKeys[] = {
    {"source-address", Role::client},      {"username", Role::user},          {"url", Role::url},
    {"destination-address", Role::server}, {"destination-port", Role::port},  {"obj", Role::path},
    {"bytes-from-client", Role::up},       {"bytes-from-server", Role::down},
};

class SrxParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    const SyslogLine syslog = read_syslog(line);
    if (!syslog.data.starts_with("[junos@") || syslog.time.empty()) return Reading::shape;
    // The kind of message stands in front of the data.
    const auto header = line.substr(0, static_cast<std::size_t>(syslog.data.data() - line.data()));
    const std::string_view before = trim(header);
    const std::string_view kind = before.substr(before.rfind(' ') + 1);
    const bool denied = kind == "RT_FLOW_SESSION_DENY" || kind == "WEBFILTER_URL_BLOCKED";
    if (!denied && kind != "RT_FLOW_SESSION_CLOSE" && kind != "APPTRACK_SESSION_CLOSE" &&
        kind != "WEBFILTER_URL_PERMITTED") {
      return Reading::aside;
    }
    fields_.clear();
    std::string_view data = syslog.data.substr(1, syslog.data.size() - 2);
    take_word(data);
    take_pairs(data, {}, kKeys, fields_);
    fields_.set(Role::time, syslog.time);
    const Reading reading = fields_.into(record, times_, destinations_);
    record.action = denied ? LogAction::blocked : LogAction::allowed;
    return reading;
  }

 private:
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_srx(const TimeOptions& times) { return std::make_unique<SrxParser>(times); }

}  // namespace sallyport::discovery::imports
