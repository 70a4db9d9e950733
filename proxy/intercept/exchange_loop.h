#pragma once
// Exchange after exchange on one connection of a client, with a deadline for each phase: idle,
// head, and the end. What a client sends that is no request is refused and recorded here.

#include <chrono>
#include <functional>
#include <optional>

#include "proxy/http1/server.h"
#include "proxy/session/connection.h"
#include "proxy/session/session.h"

namespace sallyport::intercept {

struct Timeouts;

class ExchangeLoop {
 public:
  // Answers one exchange. Not a coroutine lambda: it returns the task of a named function.
  using ServeOne = std::function<Task<void>(http1::Server::Exchange&)>;

  ExchangeLoop(const session::Services& services, const Timeouts& timeouts,
               session::ClientConnection& connection, http1::Server& server);

  // Until the connection ends, or stop() was called during an exchange: then it returns at once and
  // the stream stays as it is.
  Task<void> run(const ServeOne& serve_one);

  // The stream was taken over (CONNECT).
  void stop() { stopped_ = true; }

  // Ends the connection where it has waited for a request for a second or longer. True where it
  // did.
  bool end_if_idle();

  // Ends the connection now where it is idle, else after the exchange that runs.
  void drain();

 private:
  Task<void> refuse(const Error& error);

  const session::Services& services_;
  const Timeouts& timeouts_;
  session::ClientConnection& connection_;
  http1::Server& server_;
  bool stopped_ = false;
  std::optional<std::chrono::steady_clock::time_point> waiting_since_;  // for a request
  bool busy_ = false;  // an exchange is being served, or the connection is ending
};

}  // namespace sallyport::intercept
