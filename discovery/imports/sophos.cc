// Sophos Firewall (XG, SFOS), key=value, of the modules Content Filtering and Firewall:
//
//   device="SFW" date=2026-11-27 time=17:49:03 timezone="CET" device_name="XG230" log_id=...
//   log_type= "Content Filtering" log_component="HTTP" log_subtype="Allowed" user_name="ana"
//   url="https://..."
//
//   yields      from the first of
//   time        timestamp, date and time with timezone, where that is an offset
//   client      src_ip
//   user        user_name, user
//   host        domain
//   server      dst_ip
//   port        dst_port
//   URL         url
//   bytes       sent_bytes, bytes_sent up; recv_bytes, bytes_received down
//   status      httpresponsecode, http_status, status_code
//   action      log_subtype
//   user agent  user_agent
//   content     contenttype, content_type
//
// and the web log of Sophos UTM (SG), which is Squid's by other names:
//
//   2026:11:27-17:49:03 utm httpproxy[5182]: id="0001" severity="info" sys="SecureWeb" sub="http"
//   name="http access" action="pass" method="GET" srcip="192.0.2.7" ... url="https://..."
//
//   client srcip; user; server dstip; URL url; method; status statuscode; bytes down size; action;
//   user agent useragent; content contenttype

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kXgKeys[] = {
    {"timestamp", Role::time},
    {"date", Role::date},
    {"time", Role::clock},
    {"timezone", Role::zone},
    {"src_ip", Role::client},
    {"user_name", Role::user},
    {"user", Role::user},
    {"domain", Role::host},
    {"dst_ip", Role::server},
    {"dst_port", Role::port},
    {"url", Role::url},
    {"sent_bytes", Role::up},
    {"bytes_sent", Role::up},
    {"recv_bytes", Role::down},
    {"bytes_received", Role::down},
    {"httpresponsecode", Role::status},
    {"http_status", Role::status},
    {"status_code", Role::status},
    {"log_subtype", Role::action},
    {"user_agent", Role::user_agent},
    {"contenttype", Role::content_type},
    {"content_type", Role::content_type},
    {"log_type", Role::kind},
};

constexpr NamedRole kSgKeys[] = {
    {"srcip", Role::client},
    {"user", Role::user},
    {"dstip", Role::server},
    {"url", Role::url},
    {"method", Role::method},
    {"statuscode", Role::status},
    {"size", Role::down},
    {"action", Role::action},
    {"useragent", Role::user_agent},
    {"content-type", Role::content_type},
    {"contenttype", Role::content_type},
    {"sub", Role::kind},
};

class SophosXgParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    fields_.clear();
    const std::string_view message = read_syslog(line).message;
    take_pairs(message, {}, kXgKeys, fields_);
    const std::string_view kind = fields_.get(Role::kind);
    // The name of the device, or its make in older releases.
    if (kind.empty() || message.find("log_subtype=") == message.npos ||
        message.find("device") == message.npos) {
      return Reading::shape;
    }
    if (kind != "Content Filtering" && kind != "Firewall") return Reading::aside;
    if (!fields_.names_destination()) return Reading::aside;
    return fields_.into(record, times_, destinations_);
  }

 private:
  Fields fields_;
  DestinationReader destinations_;
};

class SophosSgParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    std::string_view message = line.starts_with('<') ? line.substr(line.find('>') + 1) : line;
    const std::string_view first = message.substr(0, message.find(' '));
    auto time = times_.read_by("%Y:%m:%d-%H:%M:%S", first);
    const SyslogLine syslog = read_syslog(line);
    if (!time && !syslog.time.empty()) {
      message = syslog.message;
      time = times_.read(syslog.time);
    }
    fields_.clear();
    take_pairs(message, {}, kSgKeys, fields_);
    if (message.find("sys=\"SecureWeb\"") == message.npos) return Reading::shape;
    if (fields_.get(Role::kind) != "http" || !fields_.has(Role::url)) return Reading::aside;
    if (!time) return Reading::time;
    record.time = *time;
    return fields_.into(record, destinations_);
  }

 private:
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_sophos_xg(const TimeOptions& times) {
  return std::make_unique<SophosXgParser>(times);
}
ParserPtr make_sophos_sg(const TimeOptions& times) {
  return std::make_unique<SophosSgParser>(times);
}

}  // namespace sallyport::discovery::imports
