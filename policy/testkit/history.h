#pragma once
// What happened before and what happens now: cases that say what a detection finds. The language is
// described in conf/policies/README.md, section Tests.
//
// What detections remember stands above this folder (discovery/detect), so a judge is handed in.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/time_zone.h"
#include "policy/eval/compiled_policy.h"
#include "policy/testkit/facts.h"

namespace sallyport::policy {

struct TestCase;

inline constexpr std::uint64_t kMostHistory = 20'000;  // activities of one case

// The same activity on some days, so often on each.
struct HistoryStep {
  Place place;
  std::vector<Fact> given;  // beside those of the case
  // Of `history` alone. It begins `ago` before now and, with `days`, once and again `every` so long
  // before that.
  std::optional<std::uint32_t> days;
  std::chrono::seconds every = std::chrono::hours(24);
  std::chrono::seconds ago{0};

  std::uint64_t times = 1;
  std::chrono::seconds within{0};  // from the first to the last, evenly
  std::uint64_t users = 1;         // by turns
  std::uint64_t uploaded = 0;      // bytes, each
  std::uint64_t downloaded = 0;    // bytes, each
};

struct HistoryActivity {
  Activity activity;
  std::uint64_t uploaded = 0;
  std::uint64_t downloaded = 0;
  bool is_now = false;
};

// What is wrong with the facts of its steps, or with how much happens.
void check_history(const TestCase& test, const TimeZone& zone, Diagnostics& found);

// In the order of time. REQUIRES: test.has_history(), and check_history() found no error.
std::vector<HistoryActivity> history_of(const TestCase& test, const TimeZone& zone);

class HistoryJudge {
 public:
  virtual ~HistoryJudge() = default;
  // What the detection, all by itself, finds in what happens now; nothing: nothing.
  virtual std::optional<std::string> find(const CompiledPolicy& detection,
                                          std::span<const HistoryActivity> history) = 0;
};

}  // namespace sallyport::policy
