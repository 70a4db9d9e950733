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
// Gives an answer time to have something to say, and its client little time to take it.
class PacedBody final : public http::PassingBody {
 public:
  PacedBody(http::Body& inner, io::Deadline& deadline) : PassingBody(inner), deadline_(deadline) {}
  Task<Result<http::Bytes>> read(std::size_t most) override {
    deadline_.set(kAnswer);
    Result<http::Bytes> bytes = co_await inner_.read(most);
    deadline_.set(kIdle);
    co_return bytes;
  }

 private:
  io::Deadline& deadline_;
};

}  // namespace

LocalServer::LocalServer(io::Worker& worker, local::VisitedOrigin& origin,
                         std::vector<std::string> names)
    : worker_(worker), origin_(origin), names_(std::move(names)), nursery_(worker.executor()) {}

void LocalServer::listen(std::unique_ptr<io::TcpListener> listener, OpenTls open_tls) {
  doors_.push_back({std::move(listener), std::move(open_tls)});
}

void LocalServer::start() {
  for (const Door& door : doors_) nursery_.start(accept_loop(door));
}

Task<void> LocalServer::accept_loop(const Door& door) {
  while (true) {
    Result<io::Accepted> accepted = co_await door.listener->accept();
    if (accepted) {
      take(std::move(*accepted), door);
    } else if (accepted.error().kind == ErrorKind::closed) {
      co_return;
    } else {
      co_await io::pause(worker_.executor(), kAcceptPause);
    }
  }
}

// Where all places are taken, the oldest that only waits gives up its own: who lets requests drip
// must not keep operators out.
void LocalServer::take(io::Accepted accepted, const Door& door) {
  if (clients_.size() >= kMostConnections) {
    const auto idle = std::ranges::find_if(clients_, [](const Client& one) {
      return one.waits && !one.ended && one.stream != nullptr;
    });
    if (idle == clients_.end() || clients_.size() >= 2 * kMostConnections) {
      accepted.stream->close();
      return;
    }
    idle->ended = true;
    idle->stream->reset();
  }
  io::ByteStream* raw = accepted.stream.get();
  const local::Visitor visitor{accepted.peer.address, door.open_tls != nullptr};
  clients_.push_back(
      {std::move(accepted.stream), raw, accepted.local.address, visitor, &door.open_tls});
  nursery_.start(serve(std::prev(clients_.end())));
}

// A page elsewhere whose name was made to lead here must not read what this machine alone may
// (DNS rebinding). Behind another address than loopback, names are the operator's own affair.
bool LocalServer::is_ours(const Client& client, const Host& host) const {
  return !is_loopback(client.local) || host.is_address() || host.text() == "localhost" ||
         std::ranges::find(names_, host.text()) != names_.end() ||
         host.text().ends_with(".localhost");
}

Task<bool> LocalServer::open(Client& client) {
  io::Deadline deadline(worker_.deadlines(), [raw = client.raw] { raw->close(); });
  deadline.set(kIdle);
  Result<std::unique_ptr<io::ByteStream>> opened =
      co_await (*client.open_tls)(std::move(client.stream));
  if (!opened) co_return false;
  client.stream = std::move(*opened);
  co_return true;
}

Task<void> LocalServer::serve(Clients::iterator client) {
  bool opened = true;
  if (client->visitor.tls) opened = co_await open(*client);
  if (opened) co_await answer(*client);
  clients_.erase(client);
}

Task<void> LocalServer::answer(Client& client) {
  http1::Server server(*client.stream,
                       http1::ServerOptions{client.visitor.tls ? "https" : "http", {}});
  io::ByteStream* raw = client.stream.get();
  io::Deadline deadline(worker_.deadlines(), [raw] { raw->close(); });
  while (true) {
    deadline.set(kIdle);
    client.waits = true;
    Result<http1::Server::Exchange*> next = co_await server.next();
    if (!next || *next == nullptr) break;
    client.waits = false;
    http1::Server::Exchange& exchange = **next;
    io::Nursery nursery(worker_.executor());
    Result<http::Reply> reply =
        local::make_answer(421, "text/plain", "Not the name of this gateway.\n", {});
    // Whether it is there, anybody may know; balancers ask by names of their own.
    if (exchange.request().path == "/healthz" ||
        is_ours(client, exchange.request().authority.host)) {
      deadline.set(kAnswer);
      reply = co_await origin_.serve(client.visitor, exchange.request(), exchange.body(), exchange,
                                     nursery);
      deadline.set(kIdle);
    }
    bool sent = false;
    if (reply) {
      PacedBody body(*reply->body, deadline);
      Result<void> responded = co_await exchange.respond(reply->head, body);
      sent = responded.has_value();
    }
    co_await nursery.join();
    if (!sent) break;
    Result<bool> reusable = co_await server.finish();
    if (!reusable || !*reusable) break;
  }
  co_await server.linger();
}

void LocalServer::close() {
  for (const Door& door : doors_) door.listener->close();
  for (const Client& client : clients_) {
    if (client.stream != nullptr) {
      client.stream->close();
    } else {
      client.raw->close();
    }
  }
}

Task<void> LocalServer::join() { co_await nursery_.join(); }

}  // namespace sallyport::listen
