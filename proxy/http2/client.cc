#include "proxy/http2/client.h"

#include <deque>

#include "base/core/check.h"
#include "base/io/deadline.h"

namespace sallyport::http2 {

namespace {
constexpr int kMostInterim = 16;                          // 1xx replies before a final one
constexpr std::chrono::milliseconds kContinueWait{1000};  // RFC 9110 section 10.1.1: not for ever

LinkOptions options() {
  LinkOptions options;
  // A reply that its client does not take holds no more of ours than this.
  options.stream_window = 64 * 1024;
  options.most_stream_window = 1024 * 1024;
  options.connection_window = 16 * 1024 * 1024;
  options.hold_connection_window = false;
  return options;
}
}  // namespace

// What a sender and the tasks of its exchange know of their stream.
struct Client::Use {
  Use() = default;
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  // Also where something throws: the stream may outlive it.
  ~Use() {
    if (stream) stream->owner = nullptr;
  }
  std::shared_ptr<Stream> stream;
  bool websocket = false;
  bool continued_waits = false;         // the body waits for 100 Continue
  std::deque<FieldBlock::Reply> heads;  // interim ones, and the final one
  std::optional<Error> fault;
  int interims = 0;
  bool final_came = false;
  http::Body* body = nullptr;  // while it is being sent
  bool body_touched = false;
  std::optional<Error> push_failure;  // of the body
  io::Signal continued;
};

class Client::ReplyBody final : public http::Body {
 public:
  ReplyBody(std::shared_ptr<Client> client, std::shared_ptr<Use> use,
            std::optional<std::uint64_t> length, bool upgraded, io::Nursery& nursery)
      : client_(std::move(client)),
        use_(std::move(use)),
        body_(use_->stream, Side::origin, length, upgraded) {
    on_cancel_.emplace(nursery, [this] { client_->link_.reset(*use_->stream, Code::cancel); });
  }
  ~ReplyBody() override {
    on_cancel_.reset();
    Stream& stream = *use_->stream;
    stream.owner = nullptr;
    if (use_->body != nullptr) use_->body->stop();
    if (stream.closed) return;
    // The reply is over before the request, or nobody wants the rest.
    client_->link_.reset(stream, body_.ended() && stream.out_ended ? Code::no_error : Code::cancel);
  }

  Task<Result<http::Bytes>> read(std::size_t most) override { return body_.read(most); }
  std::optional<std::uint64_t> length() const override { return body_.length(); }
  bool none() const override { return body_.none(); }
  bool ready() const override { return body_.ready(); }
  bool may_have_trailers() const override { return body_.may_have_trailers(); }
  bool at_end() const override { return body_.at_end(); }
  const http::Headers* trailers() const override { return body_.trailers(); }
  void stop() override { body_.stop(); }

