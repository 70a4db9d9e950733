#include "proxy/app/receiver_routes.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/io/signal.h"

namespace sallyport::app {

namespace {

using admin::Call;
using admin::json_answer;
using admin::problem;
using delivery::Delivery;
using delivery::Outcome;
using delivery::ReceiverStatus;

// What the delivery's thread answers, on its way to the desk's.
template <class T>
struct Answer {
  std::expected<T, std::string> value = std::unexpected(std::string());
  io::Signal here;
};

template <class T>
std::function<void(std::expected<T, std::string>)> way_to(
    io::Worker& desk, const std::shared_ptr<Answer<T>>& answer) {
  return [&desk, answer](std::expected<T, std::string> value) {
    desk.post([answer, value = std::move(value)]() mutable {
      answer->value = std::move(value);
      answer->here.notify();
    });
  };
}

std::string_view word_of(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::delivered:
      return "delivered";
    case Outcome::Kind::later:
      return "later";
    case Outcome::Kind::refused:
      return "refused";
  }
  return "";
}

Task<http::Reply> list(const Delivery& delivery) {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const ReceiverStatus& one : delivery.status()) write_receiver(json, one);
  json.end_array();
  co_return json_answer(std::move(out));
}

bool is_there(const Delivery& delivery, const std::string& name) {
  const std::vector<ReceiverStatus> all = delivery.status();
  return std::ranges::find(all, name, &ReceiverStatus::name) != all.end();
}

http::Reply not_there() {
  return problem(404, "No such receiver", "alert_delivery names no receiver that is called so");
}

http::Reply stopping() { return problem(503, "Not done", "the gateway is stopping"); }

Task<http::Reply> test(Delivery& delivery, io::Worker& desk, const std::atomic<bool>& draining,
                       const Call& call) {
  const std::string name = call.names.at(0);
  if (draining) co_return stopping();
  if (!is_there(delivery, name)) co_return not_there();
  const auto answer = std::make_shared<Answer<Outcome>>();
  delivery.test(name, way_to(desk, answer));
  co_await answer->here.wait();
  if (!answer->value) co_return problem(409, "Not done", answer->value.error());
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("outcome", word_of(answer->value->kind));
  json.member("answer", printable(answer->value->what));
  json.end_object();
  co_return json_answer(std::move(out));
}

Task<http::Reply> deliver(Delivery& delivery, io::Worker& desk, const std::atomic<bool>& draining,
                          const Call& call) {
  const std::string name = call.names.at(0);
  const std::string& again = call.asked("again");
  if (!again.empty() && again != "yes") {
    co_return problem(400, "Bad query", "again is yes, or left out");
  }
  if (draining) co_return stopping();
  if (!is_there(delivery, name)) co_return not_there();
  const auto answer = std::make_shared<Answer<std::uint64_t>>();
  delivery.deliver(name, again == "yes", way_to(desk, answer));
  co_await answer->here.wait();
  if (!answer->value) co_return problem(503, "Not done", answer->value.error());
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("again", *answer->value);
  json.end_object();
  co_return json_answer(std::move(out));
}

}  // namespace

void write_receiver(JsonWriter& json, const ReceiverStatus& receiver) {
  const auto time = [&](std::string_view name, const std::optional<Time>& at) {
    if (at) json.member(name, format_rfc3339(*at));
  };
  json.begin_object();
  json.member("name", receiver.name);
  json.member("type", receiver.type);
  json.member("to", receiver.to);
  json.member("waiting", receiver.waiting);
  time("oldest", receiver.oldest);
  json.member("aside", receiver.aside);
  json.member("delivered", receiver.delivered);
  json.member("failures", receiver.failures);
  time("last_success", receiver.last_success);
  if (!receiver.error.empty()) json.member("error", receiver.error);
  time("error_at", receiver.error_at);
  time("next_try", receiver.next_try);
  json.end_object();
}

std::string render_receiver_metrics(const std::vector<ReceiverStatus>& receivers, Time now) {
  LabelledGauge waiting{"sallyport_alert_receiver_waiting",
                        "Alerts that wait for a receiver, as far as they are counted.",
                        "receiver",
                        {}};
  LabelledGauge oldest{"sallyport_alert_receiver_oldest_seconds",
                       "Age of the oldest alert that waits for a receiver.",
                       "receiver",
                       {}};
  LabelledGauge aside{"sallyport_alert_receiver_aside",
                      "Alerts that a receiver refused and that were put aside.",
                      "receiver",
                      {}};
  LabelledGauge failing{"sallyport_alert_receiver_failing",
                        "1 where the last try to deliver alerts failed.",
                        "receiver",
                        {}};
  for (const ReceiverStatus& one : receivers) {
    const double age =
        one.oldest ? std::chrono::duration<double>(std::max(now, *one.oldest) - *one.oldest).count()
                   : 0;
    waiting.values.emplace_back(one.name, static_cast<double>(one.waiting));
    oldest.values.emplace_back(one.name, age);
    aside.values.emplace_back(one.name, static_cast<double>(one.aside));
    failing.values.emplace_back(one.name, one.error.empty() ? 0 : 1);
  }
  std::string out;
  for (const LabelledGauge* gauge : {&waiting, &oldest, &aside, &failing}) {
    append_prometheus(out, *gauge);
  }
  return out;
}

void add_receiver_routes(admin::Api& api, Delivery& delivery, io::Worker& desk,
                         const std::atomic<bool>& draining) {
  api.on("GET", "/api/v1/alert-receivers", [&](const Call&) { return list(delivery); });
  api.on("POST", "/api/v1/alert-receivers/{}/test",
         [&](const Call& call) { return test(delivery, desk, draining, call); });
  api.on("POST", "/api/v1/alert-receivers/{}/deliver?again",
         [&](const Call& call) { return deliver(delivery, desk, draining, call); });
}

}  // namespace sallyport::app
