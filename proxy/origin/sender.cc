#include "proxy/origin/sender.h"

namespace sallyport::origin {

Sender::Sender(Pool& pool, Dialer& dialer, const Route& route, std::string identity, Offer offer)
    : pool_(pool),
      dialer_(dialer),
      route_(route),
      identity_(std::move(identity)),
      key_(route.key(identity_)),
      offer_(offer) {
  if (offer_.http2 && pool_.demands_http1(key_)) offer_ = Offer{};
}

Task<Result<Line>> Sender::open(Offer offer, io::Nursery& scope) {
  auto facts = std::make_shared<OriginFacts>();
  facts_ = facts;
  Result<Line> line = co_await dialer_.dial(route_, offer, identity_, *facts, scope);
  if (!line) co_return pass_on(std::move(line));
  if (line->many) pool_.share(key_, {line->many, facts});
  co_return line;
}

Task<Result<void>> Sender::reach(io::Nursery& scope) {
  for (bool waited = false;; waited = true) {
    if (auto facts = pool_.peek(key_)) {
      facts_ = std::move(facts);
      co_return Result<void>{};
    }
    if (waited || !offer_.http2) break;
    const bool opening = co_await pool_.wait_for_opening(key_, scope);
    if (!opening) break;
  }
  std::optional<Pool::Opening> opening;
  if (offer_.http2) opening.emplace(pool_, key_);
  Result<Line> line = co_await open(offer_, scope);
  if (!line) co_return pass_on(std::move(line));
  if (line->one) pool_.put(key_, Connection{std::move(line->one), facts_});
  co_return Result<void>{};
}

std::optional<Line> Sender::pooled(const http::RequestHead& request) {
  auto many = pool_.shared(key_);
  if (many && (request.upgrade.empty() || many->client->speaks_websocket())) {
    facts_ = std::move(many->facts);
    return Line{nullptr, std::move(many->client)};
  }
  auto one = pool_.take(key_);
  if (!one) return std::nullopt;
  facts_ = std::move(one->facts);
  return Line{std::move(one->client), nullptr};
}

Task<Result<Line>> Sender::line_for(const http::RequestHead& request, bool fresh,
                                    io::Nursery& scope) {
  const bool upgrades = !request.upgrade.empty();
  for (bool waited = false;; waited = true) {
    if (!fresh || waited) {
      if (std::optional<Line> found = pooled(request)) co_return std::move(*found);
    }
    if (waited || upgrades || !offer_.http2) break;
    const bool opening = co_await pool_.wait_for_opening(key_, scope);
    if (!opening) break;
  }
  // An upgrade is one of HTTP/1.1; extended CONNECT only where a connection is there that takes it.
  if (upgrades || !offer_.http2) co_return co_await open(Offer{}, scope);
  const Pool::Opening opening(pool_, key_);
  co_return co_await open(offer_, scope);
}

Task<Result<http::Reply>> Sender::send(const http::RequestHead& request, http::Body& body,
                                       http::Interim& interim, io::Nursery& nursery) {
  for (bool again = false;; again = true) {
    Result<Line> line;
    std::optional<Line> found = again ? std::nullopt : pooled(request);
    if (found) {
      line = std::move(*found);
    } else {
      line = co_await line_for(request, true, nursery);
    }
    if (!line) co_return pass_on(std::move(line));
    if (line->many && !line->many->usable()) {
      // It went away while it was being opened, or was filled by those who waited for it.
      if (again) co_return fail(ErrorKind::closed, Side::origin, "the connection went away");
      continue;
    }
    if (line->many) {
      const bool reused = line->many->exchanges() > 0;
      http2::Client::Attempt attempt;
      Result<http::Reply> reply =
          co_await line->many->send(request, body, interim, nursery, attempt);
      if (reply || again || nursery.cancelled()) co_return reply;
      if (attempt.wants_http1 && !attempt.body_touched) {
        pool_.demand_http1(key_);
        offer_ = Offer{};
        continue;
      }
      const bool died =
          reused && line->many->over() && body.none() && http::is_idempotent(request.method) &&
          (reply.error().kind == ErrorKind::closed || reply.error().kind == ErrorKind::reset);
      if ((attempt.unprocessed && !attempt.body_touched) || died) continue;
      co_return reply;
    }
    // Once for each connection: its key and its facts stay what they are.
    if (!line->one->has_on_idle()) {
      line->one->on_idle(
          [pool = &pool_, key = key_, facts = facts_](std::shared_ptr<http1::Client> client) {
            pool->put(key, Connection{std::move(client), facts});
          });
    }
    Result<http::Reply> reply = co_await line->one->send(request, body, interim, nursery);
    if (reply || again || !reply.error().retry_fresh || !http::is_idempotent(request.method)) {
      co_return reply;
    }
  }
}

}  // namespace sallyport::origin
