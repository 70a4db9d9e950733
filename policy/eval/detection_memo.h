#pragma once
// Which detections hold of activities that say the same of everything that detections ask for:
// judging one that is like one of the last is a comparison of texts then.
//
//   DetectionMemo memo;
//   memo.detects(program, activity, each);   // as program->detects(activity, each)
//
// Conditions on the time, and policies that begin or end, are judged each time. Bounds: `entries`
// activities, of 2 KiB each at most; longer ones are judged each time. It may be shown to several
// programs, forgets at each change, and keeps the last one alive. Thread rule: one thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/core/key_text.h"
#include "policy/activity/attribute_table.h"
#include "policy/eval/program.h"

namespace sallyport::policy {

class DetectionMemo {
 public:
  static constexpr std::size_t kMostKey = 2048;  // bytes
  using ProgramPtr = std::shared_ptr<const Program>;

  // A power of two from 2 on, or 0: nothing is remembered, which comes to the same.
  explicit DetectionMemo(std::size_t entries = 1024) : most_(entries) {}

  void detects(const ProgramPtr& program, const Activity& activity,
               const std::function<void(const CompiledPolicy&)>& each);

 private:
  struct Entry {
    bool is_known = false;
    std::string key;
    std::vector<std::uint32_t> holding;
  };
  void turn_to(const ProgramPtr& program);

  const std::size_t most_;
  ProgramPtr program_;                   // of which all below is
  std::vector<const Attribute*> asked_;  // by detections that are not timely
  std::vector<std::uint32_t> timely_;    // ascending
  Entry& entry_of(std::string_view key);

  std::vector<Entry> entries_;       // by a hash of the key, in pairs
  std::vector<std::uint8_t> newer_;  // of each pair: the one that was asked for last
  KeyText key_;
};

}  // namespace sallyport::policy
