#include "proxy/http2/server.h"

#include <algorithm>
#include <array>

#include "base/core/check.h"

namespace sallyport::http2 {

namespace {
constexpr std::chrono::seconds kIdle{1};      // the next request of a page comes sooner
constexpr std::chrono::seconds kHearOut{1};   // for the rest of a request that was answered
constexpr std::size_t kHeardOut = 64 * 1024;  // bytes of it
constexpr std::size_t kSpare = 28;            // given up, beside those that may run
// Bytes of heads at once: 16 of the largest, or for each stream what is usual.
constexpr std::size_t kHeads = 16;
constexpr std::size_t kHead = 4096;
}  // namespace

class Server::Exchange final : public http::Exchange {
 public:
  Exchange(Server& server, std::shared_ptr<Stream> stream, FieldBlock::Request request)
      : server_(server),
        stream_(std::move(stream)),
        head_(std::move(request.head)),
        body_(stream_, Side::client, request.length, !head_.upgrade.empty()) {
    stream_->owner = this;
    ++server_.answering_;
    if (head_.expects_continue) {
      body_.invite = [this] { invite(); };
    }
  }
  ~Exchange() override {
    stream_->owner = nullptr;
    if (!answered_) --server_.answering_;
  }

  const http::RequestHead& request() const override { return head_; }
  http::Body& body() override { return body_; }
  bool responded() const override { return responded_; }
  std::uint64_t delivered() const override { return stream_->sent; }

  Task<Result<void>> inform(const http::ReplyHead& head) override {
    if (!responded_ && head.status != 100 && !stream_->closed) {
      server_.link_.submit_interim(*stream_, reply_fields(head, std::nullopt));
    }
    co_return Result<void>{};
  }

  Task<Result<void>> respond(const http::ReplyHead& head, http::Body& body) override {
    CHECK(!responded_);
    const auto gone = [] {
      return fail(ErrorKind::reset, Side::client, "the client reset the stream");
    };
    if (stream_->closed) co_return gone();
    responded_ = true;
    // RFC 9110 section 8.6: what a GET would have announced. 204 and 1xx have no length.
    std::optional<std::uint64_t> length = body.length();
    const bool bare = head.status == 204 || head.upgraded;
    if (bare || (head.status == 304 && length == std::uint64_t{0})) length.reset();
    const bool has_body = head.upgraded || (!body.none() && head_.method != "HEAD" &&
                                            head.status != 204 && head.status != 304);
    if (!server_.link_.submit_reply(*stream_, reply_fields(head, length), has_body))
      co_return gone();
    if (!has_body) {
      while (!stream_->closed && !stream_->out_ended && stream_->code == Code::no_error) {
        co_await stream_->drained.wait();
      }
      if (!stream_->out_ended) co_return gone();
      co_return Result<void>{};
    }
    announced_ = length;
    sending_ = &body;
    Link::Copied copied = co_await server_.link_.send_body(stream_, body);
    sending_ = nullptr;
    if (!copied.result) {
      if (stream_->closed && took_all()) co_return Result<void>{};
      // Only a reset tells the client that the rest is missing.
      server_.link_.reset(*stream_, Code::internal_error);
      if (!copied.body_failed) co_return gone();
      co_return std::move(copied.result);
    }
    co_return Result<void>{};
  }

  // Told by on_abandoned() at once; there is nothing to watch.
  Task<bool> client_gone() override { co_return false; }
  void stop_watching() override {}
  void on_abandoned(std::function<void()> callback) override { abandoned_ = std::move(callback); }
  void abort() override { server_.link_.reset(*stream_, Code::cancel); }
  bool hand_back() override {
    if (responded_ || stream_->closed) return false;
    stream_->charged = true;  // It is no fault of the client's.
    server_.link_.reset(*stream_, Code::refused_stream);
    return true;
  }

  // The stream was closed. A client that leaves with all that was announced has what it asked for:
  // many do not wait for END_STREAM, and nobody waits for the origin's.
  void closed() {
    if (stream_->out_ended) {
      answered_ = true;
      --server_.answering_;
      return;
    }
    if (!took_all()) {
      if (abandoned_) abandoned_();
    } else if (sending_ != nullptr) {
      sending_->stop();
    }
  }

 private:
  bool took_all() const {
    return stream_->out_ended || (stream_->sent > 0 && announced_ == stream_->sent);
  }

  void invite() {
    if (responded_ || stream_->closed) return;
    http::ReplyHead head;
    head.status = 100;
    server_.link_.submit_interim(*stream_, reply_fields(head, std::nullopt));
  }

