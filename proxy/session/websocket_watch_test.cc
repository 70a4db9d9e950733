// WebSockets through the whole walk: what passes, what is counted, what is cut off.

#include "proxy/session/websocket_watch.h"

#include <gtest/gtest.h>

#include "base/websocket/frames_for_tests.h"
#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

using discovery::Ending;
using discovery::Event;
using discovery::WebsocketFacts;
using session::MessageInspector;
using websocket::Deflater;
using websocket::frame_of;
using websocket::Opcode;

std::string from_client(int first, std::string_view payload) {
  return frame_of(websocket::Sender::client, first, payload);
}
std::string from_origin(int first, std::string_view payload) {
  return frame_of(websocket::Sender::server, first, payload);
}

std::string asks(const std::string& fields = "") {
  return "GET http://files.example/chat HTTP/1.1\r\nHost: files.example\r\nConnection: Upgrade\r\n"
         "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         fields + "\r\n";
}
std::string switches(const std::string& fields = "") {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
         fields + "\r\n";
}

// A client and an origin after the switch.
struct Talk {
  explicit Talk(RigOptions options = {}, const std::string& fields = "")
      : rig(std::move(options)), origin(rig.origin("files.example")), client(rig.client()) {
    client.says(asks(fields));
    EXPECT_NE(origin.heard().find("Connection: Upgrade\r\nUpgrade: websocket\r\n"),
              std::string::npos);
    origin.says(switches(fields));
    EXPECT_EQ(status_of(client.hears()), 101);
  }
  // Both ends leave; the event.
  const Event& over() {
    origin.ends();
    client.ends();
    rig.finish();
    EXPECT_EQ(rig.recorded().size(), 1u);
    return rig.recorded().at(0);
  }
  std::int64_t metric(Metric metric) { return rig.parts().worker().metrics().get(metric); }

  Rig rig;
  OriginServer& origin;
  Client client;
};

std::string told(const Event& event) {
  if (!event.websocket) return "none";
  const WebsocketFacts& facts = *event.websocket;
  const auto line = [](const WebsocketFacts::Direction& side) {
    return std::to_string(side.messages) + " (" + std::to_string(side.text) + " text, " +
           std::to_string(side.binary) + " binary) of " + std::to_string(side.bytes) +
           " bytes, largest " + std::to_string(side.largest);
  };
  std::string text = "client " + line(facts.client) + "; origin " + line(facts.origin);
  if (facts.compressed) text += "; compressed";
  if (!facts.closed_by.empty()) text += "; closed by " + facts.closed_by;
  if (facts.close_code) text += " " + std::to_string(*facts.close_code);
  if (!facts.fault.empty()) text += "; " + facts.fault;
  return text;
}

TEST(WebsocketWatch, CarriesMessagesAndCountsThem) {
  Talk talk;
  EXPECT_EQ(talk.metric(Metric::websockets_open), 1);
  const std::string asked = from_client(0x01, "one") + from_client(0x89, "there?") +
                            from_client(0x80, "two") + from_client(0x82, std::string(300, 'x'));
  talk.client.says(asked);
  EXPECT_EQ(talk.origin.heard(), asked);
  const std::string said = from_origin(0x8a, "there?") + from_origin(0x81, "hello");
  talk.origin.says(said);
  EXPECT_EQ(talk.client.hears(), said);
  const std::string bye = from_client(0x88,
                                      "\x03\xe9"
                                      "bye");
  talk.client.says(bye);
  EXPECT_EQ(talk.origin.heard(), bye);
  talk.origin.says(from_origin(0x88, "\x03\xe9"));
  EXPECT_EQ(talk.client.hears(), from_origin(0x88, "\x03\xe9"));
  const Event& event = talk.over();
  EXPECT_EQ(told(event),
            "client 2 (1 text, 1 binary) of 306 bytes, largest 300; origin 1 (1 text, 0 binary) of "
            "5 bytes, largest 5; closed by client 1001");
  EXPECT_EQ(event.bytes_in, asked.size() + bye.size());
  EXPECT_EQ(talk.rig.events(), "- other files.example: completed 101\n");
  EXPECT_EQ(talk.metric(Metric::websockets_total), 1);
  EXPECT_EQ(talk.metric(Metric::websockets_open), 0);
  EXPECT_EQ(talk.metric(Metric::websocket_messages_total), 3);
  EXPECT_EQ(talk.metric(Metric::websocket_faults_total), 0);
}

