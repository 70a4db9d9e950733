// What operators are told: the counters of every thread, and how the gateway fares.

#include "base/core/log.h"
#include "proxy/app/gateway_parts.h"

namespace sallyport::app {

std::vector<const MetricSet*> Gateway::Parts::metric_sets() const {
  std::vector<const MetricSet*> sets{&scribe_metrics, &desk.metrics()};
  for (const auto& worker : workers) sets.push_back(&worker->worker().metrics());
  if (exporter) sets.push_back(&exporter->metrics());
  if (delivery) sets.push_back(&delivery->metrics());
  return sets;
}

// The part of /api/v1/status that tells of threads, connections and events.
void Gateway::Parts::write_status(JsonWriter& json) const {
  const auto sets = metric_sets();
  const auto number = [&](std::string_view name, Metric metric) {
    json.member(name, sum(sets, metric));
  };
  const auto listed = [&](std::string_view name, const std::vector<IpEndpoint>& list) {
    json.key(name);
    json.begin_array();
    for (const IpEndpoint& one : list) json.string(one.to_string());
    json.end_array();
  };
  json.member("process", static_cast<std::int64_t>(::getpid()));
  json.member("started", format_rfc3339(started));
  json.member("state", draining ? "draining" : "running");
  json.member("workers", workers.size());
  listed("proxy", proxy_addresses);
  listed("proxy_tls", tls_addresses);
  listed("admin", admin_addresses);
  json.key("traffic");
  json.begin_object();
  number("connections_open", Metric::client_connections_open);
  number("connections", Metric::client_connections_total);
  number("connections_refused", Metric::client_connections_refused_total);
  number("exchanges", Metric::exchanges_total);
  number("exchanges_blocked", Metric::exchanges_blocked_total);
  number("exchanges_failed", Metric::exchanges_failed_total);
  number("tunnels_open", Metric::tunnels_open);
  json.end_object();
  json.key("events");
  json.begin_object();
  const discovery::ScribeStatus status = scribe->status();
  number("recorded", Metric::events_recorded_total);
  number("dropped", Metric::events_dropped_total);
  number("journaled", Metric::events_journaled_total);
  number("store_bytes", Metric::store_bytes);
  json.member("store_ok", status.store_ok);
  json.member("store_error", status.store_error);
  json.member("waiting", status.backlog);
  json.key("log_errors");
  json.begin_array();
  for (const std::string& error : status.sink_errors) json.string(error);
  json.end_array();
  json.end_object();
  write_alert_status(json);
  if (const auto head = hand_store->governance_head()) {
    json.key("governance");
    json.begin_object();
    json.member("entries", head->number);
    json.member("head", to_string(*head));
    json.end_object();
  }
}

// For whoever scrapes: kept elsewhere, it tells when the log's end was cut off.
std::string Gateway::Parts::governance_metrics() const {
  std::string out;
  const auto head = hand_store->governance_head();
  if (!head) return out;
  append_prometheus(out, {"sallyport_governance_head",
                          "Entries of the governance log; the label is its head.",
                          "head",
                          {{to_string(*head), static_cast<double>(head->number)}}});
  return out;
}

// The same for whoever keeps what we say on standard error.
void Gateway::Parts::say_governance_head() {
  const auto head = hand_store->governance_head();
  if (!head || *head == said_head) return;
  said_head = *head;
  log::info("governance log: its head is " + to_string(*head));
}

}  // namespace sallyport::app
