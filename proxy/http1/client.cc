#include "proxy/http1/client.h"

#include <array>
#include <chrono>
#include <optional>
#include <span>

#include "base/core/check.h"
#include "base/core/text.h"
#include "base/crypto/websocket_key.h"
#include "proxy/http1/framing.h"

namespace sallyport::http1 {

namespace {
constexpr int kMostInterim = 16;                          // 1xx replies before a final one
constexpr std::chrono::milliseconds kContinueWait{1000};  // RFC 9110 section 10.1.1: not for ever
}  // namespace

class Client::ReplyBody final : public http::Body {
 public:
  ReplyBody(std::shared_ptr<Client> client, const ReplyFraming& framing, bool upgraded,
            io::Nursery& nursery)
      : client_(std::move(client)),
        kind_(upgraded ? BodyKind::until_close : framing.kind),
        announced_(framing.announced && !upgraded ? std::optional(framing.length) : std::nullopt),
        reader_(client_->wire_, Side::origin, kind_, framing.length) {
    if (kind_ == BodyKind::none) {
      finish();
    } else {
      on_cancel_.emplace(nursery, [this] { client_->abort(); });
    }
  }
  ~ReplyBody() override {
    if (client_) client_->reply_over(false);
  }

  Task<Result<http::Bytes>> read(std::size_t most) override {
    Result<http::Bytes> chunk = co_await reader_.read(most);
    if (chunk && chunk->empty()) finish();
    co_return chunk;
  }
  std::optional<Result<http::Bytes>> read_now(std::size_t most) override {
    std::optional<Result<http::Bytes>> chunk = reader_.read_now(most);
    if (chunk && *chunk && (*chunk)->empty()) finish();
    return chunk;
  }
  // Nothing where nothing was announced, also for a reply to HEAD (RFC 9110 section 8.6).
  std::optional<std::uint64_t> length() const override { return announced_; }
  bool none() const override { return kind_ == BodyKind::none; }
  bool ready() const override { return reader_.ready(); }
  const http::Headers* trailers() const override { return reader_.trailers(); }
  void stop() override { reader_.stop(); }

 private:
  void finish() {
    if (!client_) return;
    on_cancel_.reset();
    reader_.settle();
    auto client = std::move(client_);
    client_ = nullptr;
    kept_ = client;  // The reader still refers to its wire.
    client->reply_over(true);
  }

