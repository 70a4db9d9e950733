#include "proxy/listen/local_server.h"

#include "base/io/deadline.h"
#include "proxy/http1/server.h"

namespace sallyport::listen {

namespace {
constexpr std::chrono::milliseconds kIdle{30'000};
constexpr std::chrono::milliseconds kAcceptPause{100};
}  // namespace

LocalServer::LocalServer(io::Worker& worker, http::Origin& origin)
    : worker_(worker), origin_(origin), nursery_(worker.executor()) {}

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

void LocalServer::take(io::Accepted accepted) {
  if (streams_.size() >= kMostConnections) {
    accepted.stream->close();
    return;
  }
  streams_.push_back(std::move(accepted.stream));
  nursery_.start(serve(std::prev(streams_.end())));
}

Task<void> LocalServer::serve(Streams::iterator stream) {
  {
    http1::Server server(**stream, http1::ServerOptions{"http", {}});
    io::ByteStream* raw = stream->get();
    io::Deadline deadline(worker_.deadlines(), [raw] { raw->close(); });
    while (true) {
      deadline.set(kIdle);
      Result<http1::Server::Exchange*> next = co_await server.next();
      if (!next || *next == nullptr) break;
      http1::Server::Exchange& exchange = **next;
      io::Nursery nursery(worker_.executor());
      Result<http::Reply> reply =
          co_await origin_.send(exchange.request(), exchange.body(), exchange, nursery);
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
  streams_.erase(stream);
}

void LocalServer::close() {
  for (const auto& listener : listeners_) listener->close();
  for (const auto& stream : streams_) stream->close();
}

Task<void> LocalServer::join() { co_await nursery_.join(); }

}  // namespace sallyport::listen
