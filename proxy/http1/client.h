#pragma once
// The origin's side of HTTP/1: one connection, one exchange at a time.
//
// INVARIANT: reusable() is true only while the connection is exactly between two messages: the last
// request left whole, its reply was read to its framed end, both sides keep alive, and nothing lies
// behind it. Anything else is closed, never guessed at (safety.md C1, connection reuse).
// Kept by shared_ptr, because a reply's body and the task that sends the request may each end last.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/http/exchange.h"
#include "base/io/stream.h"
#include "base/io/worker.h"
#include "proxy/http1/body_reader.h"
#include "proxy/http1/parser.h"
#include "proxy/http1/wire.h"
#include "proxy/http1/writer.h"

namespace sallyport::http1 {

struct ClientOptions {
  // First byte of a reply's head to its end, each interim reply for itself. When it begins is the
  // caller's to wait for.
  std::chrono::milliseconds head{30'000};
};

class Client : public std::enable_shared_from_this<Client> {
 public:
  Client(io::Worker& worker, std::unique_ptr<io::ByteStream> stream, ClientOptions options = {});
  ~Client();

  // As http::Origin::send. REQUIRES: reusable(). `request`, `body`: see there. The Error has
  // retry_fresh set where a reused connection died before a byte of the reply, and nothing of a
  // body was sent.
  Task<Result<http::Reply>> send(const http::RequestHead& request, http::Body& body,
                                 http::Interim& interim, io::Nursery& nursery);

  bool reusable() const { return state_ == State::idle; }
  // As reusable(), and the peer has neither closed nor said anything since. One recv(2).
  bool still_quiet();
  bool has_on_idle() const { return on_idle_ != nullptr; }
  // Called each time that the connection falls idle again; may keep the client for later.
  void on_idle(std::function<void(std::shared_ptr<Client>)> callback) {
    on_idle_ = std::move(callback);
  }

  // Gives back buffers while nobody uses the connection.
  void rest() { wire_.release(); }
  // Abrupt. What waits ends.
  void abort();

  io::ByteStream& stream() { return *stream_; }
  std::uint32_t exchanges() const { return exchanges_; }

 private:
  class ReplyBody;
  enum class State : std::uint8_t { idle, busy, broken };

  Task<void> push(std::shared_ptr<Client> self, http::Body& body, OutFraming framing, bool wait);
  Task<Result<http::Reply>> receive(const http::RequestHead& request, http::Interim& interim,
                                    io::Nursery& nursery);
  Result<void> check_upgrade(const http::RequestHead& request, const RawReply& reply) const;
  void reply_over(bool clean);
  void settle();

  io::Worker& worker_;
  ClientOptions options_;
  std::unique_ptr<io::ByteStream> stream_;
  Wire wire_;
  std::string out_;
  std::string websocket_key_;  // of the current request, "" for none
  State state_ = State::idle;
  std::uint32_t exchanges_ = 0;
  bool heard_ = false;  // a byte of the current reply has come
  bool request_done_ = false;
  bool reply_done_ = false;
  bool keep_alive_ = false;
  http::Body* request_body_ = nullptr;  // while it is being sent
  std::unique_ptr<Error> push_failure_;
  bool push_blames_body_ = false;
  io::Signal continued_;
  bool waiting_for_continue_ = false;
  std::function<void(std::shared_ptr<Client>)> on_idle_;
};

}  // namespace sallyport::http1
