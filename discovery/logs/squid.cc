#include "discovery/logs/squid.h"

#include "base/core/host.h"

namespace sallyport::discovery::squid {
namespace {

bool is_connect(const Event& event) {
  return event.kind != EventKind::exchange || event.activity.method == "CONNECT";
}

// No request was ever read: nothing says where it should have gone.
bool is_nothing(const Event& event) {
  return event.kind == EventKind::connection && event.activity.host.empty();
}

// Squid and RFC 3986 section 3.2.2: IPv6 stands in brackets.
std::string host_of(const Event& event) {
  const std::string& host = event.activity.host;
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

bool went_out(const Event& event) {
  if (!event.activity.destination || event.kind == EventKind::connection) return false;
  switch (event.ending) {
    case Ending::blocked:
      return event.verdict.point == policy::Point::response ||
             event.verdict.point == policy::Point::download;
    case Ending::refused:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string result(const Event& event) {
  std::string word = event.kind == EventKind::connection ? "NONE"
                     : event.kind == EventKind::tunnel   ? "TCP_TUNNEL"
                                                         : "TCP_MISS";
  switch (event.ending) {
    case Ending::blocked:
      return "TCP_DENIED";
    case Ending::refused:
      return is_nothing(event) ? word : "TCP_DENIED";
    case Ending::client_closed:
      return word + "_ABORTED";
    case Ending::timed_out:
      return word + "_TIMEDOUT";
    case Ending::completed:
    case Ending::origin_failed:
    case Ending::failed:
      break;
  }
  return word;
}

std::string_view hierarchy(const Event& event) {
  return went_out(event) ? "HIER_DIRECT" : "HIER_NONE";
}

std::string server_address(const Event& event) {
  return went_out(event) ? event.activity.destination->address.to_string() : std::string();
}

std::string_view method(const Event& event) {
  if (event.activity.method) return *event.activity.method;
  return is_nothing(event) ? "" : is_connect(event) ? "CONNECT" : "";
}

Time end(const Event& event) { return event.start + std::chrono::microseconds(event.duration_us); }

std::int64_t milliseconds(const Event& event) { return event.duration_us / 1000; }

std::string url(const Event& event) {
  const policy::Activity& facts = event.activity;
  if (is_nothing(event)) {
    return event.ending == Ending::refused ? "error:invalid-request"
                                           : "error:transaction-end-before-headers";
  }
  if (facts.host.empty()) return {};
  const std::string port = facts.port == 0 ? "" : ":" + std::to_string(facts.port);
  if (is_connect(event)) return host_of(event) + port;
  std::string url = facts.scheme + "://" + host_of(event);
  const bool usual = (facts.scheme == "https" && facts.port == 443) ||
                     (facts.scheme == "http" && facts.port == 80);
  if (!usual) url += port;
  url += facts.path.value_or("/");
  if (!event.query.empty()) url += "?" + event.query;
  return url;
}

}  // namespace sallyport::discovery::squid
