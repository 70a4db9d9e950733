#include "discovery/store/governance_log.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/cursor.h"

namespace sallyport::discovery {

namespace {

void add(Sha256& hash, std::uint64_t number) {
  std::uint8_t bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  hash.update(bytes);
}

void add(Sha256& hash, std::string_view text) {
  add(hash, text.size());
  hash.update(text);
}

constexpr std::size_t kMostNumbers = 100'000;  // parts of what one erasure names

void add_fields(Sha256& hash, const GovernanceEntry& entry) {
  hash.update(entry.previous);
  add(hash, entry.number);
  add(hash, static_cast<std::uint64_t>(entry.at.time_since_epoch().count()));
  add(hash, entry.kind);
  add(hash, entry.key);
  add(hash, std::uint64_t{entry.taken_back});
  add(hash, entry.value);
  add(hash, entry.who);
  add(hash, std::uint64_t{entry.until.has_value()});
  if (entry.until) add(hash, static_cast<std::uint64_t>(entry.until->time_since_epoch().count()));
}

}  // namespace

std::string to_string(const GovernanceHead& head) {
  return fmt::format("{}:{}", head.number, to_hex(head.hash.data(), head.hash.size()));
}

std::optional<GovernanceHead> parse_governance_head(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto number = parse_decimal(text.substr(0, colon));
  const std::string_view hex = text.substr(colon + 1);
  GovernanceHead head;
  if (!number || hex.size() != 2 * head.hash.size() || !std::ranges::all_of(hex, is_hex)) {
    return std::nullopt;
  }
  head.number = *number;
  for (std::size_t i = 0; i < head.hash.size(); ++i) {
    head.hash[i] =
        static_cast<std::uint8_t>(hex_value(hex[2 * i]) * 16 + hex_value(hex[2 * i + 1]));
  }
  return head;
}

std::span<const std::string_view> governance_kinds() {
  static constexpr std::string_view kKinds[] = {
      "suspension",     "grant",         "app_tag",    "question",      "alert",
      "access_request", "second_factor", "account",    "api_token",     "policy_file",
      "webhook_action", "name_reveal",   "log_import", "catalog_import"};
  return kKinds;
}

bool is_governance(std::string_view kind) {
  const auto kinds = governance_kinds();
  return std::ranges::find(kinds, kind) != kinds.end();
}

bool is_secret(std::string_view kind) { return kind == "second_factor"; }

Sha256Digest hash_of(const GovernanceEntry& entry) {
  Sha256 hash;
  add_fields(hash, entry);
  return hash.finish();
}

Sha256Digest remains_of(const GovernanceEntry& entry) {
  Sha256 hash;
  add_fields(hash, entry);
  hash.update(entry.hash);
  return hash.finish();
}

std::string erased_name(std::string_view name) {
  const Sha256Digest digest = sha256(name);
  return to_hex(digest.data(), digest.size());
}

std::string to_string(const std::vector<NumberRange>& ranges) {
  std::string text;
  for (const auto& [first, last] : ranges) {
    if (!text.empty()) text += ',';
    text += first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
  }
  return text;
}

std::string ranges_of(const std::vector<std::uint64_t>& rising) {
  std::vector<NumberRange> ranges;
  for (const std::uint64_t number : rising) {
    if (!ranges.empty() && ranges.back().second + 1 == number) {
      ranges.back().second = number;
    } else {
      ranges.emplace_back(number, number);
    }
  }
  return to_string(ranges);
}

std::optional<std::vector<NumberRange>> parse_number_ranges(std::string_view text,
                                                            std::size_t most) {
  std::vector<NumberRange> ranges;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const std::size_t dash = part.find('-');
    const auto first = parse_decimal(part.substr(0, dash));
    const auto last = dash == part.npos ? first : parse_decimal(part.substr(dash + 1));
    if (!first || !last || *first == 0 || *last < *first || *last == UINT64_MAX) {
      return std::nullopt;
    }
    if (!ranges.empty() && *first <= ranges.back().second) return std::nullopt;
    if (ranges.size() == most) return std::nullopt;
    ranges.emplace_back(*first, *last);
    if (comma == text.npos) return ranges;
    text.remove_prefix(comma + 1);
  }
}

void GovernanceCheck::fault(std::string what) {
  ++count_;
  if (faults_.size() < kMostFaults) faults_.push_back(std::move(what));
}

void GovernanceCheck::take_emptied(const GovernanceEntry& entry) {
  if (!entry.key.empty() || !entry.value.empty() || entry.kind == kErasure) {
    fault(fmt::format("entry {} says that it is empty, and is not", entry.number));
  }
  emptied_[entry.number] = remains_of(entry);
}

void GovernanceCheck::take_erasure(const GovernanceEntry& entry) {
  std::string numbers, remains;
  JsonCursor cursor(entry.value);
  const bool read = cursor.object([&](std::string_view key) {
    if (key == "numbers") return cursor.string(numbers);
    if (key == "remains") return cursor.string(remains);
    return cursor.skip();
  });
  if (numbers.empty()) return;  // Nothing stood there of that person.
  const auto ranges = parse_number_ranges(numbers, kMostNumbers);
  Sha256 hash;
  bool all = read && ranges.has_value();
  for (std::size_t i = 0; all && i < ranges->size(); ++i) {
    const auto [first, last] = ranges->at(i);
    // Each must be there, so a range that is too long ends soon.
    for (std::uint64_t number = first; all && number <= last; ++number) {
      const auto found = emptied_.find(number);
      all = found != emptied_.end();
      if (all) hash.update(found->second);
    }
  }
  const Sha256Digest digest = hash.finish();
  if (!all || to_hex(digest.data(), digest.size()) != remains) {
    fault(fmt::format("what entry {} says was emptied is not as it was left", entry.number));
    return;
  }
  for (const auto& [first, last] : *ranges) {
    emptied_.erase(emptied_.lower_bound(first), emptied_.upper_bound(last));
  }
}

void GovernanceCheck::take(const GovernanceEntry& entry) {
  const std::uint64_t expected = head_.number + 1;
  if (entry.number > expected) {
    fault(entry.number == expected + 1
              ? fmt::format("entry {} is missing", expected)
              : fmt::format("entries {} to {} are missing", expected, entry.number - 1));
  } else if (entry.number < expected) {
    fault(fmt::format("entry {} stands behind entry {}", entry.number, head_.number));
  } else if (entry.previous != head_.hash) {
    fault(
        fmt::format("entry {} does not follow the one before it: one of them was changed, "
                    "inserted or moved",
                    entry.number));
  }
  if (entry.emptied) {
    take_emptied(entry);
  } else if (hash_of(entry) != entry.hash) {
    fault(fmt::format("entry {} was changed after it was written", entry.number));
  } else if (entry.kind == kErasure) {
    take_erasure(entry);
  }
  head_ = {entry.number, entry.hash};
  if (anchor_ && entry.number == anchor_->number && entry.hash != anchor_->hash) {
    fault(
        fmt::format("entry {} is not the one that was seen: the log was made anew", entry.number));
  }
}

void GovernanceCheck::finish() {
  if (!emptied_.empty()) {
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, remains] : emptied_) numbers.push_back(number);
    fault(fmt::format("emptied, and no entry says so: {}", ranges_of(numbers).substr(0, 200)));
  }
  if (!anchor_ || anchor_->number <= head_.number) return;
  fault(fmt::format("it ends with entry {}, and entry {} was seen: its end was cut off",
                    head_.number, anchor_->number));
}

}  // namespace sallyport::discovery
