#include "proxy/session/refusal.h"

namespace sallyport::session {

using discovery::Ending;

Refusal blocked_by(const policy::Verdict& verdict) {
  Refusal refusal;
  refusal.verdict = verdict;
  switch (verdict.action) {
    case policy::Action::coach:
      refusal.reason = "Your organisation has not approved this, and asks you first.";
      break;
    case policy::Action::justify:
      refusal.reason = "Your organisation wants a reason for this first.";
      break;
    case policy::Action::step_up:
      refusal.reason = "Your organisation wants a second proof of who you are for this first.";
      break;
    case policy::Action::sign_in_again:
      refusal.reason = "Your organisation has ended this session. Sign in again.";
      break;
    case policy::Action::isolate:
      refusal.reason = "Your organisation opens this in a browser that runs elsewhere.";
      break;
    default:
      break;
  }
  return refusal;
}

Refusal refusal_of_request(const Error& error, int status) {
  Refusal refusal;
  refusal.kind = local::PageKind::bad_request;
  refusal.status = status;
  refusal.ending = Ending::refused;
  refusal.reason = "What was sent is not a request that can be passed on safely.";
  refusal.error = describe(error);
  return refusal;
}

Refusal refusal_for(const Error& error, const tls::Report* report) {
  Refusal refusal;
  refusal.kind = local::PageKind::origin_unreachable;
  refusal.ending = Ending::origin_failed;
  refusal.error = describe(error);
  // What is held until it was looked at has no room.
  if (error.side == Side::ours &&
      (error.kind == ErrorKind::limit || error.kind == ErrorKind::storage)) {
    refusal.kind = local::PageKind::internal;
    refusal.ending = Ending::refused;
    refusal.status = 503;  // RFC 9110 section 15.6.4
    refusal.retry_after = std::chrono::seconds(30);
    refusal.reason = "The gateway has no room to look at more uploads just now. Try again soon.";
    return refusal;
  }
  switch (error.kind) {
    case ErrorKind::tls_verify:
      refusal.kind = local::PageKind::origin_untrusted;
      if (report != nullptr) {
        for (const tls::Fault fault : report->faults)
          refusal.faults.emplace_back(tls::explain(fault));
      }
      break;
    case ErrorKind::limit:
      refusal.kind = local::PageKind::origin_untrusted;
      refusal.faults.emplace_back(
          "The site shows more or larger certificates than any that are accepted here.");
      break;
    case ErrorKind::address_refused:
      refusal.kind = local::PageKind::not_allowed;
      refusal.ending = Ending::refused;
      refusal.reason = "The address is one that the gateway does not connect to.";
      break;
    case ErrorKind::name_not_found:
      refusal.reason = "There is no server of that name.";
      break;
    case ErrorKind::resolve_failed:
      refusal.status = 504;
      refusal.reason = "The name could not be looked up just now.";
      break;
    case ErrorKind::connect_refused:
      refusal.reason = "The server refused the connection.";
      break;
    case ErrorKind::connect_unreachable:
      refusal.reason = "There is no way to the server.";
      break;
    case ErrorKind::timed_out:
      refusal.status = 504;
      refusal.reason = "The server did not answer in time.";
      break;
    case ErrorKind::tls_protocol:
      refusal.reason =
          "The server does not offer an encryption that is strong enough, or none at all.";
      break;
    case ErrorKind::http_syntax:
    case ErrorKind::http_framing:
    case ErrorKind::http_version:
    case ErrorKind::http_head_too_large:
      refusal.reason = "The server's reply is not one that can be passed on safely.";
      break;
    case ErrorKind::cancelled:
      refusal.status = 504;
      refusal.reason = "The server did not answer in time.";
      break;
    default:
      refusal.reason = "The server closed the connection.";
      break;
  }
  return refusal;
}

}  // namespace sallyport::session
