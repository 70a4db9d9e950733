// Amazon VPC flow logs, version 2 in their default order, or in the order that a first line names:
//
//   2 123456789010 eni-1235b8ca123456789 192.0.2.7 198.51.100.9 51234 443 6 20 4249 1764265743
//   1764265803 ACCEPT OK
//
//   time start; client and server srcaddr and dstaddr; port; bytes up; action
//
// A line counts one way only. Where the source's port is below 1024 and the other's is not, it is
// an answer: then source and destination change places, and its bytes came down. There are no names
// and no users. NODATA and SKIPDATA are set aside.
//
// And access logs of Application Load Balancers:
//
//   https 2026-11-27T17:49:03.123Z app/lb/50dc 192.0.2.7:51234 10.0.0.5:80 0.0 0.0 0.0 200 200 34
//   366 "GET https://files.example.com:443/a HTTP/1.1" "curl/7.68.0" ...
//
//   time 2; client 4; bytes up 11, down 12; method, scheme, host, port and path of the request;
//   status 9; user agent 14; action: blocked for waf with 403, else allowed

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"

namespace sallyport::discovery::imports {
namespace {

constexpr std::string_view kVersion2[] = {
    "version",  "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport",
    "protocol", "packets",    "bytes",        "start",   "end",     "action",  "log-status"};

class VpcFlowParser final : public LineParser {
 public:
  explicit VpcFlowParser(const TimeOptions& times) : LineParser(times) {
    order_.assign(std::begin(kVersion2), std::end(kVersion2));
  }

  Reading read(std::string_view line, LogRecord& record) override {
    if (!columns_.split(line, ' ', '\0') || columns_.size() < 8) return Reading::shape;
    if (is_header()) {
      order_.clear();
      for (std::size_t i = 0; i < columns_.size(); ++i) order_.emplace_back(columns_[i]);
      return Reading::aside;
    }
    if (columns_.size() != order_.size()) return Reading::shape;
    const std::string_view status = column("log-status"), action = column("action");
    if (status == "NODATA" || status == "SKIPDATA") return Reading::aside;
    const auto from = read_address(column("srcaddr")), to = read_address(column("dstaddr"));
    std::uint16_t from_port = 0, to_port = 0;
    if ((action != "ACCEPT" && action != "REJECT") || !from || !to ||
        !read_port(column("srcport"), from_port) || !read_port(column("dstport"), to_port)) {
      return Reading::shape;
    }
    const auto time = times_.read(column("start"));
    if (!time) return Reading::time;
    std::uint64_t bytes = 0;
    if (!read_number(column("bytes"), bytes)) return Reading::number;
    record.time = *time;
    const bool answer = from_port < 1024 && to_port >= 1024;
    record.client = answer ? to : from;
    record.server = answer ? from : to;
    record.port = answer ? from_port : to_port;
    (answer ? record.bytes_down : record.bytes_up) = bytes;
    record.action = action == "ACCEPT" ? LogAction::allowed : LogAction::blocked;
    return Reading::record;
  }

 private:
  bool is_header() const {
    bool source = false, destination = false;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      source |= columns_[i] == "srcaddr";
      destination |= columns_[i] == "dstaddr";
    }
    return source && destination;
  }
  std::string_view column(std::string_view name) const {
    const auto found = std::ranges::find(order_, name);
    return columns_[static_cast<std::size_t>(found - order_.begin())];
  }

  std::vector<std::string> order_;
  Columns columns_;
};

constexpr ColumnRole kAlb[] = {{1, Role::time},       {3, Role::client}, {12, Role::request},
                               {10, Role::up},        {11, Role::down},  {8, Role::status},
                               {13, Role::user_agent}};

class AlbParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    const std::string_view type = line.substr(0, line.find(' '));
    const bool known = type == "http" || type == "https" || type == "h2" || type == "ws" ||
                       type == "wss" || type == "grpcs";
    if (!known || !columns_.split(line, ' ') || columns_.size() < 17) return Reading::shape;
    // A connection that came to no request: "- http://lb:80- -".
    if (columns_[12].starts_with('-')) return Reading::aside;
    fields_.clear();
    take_columns(columns_, kAlb, fields_);
    const Reading reading = fields_.into(record, times_, destinations_);
    const bool waf = columns_[22].find("waf") != std::string_view::npos && record.status == 403;
    record.action = waf ? LogAction::blocked : LogAction::allowed;
    return reading;
  }

 private:
  Columns columns_;
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_vpc_flow(const TimeOptions& times) { return std::make_unique<VpcFlowParser>(times); }
ParserPtr make_alb(const TimeOptions& times) { return std::make_unique<AlbParser>(times); }

}  // namespace sallyport::discovery::imports
