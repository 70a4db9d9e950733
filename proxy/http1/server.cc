#include "proxy/http1/server.h"

#include <array>

#include "base/core/check.h"
#include "base/core/text.h"
#include "base/crypto/websocket_key.h"
#include "proxy/http1/writer.h"

namespace sallyport::http1 {

namespace {
constexpr std::size_t kDrainLimit = 256 * 1024;  // bytes read away so that a connection may go on
}

int status_for(const Error& error) {
  switch (error.kind) {
    case ErrorKind::http_version:
      return 505;
    case ErrorKind::http_target_too_long:
      return 414;
    case ErrorKind::http_head_too_large:
      return 431;
    case ErrorKind::http_expectation:
      return 417;
    case ErrorKind::http_unsupported:
      return 501;
    case ErrorKind::timed_out:
      return 408;
    default:
      return 400;
  }
}

Server::Exchange::RequestBody::RequestBody(Exchange& exchange, Wire& wire, const Framing& framing)
    : exchange_(exchange),
      upgrade_(!framing.upgrade.empty()),
      none_(framing.kind == BodyKind::none && !upgrade_),
      length_(framing.kind == BodyKind::length ? std::optional(framing.length) : std::nullopt),
      reader_(wire, Side::client, upgrade_ ? BodyKind::until_close : framing.kind, framing.length) {
}

Task<Result<http::Bytes>> Server::Exchange::RequestBody::read(std::size_t most) {
  if (exchange_.framing_.expects_continue) exchange_.invite();
  co_return co_await reader_.read(most);
}

std::optional<Result<http::Bytes>> Server::Exchange::RequestBody::read_now(std::size_t most) {
  if (exchange_.framing_.expects_continue) return std::nullopt;
  return reader_.read_now(most);
}

void Server::release() {
  std::string().swap(out_);  // Assigning an empty one would keep the memory.
  wire_.release();
}

Server::Exchange::Exchange(Server& server, http::RequestHead head, const Framing& framing,
                           TargetForm form, int minor)
    : server_(server),
      head_(std::move(head)),
      framing_(framing),
      form_(form),
      minor_(minor),
      body_(*this, server.wire_, framing_) {}

Server::Exchange::~Exchange() = default;

http::Body& Server::Exchange::body() { return body_; }

void Server::Exchange::invite() {
  framing_.expects_continue = false;
  if (responded_ || writing_) return;
  // 25 bytes into a socket that has sent nothing for this request yet. Where even they do not fit,
  // the client goes on by its own timer (RFC 9110 section 10.1.1), unless part of the line has
  // left.
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  const std::array<io::Bytes, 1> pieces{io::as_bytes(kContinue)};
  const auto outcome = server_.stream_.try_write(pieces);
  if (outcome.status == io::ByteStream::Status::moved && outcome.bytes < kContinue.size()) {
    server_.stream_.close();
  }
}

Task<Result<void>> Server::Exchange::inform(const http::ReplyHead& head) {
  // HTTP/1.0 knows no interim replies (RFC 9110 section 15.2).
  if (minor_ < 1 || responded_) co_return Result<void>{};
  if (head.status == 100) co_return Result<void>{};  // Ours to send: see invite().
  writing_ = true;
  std::string text;
  append_reply_head(text, head, OutFraming{}, false, false);
  Result<void> sent = co_await io::write_all(server_.stream_, io::as_bytes(text));
  writing_ = false;
  co_return sent;
}

Task<Result<void>> Server::Exchange::respond(const http::ReplyHead& head, http::Body& body) {
  CHECK(!responded_);
  // A client that still waits for 100 may or may not send its body now: nobody can tell what the
  // next bytes would be (RFC 9110 section 10.1.1), so the connection ends with this reply.
  const bool undecided = framing_.expects_continue;
  const bool keeps_alive_of_old = minor_ < 1 && framing_.keep_alive;
  OutFraming framing = frame_reply(head_.method, head.status, body, minor_ >= 1);
  if (head.upgraded) framing.kind = BodyKind::until_close;
  close_after_ = !framing_.keep_alive || server_.draining_ || undecided ||
                 framing.kind == BodyKind::until_close;
  responded_ = true;

  std::string& out = server_.out_;
  out.clear();
  const auto key = head_.headers.find("Sec-WebSocket-Key");
  if (head.upgraded && key && !head.headers.has("Sec-WebSocket-Accept")) {
    // The origin took it over HTTP/2, where the key has no answer.
    http::ReplyHead answered = head;
    answered.headers.add("Sec-WebSocket-Accept", websocket_accept(*key));
    append_reply_head(out, answered, framing, close_after_, keeps_alive_of_old);
  } else {
    append_reply_head(out, head, framing, close_after_, keeps_alive_of_old);
  }
  Copied copied = co_await write_message(server_.stream_, out, body, framing);
  if (!copied.result) {
    // The client has a head and part of a body: only an abrupt end tells it that the rest is
    // missing.
    server_.stream_.close();
    if (!copied.body_failed) copied.result.error().side = Side::client;
    co_return std::move(copied.result);
  }
  complete_ = true;
  co_return Result<void>{};
}

Task<bool> Server::Exchange::client_gone() {
  watching_ = true;
  // A pipelined request is here already: such a client is there.
  while (watching_ && server_.wire_.held().empty()) {
    const auto outcome = server_.wire_.try_fill();
    if (outcome.status == io::ByteStream::Status::moved) co_return false;
    if (outcome.status != io::ByteStream::Status::would_block) co_return true;
    Result<void> waited = co_await server_.stream_.readable();
    if (!waited) co_return watching_&& waited.error().kind != ErrorKind::cancelled;
  }
  co_return false;
}

void Server::Exchange::stop_watching() {
  if (!watching_) return;
  watching_ = false;
  server_.stream_.stop_reading();
}

bool Server::Exchange::client_left(bool half) const { return server_.stream_.peer_left(half); }

Server::Server(io::ByteStream& stream, ServerOptions options)
    : stream_(stream), options_(std::move(options)), wire_(stream) {}

Server::~Server() = default;

Task<Result<bool>> Server::wait_for_request() {
  if (!wire_.held().empty()) co_return true;
  Result<std::size_t> filled = co_await wire_.fill();
  if (!filled) {
    filled.error().side = Side::client;
    co_return pass_on(std::move(filled));
  }
  co_return *filled > 0;
}

std::optional<Result<Server::Exchange*>> Server::next_now() {
  CHECK(current_ == nullptr);
  // RFC 9112 section 2.2: one empty line before a request is forgiven.
  if (!skipped_ && wire_.held().starts_with("\r\n")) {
    wire_.consume(2);
    skipped_ = true;
  }
  const std::string_view held = wire_.held();
  // No head begins with anything but a token byte; told at once, not after a timeout. The preface
  // of HTTP/2 is one (RFC 9113 section 3.4).
  if (!held.empty() && !http::is_token(held.substr(0, 1)) &&
      !(held[0] == '\r' && held.size() == 1)) {
    return fail(ErrorKind::http_syntax, Side::client, "no request line");
  }
  const std::size_t size = find_head_end(held, scanned_);
  if (size > 0) return read_head(size);
  if (held.size() > options_.limits.target + 64 &&
      held.substr(0, options_.limits.target + 64).find("\r\n") == std::string_view::npos) {
    return fail(ErrorKind::http_target_too_long, Side::client, "request line too long");
  }
  if (held.size() >= options_.limits.head || wire_.full()) {
    return fail(ErrorKind::http_head_too_large, Side::client, "head too large");
  }
  return std::nullopt;
}

Task<Result<Server::Exchange*>> Server::next() {
  while (true) {
    std::optional<Result<Exchange*>> at_hand = next_now();
    if (at_hand) co_return std::move(*at_hand);
    Result<std::size_t> filled = co_await wire_.fill();
    if (!filled) {
      filled.error().side = Side::client;
      co_return pass_on(std::move(filled));
    }
    if (*filled == 0) {
      if (wire_.held().empty()) co_return nullptr;
      co_return fail(ErrorKind::closed, Side::client, "the stream ended inside a head");
    }
  }
}

// The head of `size` bytes at the front of the wire.
Result<Server::Exchange*> Server::read_head(std::size_t size) {
  Result<RawRequest> raw = parse_request_head(wire_.held().substr(0, size), options_.limits);
  if (!raw) return pass_on(std::move(raw));
  Result<Framing> framing = request_framing(raw->method, raw->minor, raw->headers);
  if (!framing) return pass_on(std::move(framing));
  Result<Target> target =
      parse_target(raw->method, raw->target, raw->minor, raw->headers, options_.scheme);
  if (!target) return pass_on(std::move(target));
  // A tunnel inside an opened connection would be one that nobody has decided about.
  if (target->form == TargetForm::authority && (options_.scheme == "https" || !options_.connect)) {
    return fail(ErrorKind::http_unsupported, Side::client, "CONNECT inside CONNECT");
  }

  http::RequestHead head;
  head.method = std::move(raw->method);
  head.scheme = std::move(target->scheme);
  head.authority = target->authority;
  head.path = std::move(target->path);
  head.upgrade = framing->upgrade;
  head.expects_continue = framing->expects_continue;
  head.headers = std::move(raw->headers);
  // Carried apart from the fields, so that it cannot travel on with them.
  const auto credentials = head.headers.find("Proxy-Authorization");
  head.proxy_authorization = credentials ? std::string(*credentials) : std::string();
  Result<void> stripped = strip_hop_by_hop(head.headers, Side::client);
  if (!stripped) return pass_on(std::move(stripped));
  head.headers.remove("Host");
  head.headers.remove("Expect");
  if (head.upgrade.empty()) {
    head.headers.remove_if([](const http::Headers::Field& field) {
      return istarts_with(field.name, "sec-websocket-");
    });
  }
  wire_.consume(size);
  scanned_ = 0;
  skipped_ = false;
  current_ = std::make_unique<Exchange>(*this, std::move(head), *framing, target->form, raw->minor);
  return current_.get();
}

std::optional<bool> Server::finish_now() {
  CHECK(current_ != nullptr);
  Exchange::RequestBody& body = current_->body_;
  body.reader().settle();
  const bool upgraded = body.upgrade() && current_->close_after_;
  const bool reusable =
      current_->complete_ && !current_->close_after_ && !upgraded && stream_.is_open();
  stream_.resume_reading();
  if (reusable && !body.upgrade() && !body.reader().done()) return std::nullopt;
  current_.reset();
  return reusable;
}

Task<Result<bool>> Server::finish() {
  if (const std::optional<bool> at_once = finish_now()) co_return *at_once;
  // The reader may have been stopped in the middle; what it has not read is read away by a fresh
  // look at the same state.
  BodyReader& reader = current_->body_.reader();
  reader.resume();
  bool reusable = true;
  std::size_t drained = 0;
  while (reusable) {
    Result<http::Bytes> chunk = co_await reader.read(Wire::kCapacity);
    if (chunk && chunk->empty()) break;
    if (chunk) drained += chunk->size();
    reusable = chunk && drained <= kDrainLimit;
  }
  reader.settle();
  current_.reset();
  co_return reusable;
}

Task<void> Server::linger() {
  if (!stream_.is_open()) co_return;
  stream_.resume_reading();
  stream_.end_writing();
  while (stream_.unsent()) {
    Result<void> sent = co_await stream_.writable();
    if (!sent) break;
  }
  // As much as comes until the caller's deadline: closing with bytes unread would reset the
  // connection, and with it the reply that the client has not read yet.
  while (true) {
    wire_.consume(wire_.held().size());
    Result<std::size_t> filled = co_await wire_.fill();
    if (!filled || *filled == 0) break;
  }
  stream_.close();
}

Task<Result<void>> Server::accept_connect() {
  CHECK(current_ != nullptr);
  current_->responded_ = true;
  // RFC 9110 section 9.3.6: no framing fields in a 2xx to CONNECT.
  const std::string reply = "HTTP/1.1 200 Connection established\r\n\r\n";
  co_return co_await io::write_all(stream_, io::as_bytes(reply));
}

std::string Server::take_leftover() {
  std::string leftover(wire_.held());
  wire_.consume(leftover.size());
  current_.reset();
  return leftover;
}

Task<Result<void>> Server::refuse(const http::ReplyHead& head, http::Body& body) {
  std::string out;
  const OutFraming framing = frame_reply("GET", head.status, body, false);
  append_reply_head(out, head, framing, true, false);
  Copied copied = co_await write_message(stream_, out, body, framing);
  co_return std::move(copied.result);
}

}  // namespace sallyport::http1
