#include "proxy/session/websocket_watch.h"

#include <algorithm>

#include "base/websocket/close.h"

namespace sallyport::session {

using websocket::Opcode;
using websocket::Sender;
using websocket::Step;

WebsocketWatch::WebsocketWatch(discovery::Event& event, MetricSet& metrics,
                               MessageInspector* inspector, const websocket::MessageBounds& bounds)
    : event_(event), metrics_(metrics), inspector_(inspector), bounds_(bounds) {}

WebsocketWatch::~WebsocketWatch() {
  if (!begun_) return;
  metrics_.add(Metric::websockets_open, -1);
  const discovery::WebsocketFacts& facts = *event_.websocket;
  metrics_.add(Metric::websocket_messages_total,
               static_cast<std::int64_t>(facts.client.messages + facts.origin.messages));
}

http::Body& WebsocketWatch::upload(http::Body& client) {
  return upload_.emplace(*this, Sender::client, client);
}

http::Body& WebsocketWatch::download(http::Body& origin) {
  Watched& body = download_.emplace(*this, Sender::server, origin);
  if (begun_) body.begin(extensions_, inspector_);
  return body;
}

void WebsocketWatch::begin(const http::RequestHead& request, const http::ReplyHead& reply) {
  constexpr std::string_view kField = "Sec-WebSocket-Extensions";
  extensions_ =
      websocket::agreed_extensions(request.headers.joined(kField), reply.headers.joined(kField));
  event_.websocket.emplace().compressed = extensions_.deflate.has_value();
  begun_ = true;
  metrics_.add(Metric::websockets_total);
  metrics_.add(Metric::websockets_open);
  if (upload_) upload_->begin(extensions_, inspector_);
}

void WebsocketWatch::end(Cut cut, std::string why) {
  if (cut_ != Cut::no) return;
  cut_ = cut;
  why_ = std::move(why);
}

void WebsocketWatch::Watched::begin(const websocket::Extensions& extensions,
                                    MessageInspector* inspector) {
  frames_.emplace(extensions.rules(sender_));
  if (inspector != nullptr) messages_.emplace(extensions, sender_, watch_.bounds_);
  begun_.notify();
}

void WebsocketWatch::Watched::stop() {
  stopped_ = true;
  begun_.notify();
  inner_.stop();
}

Task<Result<http::Bytes>> WebsocketWatch::Watched::read(std::size_t most) {
  if (!frames_ && !stopped_) co_await begun_.wait();
  if (!frames_) co_return fail(ErrorKind::cancelled, Side::ours, "the body was given up");
  if (watch_.cut_ == Cut::no) {
    Result<http::Bytes> chunk = co_await inner_.read(most);
    if (!chunk || chunk->empty()) co_return chunk;
    // What stands before a fault is passed on; the next read tells of it.
    const http::Bytes good = chunk->first(look(*chunk));
    if (!good.empty()) co_return good;
  }
  co_return fail(ErrorKind::http_framing, sender_ == Sender::client ? Side::client : Side::origin,
                 watch_.why_);
}

discovery::WebsocketFacts::Direction& WebsocketWatch::Watched::facts() {
  discovery::WebsocketFacts& facts = *watch_.event_.websocket;
  return sender_ == Sender::client ? facts.client : facts.origin;
}

// How many bytes at the front may be passed on.
std::size_t WebsocketWatch::Watched::look(http::Bytes chunk) {
  http::Bytes rest = chunk;
  while (true) {
    switch (frames_->next(rest)) {
      case Step::more:
        return chunk.size();
      case Step::frame:
        if (frames_->head().opcode != Opcode::continuation) kind_ = frames_->head().opcode;
        if (messages_) messages_->begin(frames_->head());
        break;
      case Step::payload:
        if (!count_payload()) return chunk.size() - rest.size() - frames_->payload().size();
        break;
      case Step::control:
        if (frames_->head().opcode == Opcode::close) note_close();
        break;
      case Step::fault:
        note(frames_->fault());
        watch_.metrics_.add(Metric::websocket_faults_total);
        watch_.end(Cut::faulty,
                   (sender_ == Sender::client ? "the client broke " : "the origin broke ") +
                       std::string(describe(frames_->fault())));
        return chunk.size() - rest.size();
    }
  }
}

// False where an inspector wants the message stopped.
bool WebsocketWatch::Watched::count_payload() {
  discovery::WebsocketFacts::Direction& told = facts();
  const std::size_t bytes = frames_->payload().size();
  told.bytes += bytes;
  message_ += bytes;
  told.largest = std::max(told.largest, message_);
  if (frames_->message_ended()) {
    ++told.messages;
    if (kind_ == Opcode::text) ++told.text;
    if (kind_ == Opcode::binary) ++told.binary;
    message_ = 0;
  }
  if (!messages_) return true;
  const websocket::Message* message = messages_->add(*frames_);
  if (message == nullptr) return true;
  if (message->fault) note(*message->fault);
  if (!message->whole) watch_.metrics_.add(Metric::websocket_messages_unread_total);
  if (watch_.inspector_->look(watch_.event_.activity, *message) == MessageInspector::Answer::pass) {
    return true;
  }
  watch_.end(Cut::inspected, "a message was not let through");
  return false;
}

void WebsocketWatch::Watched::note_close() {
  const websocket::Close close = websocket::parse_close(frames_->payload());
  if (close.fault) note(*close.fault);
  discovery::WebsocketFacts& told = *watch_.event_.websocket;
  if (!told.closed_by.empty()) return;
  told.closed_by = sender_ == Sender::client ? "client" : "origin";
  told.close_code = close.code;
}

void WebsocketWatch::Watched::note(websocket::Fault fault) {
  std::string& told = watch_.event_.websocket->fault;
  if (told.empty()) told = describe(fault);
}

}  // namespace sallyport::session
