#include "proxy/origin/dialer.h"

#include <algorithm>
#include <vector>

#include "base/io/deadline.h"
#include "base/io/signal.h"
#include "tls/stream/tls_stream.h"

namespace sallyport::origin {

struct Dialer::Race {
  io::Signal changed;
  std::vector<std::unique_ptr<io::Connector::Attempt>> attempts;
  std::unique_ptr<io::ByteStream> winner;
  IpEndpoint endpoint;
  std::size_t running = 0;
  bool over = false;
  Error last{ErrorKind::connect_unreachable, Side::origin, false, "no address to try"};

  void abandon() {
    over = true;
    for (const auto& one : attempts) one->abandon();
    changed.notify();
  }
};

Dialer::Dialer(io::Worker& worker, io::Connector& connector, const tls::ClientContext& context,
               std::shared_ptr<const tls::Verifier> verifier, Timeouts timeouts)
    : worker_(worker),
      connector_(connector),
      context_(context),
      verifier_(std::move(verifier)),
      timeouts_(timeouts) {}

void Dialer::judge_by(std::shared_ptr<const tls::Verifier> verifier) {
  verifier_ = std::move(verifier);
  ++trust_;
  sessions_->clear();
}

Task<void> Dialer::attempt(Race& race, io::Connector::Attempt& attempt, IpEndpoint endpoint) {
  Result<std::unique_ptr<io::ByteStream>> stream = co_await attempt.run();
  --race.running;
  if (!stream) {
    if (!race.over) race.last = std::move(stream.error());
  } else if (race.winner == nullptr && !race.over) {
    race.winner = std::move(*stream);
    race.endpoint = endpoint;
  }
  race.changed.notify();
}

Task<Result<std::unique_ptr<io::ByteStream>>> Dialer::connect(const Route& route,
                                                              OriginFacts& facts,
                                                              io::Nursery& scope) {
  Race race;
  bool timed_out = false;
  io::Nursery attempts(worker_.executor());
  {
    const io::Nursery::OnCancel on_cancel(scope, [&race] { race.abandon(); });
    io::Deadline patience(worker_.deadlines(), [&race, &timed_out] {
      timed_out = true;
      race.abandon();
    });
    io::Deadline next(worker_.deadlines(), [&race] { race.changed.notify(); });
    patience.set(timeouts_.connect);
    std::size_t tried = 0;
    while (race.winner == nullptr && !race.over) {
      if (tried < route.endpoints.size()) {
        race.attempts.push_back(connector_.attempt(route.endpoints[tried]));
        ++race.running;
        attempts.start(attempt(race, *race.attempts.back(), route.endpoints[tried]));
        ++tried;
        next.set(timeouts_.next_attempt);
      } else if (race.running == 0) {
        break;
      }
      // Until an attempt ends or it is time for the next one.
      co_await race.changed.wait();
    }
    race.abandon();
  }
  co_await attempts.join();
  if (scope.cancelled())
    co_return fail(ErrorKind::cancelled, Side::ours, "given up while connecting");
  if (race.winner == nullptr) {
    worker_.metrics().add(Metric::origin_connect_failures_total);
    if (timed_out) {
      co_return fail(ErrorKind::timed_out, Side::origin, "no connection to " + route.host.text());
    }
    co_return std::unexpected(std::move(race.last));
  }
  worker_.metrics().add(Metric::origin_connections_total);
  facts.endpoint = race.endpoint;
  facts.connected = true;
  co_return std::move(race.winner);
}

Task<Result<std::unique_ptr<io::ByteStream>>> Dialer::secure(std::unique_ptr<io::ByteStream> stream,
                                                             const Route& route, Offer offer,
                                                             std::string_view identity,
                                                             OriginFacts& facts,
                                                             io::Nursery& scope) {
  std::vector<std::string> protocols;
  if (offer.http2) protocols.emplace_back("h2");
  if (offer.http1) protocols.emplace_back("http/1.1");
  facts.offered_http2 = offer.http2;
  Result<tls::SslPtr> ssl =
      context_.connect(route.host, protocols, sessions_.get(), route.key(identity));
  if (!ssl) co_return pass_on(std::move(ssl));
  auto secured = std::make_unique<tls::TlsStream>(std::move(stream), std::move(*ssl));
  bool late = false;
  {
    tls::TlsStream& raw = *secured;
    const io::Nursery::OnCancel on_cancel(scope, [&raw] { raw.close(); });
    io::Deadline patience(worker_.deadlines(), [&raw, &late] {
      late = true;
      raw.close();
    });
    patience.set(timeouts_.handshake);
    Result<void> shaken = co_await secured->handshake();
    if (scope.cancelled())
      co_return fail(ErrorKind::cancelled, Side::ours, "given up in the handshake");
    if (!shaken) {
      worker_.metrics().add(Metric::origin_tls_refused_total);
      Error error = std::move(shaken.error());
      error.side = Side::origin;
      if (late) {
        error.kind = ErrorKind::timed_out;
      } else if (error.kind == ErrorKind::limit) {
        worker_.metrics().add(Metric::origin_certificates_too_large_total);
      } else if (error.kind != ErrorKind::closed && error.kind != ErrorKind::reset) {
        error.kind = ErrorKind::tls_protocol;
      }
      error.detail = facts.endpoint.to_string() + ": " + error.detail;
      co_return std::unexpected(std::move(error));
    }
  }
  facts.tls_version = secured->version();
  facts.tls_cipher = secured->cipher();
  facts.alpn = secured->alpn();
  facts.resumed = secured->resumed();
  if (facts.resumed) worker_.metrics().add(Metric::origin_tls_resumed_total);
  const std::vector<tls::Certificate> chain = secured->peer_chain();
  const std::vector<std::byte> staple = secured->peer_staple();
  if (!chain.empty()) {
    facts.certificate = chain.front();
    facts.valid_until = chain.front().not_after();
    facts.fingerprint = chain.front().sha256();
  }
  // An answer that was not offered is an answer to somebody else (ALPACA).
  if (!facts.alpn.empty() &&
      std::find(protocols.begin(), protocols.end(), facts.alpn) == protocols.end()) {
    worker_.metrics().add(Metric::origin_tls_refused_total);
    co_return fail(ErrorKind::tls_protocol, Side::origin, "a protocol that was not offered");
  }
  facts.trust = trust_;
  facts.report = verifier_->verify(chain, route.host, staple, worker_.clock().now());
  if (!facts.report.accepted) {
    worker_.metrics().add(Metric::origin_tls_refused_total);
    co_return fail(ErrorKind::tls_verify, Side::origin,
                   facts.report.summary + ": " + facts.report.detail);
  }
  std::unique_ptr<io::ByteStream> done = std::move(secured);
  co_return done;
}

Task<Result<Line>> Dialer::dial(const Route& route, Offer offer, std::string_view identity,
                                OriginFacts& facts, io::Nursery& scope) {
  Result<std::unique_ptr<io::ByteStream>> stream = co_await connect(route, facts, scope);
  if (!stream) co_return pass_on(std::move(stream));
  if (route.tls) {
    stream = co_await secure(std::move(*stream), route, offer, identity, facts, scope);
    if (!stream) co_return pass_on(std::move(stream));
  }
  Line line;
  if (facts.alpn == "h2") {
    worker_.metrics().add(Metric::http2_origin_connections_total);
    line.many = std::make_shared<http2::Client>(worker_, std::move(*stream));
  } else {
    line.one = std::make_shared<http1::Client>(worker_, std::move(*stream), timeouts_.http);
  }
  co_return line;
}

}  // namespace sallyport::origin
