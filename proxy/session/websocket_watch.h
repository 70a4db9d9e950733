#pragma once
// Both directions of a WebSocket as they pass: counted by frames, shown to whoever looks into
// messages, and cut off where they are no WebSocket. It works on the bodies of an upgraded
// exchange, so it does not matter what carries them.
//
// INVARIANT: what is passed on is what came, byte for byte and at once, up to the first byte of a
// frame that breaks RFC 6455. No byte of the client's passes before begin(): policies have judged
// the reply by then.
//
//   WebsocketWatch watch(event, metrics, settings.messages, settings.message_bounds);
//   sender.send(request, watch.upload(exchange.body()), ...);
//   watch.begin(request, reply.head);
//   exchange.respond(reply.head, watch.download(*reply.body));
//   if (watch.cut()) ...
//
// Lives as long as whoever reads the bodies. One thread.

#include <cstdint>
#include <optional>
#include <string>

#include "base/core/metrics.h"
#include "base/http/exchange.h"
#include "base/io/signal.h"
#include "base/websocket/frame_reader.h"
#include "base/websocket/message_reader.h"
#include "discovery/events/event.h"

namespace sallyport::session {

// Looks into messages. Called on the worker's thread while they pass, so it must not wait.
class MessageInspector {
 public:
  enum class Answer : std::uint8_t { pass, cut };
  virtual ~MessageInspector() = default;

  // A message has come whole. With Answer::cut its last bytes never leave, and both sides are cut
  // off. Where message.unreadable or message.fault, nobody knows what it says.
  virtual Answer look(const policy::Activity& activity, const websocket::Message& message) = 0;
};

class WebsocketWatch {
 public:
  WebsocketWatch(discovery::Event& event, MetricSet& metrics, MessageInspector* inspector,
                 const websocket::MessageBounds& bounds);
  ~WebsocketWatch();
  WebsocketWatch(const WebsocketWatch&) = delete;
  WebsocketWatch& operator=(const WebsocketWatch&) = delete;

  // Once each.
  http::Body& upload(http::Body& client);
  http::Body& download(http::Body& origin);

  // There was a switch of protocols. Fills event.websocket from now on.
  void begin(const http::RequestHead& request, const http::ReplyHead& reply);

  enum class Cut : std::uint8_t { no, faulty, inspected };
  // Why it was ended by us.
  Cut cut() const { return cut_; }
  const std::string& why() const { return why_; }

 private:
  class Watched final : public http::Body {
   public:
    Watched(WebsocketWatch& watch, websocket::Sender sender, http::Body& inner)
        : watch_(watch), sender_(sender), inner_(inner) {}
    Task<Result<http::Bytes>> read(std::size_t most) override;
    std::optional<std::uint64_t> length() const override { return inner_.length(); }
    bool none() const override { return inner_.none(); }
    bool ready() const override { return frames_ && inner_.ready(); }
    bool may_have_trailers() const override { return inner_.may_have_trailers(); }
    const http::Headers* trailers() const override { return inner_.trailers(); }
    void stop() override;
    void begin(const websocket::Extensions& extensions, MessageInspector* inspector);

   private:
    std::size_t look(http::Bytes chunk);
    bool count_payload();
    void note_close();
    void note(websocket::Fault fault);
    discovery::WebsocketFacts::Direction& facts();

    WebsocketWatch& watch_;
    const websocket::Sender sender_;
    http::Body& inner_;
    io::Signal begun_;
    bool stopped_ = false;
    std::uint64_t message_ = 0;  // bytes of the one at hand
    websocket::Opcode kind_ = websocket::Opcode::text;
    std::optional<websocket::FrameReader> frames_;
    std::optional<websocket::MessageReader> messages_;  // where somebody looks into them
  };

  void end(Cut cut, std::string why);

  discovery::Event& event_;
  MetricSet& metrics_;
  MessageInspector* inspector_;
  const websocket::MessageBounds& bounds_;
  websocket::Extensions extensions_;
  bool begun_ = false;
  std::optional<Watched> upload_;
  std::optional<Watched> download_;
  Cut cut_ = Cut::no;
  std::string why_;
};

}  // namespace sallyport::session
