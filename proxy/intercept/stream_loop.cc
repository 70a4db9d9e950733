#include "proxy/intercept/stream_loop.h"

#include <utility>

#include "proxy/intercept/interceptor.h"
#include "proxy/intercept/no_request.h"

namespace sallyport::intercept {

namespace {

http2::ServerOptions options_of(const session::Services& services, const Timeouts& timeouts) {
  http2::ServerOptions options;
  options.link.heads = services.settings.heads;
  options.link.streams = services.settings.http2_streams;
  options.idle = timeouts.idle;
  options.release = timeouts.release;
  options.linger = timeouts.linger;
  return options;
}

}  // namespace

StreamLoop::StreamLoop(const session::Services& services, const Timeouts& timeouts,
                       session::ClientConnection& connection, io::ByteStream& stream,
                       ServeOne serve_one)
    : services_(services),
      connection_(connection),
      server_(services.worker, stream, options_of(services, timeouts),
              http2::Server::Hooks{std::move(serve_one),
                                   [this](const Error& error, http::Exchange* exchange) {
                                     return refuse(error, exchange);
                                   }}) {}

Task<void> StreamLoop::run() {
  services_.worker.metrics().add(Metric::http2_client_connections_total);
  co_await server_.run();
  if (server_.flooded() || server_.broken()) record_end();
  co_await server_.linger();
}

// Why it was ended, beside what its exchanges left.
void StreamLoop::record_end() {
  const Error error{server_.flooded() ? ErrorKind::limit : ErrorKind::http_framing, Side::client,
                    false, server_.fault()};
  NoRequest none = no_request(services_, connection_, error, false);
  session::Session(services_, connection_).record_without_exchange(std::move(none.event));
}

Task<void> StreamLoop::refuse(const Error& error, http::Exchange* exchange) {
  NoRequest none = no_request(services_, connection_, error, exchange != nullptr);
  if (exchange != nullptr && none.reply) {
    Result<void> sent = co_await exchange->respond(none.reply->head, *none.reply->body);
    if (!sent) exchange->abort();
  }
  session::Session(services_, connection_).record_without_exchange(std::move(none.event));
}

}  // namespace sallyport::intercept
