#include "proxy/listen/local_server.h"

#include <algorithm>
#include <utility>

#include "base/io/deadline.h"
#include "proxy/http1/server.h"
#include "proxy/local/answer.h"

namespace sallyport::listen {

namespace {
constexpr std::chrono::milliseconds kIdle{30'000};
// For an answer: only who has the token may ask for what takes long (reading all of a store).
constexpr std::chrono::milliseconds kAnswer = std::chrono::hours(6);
constexpr std::chrono::milliseconds kAcceptPause{100};

bool is_loopback(const IpAddress& address) {
  if (address.is_v4()) return std::to_integer<int>(std::byte(address.bytes()[0])) == 127;
  return address == *IpAddress::parse("::1");
}
}  // namespace

LocalServer::LocalServer(io::Worker& worker, http::Origin& origin, std::string name)
    : worker_(worker), origin_(origin), name_(std::move(name)), nursery_(worker.executor()) {}

void LocalServer::listen(std::unique_ptr<io::TcpListener> listener) {
  listeners_.push_back(std::move(listener));
}

void LocalServer::start() {
  for (const auto& listener : listeners_) nursery_.start(accept_loop(*listener));
}

Task<void> LocalServer::accept_loop(io::TcpListener& listener) {
  while (true) {
    Result<io::Accepted> accepted = co_await listener.accept();
    if (accepted) {
      take(std::move(*accepted));
    } else if (accepted.error().kind == ErrorKind::closed) {
      co_return;
    } else {
      co_await io::pause(worker_.executor(), kAcceptPause);
    }
  }
}

// Where all places are taken, the oldest that only waits gives up its own: who lets requests drip
// must not keep operators out.
void LocalServer::take(io::Accepted accepted) {
  if (clients_.size() >= kMostConnections) {
    const auto idle =
        std::ranges::find_if(clients_, [](const Client& one) { return one.waits && !one.ended; });
    if (idle == clients_.end() || clients_.size() >= 2 * kMostConnections) {
      accepted.stream->close();
      return;
    }
    idle->ended = true;
    idle->stream->reset();
  }
  clients_.push_back({std::move(accepted.stream), accepted.local.address});
  nursery_.start(serve(std::prev(clients_.end())));
}

// A page elsewhere whose name was made to lead here must not read what this machine alone may
// (DNS rebinding). Behind another address than loopback, names are the operator's own affair.
bool LocalServer::is_ours(const Client& client, const Host& host) const {
  return !is_loopback(client.local) || host.is_address() || host.text() == name_ ||
         host.text() == "localhost" || host.text().ends_with(".localhost");
}

Task<void> LocalServer::serve(Clients::iterator client) {
  {
    http1::Server server(*client->stream, http1::ServerOptions{"http", {}});
    io::ByteStream* raw = client->stream.get();
    io::Deadline deadline(worker_.deadlines(), [raw] { raw->close(); });
    while (true) {
      deadline.set(kIdle);
      client->waits = true;
      Result<http1::Server::Exchange*> next = co_await server.next();
      if (!next || *next == nullptr) break;
      client->waits = false;
      http1::Server::Exchange& exchange = **next;
      io::Nursery nursery(worker_.executor());
      Result<http::Reply> reply =
          local::make_answer(421, "text/plain", "Not the name of this gateway.\n", {});
      // Whether it is there, anybody may know; balancers ask by names of their own.
      if (exchange.request().path == "/healthz" ||
          is_ours(*client, exchange.request().authority.host)) {
        deadline.set(kAnswer);
        reply = co_await origin_.send(exchange.request(), exchange.body(), exchange, nursery);
        deadline.set(kIdle);
      }
      bool sent = false;
      if (reply) {
        Result<void> responded = co_await exchange.respond(reply->head, *reply->body);
        sent = responded.has_value();
      }
      co_await nursery.join();
      if (!sent) break;
      Result<bool> reusable = co_await server.finish();
      if (!reusable || !*reusable) break;
    }
    co_await server.linger();
  }
  clients_.erase(client);
}

void LocalServer::close() {
  for (const auto& listener : listeners_) listener->close();
  for (const Client& client : clients_) client.stream->close();
}

Task<void> LocalServer::join() { co_await nursery_.join(); }

}  // namespace sallyport::listen
