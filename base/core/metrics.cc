#include "base/core/metrics.h"

#include <charconv>
#include <cmath>
#include <iterator>
#include <string_view>

namespace sallyport {
namespace {

enum class Type : unsigned char { counter, gauge };

struct Row {
  Metric metric;
  std::string_view name;
  Type type;
  std::string_view help;
};

constexpr Row kRows[] = {
    {Metric::client_connections_total, "sallyport_client_connections_total", Type::counter,
     "Connections accepted from clients."},
    {Metric::client_connections_open, "sallyport_client_connections_open", Type::gauge,
     "Connections from clients that are open now."},
    {Metric::client_connections_refused_total, "sallyport_client_connections_refused_total",
     Type::counter, "Connections from clients closed at once because a limit was reached."},
    {Metric::client_connections_over_limit_total, "sallyport_client_connections_over_limit_total",
     Type::counter, "Connections refused because of limits.connections."},
    {Metric::client_connections_over_client_limit_total,
     "sallyport_client_connections_over_client_limit_total", Type::counter,
     "Connections refused because of limits.connections_per_client."},
    {Metric::client_connections_over_rate_total, "sallyport_client_connections_over_rate_total",
     Type::counter, "Connections refused because of limits.connection_rate."},
    {Metric::client_connections_over_memory_total, "sallyport_client_connections_over_memory_total",
     Type::counter, "Connections refused because memory was short (limits.memory)."},
    {Metric::client_connections_shed_total, "sallyport_client_connections_shed_total",
     Type::counter, "Idle connections from clients closed because memory was short."},
    {Metric::client_connections_suspended_total, "sallyport_client_connections_suspended_total",
     Type::counter, "Client connections that were cut because their user was suspended."},
    {Metric::client_connections_revoked_total, "sallyport_client_connections_revoked_total",
     Type::counter, "Client connections that were cut because an answer was revoked."},
    {Metric::exchanges_total, "sallyport_exchanges_total", Type::counter,
     "Requests received, whatever became of them."},
    {Metric::exchanges_blocked_total, "sallyport_exchanges_blocked_total", Type::counter,
     "Requests that policy blocked."},
    {Metric::uploads_held_total, "sallyport_uploads_held_total", Type::counter,
     "Uploads that were held until all of their bytes had been seen, because a policy asks for "
     "them."},
    {Metric::uploads_too_large_to_hold_total, "sallyport_uploads_too_large_to_hold_total",
     Type::counter, "Of those, uploads larger than limits.held_upload, which were judged without."},
    {Metric::uploads_quarantined_total, "sallyport_uploads_quarantined_total", Type::counter,
     "Blocked uploads of which an enciphered copy was kept."},
    {Metric::uploads_not_quarantined_total, "sallyport_uploads_not_quarantined_total",
     Type::counter, "Blocked uploads of which a copy was wanted and could not be kept."},
    {Metric::downloads_replaced_total, "sallyport_downloads_replaced_total", Type::counter,
     "Blocked downloads that a text was sent in place of."},
    {Metric::exchanges_isolated_total, "sallyport_exchanges_isolated_total", Type::counter,
     "Navigations that were sent to a browser that runs elsewhere."},
    {Metric::bodies_throttled_total, "sallyport_bodies_throttled_total", Type::counter,
     "Bodies that passed at the rate of a policy."},
    {Metric::exchanges_failed_total, "sallyport_exchanges_failed_total", Type::counter,
     "Requests that ended in an error of the client, the origin or this gateway."},
    {Metric::client_bytes_in_total, "sallyport_client_bytes_in_total", Type::counter,
     "Bytes received from clients, counted inside TLS."},
    {Metric::client_bytes_out_total, "sallyport_client_bytes_out_total", Type::counter,
     "Bytes sent to clients, counted inside TLS."},
    {Metric::origin_connections_total, "sallyport_origin_connections_total", Type::counter,
     "Connections opened to origins."},
    {Metric::origin_connections_reused_total, "sallyport_origin_connections_reused_total",
     Type::counter, "Requests sent on a connection to the origin that was already open."},
    {Metric::origin_connections_open, "sallyport_origin_connections_open", Type::gauge,
     "Connections to origins that are open now, idle ones included."},
    {Metric::origin_connect_failures_total, "sallyport_origin_connect_failures_total",
     Type::counter, "Attempts to connect to an origin that failed."},
    {Metric::origin_tls_refused_total, "sallyport_origin_tls_refused_total", Type::counter,
     "Origins refused because their certificate or handshake is not to be trusted."},
    {Metric::origin_tls_resumed_total, "sallyport_origin_tls_resumed_total", Type::counter,
     "Connections to origins that resumed a session."},
    {Metric::origin_certificates_too_large_total, "sallyport_origin_certificates_too_large_total",
     Type::counter, "Origins refused because of the size of their certificates."},
    {Metric::tunnels_total, "sallyport_tunnels_total", Type::counter,
     "Connections carried without being opened."},
    {Metric::tunnels_open, "sallyport_tunnels_open", Type::gauge,
     "Connections carried without being opened that are open now."},
    {Metric::websockets_total, "sallyport_websockets_total", Type::counter,
     "WebSockets that were begun."},
    {Metric::websockets_open, "sallyport_websockets_open", Type::gauge,
     "WebSockets that are open now."},
    {Metric::websocket_messages_total, "sallyport_websocket_messages_total", Type::counter,
     "Messages on WebSockets that have ended, both ways."},
    {Metric::websocket_messages_unread_total, "sallyport_websocket_messages_unread_total",
     Type::counter,
     "Messages that an inspector could not have whole: too long, or not to be read."},
    {Metric::websocket_faults_total, "sallyport_websocket_faults_total", Type::counter,
     "WebSockets that were cut off because a frame broke RFC 6455."},
    {Metric::intercepted_total, "sallyport_intercepted_total", Type::counter,
     "TLS connections opened for inspection."},
    {Metric::leaf_minted_total, "sallyport_leaf_minted_total", Type::counter,
     "Certificates issued for origins."},
    {Metric::leaf_cache_hits_total, "sallyport_leaf_cache_hits_total", Type::counter,
     "TLS connections served with a certificate issued before."},
    {Metric::leaf_cache_evicted_total, "sallyport_leaf_cache_evicted_total", Type::counter,
     "Certificates issued before and given up for room."},
    {Metric::leaf_mint_delayed_total, "sallyport_leaf_mint_delayed_total", Type::counter,
     "TLS connections that waited for their turn to have a certificate issued."},
    {Metric::leaf_mint_refused_total, "sallyport_leaf_mint_refused_total", Type::counter,
     "TLS connections ended because too many waited for a certificate."},
    {Metric::client_tls_failures_total, "sallyport_client_tls_failures_total", Type::counter,
     "TLS handshakes with clients that failed."},
    {Metric::client_certificates_refused_total, "sallyport_client_certificates_refused_total",
     Type::counter, "Certificates of clients that prove nothing: of others, expired, revoked."},
    {Metric::credentials_dropped_total, "sallyport_credentials_dropped_total", Type::counter,
     "Requests that showed cookies or tokens of a session that policy ended."},
    {Metric::client_tls_resumed_total, "sallyport_client_tls_resumed_total", Type::counter,
     "Connections of clients that resumed a session."},
    {Metric::resolver_lookups_total, "sallyport_resolver_lookups_total", Type::counter,
     "Names asked of the resolver."},
    {Metric::resolver_cache_hits_total, "sallyport_resolver_cache_hits_total", Type::counter,
     "Names answered from memory."},
    {Metric::resolver_failures_total, "sallyport_resolver_failures_total", Type::counter,
     "Names that did not resolve."},
    {Metric::resolver_refused_total, "sallyport_resolver_refused_total", Type::counter,
     "Names not looked up because too many look-ups waited."},
    {Metric::auth_failures_total, "sallyport_auth_failures_total", Type::counter,
     "Credentials of clients that were refused."},
    {Metric::auth_held_up_total, "sallyport_auth_held_up_total", Type::counter,
     "Sign-ins refused without a look at the password, after too many failures."},
    {Metric::requests_refused_total, "sallyport_requests_refused_total", Type::counter,
     "Requests refused for their syntax, their framing or a limit."},
    {Metric::request_heads_too_large_total, "sallyport_request_heads_too_large_total",
     Type::counter, "Request heads refused for their size: 414 and 431."},
    {Metric::request_heads_timed_out_total, "sallyport_request_heads_timed_out_total",
     Type::counter, "Request heads that did not end in time."},
    {Metric::request_bodies_too_slow_total, "sallyport_request_bodies_too_slow_total",
     Type::counter, "Requests ended because their body came below limits.body_rate."},
    {Metric::replies_read_too_slowly_total, "sallyport_replies_read_too_slowly_total",
     Type::counter, "Requests ended because the client took the reply below limits.body_rate."},
    {Metric::bodies_malformed_total, "sallyport_bodies_malformed_total", Type::counter,
     "Bodies of either side whose framing was refused."},
    {Metric::reply_heads_refused_total, "sallyport_reply_heads_refused_total", Type::counter,
     "Heads of replies refused for their syntax, size or number."},
    {Metric::reply_heads_timed_out_total, "sallyport_reply_heads_timed_out_total", Type::counter,
     "Heads of replies that began and did not end in time."},
    {Metric::http2_client_connections_total, "sallyport_http2_client_connections_total",
     Type::counter, "Opened connections of clients that speak HTTP/2."},
    {Metric::http2_origin_connections_total, "sallyport_http2_origin_connections_total",
     Type::counter, "Connections to origins that speak HTTP/2."},
    {Metric::http2_streams_refused_total, "sallyport_http2_streams_refused_total", Type::counter,
     "Requests over HTTP/2 beyond what a connection may have running at once."},
    {Metric::http2_resets_received_total, "sallyport_http2_resets_received_total", Type::counter,
     "Streams of HTTP/2 that clients reset."},
    {Metric::http2_resets_sent_total, "sallyport_http2_resets_sent_total", Type::counter,
     "Streams of HTTP/2 that were reset to clients."},
    {Metric::http2_floods_total, "sallyport_http2_floods_total", Type::counter,
     "Connections of HTTP/2 that were ended for sending too much of what serves nobody."},
    {Metric::client_hellos_refused_total, "sallyport_client_hellos_refused_total", Type::counter,
     "Connections that began neither as TLS nor as anything a rule lets pass."},
    {Metric::client_hellos_timed_out_total, "sallyport_client_hellos_timed_out_total",
     Type::counter, "Connections on which no whole ClientHello came in time."},
    {Metric::client_handshakes_timed_out_total, "sallyport_client_handshakes_timed_out_total",
     Type::counter, "TLS handshakes with clients that did not end in time."},
    {Metric::accept_failures_total, "sallyport_accept_failures_total", Type::counter,
     "Failures to accept a connection, for example because files ran out."},
    {Metric::accept_turned_away_total, "sallyport_accept_turned_away_total", Type::counter,
     "Connections closed at once because files ran out."},
    {Metric::client_floods_ignored_total, "sallyport_client_floods_ignored_total", Type::counter,
     "Times that a client was not heard for a second because it was refused too often."},
    {Metric::descriptors_limit, "sallyport_descriptors_limit", Type::gauge,
     "Files that this process may have open."},
    {Metric::memory_resident_bytes, "sallyport_memory_resident_bytes", Type::gauge,
     "Memory that this process uses, in bytes."},
    {Metric::memory_limit_bytes, "sallyport_memory_limit_bytes", Type::gauge,
     "Memory above which no connection is taken, in bytes; 0 for none."},
    {Metric::memory_short, "sallyport_memory_short", Type::gauge,
     "1 while memory is short, else 0."},
    {Metric::memory_short_total, "sallyport_memory_short_total", Type::counter,
     "Times that memory became short."},
    {Metric::events_recorded_total, "sallyport_events_recorded_total", Type::counter,
     "Events handed over to be kept."},
    {Metric::events_dropped_total, "sallyport_events_dropped_total", Type::counter,
     "Events lost because neither the store nor the journal took them."},
    {Metric::events_journaled_total, "sallyport_events_journaled_total", Type::counter,
     "Events written to the journal because the store could not keep up."},
    {Metric::store_written_total, "sallyport_store_written_total", Type::counter,
     "Events written to the store."},
    {Metric::store_failures_total, "sallyport_store_failures_total", Type::counter,
     "Writes to the store that failed."},
    {Metric::store_bytes, "sallyport_store_bytes", Type::gauge,
     "Size of the store on disk, in bytes."},
    {Metric::alerts_raised_total, "sallyport_alerts_raised_total", Type::counter,
     "Alerts that were raised."},
    {Metric::alerts_suppressed_total, "sallyport_alerts_suppressed_total", Type::counter,
     "Alerts that were not raised because their policy had raised enough on that day."},
    {Metric::alerts_lost_total, "sallyport_alerts_lost_total", Type::counter,
     "Alerts that the store did not take in time; each was a line of the log."},
    {Metric::alerts_unjudged_total, "sallyport_alerts_unjudged_total", Type::counter,
     "Matches of policies that were no longer known when their events came to be looked at."},
    {Metric::alert_counts_forgotten_total, "sallyport_alert_counts_forgotten_total", Type::counter,
     "Counts of repeated activities and of days of apps that were forgotten for want of room."},
    {Metric::detections_found_total, "sallyport_detections_found_total", Type::counter,
     "Findings of detections: alerts, behaviours, and what was only rehearsed."},
    {Metric::detections_merged_total, "sallyport_detections_merged_total", Type::counter,
     "Findings that belong to an incident of which there is an alert already."},
    {Metric::alert_store_failures_total, "sallyport_alert_store_failures_total", Type::counter,
     "Times that the store of alerts could not be opened or written."},
    {Metric::alerts_delivered_total, "sallyport_alerts_delivered_total", Type::counter,
     "Alerts that a receiver took; each receiver counts for itself."},
    {Metric::alert_delivery_failures_total, "sallyport_alert_delivery_failures_total",
     Type::counter, "Tries to deliver alerts that failed and will be made again."},
    {Metric::alerts_put_aside_total, "sallyport_alerts_put_aside_total", Type::counter,
     "Alerts that a receiver refused for so long that the next ones went on without them."},
    {Metric::access_log_failures_total, "sallyport_access_log_failures_total", Type::counter,
     "Events that a log did not take: a file, the live log or a syslog receiver."},
    {Metric::syslog_sent_total, "sallyport_syslog_sent_total", Type::counter,
     "Messages that left for syslog receivers."},
    {Metric::syslog_dropped_total, "sallyport_syslog_dropped_total", Type::counter,
     "Messages for syslog receivers that were given up: full queue, too large, or at the end."},
    {Metric::syslog_connections_total, "sallyport_syslog_connections_total", Type::counter,
     "Connections opened to syslog receivers."},
    {Metric::syslog_failures_total, "sallyport_syslog_failures_total", Type::counter,
     "Connections to syslog receivers that failed: not opened, not believed, or broken."},
    {Metric::syslog_queued_bytes, "sallyport_syslog_queued_bytes", Type::gauge,
     "Memory that messages take which wait for syslog receivers, in bytes."},
    {Metric::feed_entries, "sallyport_feed_entries", Type::gauge,
     "Entries of the threat and address feeds in use."},
    {Metric::reloads_total, "sallyport_reloads_total", Type::counter,
     "Times that changed files came into force while the gateway ran."},
    {Metric::reload_failures_total, "sallyport_reload_failures_total", Type::counter,
     "Times that changed files had faults and what was in force before stayed."},
    {Metric::parts_faulty, "sallyport_parts_faulty", Type::gauge,
     "Parts (policies, catalog, ...) that are not in force as their files say, for their faults."},
};

constexpr bool covers_every_metric_in_order() {
  if (std::size(kRows) != static_cast<std::size_t>(Metric::count_)) return false;
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    const Row& row = kRows[i];
    if (row.metric != static_cast<Metric>(i)) return false;
    if (!row.name.starts_with("sallyport_") || row.help.empty()) return false;
    // Prometheus's convention, which its rate() users rely on.
    if (row.name.ends_with("_total") != (row.type == Type::counter)) return false;
  }
  return true;
}
static_assert(covers_every_metric_in_order(), "kRows must follow enum Metric, row by row");

void append_heading(std::string& out, std::string_view name, std::string_view help, Type type) {
  out += "# HELP ";
  out += name;
  out += ' ';
  out += help;
  out += "\n# TYPE ";
  out += name;
  out += type == Type::counter ? " counter\n" : " gauge\n";
}

// The three escapes of the format; whatever else a file's author wrote stays inside the quotes.
void append_label_value(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || c == '"') out += '\\';
      out += c;
    }
  }
}

