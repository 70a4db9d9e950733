#pragma once
// The raiser's way to its store: opens it when it can be opened, writes, and keeps what it does not
// take until it does.
//
// A store that fails never holds anything up: it is tried again after 1 s, 2 s, 4 s ... 30 s. Up to
// kMostWaiting alerts wait meanwhile; the oldest beyond are lost, and counted in
// `sallyport_alerts_lost_total`. (Each was a line of the log too.)
// Thread rule: the scribe's.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/core/clock.h"
#include "base/core/metrics.h"
#include "discovery/alerts/alert_store.h"

namespace sallyport::discovery {

class AlertKeeper {
 public:
  using OpenStore = std::function<Result<std::unique_ptr<AlertStore>>()>;
  static constexpr std::size_t kMostWaiting = 1000;

  // Both outlive it. `metrics` is written by this thread alone.
  AlertKeeper(const Clock& clock, OpenStore open, MetricSet& metrics);

  // What an earlier process left, once: when the store opens. Nothing is written before.
  std::optional<AlertBatch> recollect();

  // True: it is kept now, and all that waited. App days do not wait: false means to give them
  // again.
  bool write(AlertBatch batch);
  void retain_if_due();
  // Whether the store is open and took what it was given last.
  bool works() const { return store_ != nullptr && error_.empty(); }

  const std::string& error() const { return error_; }  // "" while it works
  std::size_t waiting() const { return alerts_.size(); }

 private:
  bool may_be_tried() const { return error_.empty() || clock_.steady() >= retry_at_; }
  void failed(const Error& error);

  const Clock& clock_;
  const OpenStore open_;
  MetricSet& metrics_;
  std::unique_ptr<AlertStore> store_;
  std::vector<Alert> alerts_;
  std::map<std::pair<std::string, std::chrono::sys_days>, AlertDay> days_;
  std::map<std::pair<std::string, std::string>, AppFired> fired_;
  std::string error_;
  std::chrono::seconds retry_delay_{0};
  std::chrono::steady_clock::time_point retry_at_;
  std::chrono::steady_clock::time_point retain_at_;
};

}  // namespace sallyport::discovery
