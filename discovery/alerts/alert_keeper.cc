#include "discovery/alerts/alert_keeper.h"

#include <algorithm>

#include "base/core/log.h"

namespace sallyport::discovery {
namespace {

constexpr std::chrono::seconds kFirstRetry{1};
constexpr std::chrono::seconds kLastRetry{30};
constexpr std::chrono::seconds kRetainEvery{60};

}  // namespace

AlertKeeper::AlertKeeper(const Clock& clock, OpenStore open, MetricSet& metrics)
    : clock_(clock), open_(std::move(open)), metrics_(metrics), retain_at_(clock.steady()) {}

void AlertKeeper::failed(const Error& error) {
  metrics_.add(Metric::alert_store_failures_total);
  if (error_.empty()) log::error("alerts are not stored for now: " + describe(error));
  error_ = describe(error);
  retry_delay_ = std::clamp(retry_delay_ * 2, kFirstRetry, kLastRetry);
  retry_at_ = clock_.steady() + retry_delay_;
}

std::optional<AlertBatch> AlertKeeper::recollect() {
  if (store_ || !may_be_tried()) return std::nullopt;
  auto opened = open_();
  if (!opened) {
    failed(opened.error());
    return std::nullopt;
  }
  const Time now = clock_.now();
  const auto today = std::chrono::floor<std::chrono::days>(now);
  auto memory = (*opened)->memory(today - std::chrono::days(1), now - AlertStore::kFiredAge);
  if (!memory) {
    failed(memory.error());
    return std::nullopt;
  }
  store_ = std::move(*opened);
  if (!error_.empty()) log::info("the store of alerts works again");
  error_.clear();
  retry_delay_ = {};
  return std::move(*memory);
}

bool AlertKeeper::write(AlertBatch batch) {
  std::move(batch.alerts.begin(), batch.alerts.end(), std::back_inserter(alerts_));
  for (AlertDay& day : batch.days) days_[{day.policy_id, day.day}] = std::move(day);
  for (AppFired& one : batch.fired) fired_[{one.policy_id, one.app}] = std::move(one);
  if (alerts_.size() > kMostWaiting) {
    const std::size_t lost = alerts_.size() - kMostWaiting;
    alerts_.erase(alerts_.begin(), alerts_.begin() + static_cast<std::ptrdiff_t>(lost));
    metrics_.add(Metric::alerts_lost_total, static_cast<std::int64_t>(lost));
  }
  if (!store_ || !may_be_tried()) return false;
  if (alerts_.empty() && days_.empty() && fired_.empty() && batch.app_days.empty()) return true;
  AlertBatch all;
  all.alerts = alerts_;
  for (const auto& [key, day] : days_) all.days.push_back(day);
  for (const auto& [key, one] : fired_) all.fired.push_back(one);
  all.app_days = std::move(batch.app_days);
  const Result<void> written = store_->write(all);
  if (!written) {
    failed(written.error());
    return false;
  }
  if (!error_.empty()) log::info("the store of alerts works again");
  error_.clear();
  retry_delay_ = {};
  alerts_.clear();
  days_.clear();
  fired_.clear();
  return true;
}

void AlertKeeper::retain_if_due() {
  if (!works() || clock_.steady() < retain_at_) return;
  const Result<bool> more = store_->retain(clock_.now());
  if (!more) {
    metrics_.add(Metric::alert_store_failures_total);
    log::warning("old alerts cannot be deleted: " + describe(more.error()));
  }
  if (!more || !*more) retain_at_ = clock_.steady() + kRetainEvery;
}

}  // namespace sallyport::discovery