void append_number(std::string& out, double value) {
  constexpr double kWholeBelow = 9007199254740992;  // 2^53
  if (std::abs(value) < kWholeBelow && value == std::trunc(value)) {
    out += std::to_string(static_cast<std::int64_t>(value));
    return;
  }
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

}  // namespace

std::int64_t sum(const std::vector<const MetricSet*>& sets, Metric metric) {
  std::int64_t total = 0;
  for (const MetricSet* set : sets) total += set->get(metric);
  return total;
}

std::string render_prometheus(const std::vector<const MetricSet*>& sets) {
  std::string out;
  for (const Row& row : kRows) {
    append_heading(out, row.name, row.help, row.type);
    out += row.name;
    out += ' ';
    out += std::to_string(sum(sets, row.metric));
    out += '\n';
  }
  return out;
}

void append_prometheus(std::string& out, const LabelledGauge& gauge) {
  if (gauge.values.empty()) return;
  append_heading(out, gauge.name, gauge.help, Type::gauge);
  for (const auto& [thing, value] : gauge.values) {
    out += gauge.name;
    out += '{';
    out += gauge.label;
    out += "=\"";
    append_label_value(out, thing);
    out += "\"} ";
    append_number(out, value);
    out += '\n';
  }
}

}  // namespace sallyport
