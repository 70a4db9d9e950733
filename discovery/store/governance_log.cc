#include "discovery/store/governance_log.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"

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
      "suspension", "grant", "app_tag", "question", "alert", "access_request", "second_factor"};
  return kKinds;
}

bool is_governance(std::string_view kind) {
  const auto kinds = governance_kinds();
  return std::ranges::find(kinds, kind) != kinds.end();
}

bool is_secret(std::string_view kind) { return kind == "second_factor"; }

Sha256Digest hash_of(const GovernanceEntry& entry) {
  Sha256 hash;
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
  return hash.finish();
}

void GovernanceCheck::fault(std::string what) {
  ++count_;
  if (faults_.size() < kMostFaults) faults_.push_back(std::move(what));
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
  if (hash_of(entry) != entry.hash) {
    fault(fmt::format("entry {} was changed after it was written", entry.number));
  }
  head_ = {entry.number, entry.hash};
  if (anchor_ && entry.number == anchor_->number && entry.hash != anchor_->hash) {
    fault(
        fmt::format("entry {} is not the one that was seen: the log was made anew", entry.number));
  }
}

void GovernanceCheck::finish() {
  if (!anchor_ || anchor_->number <= head_.number) return;
  fault(fmt::format("it ends with entry {}, and entry {} was seen: its end was cut off",
                    head_.number, anchor_->number));
}

}  // namespace sallyport::discovery
