#pragma once
// The numbers of an event's fields, for pack_event.cc and unpack_event.cc. How fields stand in
// bytes: policy/activity/pack_format.h.

#include <string>

#include "discovery/events/event.h"

namespace sallyport::discovery::packed_event {

inline constexpr char kEventVersion = 1;

// Numbers are never used again for something else (pack_format.h).
enum EventField : unsigned {
  e_kind = 1,
  e_start,
  e_duration,
  e_connection,
  e_stream,
  e_worker,
  e_snapshot,
  e_facts,
  e_verdict,
  e_activities,
  e_matched,
  e_edited_by,
  e_client_port,
  e_user_source,
  e_query,
  e_media_type,
  e_intercepted,
  e_tls,
  e_websocket,
  e_bytes_in,
  e_bytes_out,
  e_ending,
  e_error,
  // Of the facts once more, for glance().
  e_user,
  e_app_id,
};

enum VerdictField : unsigned {
  v_action = 1,
  v_policy,
  v_policy_id,
  v_say,
  v_redirect,
  v_point,
  v_not_final,
  v_rehearsed,  // a list of verdicts
  v_type,       // of an activity, as are these:
  v_admin,
  v_file,
  v_details,
  v_granted,     // a list: policy id and grant
  v_suspension,  // the id of what decided
};

enum GrantedField : unsigned { g_policy_id = 1, g_grant };

enum MatchField : unsigned { m_id = 1, m_name, m_rehearsed };

enum WebsocketField : unsigned {
  w_client = 1,
  w_origin,
  w_compressed,
  w_closed_by,
  w_close_code,
  w_fault,
};

enum DirectionField : unsigned { d_messages = 1, d_text, d_binary, d_bytes, d_largest };

// The numbers of words are those of their enumerators, so that a new one is added at the end.
static_assert(static_cast<int>(EventKind::connection) == 2);
static_assert(static_cast<int>(Ending::failed) == 6);
static_assert(static_cast<int>(policy::Action::sign_in_again) == 10);
inline constexpr policy::Action kLastAction = policy::Action::sign_in_again;

// In the order of their numbers, from 1.
inline constexpr std::string TlsFacts::* kTlsTexts[] = {
    &TlsFacts::client_version,
    &TlsFacts::client_cipher,
    &TlsFacts::client_alpn,
    &TlsFacts::origin_version,
    &TlsFacts::origin_cipher,
    &TlsFacts::origin_alpn,
    &TlsFacts::origin_fingerprint,
    &TlsFacts::leaf_serial,
    &TlsFacts::verify,
    &TlsFacts::ja4,
};

}  // namespace sallyport::discovery::packed_event
