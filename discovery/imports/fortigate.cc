// FortiOS log messages, key=value (FortiOS Log Message Reference), with a syslog header or without:
//
//   date=2026-11-27 time=17:49:03 devname="fw1" devid="FG100F..." eventtime=1764265743123456789
//   tz="+0000" logid="0000000013" type="traffic" subtype="forward" srcip=192.0.2.7 ...
//   action="close"
//
//   yields      from the first of
//   time        eventtime (seconds or nanoseconds), date and time with tz
//   client      srcip
//   user        user, unauthuser
//   host        hostname, dsthostname, dstname; of traffic also what an earlier line of the session
//               names
//   server      dstip
//   port        dstport
//   URL         url (a path where there is a hostname)
//   scheme      service, where it is HTTP or HTTPS
//   method      httpmethod
//   bytes       sentbyte up, rcvdbyte down; of traffic lines
//   action      utmaction, action
//   user agent  agent
//   content     contenttype
//
// Traffic lines end a session and count its bytes; webfilter, app-ctrl, dlp and ssl lines name what
// is in it and say again what passed till then, so their bytes are left out: a session that has
// both is two records, of which the second is no transaction. Other types are set aside, and so are
// beginnings of sessions (action="start") and traffic of the firewall itself (subtype="local").

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kKeys[] = {
    {"eventtime", Role::time},  {"date", Role::date},        {"time", Role::clock},
    {"tz", Role::zone},         {"srcip", Role::client},     {"user", Role::user},
    {"unauthuser", Role::user}, {"hostname", Role::host},    {"dsthostname", Role::host},
    {"dstname", Role::host},    {"dstip", Role::server},     {"dstport", Role::port},
    {"url", Role::url},         {"service", Role::scheme},   {"httpmethod", Role::method},
    {"sentbyte", Role::up},     {"rcvdbyte", Role::down},    {"utmaction", Role::action},
    {"action", Role::action},   {"agent", Role::user_agent}, {"contenttype", Role::content_type},
};

class FortigateParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    fields_.clear();
    std::string_view type, subtype, log, device, domain, session, action;
    PairReader pairs(read_syslog(line).message, {});
    std::string_view name, value;
    while (pairs.next(name, value)) {
      if (name == "type") type = value;
      if (name == "subtype") subtype = value;
      if (name == "logid" || name == "log_id") log = value;
      if (name == "devid" || name == "device_id") device = value;
      if (name == "vd") domain = value;
      if (name == "sessionid") session = value;
      if (name == "action") action = value;
      fields_.set(kKeys, name, value);
    }
    if (type.empty() || log.empty() || (device.empty() && domain.empty())) return Reading::shape;
    if (type == "traffic") {
      if (action == "start" || subtype == "local") return Reading::aside;
      const std::string_view named = sessions_.take(device, session);
      if (!fields_.has(Role::host)) fields_.set(Role::host, named);
      record.same_session = !named.empty();
      return fields_.into(record, times_, destinations_);
    }
    if (type != "utm" || !names_use(subtype)) return Reading::aside;
    const Reading reading = fields_.into(record, times_, destinations_);
    record.bytes_up.reset();
    record.bytes_down.reset();
    if (reading == Reading::record) sessions_.note(device, session, record.host);
    return reading;
  }

 private:
  static bool names_use(std::string_view subtype) {
    return subtype == "webfilter" || subtype == "app-ctrl" || subtype == "dlp" || subtype == "ssl";
  }

  Fields fields_;
  DestinationReader destinations_;
  SessionNames sessions_;
};

}  // namespace

ParserPtr make_fortigate(const TimeOptions& times) {
  return std::make_unique<FortigateParser>(times);
}

}  // namespace sallyport::discovery::imports
