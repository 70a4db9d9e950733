#pragma once
// A connection that is being opened, and what was learnt of it: for the parts of the Interceptor.

#include <memory>
#include <optional>

#include "discovery/events/event.h"
#include "proxy/intercept/interceptor.h"
#include "proxy/intercept/peek.h"
#include "proxy/session/session.h"

namespace sallyport::intercept {

struct Interceptor::Opening {
  session::ClientConnection& connection;
  session::Session session;
  Authority target;  // of CONNECT
  Host name;         // what is decided on and shown: SNI, else the target's host
  std::unique_ptr<io::ByteStream> stream;
  Peeked peeked;
  session::SnapshotPin now;
  policy::Activity activity;
  policy::Verdict verdict;
  discovery::Event event;  // for what never becomes an exchange
  bool late = false;       // no whole ClientHello came in time
  bool recorded = false;
  std::uint32_t exchanges_before = 0;  // of this client, before CONNECT
  // Once it is opened: what the client speaks through, and why its requests are refused.
  std::unique_ptr<tls::TlsStream> opened;
  std::optional<session::Refusal> refusal;

  // With encrypted ClientHello SNI is only the public name, so nothing is bypassed on its word
  // where it differs from CONNECT's (safety.md B3-22). Browsers put that extension into every
  // hello, real or not; where both names agree, the name is known.
  bool name_hidden() const { return peeked.hello.has_ech && !(name == target.host); }

  // Whether an exchange inside has left its event, or the connection has.
  bool has_event() const { return recorded || connection.exchanges != exchanges_before; }
};

std::string_view protocol_for(const tls::ClientHello& hello, const origin::OriginFacts& origin,
                              session::Http2 mode);

// Takes the ways into a frame back when it ends.
struct Forget {
  session::ClientConnection& connection;
  ~Forget() {
    connection.drain = nullptr;
    connection.end_if_idle = nullptr;
    connection.abort = [] {};
  }
};

inline bool bypasses(const policy::Verdict& verdict) {
  return verdict.final && verdict.action == policy::Action::bypass;
}

}  // namespace sallyport::intercept