  Server& server_;
  std::shared_ptr<Stream> stream_;
  http::RequestHead head_;
  InBody body_;
  std::function<void()> abandoned_;
  http::Body* sending_ = nullptr;
  std::optional<std::uint64_t> announced_;  // bytes of the body that is sent
  bool responded_ = false;
  bool answered_ = false;
};

Server::Server(io::Worker& worker, io::ByteStream& stream, ServerOptions options, Hooks hooks)
    : worker_(worker),
      options_([&] {
        options.link.server = true;
        return options;
      }()),
      hooks_(std::move(hooks)),
      link_(worker, stream, options_.link,
            Link::Events{[this](std::shared_ptr<Stream> one, FieldBlock& block, bool) {
                           begin(std::move(one), block);
                         },
                         [this](std::shared_ptr<Stream> one) { closed(one); }, nullptr}),
      nursery_(worker.executor()),
      idle_(worker.deadlines(), [this] { link_.terminate(Code::no_error, ""); }),
      rest_(worker.deadlines(), [this] { link_.release(); }) {}

Server::~Server() = default;

void Server::begin(std::shared_ptr<Stream> stream, FieldBlock& block) {
  // Trailers: nobody above sees them.
  if (stream->owner != nullptr || stream->closed || stream->known) return;
  stream->known = true;
  const std::size_t head = block.bytes();
  const std::size_t most_heads =
      std::max(kHeads * options_.link.heads.head, kHead * options_.link.streams);
  if (answering_ >= options_.link.streams + kSpare || heads_ + head > most_heads) {
    worker_.metrics().add(Metric::http2_streams_refused_total);
    link_.reset(*stream, Code::refused_stream);
    return;
  }
  Result<FieldBlock::Request> request = block.take_request();
  if (request && !request->head.upgrade.empty() && stream->in_ended) {
    request = fail(ErrorKind::http_framing, Side::client, "a WebSocket that has ended");
  }
  idle_.clear();
  rest_.clear();
  idle_since_.reset();
  ++running_;
  if (!request) {
    nursery_.start(refuse(std::move(stream), std::move(request.error())));
    return;
  }
  heads_ += head;
  nursery_.start(serve(std::move(stream), std::move(*request), head));
}

void Server::closed(const std::shared_ptr<Stream>& stream) {
  if (stream->owner != nullptr) {
    static_cast<Exchange*>(stream->owner)->closed();
    return;
  }
  // Reset by nghttp2 before it was a request: what it found is no request.
  if (!stream->known && !stream->peer_reset && stream->code == Code::protocol_error) {
    stream->known = true;
    ++running_;
    nursery_.start(refuse(
        stream, Error{ErrorKind::http_syntax, Side::client, false, "fields that are no request"}));
  }
}

Task<void> Server::serve(std::shared_ptr<Stream> stream, FieldBlock::Request request,
                         std::size_t head) {
  {
    Exchange exchange(*this, stream, std::move(request));
    co_await hooks_.serve(exchange);
  }
  co_await hear_out(*stream);
  over(*stream, head);
}

Task<void> Server::refuse(std::shared_ptr<Stream> stream, Error error) {
  if (stream->closed) {
    co_await hooks_.refused(error, nullptr);
  } else {
    FieldBlock::Request unknown;
    unknown.head.scheme = "https";
    Exchange exchange(*this, stream, std::move(unknown));
    co_await hooks_.refused(error, &exchange);
  }
  over(*stream, 0);
}

// RFC 9113 section 8.1 lets a server answer before a request has come as a whole, and ask for no
// more of it by a reset. Clients take that in the midst of their last bytes for an error; so what
// is short is let come to its end. What is long is not: its window stays shut behind kHeardOut.
Task<void> Server::hear_out(Stream& stream) {
  if (stream.closed || !stream.out_ended || stream.in_ended || stream.in_dropped) co_return;
  bool late = false;
  io::Deadline patience(worker_.deadlines(), [&] {
    late = true;
    stream.arrived.notify();
  });
  patience.set(kHearOut);
  while (!late && !stream.closed && !stream.in_ended && stream.inbox.size() < kHeardOut) {
    co_await stream.arrived.wait();
  }
}

// An exchange has ended: nothing of its stream may be left open.
void Server::over(Stream& stream, std::size_t head) {
  heads_ -= head;
  if (!stream.closed) {
    // RFC 9113 section 8.1: a whole reply, and no need of the rest of the request.
    link_.reset(stream, stream.out_ended ? Code::no_error : Code::cancel);
  }
  --running_;
  if (running_ == 0) fell_idle();
}

void Server::fell_idle() {
  idle_since_ = worker_.clock().steady();
  idle_.set(options_.idle);
  rest_.set(options_.release);
}

bool Server::end_if_idle() {
  if (!idle_since_ || worker_.clock().steady() - *idle_since_ < kIdle) return false;
  idle_since_.reset();
  link_.terminate(Code::no_error, "");
  return true;
}

Task<void> Server::run() {
  fell_idle();
  co_await link_.run();
  co_await nursery_.join();
  idle_.clear();
  rest_.clear();
}

// Closing with bytes unread would reset the connection, and with it what the client has not read.
Task<void> Server::linger() {
  io::ByteStream& stream = link_.stream();
  if (!stream.is_open()) co_return;
  stream.resume_reading();
  io::Deadline patience(worker_.deadlines(), [&stream] { stream.close(); });
  patience.set(options_.linger);
  stream.end_writing();
  while (stream.unsent()) {
    Result<void> sent = co_await stream.writable();
    if (!sent) co_return;
  }
  std::array<std::byte, 2048> dropped;
  io::FairTurns turns;
  while (true) {
    if (turns.due()) co_await io::yield();
    Result<std::size_t> got = co_await io::read_some(stream, dropped);
    if (!got || *got == 0) co_return;
  }
}

}  // namespace sallyport::http2
