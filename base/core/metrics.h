#pragma once
// Counters that a worker bumps and the admin listener reads, as Prometheus text.
//
// One MetricSet per thread that counts; each counter is written by its own thread with a relaxed
// store and read by anybody. Reading sums the sets. No lock on the path.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport {

// Every counter of the process. A new one is one line here and one row in metrics.cc (kRows).
enum class Metric : std::uint16_t {
  client_connections_total,
  client_connections_open,  // gauge
  client_connections_refused_total,
  client_connections_over_limit_total,         // of all clients
  client_connections_over_client_limit_total,  // of one client
  client_connections_over_rate_total,
  client_connections_over_memory_total,
  client_connections_shed_total,
  client_connections_suspended_total,
  client_connections_revoked_total,
  exchanges_total,
  exchanges_blocked_total,
  uploads_held_total,
  uploads_too_large_to_hold_total,
  uploads_quarantined_total,
  uploads_not_quarantined_total,
  downloads_replaced_total,
  exchanges_isolated_total,
  bodies_throttled_total,
  exchanges_failed_total,
  client_bytes_in_total,
  client_bytes_out_total,
  origin_connections_total,
  origin_connections_reused_total,
  origin_connections_open,  // gauge
  origin_connect_failures_total,
  origin_tls_refused_total,
  origin_tls_resumed_total,
  origin_certificates_too_large_total,
  tunnels_total,
  tunnels_open,  // gauge
  websockets_total,
  websockets_open,  // gauge
  websocket_messages_total,
  websocket_messages_unread_total,
  websocket_faults_total,
  intercepted_total,
  leaf_minted_total,
  leaf_cache_hits_total,
  leaf_cache_evicted_total,
  leaf_mint_delayed_total,
  leaf_mint_refused_total,
  client_tls_failures_total,
  client_certificates_refused_total,
  credentials_dropped_total,
  client_tls_resumed_total,
  resolver_lookups_total,
  resolver_cache_hits_total,
  resolver_failures_total,
  resolver_refused_total,
  auth_failures_total,
  auth_held_up_total,      // sign-ins whose password was not checked, after too many failures
  requests_refused_total,  // syntax, framing, limits
  request_heads_too_large_total,
  request_heads_timed_out_total,
  request_bodies_too_slow_total,
  replies_read_too_slowly_total,
  bodies_malformed_total,
  reply_heads_refused_total,
  reply_heads_timed_out_total,
  http2_client_connections_total,
  http2_origin_connections_total,
  http2_streams_refused_total,
  http2_resets_received_total,
  http2_resets_sent_total,
  http2_floods_total,
  client_hellos_refused_total,
  client_hellos_timed_out_total,
  client_handshakes_timed_out_total,
  accept_failures_total,
  accept_turned_away_total,
  client_floods_ignored_total,
  descriptors_limit,      // gauge
  memory_resident_bytes,  // gauge
  memory_limit_bytes,     // gauge
  memory_short,           // gauge
  memory_short_total,
  events_recorded_total,
  events_dropped_total,
  events_journaled_total,
  store_written_total,
  store_failures_total,
  store_bytes,  // gauge
  alerts_raised_total,
  alerts_suppressed_total,
  alerts_lost_total,
  alerts_unjudged_total,
  alert_counts_forgotten_total,
  detections_found_total,
  detections_merged_total,
  alert_store_failures_total,
  alerts_delivered_total,
  alert_delivery_failures_total,
  alerts_put_aside_total,
  access_log_failures_total,
  syslog_sent_total,
  syslog_dropped_total,
  syslog_connections_total,
  syslog_failures_total,
  syslog_queued_bytes,  // gauge
  feed_entries,         // gauge
  reloads_total,
  reload_failures_total,
  parts_faulty,  // gauge
  count_         // keep last
};

class MetricSet {
 public:
  void add(Metric metric, std::int64_t by = 1) {
    auto& cell = cells_[static_cast<std::size_t>(metric)];
    cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  void set(Metric metric, std::int64_t value) {
    cells_[static_cast<std::size_t>(metric)].store(value, std::memory_order_relaxed);
  }
  std::int64_t get(Metric metric) const {
    return cells_[static_cast<std::size_t>(metric)].load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t> cells_[static_cast<std::size_t>(Metric::count_)]{};
};

// Prometheus text exposition format 0.0.4 of the sums.
std::string render_prometheus(const std::vector<const MetricSet*>& sets);
std::int64_t sum(const std::vector<const MetricSet*>& sets, Metric metric);

// A gauge with one value per thing of a kind (a feed, a file), which are known only at run time. It
// is put together by whoever answers the scrape, from what that thread can see: no worker counts
// into it.
struct LabelledGauge {
  std::string_view name;                               // "sallyport_feed_age_seconds"
  std::string_view help;                               // One sentence.
  std::string_view label;                              // "feed"
  std::vector<std::pair<std::string, double>> values;  // By the label's value.
};

// Appends it in the same format; nothing where it has no values.
void append_prometheus(std::string& out, const LabelledGauge& gauge);

}  // namespace sallyport
