#pragma once
// The client's side of HTTP/1: requests of one connection, one by one, as Exchanges.
//
//   http1::Server server(stream, options);
//   while (true) {
//     auto next = co_await server.next();
//     if (!next) { ...refuse, record...; break; }
//     if (*next == nullptr) break;                  // The client is done.
//     co_await session.serve(**next);
//     if (!co_await server.finish()) break;         // Not to be reused.
//   }
//   co_await server.linger();                       // So that the last reply is not reset away.
//
// INVARIANT: one exchange at a time; the next head is not looked at before finish() said true.
// The stream outlives the server. Deadlines are the caller's: it closes the stream.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/http/exchange.h"
#include "proxy/http1/body_reader.h"
#include "proxy/http1/framing.h"
#include "proxy/http1/parser.h"
#include "proxy/http1/target.h"
#include "proxy/http1/wire.h"

namespace sallyport::http1 {

struct ServerOptions {
  std::string scheme = "http";  // "https" inside an opened connection
  HeadLimits limits;
  bool connect = true;  // CONNECT may be asked for: false inside a tunnel
};

class Server {
 public:
  Server(io::ByteStream& stream, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  class Exchange;

  // Until the first byte of the next request is there: true, or false at the end of the stream.
  // Kept apart from next(), because an idle connection has another deadline than a started head.
  Task<Result<bool>> wait_for_request();

  // The next request. Errors are the client's: see status_for(); nothing more can be read then.
  Task<Result<Exchange*>> next();
  // The same where all of its head is here already, or is no head; nothing where more must come.
  std::optional<Result<Exchange*>> next_now();

  // What is left of the current exchange is read away, within 256 KiB. True where the connection
  // may carry another request. REQUIRES: the exchange's tasks have ended.
  Task<Result<bool>> finish();
  // The same where nothing is left to be read; else nothing, and finish() has the answer.
  std::optional<bool> finish_now();

  // After the last reply: ends writing, and reads and drops what still comes until the client
  // closes. The caller's deadline bounds it.
  Task<void> linger();

  // CONNECT: "200", then the stream is the caller's, with bytes that came early.
  Task<Result<void>> accept_connect();
  std::string take_leftover();

  // A reply to a head that could not be read. The connection must be ended afterwards.
  Task<Result<void>> refuse(const http::ReplyHead& head, http::Body& body);

  // From now on every reply says "Connection: close".
  void drain() { draining_ = true; }

  // Gives back buffers, while the connection is idle.
  void release();

  Wire& wire() { return wire_; }
  io::ByteStream& stream() { return stream_; }

 private:
  friend class Exchange;
  Result<Exchange*> read_head(std::size_t size);

  io::ByteStream& stream_;
  ServerOptions options_;
  Wire wire_;
  std::unique_ptr<Exchange> current_;
  std::string out_;          // kept between replies for its memory
  std::size_t scanned_ = 0;  // bytes held in which no head ends
  bool skipped_ = false;     // an empty line before the next head
  bool draining_ = false;
};

class Server::Exchange final : public http::Exchange {
 public:
  Exchange(Server& server, http::RequestHead head, const Framing& framing, TargetForm form,
           int minor);
  ~Exchange() override;

  const http::RequestHead& request() const override { return head_; }
  // How the target was written: only a proxy request in absolute form, or one for the gateway
  // itself.
  TargetForm form() const { return form_; }
  http::Body& body() override;
  Task<Result<void>> inform(const http::ReplyHead& head) override;
  Task<Result<void>> respond(const http::ReplyHead& head, http::Body& body) override;
  bool responded() const override { return responded_; }
  std::uint64_t delivered() const override { return server_.stream_.delivered(); }
  Task<bool> client_gone() override;
  void stop_watching() override;
  bool client_left(bool half) const override;
  void on_abandoned(std::function<void()>) override {}
  void abort() override { server_.stream_.reset(); }

 private:
  friend class Server;
  class RequestBody final : public http::Body {
   public:
    RequestBody(Exchange& exchange, Wire& wire, const Framing& framing);
    Task<Result<http::Bytes>> read(std::size_t most) override;
    std::optional<Result<http::Bytes>> read_now(std::size_t most) override;
    std::optional<std::uint64_t> length() const override {
      if (none_) return 0;
      return length_;
    }
    bool none() const override { return none_; }
    bool ready() const override { return reader_.ready(); }
    // Trailers of requests end here (RFC 9110 section 6.5.1 lets them): an origin that merges them
    // into the head would see fields that no policy has seen (safety.md C0-4).
    const http::Headers* trailers() const override { return nullptr; }
    void stop() override { reader_.stop(); }

    BodyReader& reader() { return reader_; }
    bool upgrade() const { return upgrade_; }

   private:
    Exchange& exchange_;
    bool upgrade_;
    bool none_;
    std::optional<std::uint64_t> length_;
    BodyReader reader_;
  };

  // 100 Continue, when the body is first asked for.
  void invite();

  Server& server_;
  http::RequestHead head_;
  Framing framing_;
  TargetForm form_;
  int minor_;
  RequestBody body_;
  bool responded_ = false;
  bool complete_ = false;  // the reply was written whole
  bool close_after_ = false;
  bool writing_ = false;
  bool watching_ = false;
};

// The status that a failure to read a request is answered with: 400, 414, 417, 431, 505, ...
int status_for(const Error& error);

}  // namespace sallyport::http1
