#pragma once
// The policies that judged, kept as long as the events that they judged: an event names the
// snapshot, and the archive says which policies that had.
//
//   DIR/policies/HASH         one set of policies (policy/compile/policy_set.h), named by its
//   SHA-256 DIR/policies/snapshots    a line for each change: SNAPSHOT HASH TIME; in force from
//   then on
//
// INVARIANT: a set is whole or not there: it is written aside and renamed, and one whose content
// has another hash is not used. A line that is not whole is passed over. A set goes when no line
// names it; a line goes when its snapshot was replaced longer ago than events are kept, or when the
// sets come to more than kMostBytes, the oldest first; never the last. Trouble (a full disk) is an
// error of keep() and nothing more: the caller goes on. Thread rule: keep() on one thread; the rest
// reads files, from any thread and process.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "policy/compile/policy_set.h"

namespace sallyport::app {

using PolicySetPtr = std::shared_ptr<const policy::KeptPolicies>;

class PolicyArchive {
 public:
  static constexpr std::uint64_t kMostBytes = 256ull << 20;  // of all sets
  static constexpr std::size_t kMostLines = 100'000;

  explicit PolicyArchive(std::string folder, std::uint64_t most_bytes = kMostBytes)
      : folder_(std::move(folder)), most_bytes_(most_bytes) {}

  // `snapshot` is in force from `now` on and judges by `set`. Nothing is written where that is
  // known already. `max_age`: how long events are kept.
  Result<void> keep(const std::string& snapshot, const PolicySetPtr& set, Time now,
                    std::chrono::hours max_age);

  struct Line {
    std::string snapshot;
    std::string hash;
    Time from;
  };
  // Oldest first; none where there is no archive.
  std::vector<Line> lines() const;

  // Nothing where the archive does not know the snapshot, or no longer.
  Result<std::optional<policy::KeptPolicies>> find(std::string_view snapshot) const;
  // The newest.
  Result<std::optional<policy::KeptPolicies>> last() const;

 private:
  std::string file_of(const std::string& name) const { return folder_ + "/" + name; }
  Result<policy::KeptPolicies> read(const std::string& hash) const;
  Result<void> add_line(const Line& line);
  Result<void> clean_up(Time now, std::chrono::hours max_age);

  std::string folder_;
  std::uint64_t most_bytes_;
  // What keep() wrote last, so that it need not look again.
  bool loaded_ = false;
  std::vector<Line> lines_;
  PolicySetPtr kept_;
  std::string kept_hash_;
};

}  // namespace sallyport::app
