#pragma once
// Reads the lines of one text in one format, in their order. What a format learns from its first
// lines (#Fields, a header) it remembers, so a text has a parser of its own.
//
// Any bytes may be handed in. Thread rule: one thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "discovery/imports/log_record.h"
#include "discovery/imports/times.h"

namespace sallyport::discovery::imports {

// What became of a line.
enum class Reading : std::uint8_t {
  record,
  aside,  // understood and of no use: comments, headers, what is no use of an app
  // Bad lines:
  shape,        // not of this format, or cut off
  time,         // no time that can be understood
  address,      // no address where one is due
  destination,  // neither a host nor an address that something went to
  number,       // no number where one is due
  too_long,     // more than the limit
};
inline constexpr std::size_t kReadings = 8;
constexpr bool is_bad(Reading reading) { return reading >= Reading::shape; }
// "no time that can be understood"; of `record` and `aside` their names.
std::string_view to_string(Reading reading);

class LineParser {
 public:
  explicit LineParser(const TimeOptions& options) : times_(options) {}
  virtual ~LineParser() = default;
  LineParser(const LineParser&) = delete;
  LineParser& operator=(const LineParser&) = delete;

  // `line` without its end; outlives the record. Where it is no record, `record` is of no use.
  virtual Reading read(std::string_view line, LogRecord& record) = 0;

  const TimeReader& times() const { return times_; }

 protected:
  TimeReader times_;
};

}  // namespace sallyport::discovery::imports
