#pragma once
// From events to alerts: what activity and app_discovery policies report to, and decisions of other
// policies that ask for alerts.
//
//   activity       each event that matches; with `repeat`, once so many of one user did within the
//                  window (repeat_windows.h). The user is the known one, else the client's address;
//                  `same_app` counts per app, else domain, else host; a target is host and path.
//   detection      what is unusual in what its conditions hold of (discovery/detect); without
//                  `alerts_per_day` it is a behaviour: a line of the log, and no alert
//   app_discovery  what an app comes to on one day (app_days.h): once per app and policy in 90
//   days. access, session, tls   each event that the policy decided.
//
// `alerts_per_day` bounds the alerts of a policy on a day (UTC); none without it. What it keeps
// back is counted, and shown. `tag_app` has its effect whatever the limit says. A policy in
// rehearsal raises nothing and tags nothing.
//
// Policies are looked up in the program that judged the event (program_shelf.h), or else in the
// newest; where neither knows it, the match is counted in `sallyport_alerts_unjudged_total`.
// Counts of days, what app_discovery policies fired for, and (each minute) what apps came to today
// survive a restart; windows are filled again from the store of events (window_refill.h), and what
// detections had learned likewise, behind what happens (relearning.h).
//
// INVARIANT: an alert is a line of the log, and in the store or counted as lost.
// Thread rule: a Sink and the Enricher of the scribe; status() on every thread.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "base/core/metrics.h"
#include "discovery/alerts/alert_keeper.h"
#include "discovery/alerts/app_days.h"
#include "discovery/alerts/daily_limits.h"
#include "discovery/alerts/program_shelf.h"
#include "discovery/alerts/relearning.h"
#include "discovery/alerts/repeat_windows.h"
#include "discovery/detect/detectors.h"
#include "discovery/events/sink.h"
#include "discovery/store/store.h"

namespace sallyport::discovery {

// What a policy wants of an app of the catalog.
struct TagRequest {
  std::string app;  // its id
  std::string tag;
  std::string policy_id;

  bool operator==(const TagRequest&) const = default;
};

struct AlertStatus {
  std::string store_error;      // "" while it works
  std::size_t waiting = 0;      // alerts in memory
  bool learning = false;        // detections learn from the past, and find little meanwhile
  std::vector<AlertDay> today;  // by policy
};

class AlertRaiser final : public Sink, public Enricher {
 public:
  // Called on the scribe's thread; must not wait. The same request comes at most once a minute, and
  // only while the app does not have the tag.
  using TagApp = std::function<void(TagRequest)>;

  // The store of events, for reading. Null where there is none yet.
  using OpenPast = std::function<Result<std::unique_ptr<Store>>()>;

  // All outlive the raiser. `metrics` is written by the scribe's thread alone. `open_past` is
  // called here, where a policy counts in windows, and in a thread that ends before the raiser.
  AlertRaiser(const Clock& clock, const ProgramShelf& programs, AlertKeeper::OpenStore open,
              const OpenPast& open_past, TagApp tag, MetricSet& metrics);

  // Each alert that is raised, once it was given to the store. On the scribe's thread; must not
  // wait. Before the first write().
  using Told = std::function<void(const Alert&)>;
  void tell(Told told) { told_ = std::move(told); }

  // Before write(): what the user was seen with before. Not while detections learn from the past.
  void enrich(Event& event) override;
  void write(EventSpan events) override;
  void flush() override;
  // Saves what is saved now and then. Once, last.
  void close();

  AlertStatus status() const;

 private:
  void begin_turn();
  void end_turn();
  void save(bool app_days_too);
  void publish_status();
  void restore(const AlertBatch& memory);
  void refill_windows(const OpenPast& open_past);
  const policy::Program* program_of(const Event& event);

  void take(const Event& event);
  void take_match(const policy::CompiledPolicy& policy, const Event& event);
  void take_decision(const policy::CompiledPolicy& policy, const Event& event);
  void take_app(AppDay& app, const Event& event);
  void detect(const Event& event);  // by program_
  void begin_learning(const OpenPast& open_past);
  void end_learning();
  void take_finding(const policy::CompiledPolicy& detection, const Event& event, Finding found);
  bool has_fired(const policy::CompiledPolicy& policy, const std::string& app) const;
  void remember_fired(const policy::CompiledPolicy& policy, const std::string& app);
  // Asks the daily limit, then keep().
  void raise(const policy::CompiledPolicy& policy, Alert alert);
  void keep(Alert alert);  // an id, a line of the log, and on to the store
  void tag(const policy::CompiledPolicy& policy, const Event& event);
  std::chrono::sys_days day_of(Time time) const;

  const Clock& clock_;
  const ProgramShelf& programs_;
  const TagApp tag_;
  Told told_;  // may be empty
  MetricSet& metrics_;
  AlertKeeper keeper_;
  UlidMaker ids_;
  RepeatWindows windows_;
  SipKey detect_key_;  // of this process
  std::unique_ptr<Detectors> detectors_;
  std::unique_ptr<Relearning> relearning_;  // until it has caught up
  AppDays app_days_;
  DailyLimits limits_;
  std::map<std::pair<std::string, std::string>, Time> fired_;  // by policy and app
  std::map<std::string, std::chrono::steady_clock::time_point, std::less<>> tag_asked_;
  AlertBatch batch_;  // of this turn

  Time now_;
  std::chrono::sys_days today_{};
  std::string snapshot_;  // of the last event
  bool known_ = false;    // program_ is that snapshot's; else it is the newest
  ProgramShelf::ProgramPtr program_;
  std::vector<const policy::CompiledPolicy*> app_policies_;  // of program_, not in rehearsal
  std::chrono::steady_clock::time_point save_apps_at_;
  bool status_changed_ = true;

  mutable std::mutex status_mutex_;
  AlertStatus status_;
};

}  // namespace sallyport::discovery
