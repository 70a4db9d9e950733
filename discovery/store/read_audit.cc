#include "discovery/store/read_audit.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport::discovery {

namespace {

constexpr std::pair<AuditKind, std::string_view> kKinds[] = {
    {AuditKind::read, "read"}, {AuditKind::retain, "retain"}, {AuditKind::erase, "erase"}};

void add(Sha256& hash, std::uint64_t number) {
  std::uint8_t bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  hash.update(bytes);
}

void add(Sha256& hash, std::string_view text) {
  add(hash, text.size());
  hash.update(text);
}

// Sorted, and joined where they touch.
std::vector<NumberRange> joined(std::vector<NumberRange> ranges) {
  std::ranges::sort(ranges);
  std::vector<NumberRange> out;
  for (const NumberRange& one : ranges) {
    if (!out.empty() && one.first <= out.back().second + 1) {
      out.back().second = std::max(out.back().second, one.second);
    } else {
      out.push_back(one);
    }
  }
  return out;
}

bool covers(const std::vector<NumberRange>& ranges, const NumberRange& wanted) {
  return std::ranges::any_of(ranges, [&](const NumberRange& one) {
    return one.first <= wanted.first && one.second >= wanted.second;
  });
}

}  // namespace

std::string_view to_string(AuditKind kind) { return kKinds[static_cast<std::size_t>(kind)].second; }

std::optional<AuditKind> parse_audit_kind(std::string_view word) {
  for (const auto& [kind, name] : kKinds) {
    if (name == word) return kind;
  }
  return std::nullopt;
}

std::string audit_text(std::string_view text) {
  const bool cut = text.size() > ReadNote::kMostText;
  std::string out = printable(text.substr(0, ReadNote::kMostText));
  if (!cut && out.size() <= ReadNote::kMostText) return out;
  out.resize(std::min(out.size(), ReadNote::kMostText - 3));
  drop_cut_character(out);
  return out + "...";
}

Sha256Digest seal_of(const AuditEntry& entry) {
  Sha256 hash;
  hash.update(entry.salt);
  add(hash, entry.note.about);
  add(hash, entry.note.question);
  add(hash, entry.note.reason);
  return hash.finish();
}

Sha256Digest hash_of(const AuditEntry& entry) {
  Sha256 hash;
  hash.update(entry.previous);
  add(hash, entry.number);
  add(hash, static_cast<std::uint64_t>(entry.at.time_since_epoch().count()));
  add(hash, to_string(entry.kind));
  add(hash, entry.note.who);
  add(hash, entry.note.via);
  add(hash, entry.note.what);
  add(hash, entry.note.rows);
  add(hash, entry.times);
  hash.update(entry.seal);
  return hash.finish();
}

void AuditCheck::fault(std::string what) {
  ++count_;
  if (faults_.size() < kMostFaults) faults_.push_back(std::move(what));
}

void AuditCheck::take_first(const AuditEntry& entry) {
  before_ = {entry.number == 0 ? 0 : entry.number - 1, entry.previous};
  head_ = before_;
  if (before_.number == 0 && before_.hash != Sha256Digest{}) {
    fault("entry 1 says that there is one before it");
  }
  if (anchor_ && anchor_->number < entry.number) {
    anchor_passed_ = true;  // It went by its age.
    if (anchor_->number == before_.number && anchor_->hash != before_.hash) {
      fault("the record does not go on behind the entry that was seen: it was made anew");
    }
  }
}

void AuditCheck::take_words(const AuditEntry& entry) {
  if (entry.emptied) {
    const bool bare = entry.note.about.empty() && entry.note.question.empty() &&
                      entry.note.reason.empty() && entry.kind == AuditKind::read;
    if (!bare) fault(fmt::format("entry {} says that it is empty, and is not", entry.number));
    if (!emptied_.empty() && emptied_.back().second + 1 == entry.number) {
      emptied_.back().second = entry.number;
    } else {
      emptied_.emplace_back(entry.number, entry.number);
    }
  } else if (seal_of(entry) != entry.seal) {
    fault(fmt::format("the words of entry {} were changed after it was written", entry.number));
  }
  if (entry.kind == AuditKind::retain) {
    const auto upto = parse_governance_head(entry.note.question);
    if (upto && *upto == before_) retained_ = true;
  } else if (entry.kind == AuditKind::erase) {
    if (const auto ranges = parse_number_ranges(entry.note.question, kMostRanges)) {
      erased_.insert(erased_.end(), ranges->begin(), ranges->end());
    }
  }
}

void AuditCheck::take(const AuditEntry& entry) {
  if (head_.number == 0) take_first(entry);
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
  take_words(entry);
  head_ = {entry.number, entry.hash};
  if (anchor_ && entry.number == anchor_->number && entry.hash != anchor_->hash) {
    fault(fmt::format("entry {} is not the one that was seen: the record was made anew",
                      entry.number));
  }
}

void AuditCheck::finish() {
  if (before_.number > 0 && !retained_) {
    fault(fmt::format("entries 1 to {} are missing, and no entry says that they went by their age",
                      before_.number));
  }
  const std::vector<NumberRange> erased = joined(std::move(erased_));
  std::erase_if(emptied_, [&](const NumberRange& one) { return covers(erased, one); });
  if (!emptied_.empty()) {
    fault("emptied, and no entry says so: " + to_string(emptied_).substr(0, 200));
  }
  if (anchor_ && !anchor_passed_ && anchor_->number > head_.number) {
    fault(fmt::format("it ends with entry {}, and entry {} was seen: its end was cut off",
                      head_.number, anchor_->number));
  }
}

}  // namespace sallyport::discovery
