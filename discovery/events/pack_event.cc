#include "discovery/events/pack_event.h"

#include "discovery/events/pack_event_format.h"
#include "policy/activity/pack.h"
#include "policy/activity/pack_format.h"
#include "policy/activity/pack_writer.h"

namespace sallyport::discovery {
namespace {

using namespace packed_event;
using policy::packed::Packer;
using policy::packed::zigzag;

void pack_verdict(Packer& to, const policy::Verdict& verdict) {
  to.number_or_none(v_action, static_cast<std::uint64_t>(verdict.action));
  to.text_or_none(v_policy, verdict.policy);
  to.text_or_none(v_policy_id, verdict.policy_id);
  to.text_or_none(v_say, verdict.say);
  to.text_or_none(v_redirect, verdict.redirect);
  to.word(v_point, verdict.point);
  to.number_or_none(v_not_final, verdict.final ? 0 : 1);
  to.text_or_none(v_suspension, verdict.suspension);
  if (!verdict.granted.empty()) {
    to.group(v_granted, [&] {
      for (const auto& [policy_id, grant] : verdict.granted) {
        to.item([&] {
          to.text_or_none(g_policy_id, policy_id);
          to.text_or_none(g_grant, grant);
        });
      }
    });
  }
  if (verdict.rehearsed.empty()) return;
  to.group(v_rehearsed, [&] {
    for (const auto& [policy, action] : verdict.rehearsed) {
      to.item([&] {
        to.text_or_none(v_policy, policy);
        to.number_or_none(v_action, static_cast<std::uint64_t>(action));
      });
    }
  });
}

void pack_matches(Packer& to, unsigned field, const std::vector<Match>& matches) {
  if (matches.empty()) return;
  to.group(field, [&] {
    for (const Match& match : matches) {
      to.item([&] {
        to.text_or_none(m_id, match.id);
        to.text_or_none(m_name, match.name);
        to.number_or_none(m_rehearsed, match.rehearsed ? 1 : 0);
      });
    }
  });
}

void pack_tls(Packer& to, const TlsFacts& tls) {
  static const TlsFacts kNone;
  if (tls == kNone) return;
  to.group(e_tls, [&] {
    unsigned field = 0;
    for (const auto text : kTlsTexts) to.text_or_none(++field, tls.*text);
  });
}

void pack_direction(Packer& to, unsigned field, const WebsocketFacts::Direction& side) {
  to.group(field, [&] {
    to.number_or_none(d_messages, side.messages);
    to.number_or_none(d_text, side.text);
    to.number_or_none(d_binary, side.binary);
    to.number_or_none(d_bytes, side.bytes);
    to.number_or_none(d_largest, side.largest);
  });
}

void pack_websocket(Packer& to, const WebsocketFacts& facts) {
  to.group(e_websocket, [&] {
    pack_direction(to, w_client, facts.client);
    pack_direction(to, w_origin, facts.origin);
    to.number_or_none(w_compressed, facts.compressed ? 1 : 0);
    to.text_or_none(w_closed_by, facts.closed_by);
    if (facts.close_code) to.number(w_close_code, *facts.close_code);
    to.text_or_none(w_fault, facts.fault);
  });
}

}  // namespace

void pack_event(const Event& event, std::string& out) {
  out += kEventVersion;
  Packer to(out);
  to.number_or_none(e_kind, static_cast<std::uint64_t>(event.kind));
  to.number(e_start, zigzag(event.start.time_since_epoch().count()));
  to.number(e_duration, zigzag(event.duration_us));
  to.number(e_connection, event.connection_id);
  to.number_or_none(e_stream, event.stream_id);
  to.number_or_none(e_worker, event.worker);
  to.text_or_none(e_snapshot, event.snapshot);
  to.group(e_facts, [&] { policy::pack(event.activity, out); });
  to.group(e_verdict, [&] { pack_verdict(to, event.verdict); });
  if (!event.activities.empty()) {
    to.group(e_activities, [&] {
      for (const ActivityRecord& record : event.activities) {
        to.item([&] {
          to.word(v_type, record.type);
          pack_verdict(to, record.verdict);
          to.number_or_none(v_admin, record.admin ? 1 : 0);
          if (record.file) policy::pack_file(*record.file, v_file, out);
          if (record.details) policy::pack_details(*record.details, v_details, out);
        });
      }
    });
  }
  pack_matches(to, e_matched, event.matched);
  pack_matches(to, e_edited_by, event.edited_by);
  to.number_or_none(e_client_port, event.client_port);
  to.text_or_none(e_user_source, event.user_source);
  to.text_or_none(e_query, event.query);
  to.text_or_none(e_media_type, event.media_type);
  to.number_or_none(e_intercepted, event.intercepted ? 1 : 0);
  pack_tls(to, event.tls);
  if (event.websocket) pack_websocket(to, *event.websocket);
  to.number_or_none(e_bytes_in, event.bytes_in);
  to.number_or_none(e_bytes_out, event.bytes_out);
  to.number_or_none(e_ending, static_cast<std::uint64_t>(event.ending));
  to.text_or_none(e_error, event.error);
  if (event.activity.user) to.text_or_none(e_user, *event.activity.user);
  if (event.activity.app) to.text_or_none(e_app_id, event.activity.app->id);
}

}  // namespace sallyport::discovery
