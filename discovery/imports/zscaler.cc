// Zscaler Nanolog Streaming Service, web log: as name=value between tabs (the feed for Splunk), and
// as CSV in the order of the feed that Zscaler has as its default. For feeds in CEF and LEEF see
// there; other feeds are for the custom parser.
//
//   2026-11-27 17:49:03<TAB>reason=Allowed<TAB>event_id=7<TAB>protocol=HTTPS<TAB>action=Allowed...
//   "Fri Nov 27 17:49:03 2026","ana@corp.example","HTTPS","files.example.com/a","Allowed",...
//
//   yields      by name                  by column, from 1
//   time        the first word           1
//   client      ClientIP                 22
//   user        user                     2
//   host        hostname                 -
//   server      serverip                 23
//   URL         url (without a scheme)   4
//   scheme      protocol                 3
//   method      requestmethod            24
//   bytes up    requestsize              8
//   bytes down  responsesize             9
//   status      status                   25
//   action      action                   5
//   user agent  useragent                26
//   content     contenttype              -
//
// Times have no zone but that of the feed.

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

constexpr NamedRole kKeys[] = {
    {"datetime", Role::time},
    {"ClientIP", Role::client},
    {"clientip", Role::client},
    {"user", Role::user},
    {"login", Role::user},
    {"hostname", Role::host},
    {"serverip", Role::server},
    {"url", Role::url},
    {"protocol", Role::scheme},
    {"requestmethod", Role::method},
    {"requestsize", Role::up},
    {"responsesize", Role::down},
    {"transactionsize", Role::total},
    {"status", Role::status},
    {"action", Role::action},
    {"useragent", Role::user_agent},
    {"contenttype", Role::content_type},
};

constexpr ColumnRole kColumns[] = {
    {0, Role::time},    {1, Role::user},    {2, Role::scheme},  {3, Role::url},
    {4, Role::action},  {7, Role::up},      {8, Role::down},    {21, Role::client},
    {22, Role::server}, {23, Role::method}, {24, Role::status}, {25, Role::user_agent},
};

class ZscalerParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    const std::string_view message = line.starts_with('"') ? line : read_syslog(line).message;
    fields_.clear();
    const bool good = message.starts_with('"') ? take_csv(message) : take_named(message);
    if (!good) return Reading::shape;
    return fields_.into(record, times_, destinations_);
  }

 private:
  bool take_named(std::string_view message) {
    if (message.find("\treason=") == message.npos || message.find("\taction=") == message.npos ||
        message.find("\tresponsesize=") == message.npos) {
      return false;
    }
    fields_.set(Role::time, message.substr(0, message.find('\t')));
    while (!message.empty()) {
      std::string_view pair = take_until(message, '\t');
      const std::string_view name = take_until(pair, '=');
      fields_.set(kKeys, name, unquoted(trim(pair)));
    }
    return true;
  }

  bool take_csv(std::string_view message) {
    if (!columns_.split(message, ',') || columns_.size() < 26) return false;
    const LogAction action = read_action(columns_[4]);
    std::uint64_t number = 0;
    // Bytes both ways and the risk score: numbers, or it is another order.
    if (action == LogAction::unknown || !read_number(columns_[7], number) ||
        !read_number(columns_[8], number) || !read_number(columns_[16], number)) {
      return false;
    }
    take_columns(columns_, kColumns, fields_);
    return true;
  }

  Columns columns_;
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_zscaler(const TimeOptions& times) { return std::make_unique<ZscalerParser>(times); }

}  // namespace sallyport::discovery::imports
