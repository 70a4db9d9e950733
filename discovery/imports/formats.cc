#include "discovery/imports/formats.h"

#include <algorithm>

#include "base/core/check.h"
#include "discovery/imports/parsers.h"

namespace sallyport::discovery::imports {
namespace {

constexpr FormatInfo kFormats[] = {
    {LogFormat::squid, "squid", "Squid native access.log, ours too"},
    {LogFormat::wsa, "wsa", "Cisco WSA (IronPort) access log"},
    {LogFormat::logformat, "logformat", "Squid, by a logformat of your own (--logformat)"},
    {LogFormat::combined, "combined", "common and combined log: Apache, nginx, Squid"},
    {LogFormat::haproxy, "haproxy", "HAProxy HTTP log"},
    {LogFormat::w3c, "w3c", "W3C extended: Blue Coat, TMG, ISA, Barracuda, Netskope, IIS"},
    {LogFormat::cef, "cef", "CEF: Zscaler, Check Point, FortiGate, Palo Alto, Forcepoint"},
    {LogFormat::leef, "leef", "LEEF 1 and 2: Zscaler, Forcepoint, Palo Alto"},
    {LogFormat::fortigate, "fortigate", "FortiGate, key=value"},
    {LogFormat::palo_alto, "palo_alto", "Palo Alto Networks traffic and URL logs, CSV"},
    {LogFormat::zscaler, "zscaler", "Zscaler NSS web log, name=value with tabs or CSV"},
    {LogFormat::asa, "asa", "Cisco ASA, FTD and FWSM"},
    {LogFormat::zeek, "zeek", "Zeek conn, ssl and http, tab-separated or JSON"},
    {LogFormat::suricata, "suricata", "Suricata EVE JSON: http, tls, flow"},
    {LogFormat::umbrella, "umbrella", "Cisco Umbrella web and DNS logs, CSV"},
    {LogFormat::vpc_flow, "vpc_flow", "Amazon VPC flow log"},
    {LogFormat::alb, "alb", "Amazon Application Load Balancer access log"},
    {LogFormat::check_point, "check_point", "Check Point Log Exporter: syslog, generic, Splunk"},
    {LogFormat::sonicwall, "sonicwall", "SonicWall, key=value"},
    {LogFormat::sophos_xg, "sophos_xg", "Sophos Firewall (XG), key=value"},
    {LogFormat::sophos_sg, "sophos_sg", "Sophos UTM (SG) web log"},
    {LogFormat::srx, "srx", "Juniper SRX, structured syslog"},
    {LogFormat::meraki, "meraki", "Cisco Meraki URL log"},
    {LogFormat::sallyport, "sallyport", "our own log, JSON Lines"},
    {LogFormat::custom, "custom", "as a file of yours describes it (--parser)"},
};

// Other names of the same.
constexpr std::pair<std::string_view, LogFormat> kOtherNames[] = {
    {"auto", LogFormat::auto_},
    {"squid_native", LogFormat::squid},
    {"ironport", LogFormat::wsa},
    {"squid_common", LogFormat::combined},
    {"squid_combined", LogFormat::combined},
    {"common", LogFormat::combined},
    {"apache", LogFormat::combined},
    {"nginx", LogFormat::combined},
    {"blue_coat", LogFormat::w3c},
    {"bluecoat", LogFormat::w3c},
    {"tmg", LogFormat::w3c},
    {"isa", LogFormat::w3c},
    {"barracuda", LogFormat::w3c},
    {"netskope", LogFormat::w3c},
    {"iis", LogFormat::w3c},
    {"fortios", LogFormat::fortigate},
    {"paloalto", LogFormat::palo_alto},
    {"pan_os", LogFormat::palo_alto},
    {"ftd", LogFormat::asa},
    {"fwsm", LogFormat::asa},
    {"eve", LogFormat::suricata},
    {"checkpoint", LogFormat::check_point},
    {"junos", LogFormat::srx},
    {"json", LogFormat::sallyport},
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
    case LogFormat::combined:
      return make_combined(options.times);
    case LogFormat::haproxy:
      return make_haproxy(options.times);
    case LogFormat::w3c:
      return make_w3c(options.times);
    case LogFormat::cef:
      return make_cef(options.times);
    case LogFormat::leef:
      return make_leef(options.times);
    case LogFormat::fortigate:
      return make_fortigate(options.times);
    case LogFormat::palo_alto:
      return make_palo_alto(options.times);
    case LogFormat::zscaler:
      return make_zscaler(options.times);
    case LogFormat::asa:
      return make_asa(options.times);
    case LogFormat::zeek:
      return make_zeek(options.times);
    case LogFormat::suricata:
      return make_suricata(options.times);
    case LogFormat::umbrella:
      return make_umbrella(options.times);
    case LogFormat::vpc_flow:
      return make_vpc_flow(options.times);
    case LogFormat::alb:
      return make_alb(options.times);
    case LogFormat::check_point:
      return make_check_point(options.times);
    case LogFormat::sonicwall:
      return make_sonicwall(options.times);
    case LogFormat::sophos_xg:
      return make_sophos_xg(options.times);
    case LogFormat::sophos_sg:
      return make_sophos_sg(options.times);
    case LogFormat::srx:
      return make_srx(options.times);
    case LogFormat::meraki:
      return make_meraki(options.times);
    case LogFormat::sallyport:
      return make_sallyport(options.times);
    case LogFormat::logformat:
      CHECK(options.layout != nullptr);
      return make_logformat(options.times, options.layout);
    case LogFormat::custom:
      CHECK(options.custom != nullptr);
      return make_custom(options.times, options.custom);
  }
  CHECK(false);
  return nullptr;
}

}  // namespace sallyport::discovery::imports
