#pragma once
// From a raw connection whose target is known to exchanges: peek, decide, reach and verify the
// origin, mint, shake hands (ARCHITECTURE.md, steps 3 to 8).
//
// INVARIANT: no packet and no DNS query goes out for a name that is denied at connect; no byte of a
// request that we can read goes to an origin whose chain is not believed; whatever happens leaves
// an event.

#include <functional>
#include <memory>
#include <string>

#include "base/http/exchange.h"
#include "base/io/stream.h"
#include "proxy/http1/server.h"
#include "proxy/intercept/mint_gate.h"
#include "proxy/intercept/peek.h"
#include "proxy/session/connection.h"
#include "proxy/session/session.h"
#include "tls/bypass/pin_memory.h"
#include "tls/ca/authority.h"
#include "tls/ca/leaf_cache.h"
#include "tls/ca/mint.h"
#include "tls/stream/context.h"
#include "tls/stream/tls_stream.h"

namespace sallyport::intercept {

// The parts of one worker that open TLS. All outlive the Interceptor.
struct Keys {
  std::shared_ptr<const tls::Authority> authority;
  std::shared_ptr<tls::LeafKeys> leaf_keys;
  tls::LeafCache& leaves;  // that mirror origins
  tls::MirroredKeys& mirrored;
  tls::LeafCache& own_leaves;  // of pages of our own: names that clients invent push out only those
  const tls::ServerContext& context;
  tls::PinMemory& pins;
  std::string crl_url;
  MintGate& mirrors;
  MintGate& own_answers;
};

struct Timeouts {
  std::chrono::milliseconds hello{10'000};      // CONNECT to a whole ClientHello
  std::chrono::milliseconds silent_raw{2'000};  // a client that waits for the server to speak first
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds head{30'000};    // first byte to the end of a request head
  std::chrono::milliseconds idle{75'000};    // between exchanges
  std::chrono::milliseconds release{5'000};  // idle until buffers are given back
  std::chrono::milliseconds linger{
      15'000};                            // to read away what a client still sends after its answer
  std::uint32_t leaves_per_second = 200;  // of each kind, per worker: see mint_gate.h
};

// Serves one exchange after another on a stream, with the deadlines of a connection. `serve_one`
// answers and records an exchange. Also the explicit proxy's loop inside opened connections.
class Interceptor {
 public:
  Interceptor(const session::Services& services, const Keys& keys, const Timeouts& timeouts)
      : services_(services), keys_(keys), timeouts_(timeouts) {}

  // `target` is what CONNECT asked for. Owns the stream from here on; `connection.abort` is
  // replaced.
  Task<void> serve(session::ClientConnection& connection, Authority target,
                   std::unique_ptr<io::ByteStream> stream, std::string early);

 private:
  struct Opening;  // opening.h
  std::unique_ptr<Opening> begin(session::ClientConnection& connection, const Authority& target,
                                 std::unique_ptr<io::ByteStream> stream) const;
  Task<void> read_hello(Opening& opening, std::string early);
  Task<void> open(Opening& opening);
  Task<void> tunnel(Opening& opening);
  // HTTP without TLS, on ports where that is at home: plain.cc.
  static bool begins_plain_http(const Opening& opening);
  Task<void> serve_plain(Opening& opening);
  // CONNECT's name and SNI, judged together: denied if either is, bypassed only if both are.
  struct Judged {
    policy::Activity activity;  // of the name
    policy::Verdict verdict;
    bool bypass = false;
  };
  Judged judge_names(const Opening& opening, Time at) const;
  policy::Verdict judge_again(Opening& opening) const;
  Task<void> serve_fault(Opening& opening, const Error& error, const tls::Report& report);
  Task<void> refuse(Opening& opening, const session::Refusal& refusal);
  // What only opening needed ends with the first request that is not refused: an idle connection
  // is to hold little.
  Task<void> serve_exchanges(std::unique_ptr<Opening>& opening);
  using ServeOne = std::function<Task<void>(http::Exchange&)>;
  Task<void> serve_http1(session::ClientConnection& connection, tls::TlsStream& stream,
                         ServeOne serve_one);
  Task<void> serve_http2(session::ClientConnection& connection, tls::TlsStream& stream,
                         ServeOne serve_one);
  Task<void> serve_refused(Opening& opening, http::Exchange& exchange, bool first);
  origin::Offer offer_for(const tls::ClientHello& hello) const;
  Task<Result<std::unique_ptr<tls::TlsStream>>> shake_hands(Opening& opening,
                                                            std::shared_ptr<const tls::Leaf> leaf,
                                                            std::string_view protocol,
                                                            std::string binding);
  Task<Result<std::shared_ptr<const tls::Leaf>>> leaf_for(Opening& opening,
                                                          const tls::Certificate* origin);
  void record(Opening& opening, discovery::EventKind kind, discovery::Ending ending,
              std::string error);

  const session::Services& services_;
  const Keys& keys_;
  const Timeouts& timeouts_;
};

}  // namespace sallyport::intercept
