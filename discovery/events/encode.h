#pragma once
// An event as text: a JSON record for machines, a line for a person who watches.
//
// The JSON record is one line of JSON Lines. Field names are snake_case; a fact that is not known
// is absent, never null or "". The store keeps the same record, so this table is also what can be
// read back (decode.h).
//
//   id              ULID; sorts by time
//   kind            exchange | tunnel | connection
//   time            start, RFC 3339 in UTC with microseconds
//   duration_us     integer
//   connection_id   16 hex digits; joins the events of one client connection
//   stream_id       n-th exchange of that connection, from 1
//   community_id    Corelight community id v1, seed 0, of client and destination; joins flow logs
//   worker          integer
//   snapshot        content hash of the rules, catalog and tags that judged it
//   user            who, absent for nobody
//   user_source     how that is known: basic, address_feed, address_map
//   groups          array of texts
//   client          {ip, port, category, range, tags, country, asn, isp, latitude, longitude}
//   destination     the same; absent while the name was not resolved
//   scheme, host, host_tags, port, method, path, query, user_agent
//   domain          the registrable part of the host; absent for an address
//   host_kind       app | tracker | advertising | analytics | cdn | infrastructure; absent: unknown
//   agent           {app, device, browser, browser_version, os, os_version, tags}, as the client
//                   claims; absent: nothing was read from its User-Agent
//   app             {id, name, category, tags, risk_score, known_by}; absent: none of the catalog.
//                   known_by: ip_range, where no name told the app but a range of its; absent else
//   type            what was done: upload, download, ...; absent while unknown
//   status, media_type   of the reply
//   action          allow | monitor | block | bypass | coach | justify | step_up | notice: the
//                   deciding verdict
//   policy, policy_id   the policy that decided, absent for the default
//   point           where it was decided
//   say, redirect   the policy's words for the person, and where that person is sent
//   suspension      the id of the suspension that blocked it; policy_id is then "suspension"
//   granted         array of {policy_id, grant}: policies that were passed over, because the person
//                   has answered them
//   matched         array of {id, name, rehearsed}: activity policies that it matches
//   admin, file     boolean; {name, extension, type, size}
//   rehearsed       array of {policy, action}: rules in rehearsal that would have decided
//   ending          completed | blocked | refused | client_closed | origin_failed | timed_out |
//   failed error           for the administrator intercepted     boolean: TLS was opened bytes_in
//   client to origin, application side bytes_out       origin to client tls {client_version,
//   client_cipher, client_alpn, origin_version, origin_cipher,
//                   origin_alpn, origin_fingerprint, leaf_serial, verify, ja4}
//   websocket       {client, origin: each {messages, text, binary, bytes, largest}, compressed,
//                   closed_by (client | origin), close_code, fault}; of an upgraded exchange
//   activities      array of {type, action, policy, point, say, rehearsed}, one per thing done

#include <cstdint>
#include <string>
#include <string_view>

#include "discovery/events/event.h"

namespace sallyport::discovery {

// Appends the record without a newline. Bytes that are no UTF-8 become U+FFFD.
void append_json(std::string& out, const Event& event);

enum class Colour : std::uint8_t { none, ansi };

// Appends one aligned line and a newline. Everything from outside went through printable().
//
//   21:58:51 ana          192.0.2.7       BLOCK   Dropbox            POST www.dropbox.com/upload
//   ...
//
// Columns: time (UTC), user or "-", client, outcome_word(), app or "-", method with host and path,
// status or "-", bytes to and from the origin, then the policy that decided and the error, where
// there are any.
void append_text(std::string& out, const Event& event, Colour colour = Colour::none);

// ALLOW, MONITOR, BYPASS, BLOCK, REFUSE (by us, for what it was), CLOSED (the client went away) or
// FAIL.
std::string_view outcome_word(const Event& event);

}  // namespace sallyport::discovery
