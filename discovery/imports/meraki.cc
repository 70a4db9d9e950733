// Cisco Meraki MX, its URL log:
//
//   <134>1 1764265743.123456789 MX84 urls src=192.0.2.7:63735 dst=198.51.100.9:443 mac=00:...
//   agent='Mozilla/5.0 (X11)' request: GET https://files.example.com/a
//
//   client src; server and port dst; method and URL behind "request:"; user agent agent
//
// There are no users and no bytes. Other logs of the device (flows, events) are set aside.

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kKeys[] = {
    {"src", Role::client}, {"dst", Role::server}, {"agent", Role::user_agent}};

class MerakiParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    std::string_view rest = read_syslog(line).message;
    if (rest.starts_with("1 ")) rest.remove_prefix(2);
    const std::string_view stamp = take_word(rest);
    take_word(rest);  // device
    const std::string_view kind = take_word(rest);
    if (stamp.find('.') != 10 || !rest.starts_with("src=")) {
      const bool of_meraki = stamp.find('.') == 10 && (kind == "events" || kind == "flows");
      return of_meraki ? Reading::aside : Reading::shape;
    }
    if (kind != "urls") {
      return kind == "flows" || kind == "ip_flow_start" || kind == "ip_flow_end" ? Reading::aside
                                                                                 : Reading::shape;
    }
    const std::size_t request = rest.find("request: ");
    if (request == rest.npos) return Reading::shape;
    fields_.clear();
    take_pairs(rest.substr(0, request), {'=', ' ', '\''}, kKeys, fields_);
    std::string_view asked = rest.substr(request + 9);
    fields_.set(Role::time, stamp);
    fields_.set(Role::method, take_word(asked));
    fields_.set(Role::url, take_word(asked));
    const Reading reading = fields_.into(record, times_, destinations_);
    if (record.method == "UNKNOWN") record.method = {};  // it was not looked into
    return reading;
  }

 private:
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_meraki(const TimeOptions& times) { return std::make_unique<MerakiParser>(times); }

}  // namespace sallyport::discovery::imports
