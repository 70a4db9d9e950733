#pragma once
// How often activity policies with `repeat` come true: exactly, over all activities of the past,
// whatever the order in which they are told. (While it runs, the gateway counts in bounded memory.)
// Each series is counted by RepeatWindow, in the order of time.
//
// Thread rule: one thread; merge() for those of several.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/id.h"
#include "policy/activity/activity.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::policy {

class RepeatCount {
 public:
  // `most`: matches that are held; 0: all of them.
  explicit RepeatCount(std::size_t most = 0) : most_(most) {}

  // REQUIRES: policy.repeat.min > 1
  void add(const CompiledPolicy& policy, const Activity& activity, const Ulid& id);
  void merge(const RepeatCount& other);

  // Matches that came when it was full, and count for nothing.
  std::uint64_t left_out() const { return left_out_; }

  // For each policy, by its number, how often it came true.
  std::vector<std::uint64_t> count(std::span<const CompiledPolicy> policies) const;

 private:
  struct Hit {
    std::uint32_t policy;
    std::uint32_t series;  // both are numbers of names_
    std::uint32_t target;  // kNone where targets do not matter
    Time at;
    Ulid id;
  };

  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::uint32_t number_of(std::string_view name);

  // Found by view, so that a name that is there costs no allocation.
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> names_;
  std::vector<Hit> hits_;
  std::size_t most_;
  std::uint64_t left_out_ = 0;
};

}  // namespace sallyport::policy
