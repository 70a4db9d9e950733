#pragma once
// What the readers of the formats share: where entries go, and how lines and words are taken apart.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "discovery/tags/feed.h"

namespace sallyport::discovery {

// Takes what a reader finds, and counts what it cannot use. A reader stops once it is full().
class FeedIntake {
 public:
  explicit FeedIntake(Feed& feed) : feed_(feed) {}

  // "192.0.2.1", "192.0.2.0/24", "192.0.2.1-192.0.2.9"; false for anything else and for what is too
  // wide.
  bool address(std::string_view text);
  bool span(const IpAddress& first, const IpAddress& last);
  // A host name of two labels or more; false for anything else.
  bool host(std::string_view text, bool below);
  void ignore() { ++feed_.ignored; }
  void expire() { ++feed_.expired; }
  void bad(std::size_t line, std::string_view text);
  bool shows_next_bad() const;
  void stamp(Time time);
  bool full() const;

 private:
  Feed& feed_;
};

// The lines of a text, without their ends and without blanks around them.
class FeedLines {
 public:
  explicit FeedLines(std::string_view text) : rest_(text) {}

  // False at the end. Empty lines are passed over.
  bool next(std::string_view& line);
  std::size_t number() const { return number_; }  // Of the line that next() gave, from 1.

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

// Starts with '#', ';', '!' or "//".
bool is_comment_line(std::string_view line);
// "192.0.2.0/24 ; SBL1" -> "192.0.2.0/24"
std::string_view without_comment(std::string_view line);
// The first word of `line`, which loses it and the blanks behind it.
std::string_view take_word(std::string_view& line);
// "2026-11-23" and "20:12:01", in UTC.
std::optional<Time> parse_stamp(std::string_view date, std::string_view time);
std::optional<AddressSpan> parse_span(std::string_view text);

// The formats, each in its own file. Pure; they stop where the intake is full.
void read_plain(std::string_view text, FeedIntake& intake);
void read_tor_exit_addresses(std::string_view text, Time now, FeedIntake& intake);
void read_tor_consensus(std::string_view text, FeedIntake& intake);
void read_csv(std::string_view text, std::size_t column, FeedIntake& intake);
void read_json(std::string_view text, const std::vector<FeedPath>& paths, FeedIntake& intake);
void read_ndjson(std::string_view text, const std::vector<FeedPath>& paths, FeedIntake& intake);
void read_hosts(std::string_view text, FeedIntake& intake);
void read_abp(std::string_view text, FeedIntake& intake);

FeedFormat sniff_feed(std::string_view text);

}  // namespace sallyport::discovery
