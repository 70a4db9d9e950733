#pragma once
// The client's side of HTTP/2: the requests of one connection, many at once, as Exchanges.
//
//   http2::Server server(worker, stream, options, {.serve = ..., .refused = ...});
//   co_await server.run();        // until the connection is over and every exchange has ended
//   co_await server.linger();     // so that the last of it is not reset away
//
// INVARIANT: an exchange is served once, in a task of its own; run() ends after the last of them.
// Streams that the client gave up count against `streams` until their exchange has ended (safety.md
// C2, MadeYouReset): resetting quickly gains nobody more work at once. One that was answered whole
// counts no more: its client may have asked the next before the exchange has come to its end. Heads
// that HPACK made of a byte each are bounded together: beyond a sum that honest clients do not
// reach, streams are refused.
// The connection's idle time is kept here: it passes while no exchange runs, whatever else comes.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/http/exchange.h"
#include "base/io/deadline.h"
#include "proxy/http2/link.h"

namespace sallyport::http2 {

struct ServerOptions {
  LinkOptions link;
  std::chrono::milliseconds idle{75'000};
  std::chrono::milliseconds release{5'000};  // idle until buffers are given back
  std::chrono::milliseconds linger{15'000};  // for the client to take the end
};

class Server {
 public:
  struct Hooks {
    // Serves one exchange.
    std::function<Task<void>(http::Exchange&)> serve;
    // What came is no request. With an exchange it can be answered, and must be; null where the
    // stream was reset for it.
    std::function<Task<void>(const Error&, http::Exchange*)> refused;
  };

  Server(io::Worker& worker, io::ByteStream& stream, ServerOptions options, Hooks hooks);
  ~Server();

  Task<void> run();

  // After it: ends writing, and reads and drops what still comes until the client closes, within
  // ServerOptions::linger.
  Task<void> linger();

  // No more requests: GOAWAY; those that run go on.
  void drain() { link_.drain(); }
  // Ends it where no exchange has run for a second. True where it did.
  bool end_if_idle();
  // Why it ended, where the client is to blame.
  const std::string& fault() const { return link_.fault(); }
  bool flooded() const { return link_.flooded(); }
  bool broken() const { return link_.broken(); }

 private:
  class Exchange;
  void begin(std::shared_ptr<Stream> stream, FieldBlock& block);
  void closed(const std::shared_ptr<Stream>& stream);
  Task<void> serve(std::shared_ptr<Stream> stream, FieldBlock::Request request, std::size_t head);
  Task<void> refuse(std::shared_ptr<Stream> stream, Error error);
  Task<void> hear_out(Stream& stream);
  void over(Stream& stream, std::size_t head);
  void fell_idle();

  io::Worker& worker_;
  ServerOptions options_;
  Hooks hooks_;
  Link link_;
  io::Nursery nursery_;
  io::Deadline idle_;
  io::Deadline rest_;
  std::size_t running_ = 0;    // exchanges
  std::size_t answering_ = 0;  // of them, those that were not answered whole
  std::size_t heads_ = 0;      // bytes, of the requests that run
  std::optional<std::chrono::steady_clock::time_point> idle_since_;
};

}  // namespace sallyport::http2
