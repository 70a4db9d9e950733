#include "proxy/app/file_page.h"

#include <algorithm>
#include <string>
#include <vector>

#include "policy/activity/pack.h"

namespace sallyport::app {
namespace {

constexpr std::size_t kStep = 3'000;  // events

struct Kept {
  policy::Activity activity;
  bool stopped = false;
  std::string policy;
};

// Whether an inventory may make something of it.
bool may_be_of_file(const policy::Activity& activity) {
  return activity.file.has_value() || (activity.details && !activity.details->object_kind.empty());
}

}  // namespace

Result<Time> read_file_page(discovery::SqliteStore& store, const FilePageQuestion& question,
                            discovery::FileInventory& inventory) {
  std::vector<std::vector<Kept>> steps;  // the newest first
  std::size_t kept = 0, read = 0;
  Time until = question.until;
  while (until > question.since && kept < question.enough && read < question.events) {
    const Result<Time> since = store.start_of_latest(question.since, until, kStep);
    if (!since) return std::unexpected(since.error());
    std::vector<Kept>& step = steps.emplace_back();
    policy::Activity activity;
    Result<void> done = store.read_past(*since, until, [&](const discovery::PastEvent& event) {
      ++read;
      activity = {};
      if (!event.facts || !policy::unpack(*event.facts, activity)) return;
      if (!may_be_of_file(activity)) return;
      step.push_back({std::move(activity), event.ending == discovery::Ending::blocked,
                      std::string(event.policy)});
    });
    if (!done) return pass_on(std::move(done));
    kept += step.size();
    until = *since;
  }
  // An inventory goes by what was done last.
  std::ranges::reverse(steps);
  for (const std::vector<Kept>& step : steps) {
    for (const Kept& one : step) inventory.add(one.activity, one.stopped, one.policy);
  }
  return std::max(until, question.since);
}

}  // namespace sallyport::app
