#include "base/core/error.h"

namespace sallyport {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::closed:
      return "closed";
    case ErrorKind::reset:
      return "reset";
    case ErrorKind::timed_out:
      return "timed_out";
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::limit:
      return "limit";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::bad_name:
      return "bad_name";
    case ErrorKind::name_not_found:
      return "name_not_found";
    case ErrorKind::resolve_failed:
      return "resolve_failed";
    case ErrorKind::address_refused:
      return "address_refused";
    case ErrorKind::connect_refused:
      return "connect_refused";
    case ErrorKind::connect_unreachable:
      return "connect_unreachable";
    case ErrorKind::tls_protocol:
      return "tls_protocol";
    case ErrorKind::tls_verify:
      return "tls_verify";
    case ErrorKind::tls_not_tls:
      return "tls_not_tls";
    case ErrorKind::tls_client_refused:
      return "tls_client_refused";
    case ErrorKind::http_syntax:
      return "http_syntax";
    case ErrorKind::http_framing:
      return "http_framing";
    case ErrorKind::http_head_too_large:
      return "http_head_too_large";
    case ErrorKind::http_target_too_long:
      return "http_target_too_long";
    case ErrorKind::http_version:
      return "http_version";
    case ErrorKind::http_unsupported:
      return "http_unsupported";
    case ErrorKind::http_expectation:
      return "http_expectation";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::invalid:
      return "invalid";
    case ErrorKind::permission:
      return "permission";
    case ErrorKind::storage:
      return "storage";
  }
  return "unknown";
}

std::string_view to_string(Side side) {
  switch (side) {
    case Side::client:
      return "client";
    case Side::origin:
      return "origin";
    case Side::ours:
      return "ours";
  }
  return "unknown";
}

std::string describe(const Error& error) {
  std::string out(to_string(error.side));
  out += ' ';
  out += to_string(error.kind);
  if (!error.detail.empty()) {
    out += ": ";
    out += error.detail;
  }
  return out;
}

}  // namespace sallyport
