#pragma once
// The one record kept of an exchange, a tunnel, or a connection that never came to an exchange.
//
// INVARIANT: exactly one Event per exchange however it ends, written last. It owns everything it
// says, because it leaves its worker for the scribe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "base/core/id.h"
#include "policy/activity/activity.h"
#include "policy/eval/verdict.h"

namespace sallyport::discovery {

enum class EventKind : std::uint8_t {
  exchange,    // one request and its reply
  tunnel,      // bytes carried unopened: bypass or raw CONNECT
  connection,  // a connection refused or lost before any exchange
};

enum class Ending : std::uint8_t {
  completed,
  blocked,        // by policy
  refused,        // by us, for what the message was: syntax, framing, identity, port
  client_closed,  // the client went away
  origin_failed,  // the origin could not be reached, believed or understood
  timed_out,
  failed,  // ours
};

std::string_view to_string(EventKind kind);
std::string_view to_string(Ending ending);

// One thing done, under an exchange. A batch has several; a beacon none.
struct ActivityRecord {
  policy::ActivityType type = policy::ActivityType::other;
  policy::Verdict verdict;
  // Of one that is not told by the exchange's own facts already: of all but the first.
  bool admin = false;
  std::optional<policy::FileFacts> file;
  Boxed<policy::Details> details;
};

// What each TLS leg came to; empty strings where there was none.
struct TlsFacts {
  std::string client_version;  // "TLSv1.3"
  std::string client_cipher;
  std::string client_alpn;
  std::string origin_version;
  std::string origin_cipher;
  std::string origin_alpn;
  std::string origin_fingerprint;  // SHA-256 of the origin's leaf, hex
  std::string leaf_serial;         // of the leaf that we minted, hex
  std::string verify;              // "ok", or the faults: "expired,wrong_host"
  std::string ja4;                 // of the client's ClientHello

  bool operator==(const TlsFacts&) const = default;
};

// A policy that an event matches and that decides nothing.
struct Match {
  std::string id;
  std::string name;
  bool rehearsed = false;  // it would have reported, or edited

  bool operator==(const Match&) const = default;
};

// What was said on a WebSocket (RFC 6455), counted by its frames. Bytes are payload of messages as
// it was carried: compressed, where it was.
struct WebsocketFacts {
  struct Direction {
    std::uint64_t messages = 0;  // that ended
    std::uint64_t text = 0;      // of them
    std::uint64_t binary = 0;
    std::uint64_t bytes = 0;
    std::uint64_t largest = 0;  // bytes of one message

    bool operator==(const Direction&) const = default;
  };
  Direction client;         // what the client said
  Direction origin;         // what the origin said
  bool compressed = false;  // permessage-deflate was agreed on
  std::string closed_by;    // "client" or "origin": whose Close came first; "": nobody's
  std::optional<std::uint16_t> close_code;  // that it gave
  std::string fault;                        // the first, with the section that it breaks

  bool operator==(const WebsocketFacts&) const = default;
};

struct Event {
  Ulid id;
  EventKind kind = EventKind::exchange;
  Time start;
  std::int64_t duration_us = 0;
  std::uint64_t connection_id = 0;
  std::uint32_t stream_id = 0;  // n-th exchange of its connection, from 1
  std::uint16_t worker = 0;
  std::string snapshot;  // content hash of what judged it, hex

  policy::Activity activity;  // the facts as they were at the end
  policy::Verdict verdict;    // the one that decided
  std::vector<ActivityRecord> activities;
  std::vector<Match> matched;    // activity policies, in the order written
  std::vector<Match> edited_by;  // session policies that edit header fields, in the order written

  std::uint16_t client_port = 0;
  std::string user_source;  // "basic", "address_feed", "address_map", ""
  std::string query;        // only where `recording.queries` asks for it
  std::string media_type;   // of the reply, without parameters
  bool intercepted = false;
  TlsFacts tls;
  std::optional<WebsocketFacts> websocket;  // after a switch of protocols

  std::uint64_t bytes_in = 0;   // client to origin, application side: bodies, or tunnel bytes
  std::uint64_t bytes_out = 0;  // origin to client

  Ending ending = Ending::completed;
  std::string error;  // for the administrator; "" where all went well
};

// Whether policy stopped the exchange or one of its activities. Such an event goes to the journal
// when the store is away.
bool is_block(const Event& event);

// Whether no queue may drop it in favour of another: is_block(), and what we refused ourselves.
bool must_keep(const Event& event);

}  // namespace sallyport::discovery
