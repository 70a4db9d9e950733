#include "discovery/store/usage_count.h"

#include <algorithm>

#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

using policy::ActivityType;
using std::chrono::days;
using std::chrono::sys_days;

// A clock that is far away makes no days beyond these.
constexpr sys_days kFirstDay{};
constexpr sys_days kLastDay{days(65535)};

bool is_noise(policy::HostKind kind) {
  return kind != policy::HostKind::unknown && kind != policy::HostKind::app;
}

// False where nothing was named.
bool name_service(const policy::Activity& facts, CountedUse& use) {
  if (facts.app && !facts.app->id.empty()) {
    use.kind = NameKind::app;
    use.service = facts.app->id;
    return true;
  }
  if (facts.host.empty()) return false;
  if (is_noise(facts.host_kind)) {
    use.kind = NameKind::noise;
    use.service = to_string(facts.host_kind);
  } else if (facts.domain.empty()) {
    use.kind = NameKind::unnamed;
  } else {
    use.kind = NameKind::domain;
    use.service = facts.domain;
  }
  return true;
}

// Of a file that comes in several requests the last one is its upload.
bool is_whole(const policy::Details* details) {
  return details == nullptr || details->transfer_step.empty() || details->transfer_step == "finish";
}

void count_files(const Event& event, UsageCounts& counts) {
  bool up = false;
  bool down = false;
  for (std::size_t i = 0; i < event.activities.size(); ++i) {
    const ActivityRecord& one = event.activities[i];
    if (one.verdict.stops()) continue;
    const auto& details = i == 0 ? event.activity.details : one.details;
    const bool whole = is_whole(details ? &*details : nullptr);
    if (one.type == ActivityType::upload) {
      up = true;
      counts.uploads += whole ? 1 : 0;
    } else if (one.type == ActivityType::download) {
      down = true;
      counts.downloads += whole ? 1 : 0;
    }
  }
  if (up) counts.upload_bytes = event.bytes_in;
  if (down) counts.download_bytes = event.bytes_out;
}

}  // namespace

std::string device_words(const policy::AgentFacts* agent) {
  if (agent == nullptr) return {};
  std::string text(to_string(agent->device));
  for (const std::string* part : {&agent->os, &agent->browser}) {
    if (!part->empty()) text += ", " + *part;
  }
  return text;
}

std::optional<CountedUse> count_use(const Event& event) {
  const policy::Activity& facts = event.activity;
  CountedUse use;
  if (event.ending == Ending::refused || !name_service(facts, use)) return std::nullopt;
  const policy::Action action = event.verdict.action;
  if (asks(action) && event.verdict.stops()) {
    use.counts.asked = 1;
  } else if (event.ending == Ending::blocked || event.verdict.stops()) {
    use.counts.blocked = 1;
  } else if (event.kind == EventKind::connection) {
    return std::nullopt;
  } else {
    use.counts.transactions = 1;
    use.counts.sent = event.bytes_in;
    use.counts.received = event.bytes_out;
    use.counts.continued = event.verdict.granted.empty() ? 0 : 1;
    count_files(event, use.counts);
  }
  use.day = std::clamp(std::chrono::floor<days>(event.start), kFirstDay, kLastDay);
  const auto minute = std::chrono::floor<std::chrono::minutes>(event.start - use.day).count();
  use.minute = static_cast<std::uint16_t>(std::clamp<std::int64_t>(minute, 0, kDayMinutes - 1));
  use.last = use.minute;
  if (facts.user) use.user = *facts.user;
  use.device = device_words(facts.agent ? &*facts.agent : nullptr);
  if (facts.client.country.size() == 2) {
    std::ranges::copy(facts.client.country, use.country.begin());
  }
  use.address = facts.client.address;
  return use;
}

}  // namespace sallyport::discovery
