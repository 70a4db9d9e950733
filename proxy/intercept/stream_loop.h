#pragma once
// Exchanges of one opened connection that speaks HTTP/2, as ExchangeLoop is for HTTP/1: what a
// client sends that is no request is answered and recorded here, and so is a connection that was
// ended for flooding or for what is no HTTP/2.

#include <functional>

#include "proxy/http2/server.h"
#include "proxy/session/connection.h"
#include "proxy/session/session.h"

namespace sallyport::intercept {

struct Timeouts;

class StreamLoop {
 public:
  using ServeOne = std::function<Task<void>(http::Exchange&)>;

  StreamLoop(const session::Services& services, const Timeouts& timeouts,
             session::ClientConnection& connection, io::ByteStream& stream, ServeOne serve_one);

  // Until the connection has ended.
  Task<void> run();
  bool end_if_idle() { return server_.end_if_idle(); }
  void drain() { server_.drain(); }

 private:
  void record_end();
  Task<void> refuse(const Error& error, http::Exchange* exchange);

  const session::Services& services_;
  session::ClientConnection& connection_;
  http2::Server server_;
};

}  // namespace sallyport::intercept
