// Cisco Umbrella, CSV of its buckets (Log Formats and Versioning): web (proxy) and DNS.
//
//   yields      column of the web log, from 1    of the DNS log
//   time        1, UTC                           1
//   client      3 internal, 4 external           4 internal, 5 external
//   user        2, the identity that decided     2
//   host        -                                9, asked for
//   server      5                                -
//   URL         8                                -
//   method      26                               -
//   bytes       12 up, 13 down                   -
//   status      11                               -
//   action      7                                6
//   user agent  10                               -
//   content     6                                -
//
// A question to the DNS is no use, but tells that there may have been some: no bytes, no method.

#include "discovery/imports/pairs.h"
#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"

namespace sallyport::discovery::imports {
namespace {

constexpr ColumnRole kWeb[] = {{0, Role::time},        {2, Role::client}, {3, Role::client},
                               {1, Role::user},        {4, Role::server}, {7, Role::url},
                               {25, Role::method},     {11, Role::up},    {12, Role::down},
                               {10, Role::status},     {6, Role::action}, {9, Role::user_agent},
                               {5, Role::content_type}};
constexpr ColumnRole kDns[] = {{0, Role::time}, {3, Role::client}, {4, Role::client},
                               {1, Role::user}, {8, Role::host},   {5, Role::action}};

class UmbrellaParser final : public LineParser {
 public:
  using LineParser::LineParser;

  Reading read(std::string_view line, LogRecord& record) override {
    if (!line.starts_with('"') || !columns_.split(line, ',') || columns_.size() < 10) {
      return Reading::shape;
    }
    if (iequals(columns_[0], "timestamp")) return Reading::aside;
    if (columns_[0].size() != 19) return Reading::shape;
    fields_.clear();
    if (is_web()) {
      take_columns(columns_, kWeb, fields_);
    } else if (is_dns()) {
      take_columns(columns_, kDns, fields_);
    } else {
      return Reading::shape;
    }
    // Always UTC, whatever the operator's zone.
    std::string_view time = fields_.get(Role::time);
    const std::string_view date = take_word(time);
    const auto read = times_.read(date, time, "UTC");
    if (!read) return Reading::time;
    record.time = *read;
    return fields_.into(record, destinations_);
  }

 private:
  bool is_web() const {
    return columns_.size() >= 14 && read_action(columns_[6]) != LogAction::unknown &&
           columns_[7].find('.') != std::string_view::npos;
  }
  bool is_dns() const {
    return read_action(columns_[5]) != LogAction::unknown &&
           columns_[8].find('.') != std::string_view::npos && read_endpoint(columns_[4]);
  }

  Columns columns_;
  Fields fields_;
  DestinationReader destinations_;
};

}  // namespace

ParserPtr make_umbrella(const TimeOptions& times) {
  return std::make_unique<UmbrellaParser>(times);
}

}  // namespace sallyport::discovery::imports
