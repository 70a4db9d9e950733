#include "proxy/origin/sender.h"

namespace sallyport::origin {

Sender::Sender(Pool& pool, Dialer& dialer, const Route& route, std::string identity)
    : pool_(pool), dialer_(dialer), route_(route), identity_(std::move(identity)) {}

Task<Result<Connection>> Sender::connect(io::Nursery& scope) {
  auto facts = std::make_shared<OriginFacts>();
  facts_ = facts;
  Result<std::shared_ptr<http1::Client>> client = co_await dialer_.dial(route_, *facts, scope);
  if (!client) co_return pass_on(std::move(client));
  co_return Connection{std::move(*client), facts};
}

Task<Result<void>> Sender::reach(io::Nursery& scope) {
  const std::string key = route_.key(identity_);
  if (auto facts = pool_.peek(key)) {
    facts_ = std::move(facts);
    co_return Result<void>{};
  }
  Result<Connection> connection = co_await connect(scope);
  if (!connection) co_return pass_on(std::move(connection));
  pool_.put(key, std::move(*connection));
  co_return Result<void>{};
}

Task<Result<http::Reply>> Sender::send(const http::RequestHead& request, http::Body& body,
                                       http::Interim& interim, io::Nursery& nursery) {
  const std::string key = route_.key(identity_);
  for (bool again = false;; again = true) {
    std::optional<Connection> connection;
    if (!again) connection = pool_.take(key);
    if (!connection) {
      Result<Connection> fresh = co_await connect(nursery);
      if (!fresh) co_return pass_on(std::move(fresh));
      connection = std::move(*fresh);
    }
    facts_ = connection->facts;
    connection->client->on_idle([this_pool = &pool_, key,
                                 facts = connection->facts](std::shared_ptr<http1::Client> client) {
      this_pool->put(key, Connection{std::move(client), facts});
    });
    Result<http::Reply> reply = co_await connection->client->send(request, body, interim, nursery);
    if (reply || again || !reply.error().retry_fresh || !http::is_idempotent(request.method)) {
      co_return reply;
    }
  }
}

}  // namespace sallyport::origin
