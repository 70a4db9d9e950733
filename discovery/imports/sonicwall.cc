// SonicOS syslog, key=value:
//
//   id=firewall sn=18B169000000 time="2026-11-27 17:49:03 UTC" fw=203.0.113.1 pri=6 c=1024 m=97
//   n=7 src=192.0.2.7:51234:X0 dst=198.51.100.9:443:X1:files.example.com proto=tcp/https op=1
//   sent=1234 rcvd=4512 result=200 dstname=files.example.com arg=/a
//
//   yields      from the first of
//   time        time
//   client      srcV6, src
//   user        user, usr
//   host        dstname
//   server      dstV6, dst
//   port        dstPort, dst
//   URL         arg, a path
//   bytes       sent up, rcvd down
//   status      result
//   action      fw_action, action; the messages 14, 16 and 20 (a site is blocked)
//
// Messages that count bytes, name a site or block one are records (sent, rcvd, dstname). Others are
// set aside.

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kKeys[] = {
    {"time", Role::time},     {"srcV6", Role::client},     {"src", Role::client},
    {"user", Role::user},     {"usr", Role::user},         {"dstname", Role::host},
    {"dstV6", Role::server},  {"dst", Role::server},       {"dstPort", Role::port},
    {"arg", Role::url},       {"sent", Role::up},          {"rcvd", Role::down},
    {"result", Role::status}, {"fw_action", Role::action}, {"action", Role::action},
    {"m", Role::kind},
};

class SonicwallParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    fields_.clear();
    const std::string_view message = read_syslog(line).message;
    take_pairs(message, {}, kKeys, fields_);
    const bool of_sonicwall = message.find("sn=") != message.npos &&
                              message.find("fw=") != message.npos && fields_.has(Role::kind);
    if (!of_sonicwall) return Reading::shape;
    const std::string_view kind = fields_.get(Role::kind);
    const bool blocked = kind == "14" || kind == "16" || kind == "20";
    const bool counts = fields_.has(Role::down) || fields_.has(Role::up);
    if (!blocked && !counts && !fields_.has(Role::host)) return Reading::aside;
    if (!fields_.names_destination()) return Reading::aside;
    const Reading reading = fields_.into(record, times_, destinations_);
    if (blocked) record.action = LogAction::blocked;
    return reading;
  }

 private:
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_sonicwall(const TimeOptions& times) {
  return std::make_unique<SonicwallParser>(times);
}

}  // namespace sallyport::discovery::imports
