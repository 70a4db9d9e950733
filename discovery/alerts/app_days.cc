#include "discovery/alerts/app_days.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

bool may_be_an_app(policy::HostKind kind) {
  return kind == policy::HostKind::unknown || kind == policy::HostKind::app;
}

std::uint64_t mark_of_address(const IpAddress& address) {
  const auto& bytes = address.bytes();
  return mark_of({reinterpret_cast<const char*>(bytes.data()), address.is_v4() ? 4u : 16u});
}

// Calls `each(name, value, least, is_bytes)` for every threshold that is set.
template <class Each>
void each_threshold(const AppDay& day, const policy::DailyThresholds& asked, Each each) {
  if (asked.traffic) each("traffic", day.uploaded + day.downloaded, *asked.traffic, true);
  if (asked.uploaded) each("uploaded", day.uploaded, *asked.uploaded, true);
  if (asked.downloaded) each("downloaded", day.downloaded, *asked.downloaded, true);
  if (asked.users) each("users", day.users.count(), *asked.users, false);
  if (asked.addresses) each("addresses", day.addresses.count(), *asked.addresses, false);
  if (asked.transactions) each("transactions", day.transactions, *asked.transactions, false);
}

}  // namespace

bool AppDay::is_done(std::string_view policy_id) const {
  return std::find(done.begin(), done.end(), policy_id) != done.end();
}

bool exceeds(const AppDay& day, const policy::DailyThresholds& thresholds) {
  bool any = false;
  bool all = true;
  each_threshold(day, thresholds,
                 [&](std::string_view, std::uint64_t value, std::uint64_t more_than, bool) {
                   any = true;
                   all = all && value > more_than;
                 });
  return any && all;
}

std::string describe(const AppDay& day, const policy::DailyThresholds& thresholds) {
  std::string text;
  each_threshold(
      day, thresholds,
      [&](std::string_view name, std::uint64_t value, std::uint64_t more_than, bool is_bytes) {
        const auto shown = [&](std::uint64_t n) {
          return is_bytes ? human_bytes(n) : std::to_string(n);
        };
        text += fmt::format("{}{} {} (> {})", text.empty() ? "" : ", ", name, shown(value),
                            shown(more_than));
      });
  return text;
}

std::string_view app_of_day(EventKind kind, Ending ending, const policy::Activity& facts) {
  const bool let_through =
      kind != EventKind::connection && ending != Ending::blocked && ending != Ending::refused;
  if (!let_through) return {};
  if (facts.app) return facts.app->id;
  return may_be_an_app(facts.host_kind) ? std::string_view(facts.domain) : std::string_view();
}

void count_use(AppDay& day, const policy::Activity& facts, std::uint64_t uploaded,
               std::uint64_t downloaded) {
  day.uploaded += uploaded;
  day.downloaded += downloaded;
  ++day.transactions;
  if (facts.user) day.users.add(mark_of(*facts.user));
  day.addresses.add(mark_of_address(facts.client.address));
}

policy::Activity facts_of_app(const policy::Activity& facts, Time at) {
  policy::Activity known;
  known.point = policy::Point::download;
  known.at = at;
  known.app = facts.app;
  known.host = facts.host;
  known.domain = facts.domain;
  known.host_kind = facts.host_kind;
  known.host_tags = facts.host_tags;
  return known;
}

AppDay* AppDays::add(const Event& event, std::chrono::sys_days day) {
  const std::string_view name = app_of_day(event.kind, event.ending, event.activity);
  if (name.empty()) return nullptr;
  Apps* apps = &days_[day];
  auto found = apps->find(name);
  if (found == apps->end()) {
    if (this->apps() >= most_apps_) make_room();
    apps = &days_[day];
    found = apps->emplace(name, AppDay{.app = std::string(name), .day = day}).first;
  }
  AppDay& app = found->second;
  app.seen = ++turn_;
  app.changed = true;
  const std::size_t before = marks_of(app);
  count_use(app, event.activity, event.bytes_in, event.bytes_out);
  marks_ += marks_of(app) - before;
  if (app.events.size() == AppDay::kMostEvents) app.events.erase(app.events.begin());
  app.events.push_back(event.id);
  if (marks_ <= most_marks_) return &app;
  make_room();  // This one was seen last; it stays unless it is alone.
  const auto still = days_.find(day);
  if (still == days_.end()) return nullptr;
  found = still->second.find(name);
  return found == still->second.end() ? nullptr : &found->second;
}

void AppDays::restore(const AppDayRecord& record) {
  Apps& apps = days_[record.day];
  auto found = apps.find(record.app);
  if (found == apps.end()) {
    const std::size_t marks = record.users.size() + record.addresses.size();
    if (this->apps() >= most_apps_ || marks_ + marks > most_marks_) return;
    found = apps.emplace(record.app, AppDay{.app = record.app, .day = record.day}).first;
  } else {
    found->second.changed = true;
  }
  AppDay& app = found->second;
  app.uploaded += record.uploaded;
  app.downloaded += record.downloaded;
  app.transactions += record.transactions;
  const std::size_t before = marks_of(app);
  for (const std::uint64_t mark : record.users) app.users.add(mark);
  for (const std::uint64_t mark : record.addresses) app.addresses.add(mark);
  marks_ += marks_of(app) - before;
  app.events.insert(app.events.begin(), record.events.begin(), record.events.end());
  if (app.events.size() > AppDay::kMostEvents) {
    app.events.erase(app.events.begin(), app.events.end() - AppDay::kMostEvents);
  }
  for (const std::string& policy : record.done) {
    if (!app.is_done(policy)) app.done.push_back(policy);
  }
}

std::vector<AppDayRecord> AppDays::take_changes() {
  std::vector<AppDayRecord> changes;
  for (auto& [day, apps] : days_) {
    for (auto& [name, app] : apps) {
      if (!app.changed) continue;
      app.changed = false;
      const auto users = app.users.marks();
      const auto addresses = app.addresses.marks();
      changes.push_back({day,
                         name,
                         app.uploaded,
                         app.downloaded,
                         app.transactions,
                         {users.begin(), users.end()},
                         {addresses.begin(), addresses.end()},
                         app.events,
                         app.done});
    }
  }
  return changes;
}

void AppDays::mark_all_changed() {
  for (auto& [day, apps] : days_) {
    for (auto& [name, app] : apps) app.changed = true;
  }
}

void AppDays::forget_before(std::chrono::sys_days day) {
  while (!days_.empty() && days_.begin()->first < day) {
    for (const auto& [name, app] : days_.begin()->second) marks_ -= marks_of(app);
    days_.erase(days_.begin());
  }
}

std::size_t AppDays::apps() const {
  std::size_t sum = 0;
  for (const auto& [day, apps] : days_) sum += apps.size();
  return sum;
}

void AppDays::make_room() {
  std::vector<std::uint64_t> turns;
  for (const auto& [day, apps] : days_) {
    for (const auto& [name, app] : apps) turns.push_back(app.seen);
  }
  if (turns.empty()) return;
  const auto last = turns.begin() + static_cast<std::ptrdiff_t>(turns.size() / 8);
  std::nth_element(turns.begin(), last, turns.end());
  for (auto& [day, apps] : days_) {
    forgotten_ += std::erase_if(apps, [&, until = *last](const auto& one) {
      if (one.second.seen > until) return false;
      marks_ -= marks_of(one.second);
      return true;
    });
  }
}

}  // namespace sallyport::discovery
