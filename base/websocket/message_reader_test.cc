#include "base/websocket/message_reader.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

#include "base/core/utf8.h"
#include "base/websocket/frames_for_tests.h"

namespace sallyport::websocket {
namespace {

constexpr Sender kClient = Sender::client;
constexpr Sender kServer = Sender::server;

std::vector<Message> messages(const std::string& bytes, const Extensions& extensions,
                              Sender sender = kClient, const MessageBounds& bounds = {},
                              std::size_t piece = SIZE_MAX) {
  FrameReader frames(extensions.rules(sender));
  MessageReader reader(extensions, sender, bounds);
  std::vector<Message> out;
  for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at)) {
    const std::string kept = bytes.substr(at, piece);
    Bytes input = bytes_of(kept);
    for (bool more = true; more;) {
      switch (frames.next(input)) {
        case Step::frame:
          reader.begin(frames.head());
          break;
        case Step::payload:
          if (const Message* message = reader.add(frames)) out.push_back(*message);
          break;
        case Step::control:
          break;
        case Step::more:
          more = false;
          break;
        case Step::fault:
          ADD_FAILURE() << describe(frames.fault());
          return out;
      }
    }
  }
  return out;
}

Extensions deflate(bool keeps_context = true, std::uint8_t bits = 15) {
  Extensions extensions;
  const DeflateTerms terms{keeps_context, bits};
  extensions.deflate = Extensions::Deflate{terms, terms};
  return extensions;
}

std::string told(const Message& message) {
  std::string text = message.kind == Opcode::text ? "text " : "binary ";
  text += message.content;
  if (!message.whole) text += "...";
  text += " " + std::to_string(message.size);
  if (message.unreadable) text += " unreadable";
  if (message.fault) text.append(" ! ").append(describe(*message.fault));
  return text;
}

std::string all(const std::vector<Message>& messages) {
  std::string text;
  for (const Message& message : messages) text += told(message) + "\n";
  return text;
}

