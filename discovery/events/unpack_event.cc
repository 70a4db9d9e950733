#include <iterator>
#include <utility>

#include "discovery/events/pack_event.h"
#include "discovery/events/pack_event_format.h"
#include "policy/activity/pack.h"
#include "policy/activity/pack_format.h"
#include "policy/activity/pack_reader.h"

namespace sallyport::discovery {
namespace {

using namespace packed_event;
using namespace policy::packed;

bool take_flag(const Read& read, bool& into) {
  if (read.is_bytes || read.number > 1) return false;
  into = read.number == 1;
  return true;
}

// Unlike policy's words these have none that stands for what only a newer version knows: an event
// that says so cannot be shown rightly.
template <class Word>
bool take_known(const Read& read, Word last, Word& into) {
  if (read.is_bytes || read.number > static_cast<std::uint64_t>(last)) return false;
  into = static_cast<Word>(read.number);
  return true;
}

bool take_signed(const Read& read, std::int64_t& into) {
  if (read.is_bytes) return false;
  into = unzigzag(read.number);
  return true;
}

// Each item of a list to `take`.
template <class Take>
bool each_item(const Read& read, const Take& take) {
  if (!read.is_bytes) return false;
  Unpacker from(read.bytes);
  while (!from.at_end()) {
    std::string_view item;
    if (!from.bytes(item) || !take(item)) return false;
  }
  return true;
}

bool take_verdict_field(const Read& one, policy::Verdict& into) {
  switch (one.field) {
    case v_action:
      return take_known(one, kLastAction, into.action);
    case v_policy:
      return take_text(one, into.policy);
    case v_policy_id:
      return take_text(one, into.policy_id);
    case v_say:
      return take_text(one, into.say);
    case v_redirect:
      return take_text(one, into.redirect);
    case v_suspension:
      return take_text(one, into.suspension);
    case v_point:
      return take_known(one, policy::Point::download, into.point);
    case v_not_final: {
      bool open = false;
      if (!take_flag(one, open)) return false;
      into.final = !open;
      return true;
    }
    default:
      return true;
  }
}

bool take_activity_field(const Read& one, ActivityRecord& into) {
  switch (one.field) {
    case v_type:
      return take_word(one, policy::ActivityType::admin, policy::ActivityType::other, into.type);
    case v_admin:
      return take_flag(one, into.admin);
    case v_file:
      return one.is_bytes && policy::unpack_file(one.bytes, into.file.emplace());
    case v_details:
      return one.is_bytes && policy::unpack_details(one.bytes, into.details.emplace());
    default:
      return true;
  }
}

bool take_granted(const Read& read, std::vector<policy::Verdict::Granted>& into) {
  return each_item(read, [&](std::string_view item) {
    policy::Verdict::Granted& granted = into.emplace_back();
    FieldSet there;
    return each_field(item, there, [&](const Read& one) {
      if (one.field == g_policy_id) return take_text(one, granted.policy_id);
      return one.field != g_grant || take_text(one, granted.grant);
    });
  });
}

// `activity`: that the verdict is of, or null.
bool take_verdict(std::string_view bytes, policy::Verdict& into, ActivityRecord* activity) {
  FieldSet there;
  return each_field(bytes, there, [&](const Read& one) {
    const bool of_activity = one.field >= v_type && one.field <= v_details;
    if (of_activity && activity != nullptr) return take_activity_field(one, *activity);
    if (one.field == v_granted) return take_granted(one, into.granted);
    if (one.field != v_rehearsed) return take_verdict_field(one, into);
    return each_item(one, [&](std::string_view item) {
      policy::Verdict rehearsed;
      FieldSet inside;
      const bool whole = each_field(
          item, inside, [&](const Read& part) { return take_verdict_field(part, rehearsed); });
      into.rehearsed.push_back({std::move(rehearsed.policy), rehearsed.action});
      return whole;
    });
  });
}

bool take_matches(const Read& read, std::vector<Match>& into) {
  return each_item(read, [&](std::string_view item) {
    Match& match = into.emplace_back();
    FieldSet there;
    return each_field(item, there, [&](const Read& one) {
      switch (one.field) {
        case m_id:
          return take_text(one, match.id);
        case m_name:
          return take_text(one, match.name);
        case m_rehearsed:
          return take_flag(one, match.rehearsed);
        default:
          return true;
      }
    });
  });
}

bool take_activities(const Read& read, std::vector<ActivityRecord>& into) {
  return each_item(read, [&](std::string_view item) {
    ActivityRecord& record = into.emplace_back();
    return take_verdict(item, record.verdict, &record);
  });
}

bool take_tls(const Read& read, TlsFacts& into) {
  FieldSet there;
  return read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
           if (one.field == 0 || one.field > std::size(kTlsTexts)) return true;
           return take_text(one, into.*kTlsTexts[one.field - 1]);
         });
}

bool take_direction(const Read& read, WebsocketFacts::Direction& into) {
  FieldSet there;
  return read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
           switch (one.field) {
             case d_messages:
               return take_number(one, into.messages);
             case d_text:
               return take_number(one, into.text);
             case d_binary:
               return take_number(one, into.binary);
             case d_bytes:
               return take_number(one, into.bytes);
             case d_largest:
               return take_number(one, into.largest);
             default:
               return true;
           }
         });
}

