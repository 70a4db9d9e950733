#pragma once
// From a route to a connection that may carry a request: TCP by Happy Eyeballs (RFC 8305), then TLS
// and the origin's chain, believed or not, before any byte of a request.

#include <chrono>
#include <memory>
#include <string>

#include "base/io/nursery.h"
#include "base/io/tcp.h"
#include "base/io/worker.h"
#include "proxy/http1/client.h"
#include "proxy/http2/client.h"
#include "proxy/origin/route.h"
#include "tls/cert/certificate.h"
#include "tls/stream/context.h"
#include "tls/verify/verifier.h"

namespace sallyport::origin {

// What is known of a connection to an origin; filled in as far as it came, also where it failed.
struct OriginFacts {
  IpEndpoint endpoint;
  bool connected = false;
  std::string tls_version;
  std::string tls_cipher;
  std::string alpn;
  bool resumed = false;
  bool offered_http2 = false;
  tls::Certificate certificate;    // The leaf, empty without TLS.
  Time valid_until = Time::max();  // That certificate's end.
  std::string fingerprint;         // Its SHA-256, hex.
  tls::Report report;
  std::uint32_t trust = 0;  // Dialer::trust() when its chain was believed
};

// The versions of HTTP that an origin is offered (safety.md B3-24: no more than its client offers
// us, where no rule says otherwise).
struct Offer {
  bool http1 = true;
  bool http2 = false;
};

// A connection that may carry requests: one of the two.
struct Line {
  std::shared_ptr<http1::Client> one;   // one exchange at a time
  std::shared_ptr<http2::Client> many;  // not started yet
};

struct Timeouts {
  std::chrono::milliseconds connect{10'000};    // all attempts together
  std::chrono::milliseconds handshake{10'000};  // TLS
  std::chrono::milliseconds next_attempt{250};  // RFC 8305 section 5
  http1::ClientOptions http;                    // of the connections
};

class Dialer {
 public:
  Dialer(io::Worker& worker, io::Connector& connector, const tls::ClientContext& context,
         std::shared_ptr<const tls::Verifier> verifier, Timeouts timeouts = {});

  // From now on chains are judged by this one. Connections that are up stay: Pool::believe() closes
  // those that nobody uses.
  void judge_by(std::shared_ptr<const tls::Verifier> verifier);
  void set_timeouts(const Timeouts& timeouts) { timeouts_ = timeouts; }
  // Sessions with origins that new connections may resume.
  tls::SessionCache& sessions() { return *sessions_; }
  // Counts the verifiers.
  std::uint32_t trust() const { return trust_; }

  // A connection with a version of `offer` on it, HTTP/1.1 where the route has no TLS. Errors:
  // connect_*, timed_out, tls_protocol, tls_verify, cancelled.
  // `identity`: sessions are resumed within that class only, as connections are shared.
  Task<Result<Line>> dial(const Route& route, Offer offer, std::string_view identity,
                          OriginFacts& facts, io::Nursery& scope);

  // A bare TCP connection, for tunnels.
  Task<Result<std::unique_ptr<io::ByteStream>>> connect(const Route& route, OriginFacts& facts,
                                                        io::Nursery& scope);

 private:
  struct Race;
  Task<void> attempt(Race& race, io::Connector::Attempt& attempt, IpEndpoint endpoint);
  Task<Result<std::unique_ptr<io::ByteStream>>> secure(std::unique_ptr<io::ByteStream> stream,
                                                       const Route& route, Offer offer,
                                                       std::string_view identity,
                                                       OriginFacts& facts, io::Nursery& scope);

  io::Worker& worker_;
  io::Connector& connector_;
  const tls::ClientContext& context_;
  std::shared_ptr<const tls::Verifier> verifier_;
  Timeouts timeouts_;
  std::shared_ptr<tls::SessionCache> sessions_ = std::make_shared<tls::SessionCache>();
  std::uint32_t trust_ = 0;
};

}  // namespace sallyport::origin
