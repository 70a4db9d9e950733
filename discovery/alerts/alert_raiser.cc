#include "discovery/alerts/alert_raiser.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/crypto/random.h"
#include "discovery/alerts/window_refill.h"
#include "discovery/events/seen_text.h"

namespace sallyport::discovery {
namespace {

using policy::CompiledPolicy;
using policy::Kind;

constexpr std::chrono::minutes kClockFault{5};  // ahead of us: what is learned would never age
constexpr std::chrono::seconds kSaveAppsEvery{60};
constexpr std::chrono::seconds kAskAgain{60};  // for the same tag of the same app
constexpr std::size_t kMostAsked = 4096;       // such requests remembered
constexpr std::size_t kMostFired = 64 * 1024;  // pairs of policy and app remembered

std::string who_of(const Event& event) {
  return event.activity.user ? *event.activity.user : event.activity.client.address.to_string();
}

std::string app_or_host(const Event& event) {
  const policy::Activity& activity = event.activity;
  if (activity.app) return activity.app->name;
  return activity.domain.empty() ? activity.host : activity.domain;
}

// "POST www.dropbox.com/upload"
std::string address_of(const Event& event) {
  const policy::Activity& activity = event.activity;
  return fmt::format("{}{}{}{}", activity.method.value_or(""), activity.method ? " " : "",
                     activity.host, activity.path.value_or(""));
}

std::string cut(std::string text) {
  if (text.size() <= kMostAlertText) return text;
  std::size_t end = kMostAlertText - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// With what is new or uncommon of its user in the activity that made it.
std::string with_seen(std::string text, const Event& event) {
  if (!event.activity.seen) return text;
  const std::string seen = seen_text(*event.activity.seen);
  return seen.empty() ? text : text + " (" + seen + ")";
}

Alert alert_of(const CompiledPolicy& policy, AlertKind kind) {
  Alert alert;
  alert.policy_id = policy.id;
  alert.policy = policy.name;
  alert.kind = kind;
  alert.severity = policy.severity;
  alert.category = policy.category;
  return alert;
}

Alert alert_of(const CompiledPolicy& policy, AlertKind kind, const Event& event) {
  Alert alert = alert_of(policy, kind);
  alert.time = event.start;
  alert.user = event.activity.user.value_or("");
  alert.client = event.activity.client.address;
  if (event.activity.app) {
    alert.app_id = event.activity.app->id;
    alert.app_name = event.activity.app->name;
  }
  alert.host = event.activity.host;
  alert.events = {event.id};
  return alert;
}

SipKey random_key() {
  SipKey key;
  random_bytes(key);
  return key;
}

}  // namespace

AlertRaiser::AlertRaiser(const Clock& clock, const ProgramShelf& programs,
                         AlertKeeper::OpenStore open, const OpenPast& open_past, TagApp tag,
                         MetricSet& metrics)
    : clock_(clock),
      programs_(programs),
      tag_(std::move(tag)),
      metrics_(metrics),
      keeper_(clock, std::move(open), metrics),
      detect_key_(random_key()),
      detectors_(std::make_unique<Detectors>(World::of_system(), detect_key_)),
      save_apps_at_(clock.steady() + kSaveAppsEvery) {
  begin_turn();
  refill_windows(open_past);
  begin_learning(open_past);
  publish_status();
}

void AlertRaiser::refill_windows(const OpenPast& open_past) {
  const ProgramShelf::ProgramPtr program = programs_.newest();
  if (program == nullptr || longest_window(*program).count() == 0) return;
  Result<std::unique_ptr<Store>> past = open_past();
  if (past && *past == nullptr) return;
  Result<Refilled> refilled = past ? refill(windows_, *program, **past, clock_)
                                   : Result<Refilled>(pass_on(std::move(past)));
  if (!refilled) {
    log::warning("repeated activities are counted from this start on: " +
                 describe(refilled.error()));
    return;
  }
  if (refilled->events == 0) return;
  log::info(fmt::format("repeated activities are counted on: {} stored events{}", refilled->events,
                        refilled->whole ? "" : ", the newest of them"));
}

void AlertRaiser::enrich(Event& event) {
  // What is learned of the past is not here yet: "never seen" would be wrong.
  if (relearning_ != nullptr || event.start > clock_.now() + kClockFault) return;
  detectors_->enrich(event);
}

void AlertRaiser::write(EventSpan events) {
  begin_turn();
  for (const Event& event : events) take(event);
  end_turn();
}

void AlertRaiser::flush() {
  begin_turn();
  end_turn();
  keeper_.retain_if_due();
}

void AlertRaiser::close() {
  begin_turn();
  save(true);
  publish_status();
}

void AlertRaiser::begin_turn() {
  now_ = clock_.now();
  const auto today = std::chrono::floor<std::chrono::days>(now_);
  if (today != today_) {
    status_changed_ = true;
    if (today > today_ && today_ != std::chrono::sys_days()) save(true);
    today_ = today;
    limits_.forget_before(today - std::chrono::days(1));
    app_days_.forget_before(today - std::chrono::days(1));
    std::erase_if(fired_,
                  [&](const auto& one) { return one.second < now_ - AlertStore::kFiredAge; });
  }
  if (const auto memory = keeper_.recollect()) restore(*memory);
  if (relearning_ != nullptr) end_learning();
}

void AlertRaiser::begin_learning(const OpenPast& open_past) {
  const ProgramShelf::ProgramPtr program = programs_.newest();
  if (program == nullptr) return;
  relearning_ = std::make_unique<Relearning>(
      program, open_past, std::make_unique<Detectors>(World::of_system(), detect_key_), now_,
      [this] { return clock_.now(); });
}

void AlertRaiser::end_learning() {
  std::unique_ptr<Learned> learned = relearning_->take();
  if (learned == nullptr) return;
  relearning_.reset();
  status_changed_ = true;
  detectors_ = std::move(learned->detectors);
  if (!learned->trouble.empty()) {
    log::warning("detections learn from now on: " + learned->trouble);
  } else if (learned->events > 0) {
    log::info(fmt::format("detections have learned from {} stored events", learned->events));
  }
  for (Learned::Found& one : learned->found) {
    const policy::Program* program = program_of(one.event);
    const CompiledPolicy* detection = program != nullptr ? program->find(one.detection) : nullptr;
    if (detection == nullptr) continue;
    take_finding(*detection, one.event, std::move(one.finding));
  }
}

void AlertRaiser::restore(const AlertBatch& memory) {
  for (const AlertDay& day : memory.days) limits_.add(day);
  for (const AppFired& one : memory.fired) {
    Time& at = fired_[{one.policy_id, one.app}];
    at = std::max(at, one.at);
  }
  for (const AppDayRecord& app : memory.app_days) app_days_.restore(app);
  status_changed_ = true;
}

void AlertRaiser::end_turn() {
  // What apps come to matters to app_discovery policies alone.
  const bool apps_due = clock_.steady() >= save_apps_at_ && !app_policies_.empty();
  const bool worked = keeper_.works();
  save(apps_due && worked);
  metrics_.set(Metric::alert_counts_forgotten_total,
               static_cast<std::int64_t>(windows_.forgotten() + app_days_.forgotten() +
                                         detectors_->forgotten()));
  metrics_.set(Metric::detections_merged_total, static_cast<std::int64_t>(detectors_->merged()));
  status_changed_ = status_changed_ || keeper_.works() != worked || !keeper_.works();
  if (status_changed_) publish_status();
}

void AlertRaiser::save(bool app_days_too) {
  batch_.days = limits_.take_changes();
  status_changed_ = status_changed_ || !batch_.days.empty();
  if (app_days_too) {
    batch_.app_days = app_days_.take_changes();
    save_apps_at_ = clock_.steady() + kSaveAppsEvery;
  }
  const std::vector<Alert> raised = told_ ? batch_.alerts : std::vector<Alert>();
  const bool kept = keeper_.write(std::exchange(batch_, {}));
  for (const Alert& alert : raised) told_(alert);
  if (!kept && app_days_too) app_days_.mark_all_changed();
}

void AlertRaiser::publish_status() {
  status_changed_ = false;
  AlertStatus now;
  now.store_error = keeper_.error();
  now.waiting = keeper_.waiting();
  now.learning = relearning_ != nullptr;
  now.today = limits_.of(today_);
  const std::lock_guard lock(status_mutex_);
  status_ = std::move(now);
}

AlertStatus AlertRaiser::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

const policy::Program* AlertRaiser::program_of(const Event& event) {
  if (known_ && event.snapshot == snapshot_) return program_.get();
  ProgramShelf::ProgramPtr program = programs_.find(event.snapshot);
  known_ = program != nullptr;
  snapshot_ = event.snapshot;
  if (!known_) program = programs_.newest();
  if (program != program_) {
    program_ = std::move(program);
    app_policies_.clear();
    if (program_ != nullptr) app_policies_ = program_->app_policies();
    std::erase_if(app_policies_, [](const CompiledPolicy* one) { return one->rehearse; });
  }
  return program_.get();
}

// An activity's own day, but none that is done with.
std::chrono::sys_days AlertRaiser::day_of(Time time) const {
  return std::clamp(std::chrono::floor<std::chrono::days>(time), today_ - std::chrono::days(1),
                    today_);
}

void AlertRaiser::take(const Event& event) {
  const policy::Program* program = program_of(event);
  if (AppDay* app = app_days_.add(event, day_of(event.start))) {
    if (!app_policies_.empty()) take_app(*app, event);
  }
  if (program != nullptr && program->has_detections()) detect(event);
  const auto find = [&](const std::string& id) {
    const CompiledPolicy* policy = program != nullptr ? program->find(id) : nullptr;
    if (policy == nullptr) metrics_.add(Metric::alerts_unjudged_total);
    return policy;
  };
  for (const Match& match : event.matched) {
    if (match.rehearsed) continue;
    if (const CompiledPolicy* policy = find(match.id)) take_match(*policy, event);
  }
  const std::string& decided = event.verdict.policy_id;
  if (!decided.empty() && decided != policy::kSuspensionId) {
    if (const CompiledPolicy* policy = find(decided)) take_decision(*policy, event);
  }
  // A batch has several verdicts; mostly there is one, the event's own.
  for (auto one = event.activities.begin(); one != event.activities.end(); ++one) {
    const std::string& id = one->verdict.policy_id;
    const bool seen = id.empty() || id == decided || id == policy::kSuspensionId ||
                      std::any_of(event.activities.begin(), one, [&](const ActivityRecord& before) {
                        return before.verdict.policy_id == id;
                      });
    if (seen) continue;
    if (const CompiledPolicy* policy = find(id)) take_decision(*policy, event);
  }
}

void AlertRaiser::take_match(const CompiledPolicy& policy, const Event& event) {
  if (policy.rehearse) return;
  const policy::RepeatRule& repeat = policy.repeat;
  if (repeat.min <= 1) {
    tag(policy, event);
    if (policy.alerts_per_day == 0) return;
    Alert alert = alert_of(policy, AlertKind::activity, event);
    const auto& type = event.activity.type;
    alert.text = cut(with_seen(fmt::format("{}: {} in {}, {}", who_of(event),
                                           type ? to_string(*type) : std::string_view("activity"),
                                           app_or_host(event), address_of(event)),
                               event));
    raise(policy, std::move(alert));
    return;
  }
  auto full = windows_.add(repeat_series(policy, event.activity), repeat,
                           repeat_target(event.activity), event.id, event.start, now_);
  if (!full) return;
  tag(policy, event);
  Alert alert = alert_of(policy, AlertKind::repeated_activity, event);
  alert.events = std::move(full->events);
  alert.count = full->count;
  alert.text = cut(fmt::format(
      "{} {} of {}{}{} within {}, the last: {}", full->count,
      repeat.unique_targets ? "activities on different targets" : "activities", who_of(event),
      repeat.same_app ? " in " : "", repeat.same_app ? app_or_host(event) : std::string(),
      format_duration(repeat.window), address_of(event)));
  raise(policy, std::move(alert));
}

void AlertRaiser::take_decision(const CompiledPolicy& policy, const Event& event) {
  if (policy.rehearse || policy.alerts_per_day == 0) return;
  Alert alert = alert_of(policy, AlertKind::decision, event);
  alert.text =
      cut(with_seen(fmt::format("{}: {} in {}, {}", who_of(event), to_string(policy.action),
                                app_or_host(event), address_of(event)),
                    event));
  raise(policy, std::move(alert));
}

void AlertRaiser::detect(const Event& event) {
  if (event.ending == Ending::refused) return;  // No policy was asked of it either.
  if (event.start > now_ + kClockFault) return;
  // Whoever learns comes to the others.
  const auto asked = relearning_ != nullptr ? Detectors::Asked::of_each : Detectors::Asked::all;
  detectors_->look(
      program_, event,
      [&](const CompiledPolicy& detection, Finding found) {
        take_finding(detection, event, std::move(found));
      },
      asked);
}

void AlertRaiser::take_finding(const CompiledPolicy& detection, const Event& event, Finding found) {
  metrics_.add(Metric::detections_found_total);
  if (detection.rehearse || detection.alerts_per_day == 0) {
    log::info(fmt::format("{}: {}: {}", detection.rehearse ? "rehearsed" : "behaviour",
                          detection.name, printable(found.text)));
    return;
  }
  Alert alert = alert_of(detection, AlertKind::detection, event);
  const bool of_many = detection.detect.of == policy::DetectRule::Subject::app ||
                       detection.detect.of == policy::DetectRule::Subject::organisation;
  if (of_many) {
    alert.user.clear();  // many
    alert.client.reset();
  }
  if (!found.events.empty()) alert.events = std::move(found.events);
  alert.count = found.count;
  alert.text = cut(of_many ? std::move(found.text) : with_seen(std::move(found.text), event));
  raise(detection, std::move(alert));
}

void AlertRaiser::take_app(AppDay& app, const Event& event) {
  for (const CompiledPolicy* policy : app_policies_) {
    if (!exceeds(app, policy->per_day) || app.is_done(policy->id)) continue;
    const policy::Activity facts = facts_of_app(event.activity, event.start);
    if (policy->judge(policy::Point::download, facts) != policy::Outcome::yes()) continue;
    app.done.push_back(policy->id);
    if (has_fired(*policy, app.app)) continue;
    tag(*policy, event);
    if (policy->alerts_per_day == 0) {
      if (event.activity.app) remember_fired(*policy, app.app);
      continue;
    }
    if (!limits_.take(policy->id, app.day, policy->alerts_per_day)) {
      metrics_.add(Metric::alerts_suppressed_total);
      continue;  // Not fired: it may on another day.
    }
    remember_fired(*policy, app.app);
    Alert alert = alert_of(*policy, AlertKind::app_discovery);
    alert.time = event.start;
    if (event.activity.app) {
      alert.app_id = event.activity.app->id;
      alert.app_name = event.activity.app->name;
    } else {
      alert.host = app.app;
    }
    alert.events = app.events;
    alert.count = app.transactions;
    alert.text = cut(fmt::format("{} on {}: {}", event.activity.app ? alert.app_name : app.app,
                                 format_day(app.day), describe(app, policy->per_day)));
    keep(std::move(alert));
  }
}

bool AlertRaiser::has_fired(const CompiledPolicy& policy, const std::string& app) const {
  const auto found = fired_.find({policy.id, app});
  return found != fired_.end() && found->second > now_ - AlertStore::kFiredAge;
}

void AlertRaiser::remember_fired(const CompiledPolicy& policy, const std::string& app) {
  if (fired_.size() >= kMostFired) {
    fired_.erase(std::min_element(fired_.begin(), fired_.end(), [](const auto& a, const auto& b) {
      return a.second < b.second;
    }));
  }
  fired_[{policy.id, app}] = now_;
  batch_.fired.push_back({policy.id, app, now_});
}

void AlertRaiser::raise(const CompiledPolicy& policy, Alert alert) {
  if (policy.alerts_per_day == 0) return;
  if (!limits_.take(policy.id, day_of(alert.time), policy.alerts_per_day)) {
    metrics_.add(Metric::alerts_suppressed_total);
    return;
  }
  keep(std::move(alert));
}

void AlertRaiser::keep(Alert alert) {
  alert.id = ids_.make(now_);
  metrics_.add(Metric::alerts_raised_total);
  log::warning("alert: " + describe(alert));
  batch_.alerts.push_back(std::move(alert));
}

void AlertRaiser::tag(const CompiledPolicy& policy, const Event& event) {
  if (policy.tag_app.empty() || !event.activity.app) return;
  const policy::AppFacts& app = *event.activity.app;
  if (std::find(app.tags.begin(), app.tags.end(), policy.tag_app) != app.tags.end()) return;
  std::string key = policy.id + '\0' + app.id + '\0' + policy.tag_app;
  const auto steady = clock_.steady();
  const auto asked = tag_asked_.find(key);
  if (asked != tag_asked_.end() && steady < asked->second + kAskAgain) return;
  if (tag_asked_.size() >= kMostAsked) tag_asked_.clear();
  tag_asked_[std::move(key)] = steady;
  tag_({app.id, policy.tag_app, policy.id});
}

}  // namespace sallyport::discovery
