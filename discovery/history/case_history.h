#pragma once
// Histories of test cases, looked at by the detections that look at what happens.

#include "discovery/detect/world.h"
#include "policy/testkit/history.h"

namespace sallyport::discovery {

// Thread rule: one thread at a time.
class CaseHistories final : public policy::HistoryJudge {
 public:
  explicit CaseHistories(World world) : world_(std::move(world)) {}

  std::optional<std::string> find(const policy::CompiledPolicy& detection,
                                  std::span<const policy::HistoryActivity> history) override;

 private:
  const World world_;
};

}  // namespace sallyport::discovery
