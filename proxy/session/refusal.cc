#include "proxy/session/refusal.h"

namespace sallyport::session {

using discovery::Ending;

namespace {

local::Word word_of(tls::Fault fault) {
  const auto word = local::word_named("certificate." + std::string(tls::to_string(fault)));
  return word.value_or(local::Word("certificate.other"));
}

}  // namespace

Refusal blocked_by(const policy::Verdict& verdict) {
  Refusal refusal;
  refusal.verdict = verdict;
  switch (verdict.action) {
    case policy::Action::coach:
      refusal.reason = local::Word("block.coach");
      break;
    case policy::Action::justify:
      refusal.reason = local::Word("block.justify");
      break;
    case policy::Action::step_up:
      refusal.reason = local::Word("block.step_up");
      break;
    case policy::Action::sign_in_again:
      refusal.reason = local::Word("reason.session_ended");
      break;
    case policy::Action::isolate:
      refusal.reason = local::Word("reason.isolated");
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
  refusal.reason = local::Word("reason.bad_request");
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
    refusal.reason = local::Word("reason.no_room");
    return refusal;
  }
  switch (error.kind) {
    case ErrorKind::tls_verify:
      refusal.kind = local::PageKind::origin_untrusted;
      if (report != nullptr) {
        for (const tls::Fault fault : report->faults) refusal.faults.push_back(word_of(fault));
      }
      break;
    case ErrorKind::limit:
      refusal.kind = local::PageKind::origin_untrusted;
      refusal.faults.push_back(local::Word("reason.large_chain"));
      break;
    case ErrorKind::address_refused:
      refusal.kind = local::PageKind::not_allowed;
      refusal.ending = Ending::refused;
      refusal.reason = local::Word("reason.inner_address");
      break;
    case ErrorKind::name_not_found:
      refusal.reason = local::Word("reason.no_server");
      break;
    case ErrorKind::resolve_failed:
      refusal.status = 504;
      refusal.reason = local::Word("reason.no_look_up");
      break;
    case ErrorKind::connect_refused:
      refusal.reason = local::Word("reason.connection_refused");
      break;
    case ErrorKind::connect_unreachable:
      refusal.reason = local::Word("reason.no_way");
      break;
    case ErrorKind::timed_out:
      refusal.status = 504;
      refusal.reason = local::Word("reason.no_answer");
      break;
    case ErrorKind::tls_protocol:
      refusal.reason = local::Word("reason.weak_tls");
      break;
    case ErrorKind::http_syntax:
    case ErrorKind::http_framing:
    case ErrorKind::http_version:
    case ErrorKind::http_head_too_large:
      refusal.reason = local::Word("reason.bad_reply");
      break;
    case ErrorKind::cancelled:
      refusal.status = 504;
      refusal.reason = local::Word("reason.no_answer");
      break;
    default:
      refusal.reason = local::Word("reason.closed");
      break;
  }
  return refusal;
}

}  // namespace sallyport::session