TEST(MessageReader, JoinsFragmentsAndTakesTheMaskOff) {
  const std::string bytes = frame_of(kClient, 0x01, "Hel") + frame_of(kClient, 0x89, "ping") +
                            frame_of(kClient, 0x00, "") + frame_of(kClient, 0x80, "lo") +
                            frame_of(kClient, 0x82, "") +
                            frame_of(kClient, 0x82, std::string(10'000, 'x'));
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{5000}, SIZE_MAX}) {
    const auto read = messages(bytes, {}, kClient, {}, piece);
    ASSERT_EQ(read.size(), 3u);
    EXPECT_EQ(told(read[0]), "text Hello 5");
    EXPECT_EQ(told(read[1]), "binary  0");
    EXPECT_EQ(read[2].content, std::string(10'000, 'x'));
  }
}

TEST(MessageReader, KeepsABeginningOfWhatIsTooLong) {
  MessageBounds bounds;
  bounds.content = 4;
  EXPECT_EQ(all(messages(frame_of(kServer, 0x81, "four") + frame_of(kServer, 0x01, "fi") +
                             frame_of(kServer, 0x80, "ve!"),
                         {}, kServer, bounds)),
            "text four 4\ntext five... 5\n");
  // What is not kept is checked all the same.
  EXPECT_EQ(all(messages(frame_of(kServer, 0x81, "five!\xff"), {}, kServer, bounds)),
            "text five... 6 ! RFC 6455 section 8.1: a text message that is no UTF-8\n");
}

TEST(MessageReader, ChecksTextAcrossPieces) {
  const std::string good = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
  for (std::size_t cut = 0; cut <= good.size(); ++cut) {
    const std::string bytes =
        frame_of(kServer, 0x01, good.substr(0, cut)) + frame_of(kServer, 0x80, good.substr(cut));
    EXPECT_EQ(all(messages(bytes, {}, kServer)), "text " + good + " 11\n");
  }
  for (const std::string& bad : std::vector<std::string>{
           "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\x80", "\xe2\x82",
           "\xf0\x9f\x98", "\xc3", "\xe0\x80\x80", "\xf0\x80\x80"}) {
    const auto read = messages(frame_of(kServer, 0x81, "ok" + bad), {}, kServer);
    ASSERT_EQ(read.size(), 1u);
    EXPECT_EQ(read[0].fault, Fault::not_utf8);
    EXPECT_FALSE(messages(frame_of(kServer, 0x82, "ok" + bad), {}, kServer)[0].fault);
  }
}

TEST(Utf8Stream, SaysWhatTheWholeReaderSays) {
  std::mt19937 random(7);
  const auto some = [&random] {
    static constexpr unsigned char kEdges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
                                               0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
                                               0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5};
    return static_cast<char>(kEdges[random() % std::size(kEdges)]);
  };
  int right = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    if (round % 2 == 0) {
      for (std::size_t size = 1 + random() % 5; size > 0; --size) text += some();
    } else {
      for (std::size_t size = 1 + random() % 5; size > 0; --size) {
        auto code = static_cast<std::uint32_t>(random() % 0x110000);
        if (code >= 0xd800 && code <= 0xdfff) code = 'x';
        append_utf8(text, random() % 3 == 0 ? code : code % 0x80);
      }
      if (random() % 4 == 0) text[random() % text.size()] = some();
    }
    const std::size_t cut = random() % (text.size() + 1);
    Utf8Stream stream;
    const bool good = stream.add(bytes_of(text).first(cut)) &&
                      stream.add(bytes_of(text).subspan(cut)) && stream.whole();
    ASSERT_EQ(good, find_not_utf8(text) == std::string_view::npos) << round;
    right += good ? 1 : 0;
  }
  EXPECT_GT(right, 10'000);
}

TEST(MessageReader, InflatesTheExamplesOfTheRfc) {
  // RFC 7692 section 7.2.3: one block, fragments, no compression, BFINAL, two blocks.
  const auto hello = [](const std::string& bytes) {
    EXPECT_EQ(all(messages(bytes, deflate(), kServer)), "text Hello 5\n");
  };
  hello(std::string("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9));
  hello(std::string("\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00", 11));
  hello(frame_of(kServer, 0xc1, std::string("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11)));
  hello(frame_of(kServer, 0xc1, std::string("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8)));
  hello(frame_of(kServer, 0xc1,
                 std::string("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13)));
  // Section 7.2.3.2: the second refers to the first.
  EXPECT_EQ(all(messages(frame_of(kServer, 0xc1, std::string("\xf2\x48\xcd\xc9\xc9\x07\x00", 7)) +
                             frame_of(kServer, 0xc1, std::string("\xf2\x00\x11\x00\x00", 5)),
                         deflate(), kServer)),
            "text Hello 5\ntext Hello 5\n");
}

TEST(MessageReader, InflatesWithAndWithoutContextInEveryWindow) {
  std::mt19937 random(11);
  for (const bool keeps : {true, false}) {
    for (std::uint8_t bits = 8; bits <= 15; ++bits) {
      // zlib deflates with 9 bits at least; what it writes for 9 needs no more than 512 bytes back.
      Deflater deflater(keeps, std::max<int>(bits, 9));
      std::string bytes;
      std::vector<std::string> sent;
      for (int i = 0; i < 30; ++i) {
        std::string text;
        while (text.size() < 10 + random() % 3000) text += "word " + std::to_string(random() % 50);
        sent.push_back(text);
        const std::string packed = deflater.message(text);
        const std::size_t cut = random() % (packed.size() + 1);
        bytes += frame_of(kClient, 0x41, packed.substr(0, cut)) +
                 frame_of(kClient, 0x80, packed.substr(cut));
        bytes += frame_of(kClient, 0x81, "not compressed");
      }
      const auto read = messages(bytes, deflate(keeps, bits), kClient, {}, 1 + random() % 700);
      ASSERT_EQ(read.size(), 60u);
      for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_EQ(read[2 * i].content, sent[i]);
        EXPECT_FALSE(read[2 * i].fault);
        EXPECT_EQ(read[2 * i + 1].content, "not compressed");
      }
    }
  }
}

TEST(MessageReader, KeepsTheContextOverFinalBlocks) {
  const std::string text = "the same words, the same words again and again: 0123456789";
  std::string packed;
  {
    Deflater deflater;
    packed = deflater.run(text, Z_FINISH);
  }
  // A second stream that refers to the first: made with its words as a dictionary.
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
  ASSERT_EQ(deflateSetDictionary(&stream, reinterpret_cast<const Bytef*>(text.data()),
                                 static_cast<uInt>(text.size())),
            Z_OK);
  std::string again(200, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(again.data());
  stream.avail_out = static_cast<uInt>(again.size());
  ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  again.resize(again.size() - stream.avail_out);
  deflateEnd(&stream);
  ASSERT_LT(again.size(), 20u);
  const std::string zero(1, '\0');
  EXPECT_EQ(
      all(messages(frame_of(kServer, 0xc1, packed + zero) + frame_of(kServer, 0xc1, again + zero) +
                       frame_of(kServer, 0xc1, again + again + zero),
                   deflate(), kServer)),
      "text " + text + " 58\ntext " + text + " 58\ntext " + text + text + " 116\n");
}

TEST(MessageReader, EndsReadingAtWhatCannotBeInflated) {
  for (const std::string& bad :
       {std::string("\xff\xff\xff"), std::string("\xf2\x48\xcd"), std::string("\x06"),
        std::string("\xf3\x48\xcd\xc9\xc9\x07\x00", 7), std::string("\x00\x05\x00\xfa\xff", 5)}) {
    const auto read = messages(frame_of(kServer, 0xc1, bad) + frame_of(kServer, 0x81, "plain"),
                               deflate(), kServer);
    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(read[0].fault, Fault::not_deflated) << bad;
    EXPECT_FALSE(read[0].whole);
    EXPECT_EQ(read[1].content, "plain");
  }
  Deflater deflater;
  const std::string good = deflater.message("good");
  const std::string bytes = frame_of(kServer, 0xc1, "\xff\xff") + frame_of(kServer, 0xc1, good);
  // With a context nothing behind it can be read; without one the next message can.
  const auto kept = messages(bytes, deflate(true), kServer);
  EXPECT_TRUE(kept[1].unreadable);
  EXPECT_FALSE(kept[1].whole);
  const auto fresh = messages(bytes, deflate(false), kServer);
  EXPECT_EQ(all({fresh[1]}), "text good 4\n");
}

TEST(MessageReader, ATextThatIsNoneCostsNoContext) {
  Deflater deflater;
  std::string bytes =
      frame_of(kServer, 0xc1, deflater.message("bad \xff text, and words for the next"));
  bytes += frame_of(kServer, 0xc1, deflater.message("words for the next"));
  const auto read = messages(bytes, deflate(), kServer, {}, 5);
  EXPECT_EQ(read[0].fault, Fault::not_utf8);
  EXPECT_EQ(told(read[1]), "text words for the next 18");
}

TEST(MessageReader, ABombEndsWhereItMay) {
  Deflater deflater;
  const std::string bomb = deflater.message(std::string(64 << 20, 'x'));
  ASSERT_LT(bomb.size(), 70'000u);
  MessageBounds bounds;
  bounds.content = 100;
  const auto read = messages(frame_of(kClient, 0xc2, bomb) + frame_of(kClient, 0xc1, "x"),
                             deflate(), kClient, bounds);
  EXPECT_EQ(read[0].fault, Fault::inflates_too_much);
  EXPECT_EQ(read[0].content, std::string(100, 'x'));
  // By ratio, long before `most`.
  EXPECT_LE(read[0].size, bounds.inflate.floor + 100 * bomb.size() + 4096 + bomb.size());
  EXPECT_TRUE(read[1].unreadable);
  bounds.inflate.most = 5000;
  const auto strict = messages(frame_of(kClient, 0xc2, bomb), deflate(), kClient, bounds);
  EXPECT_EQ(strict[0].fault, Fault::inflates_too_much);
  EXPECT_LT(strict[0].size, 5000 + 4096 + bomb.size());
}

TEST(MessageReader, ManySmallBombsAreNoBetterThanALargeOne) {
  Deflater deflater(false);
  const std::string small = deflater.message(std::string(100'000, 'x'));
  std::string bytes;
  for (int i = 0; i < 100; ++i) bytes += frame_of(kClient, 0xc2, small);
  std::uint64_t inflated = 0;
  for (const Message& message : messages(bytes, deflate(false))) {
    if (!message.fault) inflated += message.size;
  }
  EXPECT_LE(inflated, (std::uint64_t{1} << 20) + 100 * bytes.size());
  EXPECT_GT(inflated, 1'000'000u);
}

TEST(MessageReader, CannotReadWhatAnUnknownExtensionCarries) {
  Extensions extensions;
  extensions.unknown = true;
  EXPECT_EQ(all(messages(frame_of(kServer, 0xf1, "\xff\xff"), extensions, kServer)),
            "text ... 2 unreadable\n");
}

}  // namespace
}  // namespace sallyport::websocket