 private:
  std::shared_ptr<Client> client_;
  std::shared_ptr<Use> use_;
  InBody body_;
  std::optional<io::Nursery::OnCancel> on_cancel_;
};

Client::Client(io::Worker& worker, std::unique_ptr<io::ByteStream> stream)
    : worker_(worker),
      stream_(std::move(stream)),
      link_(worker, *stream_, options(),
            Link::Events{[this](std::shared_ptr<Stream> one, FieldBlock& fields, bool ends) {
                           block(*one, fields, ends);
                         },
                         [this](std::shared_ptr<Stream>) { changed(); }, [this] { changed(); }}) {}

Client::~Client() { stream_->close(); }

void Client::start(io::Nursery& nursery) { nursery.start(run(shared_from_this())); }

Task<void> Client::run(std::shared_ptr<Client> self) {
  co_await self->link_.run();
  self->stream_->close();
  self->changed();
}

bool Client::usable() const {
  return !retired_ && !link_.over() && !link_.peer_goes_away() &&
         link_.open_streams() < link_.peer_streams() && exchanges_ < (1u << 29);
}

void Client::changed() {
  const auto callback = on_change_;  // It may be replaced or let us go.
  if (callback) (*callback)();
}

void Client::retire() {
  retired_ = true;
  link_.drain();
}

void Client::block(Stream& stream, FieldBlock& fields, bool ends) {
  Use* use = static_cast<Use*>(stream.owner);
  if (use == nullptr) return;
  if (use->final_came) {
    Result<http::Headers> trailers = fields.take_trailers();
    if (trailers && ends) stream.trailers = std::move(*trailers);
    if (!trailers || !ends) link_.reset(stream, Code::protocol_error);
    stream.arrived.notify();
    return;
  }
  Result<FieldBlock::Reply> reply = fields.take_reply();
  if (!reply) {
    use->fault = std::move(reply.error());
  } else if (reply->head.status / 100 == 1) {
    if (ends || ++use->interims > kMostInterim) {
      use->fault = Error{ErrorKind::http_framing, Side::origin, false,
                         ends ? "an interim reply that ends" : "too many interim replies"};
    } else if (reply->head.status == 100) {
      use->continued.notify();
    } else {
      use->heads.push_back(std::move(*reply));
    }
  } else {
    use->final_came = true;
    use->continued.notify();
    use->heads.push_back(std::move(*reply));
  }
  stream.arrived.notify();
}

Task<void> Client::push(std::shared_ptr<Client>, std::shared_ptr<Use> use, http::Body& body) {
  if (use->continued_waits) {
    io::Deadline patience(worker_.deadlines(), [use] { use->continued.notify(); });
    patience.set(kContinueWait);
    co_await use->continued.wait();
    if (use->final_came || use->stream->closed || use->stream->code != Code::no_error) {
      // The stream ends with the reply: half of it may still come.
      use->body = nullptr;
      co_return;
    }
  }
  use->body_touched = true;
  Link::Copied copied = co_await link_.send_body(use->stream, body);
  use->body = nullptr;
  if (copied.result || !copied.body_failed) co_return;
  use->push_failure = std::move(copied.result.error());
  // Half a request must not look like a whole one.
  link_.reset(*use->stream, Code::cancel);
}

Task<Result<http::Reply>> Client::send(const http::RequestHead& request, http::Body& body,
                                       http::Interim& interim, io::Nursery& nursery,
                                       Attempt& attempt) {
  CHECK(usable() && request.method != "CONNECT");
  ++exchanges_;
  const bool websocket = !request.upgrade.empty();
  const bool bodied = websocket || !body.none();
  std::optional<std::uint64_t> length;
  if (!websocket) {
    length = body.length();
    if (body.none()) {
      length.reset();
      if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
        length = 0;  // RFC 9110 section 8.6
      }
    }
  }
  auto use = std::make_shared<Use>();
  use->websocket = websocket;
  use->continued_waits = bodied && !websocket && request.expects_continue;
  use->stream = link_.submit_request(request_fields(request, length), bodied);
  if (use->stream == nullptr) {
    attempt.unprocessed = true;
    co_return fail(ErrorKind::closed, Side::origin, "the connection takes no more requests");
  }
  use->stream->owner = use.get();
  const io::Nursery::OnCancel on_cancel(nursery,
                                        [this, use] { link_.reset(*use->stream, Code::cancel); });
  if (bodied && !websocket) {
    use->body = &body;
    nursery.start(push(shared_from_this(), use, body));
  }
  Result<http::Reply> reply = co_await receive(use, interim, nursery);
  attempt.body_touched = use->body_touched;
  if (!reply) {
    Stream& stream = *use->stream;
    stream.owner = nullptr;
    attempt.unprocessed = stream.code == Code::refused_stream;
    attempt.wants_http1 = stream.code == Code::http_1_1_required;
    link_.reset(stream, Code::cancel);
    use->continued.notify();
    if (use->body != nullptr) body.stop();
    Error error = std::move(reply.error());
    if (use->push_failure) error = *use->push_failure;  // What broke it was the client, or we.
    if (nursery.cancelled()) error.kind = ErrorKind::cancelled;
    error.unprocessed = attempt.unprocessed && error.side == Side::origin;
    if (error.kind == ErrorKind::http_syntax || error.kind == ErrorKind::http_framing ||
        error.kind == ErrorKind::http_head_too_large) {
      worker_.metrics().add(Metric::reply_heads_refused_total);
    }
    co_return std::unexpected(std::move(error));
  }
  if (reply->head.upgraded) {
    use->body = &body;
    nursery.start(push(shared_from_this(), use, body));
  }
  co_return reply;
}

Task<Result<http::Reply>> Client::receive(const std::shared_ptr<Use>& use, http::Interim& interim,
                                          io::Nursery& nursery) {
  Stream& stream = *use->stream;
  while (true) {
    while (!use->heads.empty()) {
      FieldBlock::Reply head = std::move(use->heads.front());
      use->heads.pop_front();
      if (head.head.status / 100 == 1) {
        Result<void> told = co_await interim.inform(head.head);
        if (!told) {
          told.error().side = Side::client;
          co_return pass_on(std::move(told));
        }
        continue;
      }
      http::Reply reply;
      reply.head = std::move(head.head);
      reply.head.upgraded = use->websocket && reply.head.status / 100 == 2;
      if (reply.head.upgraded) reply.head.status = 101;  // as an upgrade says it
      reply.body = std::make_unique<ReplyBody>(shared_from_this(), use, head.length,
                                               reply.head.upgraded, nursery);
      co_return reply;
    }
    if (use->fault) co_return std::unexpected(*use->fault);
    if (use->push_failure) co_return std::unexpected(*use->push_failure);
    if (stream.closed || stream.code != Code::no_error) {
      const bool broken = stream.code == Code::protocol_error;
      co_return fail(
          broken         ? ErrorKind::http_framing
          : link_.over() ? ErrorKind::closed
                         : ErrorKind::reset,
          Side::origin,
          link_.over() && !link_.fault().empty() ? link_.fault() : "the stream was reset");
    }
    co_await stream.arrived.wait();
  }
}

}  // namespace sallyport::http2
