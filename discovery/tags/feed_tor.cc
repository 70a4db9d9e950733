// exit-addresses, as check.torproject.org publishes it:
//
//   ExitNode 0011BD2485AD45D984EC4159C88FC066E5E3300E
//   Published 2026-11-23 08:02:11
//   LastStatus 2026-11-23 20:00:00
//   ExitAddress 192.0.2.66 2026-11-23 20:12:01        (0 to n of them; the last two: when it was
//   seen)
//
// and a consensus (Tor directory protocol, version 3), of which only this matters:
//
//   valid-after 2026-11-23 20:00:00
//   r NICKNAME IDENTITY [DIGEST] 2026-11-23 08:02:11 192.0.2.66 9001 0
//   a [2001:db8::1]:9001                              (0 to n)
//   s Exit Fast Running Valid

#include <array>

#include "base/core/text.h"
#include "discovery/tags/feed_intake.h"

namespace sallyport::discovery {
namespace {

constexpr std::chrono::hours kExitLives{48};

bool is_exit_keyword(std::string_view word) {
  return word == "ExitNode" || word == "Published" || word == "LastStatus" || word == "ExitAddress";
}

// False where the line is not understood.
bool read_exit_line(std::string_view line, Time now, FeedIntake& intake) {
  if (line[0] == '#' || line[0] == '@') return true;
  const std::string_view keyword = take_word(line);
  if (keyword != "ExitAddress") return is_exit_keyword(keyword);
  const auto address = IpAddress::parse(take_word(line));
  if (!address) return false;
  const std::string_view date = take_word(line);
  const auto seen = parse_stamp(date, take_word(line));
  if (seen) intake.stamp(*seen);
  if (seen && now - *seen > kExitLives) {
    intake.expire();
    return true;
  }
  return intake.span(*address, *address);
}

// The relay whose lines are being read.
class Relay {
 public:
  explicit Relay(FeedIntake& intake) : intake_(intake) {}

  // "NICKNAME IDENTITY [DIGEST] DATE TIME ADDRESS PORT PORT", behind "r ".
  bool begin(std::string_view line) {
    count_ = 0;
    std::array<std::string_view, 8> words;
    std::size_t count = 0;
    for (; !line.empty(); ++count) {
      if (count == words.size()) return false;
      words[count] = take_word(line);
    }
    return count >= 7 && add(words[count - 3]);
  }

  // "192.0.2.1:9001" or "[2001:db8::1]:9001"
  bool also(std::string_view line) {
    const std::size_t colon = line.rfind(':');
    if (colon == std::string_view::npos) return false;
    line = line.substr(0, colon);
    if (line.starts_with('[') && line.ends_with(']')) line = line.substr(1, line.size() - 2);
    return add(line);
  }

  void flags(std::string_view line) {
    bool exits = false;
    while (!line.empty()) {
      if (take_word(line) == "Exit") exits = true;
    }
    if (!exits) {
      intake_.ignore();
    } else {
      for (std::size_t i = 0; i < count_; ++i) intake_.span(addresses_[i], addresses_[i]);
    }
    count_ = 0;
  }

 private:
  bool add(std::string_view text) {
    const auto address = IpAddress::parse(text);
    if (!address || count_ == addresses_.size()) return false;
    addresses_[count_++] = *address;
    return true;
  }

  FeedIntake& intake_;
  std::array<IpAddress, 8> addresses_;  // More than a relay may have.
  std::size_t count_ = 0;
};

}  // namespace

void read_tor_exit_addresses(std::string_view text, Time now, FeedIntake& intake) {
  FeedLines lines(text);
  for (std::string_view line; !intake.full() && lines.next(line);) {
    if (!read_exit_line(line, now, intake)) intake.bad(lines.number(), line);
  }
}

void read_tor_consensus(std::string_view text, FeedIntake& intake) {
  FeedLines lines(text);
  Relay relay(intake);
  for (std::string_view line; !intake.full() && lines.next(line);) {
    std::string_view rest = line;
    const std::string_view keyword = take_word(rest);
    bool good = true;
    if (keyword == "r") good = relay.begin(rest);
    if (keyword == "a") good = relay.also(rest);
    if (keyword == "s") relay.flags(rest);
    if (keyword == "valid-after") {
      const std::string_view date = take_word(rest);
      const auto stamp = parse_stamp(date, take_word(rest));
      if (stamp) intake.stamp(*stamp);
      good = stamp.has_value();
    }
    if (!good) intake.bad(lines.number(), line);
  }
}

}  // namespace sallyport::discovery