TEST(WebsocketWatch, PassesOnEveryByteAsSoonAsItComes) {
  Talk talk;
  const std::string asked = from_client(0x01, "Hel") + from_client(0x80, "lo") +
                            from_client(0x82, std::string(200, 'y')) + from_client(0x89, "");
  for (const char c : asked) {
    talk.client.says({&c, 1});
    ASSERT_EQ(talk.origin.heard(), std::string(1, c));
  }
  const std::string said = from_origin(0x82, std::string(70'000, 'z')) + from_origin(0x81, "");
  std::string heard;
  for (std::size_t at = 0; at < said.size(); at += 997) {
    talk.origin.says(said.substr(at, 997));
    heard += talk.client.hears();
    ASSERT_EQ(heard.size(), std::min(said.size(), at + 997));
  }
  EXPECT_EQ(heard, said);
  EXPECT_EQ(told(talk.over()),
            "client 2 (1 text, 1 binary) of 205 bytes, largest 200; origin 2 (1 text, 1 binary) of "
            "70000 bytes, largest 70000");
}

TEST(WebsocketWatch, EndsWhenAnEndEnds) {
  Talk talk;
  talk.client.says(from_client(0x01, "unfinished"));
  talk.client.resets();
  EXPECT_EQ(talk.rig.recorded().size(), 1u);
  EXPECT_EQ(told(talk.rig.recorded().at(0)),
            "client 0 (0 text, 0 binary) of 10 bytes, largest 10; origin 0 (0 text, 0 binary) of 0 "
            "bytes, largest 0");
}

// What an origin would hear, and a client, of bytes that are no WebSocket.
TEST(WebsocketWatch, CutsOffAClientAtTheFirstFrameThatBreaksTheRules) {
  const std::string good = from_client(0x81, "good");
  struct {
    std::string bytes;
    std::string_view why;
  } const cases[] = {
      {from_origin(0x81, "bare"), "RFC 6455 section 5.1: a frame of a client without a mask"},
      {"GET / HTTP/1.1\r\n\r\n", "RFC 6455 section 5.2: a reserved opcode"},
      {"SSH-2.0-x\r\n", "RFC 6455 section 5.2: a reserved opcode"},
      {from_client(0xc1, "x"),
       "RFC 6455 section 5.2: a reserved bit that nothing agreed on gives a meaning"},
      {from_client(0x80, "x"), "RFC 6455 section 5.4: a fragment of a message that has not begun"},
  };
  for (const auto& [bytes, why] : cases) {
    Talk talk;
    talk.client.says(good + bytes);
    EXPECT_EQ(talk.origin.heard(), good);
    talk.client.hears();
    EXPECT_TRUE(talk.client.ended());
    const Event& event = talk.over();
    EXPECT_EQ(event.ending, Ending::refused);
    EXPECT_EQ(event.error, "the client broke " + std::string(why));
    EXPECT_EQ(event.bytes_in, good.size());
    ASSERT_TRUE(event.websocket);
    EXPECT_EQ(event.websocket->fault, why);
    EXPECT_EQ(event.websocket->client.messages, 1u);
    EXPECT_EQ(talk.metric(Metric::websocket_faults_total), 1);
    EXPECT_EQ(talk.metric(Metric::websockets_open), 0);
  }
}

TEST(WebsocketWatch, CutsOffAnOriginAtTheFirstFrameThatBreaksTheRules) {
  Talk talk;
  const std::string good = from_origin(0x81, "good");
  talk.origin.says(good + from_client(0x81, "masked") + good);
  EXPECT_EQ(talk.client.hears(), good);
  EXPECT_TRUE(talk.client.ended());
  const Event& event = talk.over();
  EXPECT_EQ(event.ending, Ending::refused);
  EXPECT_EQ(event.error, "the origin broke RFC 6455 section 5.1: a frame of a server with a mask");
}

TEST(WebsocketWatch, NothingPassesAsDataBehindClose) {
  Talk talk;
  const std::string close = from_client(0x88, "\x03\xe8");
  talk.client.says(close);
  talk.client.says(from_client(0x82, "a tunnel"));
  EXPECT_EQ(talk.origin.heard(), close);
  const Event& event = talk.over();
  EXPECT_EQ(event.error, "the client broke RFC 6455 section 5.5.1: data after Close");
  EXPECT_EQ(event.websocket->close_code, 1000);
}

TEST(WebsocketWatch, NotesABadCloseCodeButPassesItOn) {
  Talk talk;
  talk.origin.says(from_origin(0x88, "\x03\xed"));
  EXPECT_EQ(talk.client.hears(), from_origin(0x88, "\x03\xed"));
  const Event& event = talk.over();
  EXPECT_EQ(event.ending, Ending::completed);
  EXPECT_EQ(told(event),
            "client 0 (0 text, 0 binary) of 0 bytes, largest 0; origin 0 (0 text, 0 binary) of 0 "
            "bytes, largest 0; closed by origin 1005; RFC 6455 section 7.4: a close code that must "
            "not be sent");
}

constexpr const char* kDeflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

TEST(WebsocketWatch, KnowsCompressionFromBothHeads) {
  Talk talk({}, kDeflate);
  const std::string frame = from_client(0xc1, Deflater().message("compressed"));
  talk.client.says(frame);
  EXPECT_EQ(talk.origin.heard(), frame);
  const Event& event = talk.over();
  EXPECT_TRUE(event.websocket->compressed);
  EXPECT_EQ(event.websocket->client.text, 1u);
  EXPECT_EQ(event.ending, Ending::completed);
}

TEST(WebsocketWatch, CarriesWhatAnUnknownExtensionMakesOfFrames) {
  Talk talk({}, "Sec-WebSocket-Extensions: x-secret\r\n");
  const std::string frame = from_origin(0xf3, "whatever");
  talk.origin.says(frame);
  EXPECT_EQ(talk.client.hears(), frame);
  EXPECT_EQ(told(talk.over()),
            "client 0 (0 text, 0 binary) of 0 bytes, largest 0; origin 1 (0 text, 0 binary) of 8 "
            "bytes, largest 8");
}

TEST(WebsocketWatch, NoByteOfTheClientPassesAReplyThatIsBlocked) {
  Rig rig({.rules = "- { name: no sockets, when: { status: 101 }, then: block }\n"});
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(asks());
  client.says(from_client(0x81, "too early"));
  origin.heard();
  origin.says(switches());
  EXPECT_EQ(origin.heard(), "");
  EXPECT_EQ(status_of(client.hears()), 403);
  client.ends();
  rig.finish();
  EXPECT_EQ(rig.recorded().at(0).ending, Ending::blocked);
  EXPECT_FALSE(rig.recorded().at(0).websocket);
}

// --- Who looks into messages

class Notes final : public MessageInspector {
 public:
  Answer look(const policy::Activity& activity, const websocket::Message& message) override {
    seen += activity.host + (message.sender == websocket::Sender::client ? " <- " : " -> ") +
            (message.kind == Opcode::text ? "text " : "binary ") + message.content +
            (message.whole ? "" : "...") + (message.unreadable ? " unreadable" : "") + "\n";
    return message.content.find("secret") == std::string::npos ? Answer::pass : Answer::cut;
  }
  std::string seen;
};

RigOptions looked_into(Notes& notes, std::size_t content = 1 << 20) {
  RigOptions options;
  options.tune = [&notes, content](app::Shared& shared) {
    shared.first.settings.messages = &notes;
    shared.first.settings.message_bounds.content = content;
  };
  return options;
}

TEST(WebsocketWatch, ShowsMessagesWholeAndPassesThemAsTheyCame) {
  Notes notes;
  Talk talk(looked_into(notes), kDeflate);
  Deflater deflater;
  std::string said;
  for (int i = 0; i < 3; ++i) {
    const std::string packed = deflater.message("the same again");
    said += from_client(0x41, packed.substr(0, 2)) + from_client(0x89, "") +
            from_client(0x80, packed.substr(2));
  }
  for (const char c : said) talk.client.says({&c, 1});
  EXPECT_EQ(talk.origin.heard(), said);
  talk.origin.says(from_origin(0x82, "plain"));
  EXPECT_EQ(talk.client.hears(), from_origin(0x82, "plain"));
  EXPECT_EQ(notes.seen,
            "files.example <- text the same again\nfiles.example <- text the same again\n"
            "files.example <- text the same again\nfiles.example -> binary plain\n");
  EXPECT_EQ(talk.over().ending, Ending::completed);
}

TEST(WebsocketWatch, TheLastBytesOfAMessageThatIsCutNeverLeave) {
  Notes notes;
  Talk talk(looked_into(notes));
  const std::string good = from_client(0x81, "fine");
  const std::string bad = from_client(0x81, "a secret") + from_client(0x81, "behind it");
  talk.client.says(good + bad);
  // The head of the frame and its mask had left before anybody could know.
  EXPECT_EQ(talk.origin.heard(), good + bad.substr(0, 6));
  EXPECT_TRUE(talk.client.ended());
  const Event& event = talk.over();
  EXPECT_EQ(event.ending, Ending::blocked);
  EXPECT_EQ(event.error, "a message was not let through");
  EXPECT_EQ(notes.seen, "files.example <- text fine\nfiles.example <- text a secret\n");
}

TEST(WebsocketWatch, TellsWhatCouldNotBeRead) {
  Notes notes;
  Talk talk(looked_into(notes, 4), kDeflate);
  talk.client.says(from_client(0x81, "longer") + from_client(0xc1, "\xff\xff") +
                   from_client(0xc2, Deflater().message("lost")));
  EXPECT_EQ(notes.seen,
            "files.example <- text long...\nfiles.example <- text ...\n"
            "files.example <- binary ... unreadable\n");
  const Event& event = talk.over();
  EXPECT_EQ(event.ending, Ending::completed);
  EXPECT_EQ(event.websocket->fault, "RFC 7692 section 7.2.2: a message that cannot be inflated");
  EXPECT_EQ(talk.metric(Metric::websocket_messages_unread_total), 3);
}

}  // namespace
}  // namespace sallyport::testkit
