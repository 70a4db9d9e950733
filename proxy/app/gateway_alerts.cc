// Where alerts come from and go to: the raiser behind the scribe, its store, their receivers, the
// tags that policies give to apps, and what status tells.

#include <fmt/format.h>
#include <unistd.h>

#include "base/core/log.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/alerts/sqlite_delivery_store.h"
#include "discovery/events/decode.h"
#include "discovery/store/sqlite_store.h"
#include "proxy/app/alert_routes.h"
#include "proxy/app/gateway_parts.h"

namespace sallyport::app {

// REQUIRES: the first material went through tune().
Result<void> Gateway::Parts::open_alerts(const Material& material) {
  const std::string file = alerts_file(state->path());
  // Like the store of events, one that cannot be opened never stops traffic.
  auto open = [file]() -> Result<std::unique_ptr<discovery::AlertStore>> {
    auto opened = discovery::SqliteAlertStore::open(file);
    if (!opened) return pass_on(std::move(opened));
    return std::unique_ptr<discovery::AlertStore>(std::move(*opened));
  };
  const std::string events = store_file(state->path());
  const auto open_past = [events]() -> Result<std::unique_ptr<discovery::Store>> {
    if (::access(events.c_str(), F_OK) != 0) return nullptr;
    auto opened = discovery::SqliteStore::open_for_reading(events);
    if (!opened) return pass_on(std::move(opened));
    return std::unique_ptr<discovery::Store>(std::move(*opened));
  };
  alerts = std::make_unique<discovery::AlertRaiser>(
      clock, programs, std::move(open), open_past,
      [this](discovery::TagRequest wish) { tag_for_policy(std::move(wish)); }, scribe_metrics);
  alerts->tell([this](const discovery::Alert& alert) {
    desk.post([this, alert] {
      if (policy_calls) policy_calls->take(alert);
    });
  });
  add_alert_routes(*api, file, *alert_book, clock, *auditor);
  unread_alerts = std::make_unique<UnreadAlerts>(*api, file, *alert_book, clock, desk);
  portal_desk->questions().tell_answers(
      [this, file](const QuestionBook::Kept& kept) { tell_alert(file, kept); });
  delivery::Delivery::Options options;
  options.gateway = config.name;
  options.others = {std::string(PolicyCalls::kPlace)};
  options.open = [file]() -> Result<std::unique_ptr<discovery::DeliveryStore>> {
    auto opened = discovery::SqliteDeliveryStore::open(file);
    if (!opened) return pass_on(std::move(opened));
    return std::unique_ptr<discovery::DeliveryStore>(std::move(*opened));
  };
  auto made = delivery::Delivery::make(std::move(options), clock, lookups);
  if (!made) return pass_on(std::move(made));
  delivery = std::move(*made);
  delivery->set(material.receivers);
  add_receiver_routes(*api, *delivery, desk, draining);
  return {};
}

// What somebody says of an alert stands in its history, and it is unread again.
void Gateway::Parts::tell_alert(const std::string& file, const QuestionBook::Kept& kept) {
  const auto id = discovery::parse_ulid(kept.alert);
  if (!id) return;  // The question was about none.
  auto kept_alerts = discovery::SqliteAlertStore::open_for_reading(file);
  auto alert = kept_alerts
                   ? (*kept_alerts)->find(*id)
                   : Result<std::optional<discovery::Alert>>(std::unexpected(kept_alerts.error()));
  if (!alert || !*alert) {
    log::warning(fmt::format(
        "the answer to question {} cannot be put to alert {}: {}", kept.question.id, kept.alert,
        alert ? std::string("it is not kept any more") : describe(alert.error())));
    return;
  }
  discovery::AlertStep step = step_of_answer(kept);
  auto done = alert_book->apply(**alert, step);
  step.kind = discovery::AlertStep::Kind::unread;
  step.text.clear();
  if (done) done = alert_book->apply(**alert, step);
  if (!done) {
    log::warning(fmt::format("the answer to question {} cannot be put to alert {}: {}",
                             kept.question.id, kept.alert, done.error().detail));
  }
}

// On the scribe's thread.
void Gateway::Parts::tag_for_policy(discovery::TagRequest wish) {
  desk.post([this, wish = std::move(wish)]() mutable {
    if (draining) {
      // Nothing is started any more that workers would have to answer.
      files->keep_tag_for_policy(wish);
    } else {
      desk_nursery->start(files->tag_app_for_policy(std::move(wish)));
    }
  });
}

// REQUIRES: every thread has ended.
void Gateway::Parts::close_alerts() {
  alerts->close();
  while (desk.poll() > 0) {  // What policies wished for at the end.
  }
  policy_calls->look();
}

void Gateway::Parts::write_alert_status(JsonWriter& json) const {
  const discovery::AlertStatus status = alerts->status();
  const auto sets = metric_sets();
  std::uint64_t raised = 0;
  std::uint64_t suppressed = 0;
  for (const discovery::AlertDay& day : status.today) {
    raised += day.raised;
    suppressed += day.suppressed;
  }
  json.key("alerts");
  json.begin_object();
  json.member("raised_today", raised);
  json.member("suppressed_today", suppressed);
  json.member("lost", sum(sets, Metric::alerts_lost_total));
  json.member("waiting", status.waiting);
  json.member("learning", status.learning);
  json.member("store_ok", status.store_error.empty());
  json.member("store_error", status.store_error);
  json.end_object();
  json.key("alert_receivers");
  json.begin_array();
  for (const delivery::ReceiverStatus& one : delivery->status()) write_receiver(json, one);
  json.end_array();
}

}  // namespace sallyport::app
