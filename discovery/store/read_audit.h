#pragma once
// Who read what is kept of persons: the record of reads, in a chain that shows tampering.
//
// INVARIANT: entries are numbered without a gap; each holds the hash of the one before, and its
// own: SHA-256 over that hash and its fields (hash_of). What may name a person (`about`,
// `question`, `reason`) goes into it through a seal: SHA-256 over those texts and 16 random bytes.
// So they can be taken away, with the random bytes, when a person is erased: the chain stays as it
// was, and nobody can find the words again by guessing. An entry of kind `erase` behind it names
// the numbers; what was emptied without one is a fault.
//
// Old entries go from the beginning; an entry of kind `retain` behind them says up to where, with
// the hash of the last one. A beginning that is missing without one is a fault.
//
// What the chain cannot tell by itself: see governance_log.h. Its head, kept elsewhere, tells it.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/clock.h"
#include "base/crypto/sha256.h"
#include "discovery/store/governance_log.h"

namespace sallyport::discovery {

enum class AuditKind : std::uint8_t {
  read,    // somebody read something
  retain,  // entries up to `question` (a GovernanceHead) went by their age or number
  erase,   // the entries `question` ("3,17-19") were emptied
};
std::string_view to_string(AuditKind kind);
std::optional<AuditKind> parse_audit_kind(std::string_view word);

// What is said of a read. Texts are one printable line; audit_text() makes them so.
struct ReadNote {
  static constexpr std::size_t kMostText = 1'000;  // bytes of each text

  std::string who;       // the reader
  std::string via;       // "shell root", "api": how, and by whose account
  std::string what;      // "activities", "GET /api/v1/users/{}": the command or the route
  std::string about;     // the user that was asked about; "": no single one
  std::string question;  // the filter: "app=dropbox since=24h"
  std::string reason;    // as the reader gave it
  std::uint64_t rows = 0;

  bool operator==(const ReadNote&) const = default;
};

struct AuditEntry {
  std::uint64_t number = 0;
  Time at;
  AuditKind kind = AuditKind::read;
  ReadNote note;
  std::uint64_t times = 1;  // the same within a minute
  bool emptied = false;     // `about`, `question` and `reason` were taken away
  std::array<std::uint8_t, 16> salt{};
  Sha256Digest seal{};
  Sha256Digest previous{};
  Sha256Digest hash{};
};

// Safe to show and to keep: control characters escaped, at most ReadNote::kMostText bytes.
std::string audit_text(std::string_view text);

Sha256Digest seal_of(const AuditEntry& entry);
// Over every field but what the seal stands for, and `hash`.
Sha256Digest hash_of(const AuditEntry& entry);

constexpr std::size_t kMostRanges = 50;  // of an entry of kind `erase`

// Looks at a chain from its beginning, entry by entry as they are stored.
class AuditCheck {
 public:
  static constexpr std::size_t kMostFaults = 20;

  explicit AuditCheck(std::optional<GovernanceHead> anchor = {}) : anchor_(anchor) {}

  void take(const AuditEntry& entry);
  void finish();  // Once, at the end.

  const std::vector<std::string>& faults() const { return faults_; }  // sentences, the first ones
  std::uint64_t fault_count() const { return count_; }
  const GovernanceHead& head() const { return head_; }

 private:
  void fault(std::string what);
  void take_first(const AuditEntry& entry);
  void take_words(const AuditEntry& entry);

  GovernanceHead head_;
  GovernanceHead before_;             // what the first entry says went before it
  bool retained_ = false;             // and a `retain` entry says the same
  std::vector<NumberRange> emptied_;  // found empty, in runs
  std::vector<NumberRange> erased_;   // said to be
  std::optional<GovernanceHead> anchor_;
  bool anchor_passed_ = false;
  std::vector<std::string> faults_;
  std::uint64_t count_ = 0;
};

}  // namespace sallyport::discovery