bool take_websocket(const Read& read, WebsocketFacts& into) {
  FieldSet there;
  return read.is_bytes && each_field(read.bytes, there, [&](const Read& one) {
           switch (one.field) {
             case w_client:
               return take_direction(one, into.client);
             case w_origin:
               return take_direction(one, into.origin);
             case w_compressed:
               return take_flag(one, into.compressed);
             case w_closed_by:
               return take_text(one, into.closed_by);
             case w_close_code:
               return take_number(one, into.close_code.emplace());
             case w_fault:
               return take_text(one, into.fault);
             default:
               return true;
           }
         });
}

bool take_event_field(const Read& one, Event& into) {
  switch (one.field) {
    case e_kind:
      return take_known(one, EventKind::connection, into.kind);
    case e_start: {
      std::int64_t micros = 0;
      if (!take_signed(one, micros)) return false;
      into.start = Time(std::chrono::microseconds(micros));
      return true;
    }
    case e_duration:
      return take_signed(one, into.duration_us);
    case e_connection:
      return take_number(one, into.connection_id);
    case e_stream:
      return take_number(one, into.stream_id);
    case e_worker:
      return take_number(one, into.worker);
    case e_snapshot:
      return take_text(one, into.snapshot);
    case e_facts:
      return one.is_bytes && policy::unpack(one.bytes, into.activity);
    case e_verdict:
      return one.is_bytes && take_verdict(one.bytes, into.verdict, nullptr);
    case e_activities:
      return take_activities(one, into.activities);
    case e_matched:
      return take_matches(one, into.matched);
    case e_edited_by:
      return take_matches(one, into.edited_by);
    case e_client_port:
      return take_number(one, into.client_port);
    case e_user_source:
      return take_text(one, into.user_source);
    case e_query:
      return take_text(one, into.query);
    case e_media_type:
      return take_text(one, into.media_type);
    case e_intercepted:
      return take_flag(one, into.intercepted);
    case e_tls:
      return take_tls(one, into.tls);
    case e_websocket:
      return take_websocket(one, into.websocket.emplace());
    case e_bytes_in:
      return take_number(one, into.bytes_in);
    case e_bytes_out:
      return take_number(one, into.bytes_out);
    case e_ending:
      return take_known(one, Ending::failed, into.ending);
    case e_error:
      return take_text(one, into.error);
    case e_user:
    case e_app_id:
      return one.is_bytes;  // As glance() has it; the facts say the same.
    default:
      return true;
  }
}

bool glance_at(const Read& one, EventGlance& into) {
  const auto view = [&one](std::string_view& text) {
    text = one.bytes;
    return one.is_bytes;
  };
  switch (one.field) {
    case e_kind:
      return take_known(one, EventKind::connection, into.kind);
    case e_ending:
      return take_known(one, Ending::failed, into.ending);
    case e_start: {
      std::int64_t micros = 0;
      if (!take_signed(one, micros)) return false;
      into.start = Time(std::chrono::microseconds(micros));
      return true;
    }
    case e_verdict: {
      FieldSet there;
      return one.is_bytes && each_field(one.bytes, there, [&](const Read& part) {
               if (part.field == v_action) {
                 return take_known(part, kLastAction, into.action);
               }
               if (part.field == v_policy) into.policy = part.bytes;
               if (part.field == v_granted) into.granted = part.bytes;
               if (part.field == v_suspension) into.suspended = true;
               const bool text = part.field == v_policy || part.field == v_granted;
               return !text || part.is_bytes;
             });
    }
    case e_user:
      return view(into.user);
    case e_app_id:
      return view(into.app_id);
    case e_facts:
      return view(into.facts);
    case e_bytes_in:
      return take_number(one, into.bytes_in);
    case e_bytes_out:
      return take_number(one, into.bytes_out);
    default:
      return true;
  }
}

bool whole(const FieldSet& there) {
  return there.has(e_start) && there.has(e_facts) && there.has(e_verdict);
}

}  // namespace

bool unpack_event(std::string_view packed, Event& into) {
  if (packed.empty() || packed.front() != kEventVersion) return false;
  FieldSet there;
  return each_field(packed.substr(1), there,
                    [&](const Read& one) { return take_event_field(one, into); }) &&
         whole(there);
}

std::vector<std::string_view> policies_granted(std::string_view granted) {
  std::vector<std::string_view> ids;
  Unpacker from(granted);
  std::string_view item;
  while (!from.at_end() && from.bytes(item)) {
    FieldSet there;
    each_field(item, there, [&](const Read& one) {
      if (one.field == g_policy_id && one.is_bytes) ids.push_back(one.bytes);
      return true;
    });
  }
  return ids;
}

bool glance(std::string_view packed, EventGlance& into) {
  if (packed.empty() || packed.front() != kEventVersion) return false;
  into = {};
  FieldSet there;
  return each_field(packed.substr(1), there,
                    [&](const Read& one) { return glance_at(one, into); }) &&
         whole(there);
}

}  // namespace sallyport::discovery
