#include "discovery/history/app_replay.h"

#include <algorithm>
#include <utility>

#include "discovery/alerts/alert_store.h"

namespace sallyport::discovery {

using policy::CompiledPolicy;
using policy::PolicyTally;

AppReplay::Used* AppReplay::find(std::chrono::sys_days day, std::string_view app) {
  Apps& apps = days_[day];
  if (const auto found = apps.find(app); found != apps.end()) return &found->second;
  if (app_days_ == most_app_days_) return nullptr;
  ++app_days_;
  Used& used = apps.emplace(app, Used()).first->second;
  used.sums.app = app;
  used.sums.day = day;
  used.name = app;
  used.holds.resize(policies_.size());
  used.has_tag.resize(policies_.size());
  return &used;
}

void AppReplay::add(const PastEvent& event, const policy::Activity& facts) {
  if (policies_.empty()) return;
  const std::string_view app = app_of_day(event.kind, event.ending, facts);
  if (app.empty()) return;
  Used* used = find(std::chrono::floor<std::chrono::days>(event.time), app);
  if (used == nullptr) {
    ++left_out_;
    return;
  }
  const bool fresh = used->sums.transactions == 0;
  count_use(used->sums, facts, event.bytes_in, event.bytes_out);
  ask(*used, facts, event.time, fresh);
}

void AppReplay::ask(Used& used, const policy::Activity& facts, Time at, bool fresh) const {
  static const std::vector<std::string> kNone;
  const std::vector<std::string>& tags = facts.app ? facts.app->tags : kNone;
  if (!fresh && used.host == facts.host && used.tags == tags) return;
  used.host = facts.host;
  used.tags = tags;
  if (facts.app) {
    used.name = facts.app->name;
    used.in_catalog = true;
  }
  const policy::Activity known = facts_of_app(facts, at);
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    const CompiledPolicy& policy = *policies_[i];
    if (std::find(tags.begin(), tags.end(), policy.tag_app) != tags.end()) used.has_tag[i] = true;
    if (!used.holds[i]) used.holds[i] = policy.judge(known.point, known).holds();
  }
}

void AppReplay::merge(AppReplay other) {
  left_out_ += other.left_out_;
  for (auto& [day, apps] : other.days_) {
    for (auto& [app, theirs] : apps) {
      Used* ours = find(day, app);
      if (ours == nullptr) {
        left_out_ += theirs.sums.transactions;
        continue;
      }
      ours->sums.uploaded += theirs.sums.uploaded;
      ours->sums.downloaded += theirs.sums.downloaded;
      ours->sums.transactions += theirs.sums.transactions;
      for (const std::uint64_t mark : theirs.sums.users.marks()) ours->sums.users.add(mark);
      for (const std::uint64_t mark : theirs.sums.addresses.marks()) ours->sums.addresses.add(mark);
      if (theirs.in_catalog) ours->name = theirs.name;
      ours->in_catalog = ours->in_catalog || theirs.in_catalog;
      for (std::size_t i = 0; i < policies_.size(); ++i) {
        ours->holds[i] = ours->holds[i] || theirs.holds[i];
        ours->has_tag[i] = ours->has_tag[i] || theirs.has_tag[i];
      }
    }
  }
}

AppReplayReport AppReplay::report(std::size_t most, std::vector<PolicyTally>& tallies) const {
  AppReplayReport report;
  report.left_out = left_out_;
  std::vector<AppFinding> found;  // by day
  for (std::size_t i = 0; i < policies_.size(); ++i) {
    const CompiledPolicy& policy = *policies_[i];
    PolicyTally& tally = tallies[policy.number];
    std::map<std::string_view, std::chrono::sys_days> fired;
    for (const auto& [day, apps] : days_) {
      std::vector<const Used*> over;
      for (const auto& [app, used] : apps) {
        if (used.holds[i] && exceeds(used.sums, policy.per_day)) over.push_back(&used);
      }
      std::sort(over.begin(), over.end(),
                [](const Used* a, const Used* b) { return a->sums.app < b->sums.app; });
      std::uint32_t raised = 0;
      for (const Used* used : over) {
        ++tally.matched;
        const auto last = fired.find(used->sums.app);
        if (last != fired.end() && day - last->second < AlertStore::kFiredAge) continue;
        AppFinding finding{.policy = policy.number,
                           .day = day,
                           .app = used->sums.app,
                           .name = used->name,
                           .why = describe(used->sums, policy.per_day)};
        finding.tags = !policy.tag_app.empty() && used->in_catalog && !used->has_tag[i];
        const bool alerts = policy.alerts_per_day > 0;
        finding.alert = alerts && raised < policy.alerts_per_day;
        finding.suppressed = alerts && !finding.alert;
        if (!alerts && !used->in_catalog) continue;  // Nothing that it could do.
        if (finding.alert) ++raised;
        if (!finding.suppressed) fired[used->sums.app] = day;
        ++(policy.rehearse ? tally.rehearsed : tally.reported);
        if (finding.alert && !policy.rehearse) ++tally.alerts;
        found.push_back(std::move(finding));
      }
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const AppFinding& a, const AppFinding& b) { return a.day > b.day; });
  report.findings = found.size();
  if (found.size() > most) found.resize(most);
  report.newest = std::move(found);
  return report;
}

}  // namespace sallyport::discovery
