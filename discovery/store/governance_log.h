#pragma once
// What people and policies did to others, to apps and to the gateway, in a chain that shows
// tampering: suspending and lifting it, grants and their end, tags of apps, questions, requests for
// access and their answers, handling of alerts, second factors, accounts and tokens of operators,
// files of policies, imports of logs and of apps.
//
// The state store appends an entry in the transaction that does the thing, so nothing is done
// without its entry, and what could not be done has none. Entries are never changed or deleted, but
// for one case: where a person is erased, the entries about them are emptied: `key`, `value`, and
// `who` where that was they. The chain of hashes stays. An entry of kind kErasure behind them names
// their numbers, with a hash over what is left of them (remains_of), because their own hashes do
// not tell that any more; so an entry that was emptied without one, or changed after it, is found.
//
// INVARIANT: entries are numbered 1, 2, 3 ... without a gap; each holds the hash of the one before
// (the first: zeros), and its own: SHA-256 over that hash and its fields (hash_of). So an entry
// that was changed, removed, inserted or moved is found by check(). What the chain cannot tell by
// itself: that entries were cut off at its end, or that somebody who may write the file made all of
// it anew. The head (the last number and hash), kept where he cannot write (the log of the
// machine, a SIEM, status that is scraped), tells both.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/clock.h"
#include "base/crypto/sha256.h"

namespace sallyport::discovery {

struct GovernanceEntry {
  std::uint64_t number = 0;
  Time at;
  std::string kind;  // as of StateEntry: "suspension", "app_tag", ...
  std::string key;
  bool taken_back = false;  // it was set before, and is no more
  std::string value;        // what was set, or is taken back; "" of a secret
  std::string who;          // "": nobody said, or the gateway itself
  std::optional<Time> until;
  bool emptied = false;
  Sha256Digest previous{};
  Sha256Digest hash{};

  bool operator==(const GovernanceEntry&) const = default;
};

struct GovernanceHead {
  std::uint64_t number = 0;  // 0: there is no entry
  Sha256Digest hash{};

  bool operator==(const GovernanceHead&) const = default;
};

// "17:3fa9..."
std::string to_string(const GovernanceHead& head);
std::optional<GovernanceHead> parse_governance_head(std::string_view text);

// The kinds of state that are actions on somebody or something, and not the portal's own memory.
std::span<const std::string_view> governance_kinds();
bool is_governance(std::string_view kind);
// Whether a value of this kind is a secret that the log must not keep.
bool is_secret(std::string_view kind);

// SHA-256 over `previous` and every other field but `hash` and `emptied`: numbers as 8 bytes with
// the highest first, texts behind their length.
Sha256Digest hash_of(const GovernanceEntry& entry);
// The same of an emptied entry, and its `hash` too.
Sha256Digest remains_of(const GovernanceEntry& entry);

// That a person was erased. Its key is erased_name() of theirs, its value an object: "reason",
// "numbers" (of the entries that were emptied: "3,17-19"), "remains" (the SHA-256 over remains_of()
// of those, in that order), and how many of what there were.
inline constexpr std::string_view kErasure = "erasure";
// SHA-256 in hex: whoever has the name can show that it was erased, and nobody can read it off.
std::string erased_name(std::string_view name);

// "3,17,19-25", rising.
using NumberRange = std::pair<std::uint64_t, std::uint64_t>;  // first and last
std::string to_string(const std::vector<NumberRange>& ranges);
std::string ranges_of(const std::vector<std::uint64_t>& rising);
// Nothing where it is no such list, or has more than `most` parts.
std::optional<std::vector<NumberRange>> parse_number_ranges(std::string_view text,
                                                            std::size_t most);

// Looks at a chain from its beginning, entry by entry as they are stored.
class GovernanceCheck {
 public:
  static constexpr std::size_t kMostFaults = 20;

  // `anchor`: a head that was seen earlier, and kept elsewhere.
  explicit GovernanceCheck(std::optional<GovernanceHead> anchor = {}) : anchor_(anchor) {}

  void take(const GovernanceEntry& entry);
  // Once, at the end.
  void finish();

  const std::vector<std::string>& faults() const { return faults_; }  // sentences, the first ones
  std::uint64_t fault_count() const { return count_; }
  const GovernanceHead& head() const { return head_; }

 private:
  void fault(std::string what);
  void take_emptied(const GovernanceEntry& entry);
  void take_erasure(const GovernanceEntry& entry);

  GovernanceHead head_;
  std::map<std::uint64_t, Sha256Digest> emptied_;  // what is left of them; not yet said of by any
  std::optional<GovernanceHead> anchor_;
  std::vector<std::string> faults_;
  std::uint64_t count_ = 0;
};

}  // namespace sallyport::discovery
