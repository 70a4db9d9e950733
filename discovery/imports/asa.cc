// Cisco ASA and FTD syslog (Syslog Messages reference), and FWSM, which writes the same:
//
//   %ASA-6-302014: Teardown TCP connection 8 for outside:198.51.100.9/443 to
//   inside:192.0.2.7/51234(CORP\ana) duration 0:00:30 bytes 4512 TCP FINs (ana)
//   %ASA-5-304001: ana@192.0.2.7 Accessed URL 198.51.100.9:http://files.example.com/a
//   %ASA-5-304002: Access denied URL http://files.example.com/a SRC 192.0.2.7 DEST 198.51.100.9
//   %FTD-6-430003: ..., AccessControlRuleAction: Allow, SrcIP: 192.0.2.7, DstIP: 198.51.100.9, ...
//
//   302014, 302016  client, server and port; total bytes; user in brackets; allowed
//   304001, 304002  client, user, server; scheme, host, path; allowed, denied
//   430003, 430002  client SrcIP, server DstIP, port DstPort; user User; URL; host ReferencedHost;
//                   bytes up InitiatorBytes, down ResponderBytes; status HTTPResponse; user agent
//                   UserAgent; action AccessControlRuleAction
//
// The time is that of the syslog header, of FTD its own (FirstPacketSecond).
//
// A teardown does not say who began. The server is the side with the lower port, or, where both are
// high or both are low, the first, which is the interface of lower security. Connections to private
// addresses are no use of cloud apps and set aside; so are 302013, 302015 (beginnings, whose bytes
// come with the teardown), 430002 where it is not blocked, and every other message.

#include "discovery/imports/fields.h"
#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kFtdKeys[] = {
    {"FirstPacketSecond", Role::time},
    {"SrcIP", Role::client},
    {"User", Role::user},
    {"ReferencedHost", Role::host},
    {"DstIP", Role::server},
    {"DstPort", Role::port},
    {"URL", Role::url},
    {"HTTP_Hostname", Role::host},
    {"InitiatorBytes", Role::up},
    {"ResponderBytes", Role::down},
    {"HTTPResponse", Role::status},
    {"HTTP_Method", Role::method},
    {"AccessControlRuleAction", Role::action},
    {"UserAgent", Role::user_agent},
};

bool is_private(const IpAddress& address) {
  static const IpPrefix kPrivate[] = {
      *IpPrefix::parse("10.0.0.0/8"),     *IpPrefix::parse("172.16.0.0/12"),
      *IpPrefix::parse("192.168.0.0/16"), *IpPrefix::parse("169.254.0.0/16"),
      *IpPrefix::parse("127.0.0.0/8"),    *IpPrefix::parse("fc00::/7"),
      *IpPrefix::parse("fe80::/10")};
  return std::ranges::any_of(kPrivate,
                             [&](const IpPrefix& prefix) { return prefix.contains(address); });
}

// "inside:192.0.2.7/51234(CORP\ana)"
struct AsaSide {
  IpAddress address;
  std::uint16_t port = 0;
  std::string_view user;
};

bool read_side(std::string_view text, AsaSide& side) {
  const std::size_t colon = text.find(':');  // of the interface
  if (colon == text.npos) return false;
  text.remove_prefix(colon + 1);
  if (const std::size_t bracket = text.find('('); bracket != text.npos) {
    side.user = text.substr(bracket + 1);
    side.user = side.user.substr(0, side.user.find(')'));
    text = text.substr(0, bracket);
  }
  const std::size_t slash = text.rfind('/');
  if (slash == text.npos || !read_port(text.substr(slash + 1), side.port)) return false;
  const auto address = read_address(text.substr(0, slash));
  if (address) side.address = *address;
  return address.has_value();
}

// Goes on behind `mark`, where it is there.
bool pass(std::string_view& rest, std::string_view mark) {
  const std::size_t at = rest.find(mark);
  if (at == rest.npos) return false;
  rest.remove_prefix(at + mark.size());
  return true;
}

class AsaParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    std::string_view rest = line;
    std::size_t begin = line.npos;
    for (const std::string_view mark : {"%ASA-", "%FTD-", "%FWSM-"}) {
      begin = std::min(begin, line.find(mark));
    }
    if (begin == line.npos) return Reading::shape;
    rest.remove_prefix(begin);
    const std::string_view head = take_until(rest, ':');
    const std::string_view message = head.substr(head.rfind('-') + 1);
    std::uint64_t number = 0;
    if (!read_number(message, number) || message.size() != 6) return Reading::shape;
    fields_.clear();
    fields_.set(Role::time, header_time(line.substr(0, begin)));
    switch (number) {
      case 302014:
      case 302016:
        return read_teardown(rest, record);
      case 304001:
      case 304002:
        return read_url(trim(rest), number == 304002, record);
      case 430002:
      case 430003:
        return read_connection(rest, number == 430002, record);
      default:
        return Reading::aside;
    }
  }

 private:
  // Of a header that may be "<166>Nov 27 2026 17:49:03 fw1 : " or ":Nov 27 17:49:03 UTC: ".
  static std::string_view header_time(std::string_view header) {
    if (const std::size_t end = header.find('>'); header.starts_with('<') && end != header.npos) {
      header.remove_prefix(end + 1);
    }
    while (!header.empty() && (header[0] == ':' || header[0] == ' ' || header[0] == '*')) {
      header.remove_prefix(1);
    }
    if (header.starts_with("1 ")) header.remove_prefix(2);
    return read_syslog(header).time;
  }

  // "Teardown TCP connection 8 for outside:198.51.100.9/443 to inside:192.0.2.7/51234 duration
  // 0:00:30 bytes 4512 TCP FINs"
  Reading read_teardown(std::string_view rest, LogRecord& record) {
    AsaSide first, second;
    if (!pass(rest, " for ")) return Reading::shape;
    if (!read_side(take_side(rest), first) || !pass(rest, "to ")) return Reading::shape;
    if (!read_side(take_side(rest), second) || !pass(rest, "bytes ")) return Reading::shape;
    std::uint64_t bytes = 0;
    if (!read_number(take_word(rest), bytes)) return Reading::number;
    const bool turned = first.port >= 1024 && second.port < 1024;
    const AsaSide& server = turned ? second : first;
    const AsaSide& client = turned ? first : second;
    if (is_private(server.address)) return Reading::aside;
    const auto time = times_.read(fields_.get(Role::time));
    if (!time) return Reading::time;
    record.time = *time;
    record.client = client.address;
    record.server = server.address;
    record.port = server.port;
    record.user = client.user;
    record.bytes_total = bytes;
    record.action = LogAction::allowed;
    if (record.user.empty() && rest.ends_with(')') && rest.rfind('(') != rest.npos) {
      record.user = rest.substr(rest.rfind('(') + 1);
      record.user.remove_suffix(1);
    }
    return Reading::record;
  }

  // A side ends at a blank, but a user in it may have one.
  static std::string_view take_side(std::string_view& rest) {
    const std::size_t bracket = rest.find('('), blank = rest.find(' ');
    if (bracket != rest.npos && bracket < blank) {
      const std::size_t end = rest.find(')', bracket);
      if (end != rest.npos) {
        const std::string_view side = rest.substr(0, end + 1);
        rest.remove_prefix(end + 1);
        return side;
      }
    }
    return take_word(rest);
  }

  // "ana@192.0.2.7 Accessed URL 198.51.100.9:http://files.example.com/a", or the denied one
  Reading read_url(std::string_view rest, bool denied, LogRecord& record) {
    if (denied) {
      if (!pass(rest, "URL ")) return Reading::shape;
      fields_.set(Role::url, take_word(rest));
      if (!pass(rest, "SRC ")) return Reading::shape;
      fields_.set(Role::client, take_word(rest));
      if (pass(rest, "DEST ")) fields_.set(Role::server, take_word(rest));
    } else {
      std::string_view who = take_word(rest);
      if (const std::size_t at = who.rfind('@'); at != who.npos) {
        fields_.set(Role::user, who.substr(0, at));
        who.remove_prefix(at + 1);
      }
      const std::size_t bracket = who.find('(');  // "192.0.2.7(CORP\ana)"
      if (bracket != who.npos) {
        fields_.set(Role::user, who.substr(bracket + 1, who.find(')') - bracket - 1));
      }
      fields_.set(Role::client, who.substr(0, bracket));
      if (!pass(rest, "URL ")) return Reading::shape;
      const std::size_t scheme = rest.find(":http");
      std::string_view url = rest;
      if (scheme != rest.npos) {
        fields_.set(Role::server, rest.substr(0, scheme));
        url.remove_prefix(scheme + 1);
      } else {
        // "198.51.100.9:/a": the host is the address.
        fields_.set(Role::server, take_until(url, ':'));
      }
      fields_.set(Role::url, url);
    }
    const Reading reading = fields_.into(record, times_, destinations_);
    record.action = denied ? LogAction::blocked : LogAction::allowed;
    return reading;
  }

  // "EventPriority: Low, ..., SrcIP: 192.0.2.7, ..."
  Reading read_connection(std::string_view rest, bool begins, LogRecord& record) {
    const std::string_view header = fields_.get(Role::time);
    fields_.clear();
    take_pairs(rest, {':', ',', '"'}, kFtdKeys, fields_);
    if (!fields_.has(Role::client)) return Reading::shape;
    if (begins && read_action(fields_.get(Role::action)) != LogAction::blocked) {
      return Reading::aside;
    }
    fields_.set(Role::time, header, 200);
    return fields_.into(record, times_, destinations_);
  }

  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_asa(const TimeOptions& times) { return std::make_unique<AsaParser>(times); }

}  // namespace sallyport::discovery::imports
