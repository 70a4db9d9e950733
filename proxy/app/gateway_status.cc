// What operators are told: the counters of every thread, and how the gateway fares.

#include <map>
#include <mutex>

#include "base/core/log.h"
#include "proxy/app/every_worker.h"
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

namespace {

void write_durations(JsonWriter& json, std::string_view name, const session::Durations& durations) {
  json.key(name);
  json.begin_object();
  json.member("measured", durations.count());
  if (durations.count() > 0) {
    json.member("p50_us", durations.quantile(0.50).count());
    json.member("p95_us", durations.quantile(0.95).count());
    json.member("p99_us", durations.quantile(0.99).count());
  }
  json.end_object();
}

// Of the last hour as a whole, and by minute.
void write_latency(JsonWriter& json, const std::map<std::int64_t, session::Waits::Minute>& minutes,
                   Time now, std::chrono::steady_clock::time_point steady) {
  session::Waits::Minute hour;
  for (const auto& [minute, one] : minutes) {
    hour.own.add(one.own);
    hour.origin.add(one.origin);
  }
  json.key("latency");
  json.begin_object();
  write_durations(json, "own", hour.own);
  write_durations(json, "origin", hour.origin);
  json.key("minutes");
  json.begin_array();
  for (const auto& [minute, one] : minutes) {
    const auto ago = steady.time_since_epoch() - std::chrono::minutes(minute);
    json.begin_object();
    json.member("minute",
                format_rfc3339(now - std::chrono::duration_cast<std::chrono::seconds>(ago)));
    write_durations(json, "own", one.own);
    write_durations(json, "origin", one.origin);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

// What /api/v1/status does not have: each worker, bytes, pools and caches, what goes wrong, and
// which hosts' clients turn our certificates down.
Task<http::Reply> Gateway::Parts::gateway_page() {
  std::map<std::string, tls::PinnedHost> pinned;
  std::map<std::int64_t, session::Waits::Minute> minutes;
  const auto steady = clock.steady();
  std::mutex mutex;
  std::vector<WorkerParts*> all;
  for (const auto& worker : workers) all.push_back(worker.get());
  const std::function<void(WorkerParts&)> look = [&](WorkerParts& parts) {
    const std::vector<tls::PinnedHost> hosts = parts.pins().suggestions(1, 1);
    const std::vector<session::Waits::Minute> its_minutes = parts.waits().minutes(steady);
    const std::lock_guard lock(mutex);
    for (const session::Waits::Minute& one : its_minutes) {
      session::Waits::Minute& sum = minutes[one.minute];
      sum.own.add(one.own);
      sum.origin.add(one.origin);
    }
    for (const tls::PinnedHost& one : hosts) {
      tls::PinnedHost& sum = pinned.try_emplace(one.host).first->second;
      if (sum.failures == 0) sum.first = one.first;
      sum.host = one.host;
      sum.failures += one.failures;
      // Whether two workers saw the same client nobody knows.
      sum.distinct_clients = std::max(sum.distinct_clients, one.distinct_clients);
      sum.first = std::min(sum.first, one.first);
      sum.last = std::max(sum.last, one.last);
    }
  };
  co_await on_every_worker(desk, all, look);
  const auto sets = metric_sets();
  std::string text;
  JsonWriter json(text);
  const auto group = [&](std::string_view name,
                         std::initializer_list<std::pair<const char*, Metric>> numbers,
                         const std::vector<const MetricSet*>& of) {
    json.key(name);
    json.begin_object();
    for (const auto& [key, metric] : numbers) json.member(key, sum(of, metric));
    json.end_object();
  };
  json.begin_object();
  json.member("at", format_rfc3339(clock.now()));
  json.member("started", format_rfc3339(started));
  json.key("workers");
  json.begin_array();
  for (const auto& worker : workers) {
    const MetricSet& own = worker->worker().metrics();
    json.begin_object();
    json.member("index", worker->worker().index());
    json.member("connections_open", own.get(Metric::client_connections_open));
    json.member("connections", own.get(Metric::client_connections_total));
    json.member("exchanges", own.get(Metric::exchanges_total));
    json.member("bytes_in", own.get(Metric::client_bytes_in_total));
    json.member("bytes_out", own.get(Metric::client_bytes_out_total));
    json.member("origin_connections_open", own.get(Metric::origin_connections_open));
    json.member("tunnels_open", own.get(Metric::tunnels_open));
    json.end_object();
  }
  json.end_array();
  group("traffic",
        {{"bytes_in", Metric::client_bytes_in_total},
         {"bytes_out", Metric::client_bytes_out_total},
         {"exchanges", Metric::exchanges_total},
         {"exchanges_blocked", Metric::exchanges_blocked_total},
         {"exchanges_failed", Metric::exchanges_failed_total},
         {"connections_open", Metric::client_connections_open},
         {"connections", Metric::client_connections_total},
         {"tunnels_open", Metric::tunnels_open},
         {"tunnels", Metric::tunnels_total},
         {"websockets_open", Metric::websockets_open},
         {"http2_client_connections", Metric::http2_client_connections_total}},
        sets);
  group("origins",
        {{"connections_open", Metric::origin_connections_open},
         {"connections", Metric::origin_connections_total},
         {"connections_reused", Metric::origin_connections_reused_total},
         {"connect_failures", Metric::origin_connect_failures_total},
         {"certificates_refused", Metric::origin_tls_refused_total},
         {"tls_resumed", Metric::origin_tls_resumed_total},
         {"lookups", Metric::resolver_lookups_total},
         {"lookups_from_cache", Metric::resolver_cache_hits_total},
         {"lookups_failed", Metric::resolver_failures_total}},
        sets);
  group("tls",
        {{"intercepted", Metric::intercepted_total},
         {"leaves_minted", Metric::leaf_minted_total},
         {"leaves_from_cache", Metric::leaf_cache_hits_total},
         {"leaves_delayed", Metric::leaf_mint_delayed_total},
         {"leaves_refused", Metric::leaf_mint_refused_total},
         {"client_failures", Metric::client_tls_failures_total},
         {"client_refused_our_certificate", Metric::client_certificates_refused_total},
         {"client_resumed", Metric::client_tls_resumed_total}},
        sets);
  group("refused",
        {{"connections", Metric::client_connections_refused_total},
         {"over_limit", Metric::client_connections_over_limit_total},
         {"over_client_limit", Metric::client_connections_over_client_limit_total},
         {"over_rate", Metric::client_connections_over_rate_total},
         {"over_memory", Metric::client_connections_over_memory_total},
         {"requests", Metric::requests_refused_total},
         {"sign_ins", Metric::auth_failures_total},
         {"sign_ins_held_up", Metric::auth_held_up_total}},
        sets);
  group("memory",
        {{"resident_bytes", Metric::memory_resident_bytes},
         {"limit_bytes", Metric::memory_limit_bytes},
         {"short", Metric::memory_short}},
        sets);
  group("reloads",
        {{"done", Metric::reloads_total},
         {"failed", Metric::reload_failures_total},
         {"parts_faulty", Metric::parts_faulty}},
        sets);
  write_latency(json, minutes, clock.now(), steady);
  json.key("certificate_faults");
  write_rows(json, ledger.certificate_faults());
  json.key("bypassed");
  write_rows(json, ledger.bypassed());
  json.key("pinned");
  json.begin_array();
  for (const auto& [host, one] : pinned) {
    json.begin_object();
    json.member("host", host);
    json.member("failures", one.failures);
    json.member("clients", one.distinct_clients);
    json.member("first", format_rfc3339(one.first));
    json.member("last", format_rfc3339(one.last));
    json.end_object();
  }
  json.end_array();
  json.key("authority");
  json.begin_object();
  json.member("fingerprint", authority->certificate().sha256());
  json.member("not_after", format_rfc3339(authority->certificate().not_after()));
  json.end_object();
  json.end_object();
  co_return admin::json_answer(std::move(text));
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
