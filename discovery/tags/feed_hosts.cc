// /etc/hosts and lists of domains, and the part of Adblock's filter language that names whole
// hosts:
//
//   0.0.0.0 ads.example tracker.example       # both hosts
//   malware.example
//   *.malware.example
//
//   ||malware.example^                        what is below, too
//   ||malware.example^$all                    likewise
//   @@||good.example^                         ignored: an exception says nothing of the address
//   ||cdn.example/bad.js                      ignored: a host is not guilty of one path

#include <algorithm>
#include <array>

#include "base/core/text.h"
#include "discovery/tags/feed_intake.h"

namespace sallyport::discovery {
namespace {

// What every /etc/hosts has, and what has one label: names of the machine itself.
bool is_local_name(std::string_view word) {
  return word.find('.') == std::string_view::npos || iequals(word, "localhost.localdomain") ||
         IpAddress::parse(word).has_value();
}

// "*.host" and ".host" stand for all that lies below.
bool take_host(std::string_view word, FeedIntake& intake) {
  bool below = false;
  if (word.starts_with("*.")) {
    word.remove_prefix(2);
    below = true;
  } else if (word.starts_with('.')) {
    word.remove_prefix(1);
    below = true;
  }
  return intake.host(word, below);
}

bool read_hosts_line(std::string_view line, FeedIntake& intake) {
  std::string_view rest = line;
  const std::string_view first = take_word(rest);
  if (!IpAddress::parse(first)) {
    // "192.0.2.1 - 192.0.2.9" is an entry of two words and a dash.
    return rest.empty() ? intake.address(first) || take_host(first, intake) : intake.address(line);
  }
  if (rest.empty() || rest.starts_with('-')) return intake.address(line);
  bool good = true;
  while (!rest.empty()) {
    const std::string_view name = take_word(rest);
    if (is_local_name(name)) {
      intake.ignore();
    } else if (!take_host(name, intake)) {
      good = false;
    }
  }
  return good;
}

// Options that leave a filter one for the whole host.
bool keeps_whole_host(std::string_view options) {
  static constexpr std::array<std::string_view, 4> kWhole = {"all", "doc", "document", "important"};
  for (const std::string_view option : split(options, ',')) {
    if (std::find(kWhole.begin(), kWhole.end(), option) == kWhole.end()) return false;
  }
  return true;
}

// "192.0.2.1" or "[2001:db8::1]". No CIDR: here "192.0.2.1/16" is a path.
bool take_address(std::string_view text, FeedIntake& intake) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const auto address = IpAddress::parse(text);
  return address && intake.span(*address, *address);
}

// What is neither a host nor an address is one of the other filters.
void read_abp_line(std::string_view line, FeedIntake& intake) {
  const bool anchored = line.starts_with("||");
  if (anchored) line.remove_prefix(2);
  if (const std::size_t dollar = line.find('$'); dollar != std::string_view::npos) {
    if (!keeps_whole_host(line.substr(dollar + 1))) return intake.ignore();
    line = line.substr(0, dollar);
  }
  if (anchored) {
    if (!line.ends_with('^')) return intake.ignore();
    line.remove_suffix(1);
  }
  if (!take_address(line, intake) && !intake.host(line, true)) intake.ignore();
}

}  // namespace

void read_hosts(std::string_view text, FeedIntake& intake) {
  FeedLines lines(text);
  for (std::string_view line; !intake.full() && lines.next(line);) {
    if (is_comment_line(line)) continue;
    if (line.find("://") != std::string_view::npos) {
      intake.ignore();  // A URL: a host is not guilty of one path.
    } else if (!read_hosts_line(without_comment(line), intake)) {
      intake.bad(lines.number(), line);
    }
  }
}

void read_abp(std::string_view text, FeedIntake& intake) {
  FeedLines lines(text);
  for (std::string_view line; !intake.full() && lines.next(line);) {
    // "[Adblock Plus 2.0]" is the heading; "##.banner" hides an element of any page.
    if (line[0] == '!' || line[0] == '[' || line.starts_with("# ") || line == "#") continue;
    read_abp_line(line, intake);
  }
}

}  // namespace sallyport::discovery