  std::shared_ptr<Client> client_;
  std::shared_ptr<Client> kept_;
  BodyKind kind_;
  std::optional<std::uint64_t> announced_;
  BodyReader reader_;
  std::optional<io::Nursery::OnCancel> on_cancel_;
};

Client::Client(io::Worker& worker, std::unique_ptr<io::ByteStream> stream, ClientOptions options)
    : worker_(worker), options_(options), stream_(std::move(stream)), wire_(*stream_) {}

Client::~Client() { stream_->close(); }

void Client::abort() {
  state_ = State::broken;
  stream_->close();
  continued_.notify();
}

bool Client::still_quiet() {
  if (state_ != State::idle || !stream_->is_open() || !wire_.held().empty()) return false;
  stream_->look_again();
  std::byte probe[1];
  const auto outcome = stream_->try_read(probe);
  return outcome.status == io::ByteStream::Status::would_block;
}

Task<void> Client::push(std::shared_ptr<Client>, http::Body& body, OutFraming framing, bool wait) {
  if (wait) {
    Result<void> sent = co_await io::write_all(*stream_, io::as_bytes(out_));
    out_.clear();
    if (sent) {
      // Woken by 100, by a final reply, by the end of patience, or by abort().
      io::Deadline patience(worker_.deadlines(), [this] { continued_.notify(); });
      patience.set(kContinueWait);
      co_await continued_.wait();
      waiting_for_continue_ = false;
      if (heard_ || state_ != State::busy) {  // Final without the body: it is not wanted.
        request_body_ = nullptr;
        co_return;
      }
    }
  }
  Copied copied = co_await write_message(*stream_, out_, body, framing);
  request_body_ = nullptr;
  if (!copied.result) {
    push_failure_ = std::make_unique<Error>(std::move(copied.result.error()));
    push_blames_body_ = copied.body_failed;
    if (copied.body_failed) {
      // Half a request must not look like a whole one.
      abort();
    }
    // Otherwise the origin stopped reading; it may have answered early, and that is worth hearing.
    co_return;
  }
  request_done_ = true;
  if (framing.kind == BodyKind::until_close) stream_->end_writing();
  settle();
}

Task<Result<http::Reply>> Client::send(const http::RequestHead& request, http::Body& body,
                                       http::Interim& interim, io::Nursery& nursery) {
  CHECK(state_ == State::idle && request.method != "CONNECT");
  state_ = State::busy;
  const bool reused = exchanges_++ > 0;
  heard_ = request_done_ = reply_done_ = keep_alive_ = false;
  push_failure_.reset();
  push_blames_body_ = false;
  continued_.reset();
  const bool upgrade = !request.upgrade.empty();
  const OutFraming framing = upgrade ? OutFraming{} : frame_request(request.method, body);
  out_.clear();
  // RFC 8441 section 5: a WebSocket that came over HTTP/2 has no key; here it needs one.
  websocket_key_.clear();
  if (upgrade) {
    if (const auto key = request.headers.find("Sec-WebSocket-Key")) {
      websocket_key_ = *key;
      append_request_head(out_, request, framing, false);
    } else {
      http::RequestHead keyed = request;
      websocket_key_ = new_websocket_key();
      keyed.headers.add("Sec-WebSocket-Key", websocket_key_);
      append_request_head(out_, keyed, framing, false);
    }
  } else {
    append_request_head(out_, request, framing, false);
  }

  const io::Nursery::OnCancel on_cancel(nursery, [this] { abort(); });
  bool bodied = false;
  if (framing.kind == BodyKind::none) {
    std::array<io::Bytes, 1> head{io::as_bytes(out_)};
    std::span<io::Bytes> left(head);
    std::optional<Result<void>> sent = io::write_now(*stream_, left);
    if (!sent) sent = co_await io::write_all(*stream_, left);
    if (!*sent) push_failure_ = std::make_unique<Error>(std::move(sent->error()));
    // Even so there may be a reply: a connection that the origin closed after saying why.
    request_done_ = push_failure_ == nullptr && !upgrade;
  } else {
    bodied = true;
    request_body_ = &body;
    waiting_for_continue_ = request.expects_continue;
    nursery.start(push(shared_from_this(), body, framing, request.expects_continue));
  }

  Result<http::Reply> reply = co_await receive(request, interim, nursery);
  if (!reply) {
    const ErrorKind kind = reply.error().kind;
    if (kind == ErrorKind::http_syntax || kind == ErrorKind::http_framing ||
        kind == ErrorKind::http_version || kind == ErrorKind::http_head_too_large) {
      worker_.metrics().add(Metric::reply_heads_refused_total);
    }
    abort();
    if (bodied) body.stop();
    Error error = std::move(reply.error());
    if (push_failure_ != nullptr && push_blames_body_) {
      error = *push_failure_;  // What broke it was the client, or we.
    } else {
      error.retry_fresh = reused && !heard_ && !bodied && !nursery.cancelled();
      if (nursery.cancelled()) error.kind = ErrorKind::cancelled;
    }
    co_return std::unexpected(std::move(error));
  }
  if (reply->head.upgraded) {
    request_body_ = &body;
    out_.clear();
    nursery.start(push(shared_from_this(), body, OutFraming{BodyKind::until_close, {}}, false));
  }
  co_return reply;
}

Task<Result<http::Reply>> Client::receive(const http::RequestHead& request, http::Interim& interim,
                                          io::Nursery& nursery) {
  std::optional<io::Deadline> patience;  // of one head
  for (int interims = 0;; ++interims) {
    std::size_t scanned = 0;
    std::size_t size = 0;
    while ((size = find_head_end(wire_.held(), scanned)) == 0) {
      if (wire_.full()) {
        co_return fail(ErrorKind::http_head_too_large, Side::origin, "reply head too large");
      }
      // Only where it did not come in one piece: a deadline is not free.
      if (!patience && !wire_.held().empty()) {
        patience.emplace(worker_.deadlines(), [this] { stream_->close(); });
        patience->set(options_.head);
      }
      Result<std::size_t> filled = co_await wire_.fill();
      if (patience && patience->expired()) {
        worker_.metrics().add(Metric::reply_heads_timed_out_total);
        co_return fail(ErrorKind::timed_out, Side::origin, "the head of the reply did not end");
      }
      if (!filled) {
        filled.error().side = Side::origin;
        co_return pass_on(std::move(filled));
      }
      if (*filled == 0) {
        co_return fail(ErrorKind::closed, Side::origin, "closed before a whole reply head");
      }
      heard_ = heard_ || !waiting_for_continue_;
    }
    patience.reset();
    Result<RawReply> raw = parse_reply_head(wire_.held().substr(0, size));
    if (!raw) {
      heard_ = true;
      co_return pass_on(std::move(raw));
    }
    Result<ReplyFraming> framing =
        reply_framing(request.method, raw->status, raw->minor, raw->headers);
    if (!framing) co_return pass_on(std::move(framing));
    http::Reply reply;
    reply.head.status = raw->status;
    if (raw->status == 101) {
      Result<void> allowed = check_upgrade(request, *raw);
      if (!allowed) co_return pass_on(std::move(allowed));
      reply.head.upgraded = true;
    }
    Result<void> stripped = strip_hop_by_hop(raw->headers, Side::origin);
    if (!stripped) co_return pass_on(std::move(stripped));
    reply.head.headers = std::move(raw->headers);
    wire_.consume(size);

    if (raw->status / 100 == 1 && raw->status != 101) {
      if (interims == kMostInterim) {
        co_return fail(ErrorKind::http_framing, Side::origin, "too many interim replies");
      }
      if (raw->status == 100) {
        if (waiting_for_continue_) continued_.notify();
      } else {
        Result<void> told = co_await interim.inform(reply.head);
        if (!told) {
          told.error().side = Side::client;
          co_return pass_on(std::move(told));
        }
      }
      continue;
    }
    heard_ = true;
    if (waiting_for_continue_) continued_.notify();
    keep_alive_ = framing->keep_alive && !reply.head.upgraded;
    reply.body =
        std::make_unique<ReplyBody>(shared_from_this(), *framing, reply.head.upgraded, nursery);
    co_return reply;
  }
}

// RFC 6455 section 4.1: without all of this the two sides could disagree about what follows.
Result<void> Client::check_upgrade(const http::RequestHead& request, const RawReply& reply) const {
  const auto refuse = [](const char* why) {
    return fail(ErrorKind::http_framing, Side::origin, why);
  };
  if (request.upgrade != "websocket") return refuse("101 without an upgrade");
  if (reply.minor < 1 || reply.headers.count("Upgrade") != 1 ||
      !iequals(*reply.headers.find("Upgrade"), "websocket") ||
      !reply.headers.list_has("Connection", "upgrade")) {
    return refuse("101 to something else");
  }
  const auto accept = reply.headers.find("Sec-WebSocket-Accept");
  if (!accept || reply.headers.count("Sec-WebSocket-Accept") != 1 ||
      *accept != websocket_accept(websocket_key_)) {
    return refuse("101 with a wrong accept key");
  }
  return {};
}

void Client::reply_over(bool clean) {
  reply_done_ = true;
  if (!clean) {
    abort();
  } else if (!request_done_) {
    // The reply ended before the request: the origin wants no more of it, and the connection cannot
    // be shared with what follows (safety.md C1, early response).
    abort();
  }
  if (request_body_ != nullptr) request_body_->stop();
  settle();
}

void Client::settle() {
  if (state_ != State::busy || !request_done_ || !reply_done_) return;
  // Surplus bytes would be read as the next reply.
  if (!keep_alive_ || !wire_.held().empty() || !stream_->is_open()) {
    state_ = State::broken;
    stream_->close();
    return;
  }
  state_ = State::idle;
  wire_.let_go();
  if (on_idle_) on_idle_(shared_from_this());
}

}  // namespace sallyport::http1
