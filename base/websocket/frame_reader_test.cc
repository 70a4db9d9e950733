#include "base/websocket/frame_reader.h"

#include <functional>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "base/websocket/close.h"
#include "base/websocket/frames_for_tests.h"

namespace sallyport::websocket {
namespace {

constexpr Sender kClient = Sender::client;
constexpr Sender kServer = Sender::server;

std::string unmasked(const FrameReader& reader) {
  std::string out(reader.payload().size(), '\0');
  if (!reader.head().masked) return text_of(reader.payload());
  apply_mask(reader.head().mask, reader.offset(), reader.payload(),
             reinterpret_cast<std::byte*>(out.data()));
  return out;
}

// What a reader tells of pieces, without the splits: "text(hello) +(there) ping(x) ! RFC ...".
std::string read(const FrameRules& rules, const std::vector<std::string>& pieces) {
  FrameReader reader(rules);
  std::string told;
  std::string payload;
  for (const std::string& piece : pieces) {
    const std::string kept = piece;  // Nothing may be read behind it: ASan sees to that.
    Bytes input = bytes_of(kept);
    for (bool more = true; more;) {
      switch (reader.next(input)) {
        case Step::more:
          EXPECT_TRUE(input.empty());
          more = false;
          break;
        case Step::frame:
          told += told.empty() ? "" : " ";
          told += reader.head().opcode == Opcode::continuation ? "+"
                  : reader.head().opcode == Opcode::text       ? "text"
                  : reader.head().opcode == Opcode::binary
                      ? "binary"
                      : "op" + std::to_string(static_cast<int>(reader.head().opcode));
          if (reader.head().compressed) told += "*";
          EXPECT_TRUE(payload.empty());
          break;
        case Step::payload:
          EXPECT_EQ(reader.offset(), payload.size());
          payload += unmasked(reader);
          if (!reader.frame_ended()) break;
          EXPECT_EQ(payload.size(), reader.head().length);
          told += "(" + payload + (reader.message_ended() ? ")" : ").");
          payload.clear();
          break;
        case Step::control:
          told += told.empty() ? "" : " ";
          told += reader.head().opcode == Opcode::close  ? "close"
                  : reader.head().opcode == Opcode::ping ? "ping"
                  : reader.head().opcode == Opcode::pong
                      ? "pong"
                      : "op" + std::to_string(static_cast<int>(reader.head().opcode));
          told += "(" + text_of(reader.payload()) + ")";
          break;
        case Step::fault:
          told += told.empty() ? "! " : " ! ";
          EXPECT_EQ(reader.next(input), Step::fault);
          return told.append(describe(reader.fault()));
      }
    }
  }
  if (!reader.between_frames() || reader.inside_message()) told += " ...";
  return told;
}

// Whole, a byte at a time, and cut once at every place: all must tell the same.
std::string read_anyhow(const FrameRules& rules, const std::string& bytes) {
  const std::string whole = read(rules, {bytes});
  std::vector<std::string> single;
  for (const char c : bytes) single.emplace_back(1, c);
  EXPECT_EQ(read(rules, single), whole);
  for (std::size_t at = 0; at <= bytes.size() && bytes.size() < 1000; ++at) {
    EXPECT_EQ(read(rules, {bytes.substr(0, at), "", bytes.substr(at)}), whole) << "cut at " << at;
  }
  return whole;
}

std::string of_client(const std::string& bytes) { return read_anyhow({kClient}, bytes); }
std::string of_server(const std::string& bytes) { return read_anyhow({kServer}, bytes); }

TEST(FrameReader, ReadsTheExamplesOfTheRfc) {
  // Section 5.7.
  EXPECT_EQ(of_server("\x81\x05Hello"), "text(Hello)");
  EXPECT_EQ(of_client("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), "text(Hello)");
  EXPECT_EQ(of_server("\x01\x03Hel\x80\x02lo"), "text(Hel). +(lo)");
  EXPECT_EQ(of_server("\x89\x05Hello"), "ping(Hello)");
  EXPECT_EQ(of_client("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), "pong(Hello)");
  EXPECT_EQ(of_server(std::string("\x82\x7e\x01\x00", 4) + std::string(256, 'x')),
            "binary(" + std::string(256, 'x') + ")");
  EXPECT_EQ(of_server(std::string("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10) +
                      std::string(65536, 'x')),
            "binary(" + std::string(65536, 'x') + ")");
}

TEST(FrameReader, ReadsEverySizeOfLength) {
  for (const std::size_t size : {0, 1, 2, 124, 125, 126, 127, 255, 256, 65535, 65536, 70000}) {
    const std::string payload(size, 'p');
    for (const Sender sender : {kClient, kServer}) {
      EXPECT_EQ(read_anyhow({sender}, frame_of(sender, 0x82, payload)), "binary(" + payload + ")");
    }
  }
}

TEST(FrameReader, TakesControlFramesBetweenFragments) {
  EXPECT_EQ(of_client(frame_of(kClient, 0x01, "a") + frame_of(kClient, 0x89, "p") +
                      frame_of(kClient, 0x00, "") + frame_of(kClient, 0x8a, "") +
                      frame_of(kClient, 0x80, "b") + frame_of(kClient, 0x82, "c")),
            "text(a). ping(p) +(). pong() +(b) binary(c)");
  EXPECT_EQ(of_server(frame_of(kServer, 0x89, std::string(125, 'x'))),
            "ping(" + std::string(125, 'x') + ")");
}

TEST(FrameReader, TellsWhatIsUnfinished) {
  EXPECT_EQ(of_server("\x81\x05Hell"), "text ...");
  EXPECT_EQ(of_server("\x01\x01H"), "text(H). ...");
  EXPECT_EQ(of_server("\x81"), " ...");
  EXPECT_EQ(of_server("\x89\x02x"), " ...");
}

// Every rule of section 5 that a single frame, or two, can break. In each the bytes in front are
// read first.
TEST(FrameReader, RefusesWhatTheSectionsForbid) {
  const auto refused = [](Sender sender, const std::string& bytes, const std::string& told) {
    EXPECT_EQ(read_anyhow({sender}, frame_of(sender, 0x81, "ok") + bytes), "text(ok) ! " + told);
  };
  const std::string reserved =
      "RFC 6455 section 5.2: a reserved bit that nothing agreed on gives a meaning";
  for (const int bits : {0x10, 0x20, 0x40, 0x70}) {
    for (const int opcode : {0x81, 0x82, 0x88, 0x89, 0x8a, 0x01}) {
      refused(kClient, frame_of(kClient, bits | opcode, "x"), reserved);
      refused(kServer, frame_of(kServer, bits | opcode, "x"), reserved);
    }
  }
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    refused(kServer, frame_of(kServer, 0x80 | opcode, "x"),
            "RFC 6455 section 5.2: a reserved opcode");
  }
  for (const int opcode : {0x81, 0x82, 0x88, 0x89, 0x8a, 0x01}) {
    refused(kClient, frame_of(kServer, opcode, "xx"),
            "RFC 6455 section 5.1: a frame of a client without a mask");
    refused(kServer, frame_of(kClient, opcode, "xx"),
            "RFC 6455 section 5.1: a frame of a server with a mask");
  }
  const std::string minimal = "RFC 6455 section 5.2: a length in more bytes than it needs";
  refused(kServer, std::string("\x82\x7e\x00\x00", 4), minimal);
  refused(kServer, std::string("\x82\x7e\x00\x7d", 4), minimal);
  refused(kServer, std::string("\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 10), minimal);
  refused(kServer, std::string("\x82\x7f\x00\x00\x00\x00\x00\x00\x00\x05", 10), minimal);
  refused(kServer, std::string("\x82\x7f\x80\x00\x00\x00\x00\x01\x00\x00", 10),
          "RFC 6455 section 5.2: a length of 64 bits");
  refused(kClient, "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xffmask",
          "RFC 6455 section 5.2: a length of 64 bits");
  for (const int opcode : {0x08, 0x09, 0x0a}) {
    refused(kServer, frame_of(kServer, opcode, "x"),
            "RFC 6455 section 5.5: a control frame in fragments");
    refused(kServer, frame_of(kServer, 0x80 | opcode, std::string(126, 'x')),
            "RFC 6455 section 5.5: a control frame of more than 125 bytes");
    refused(kServer, frame_of(kServer, 0x80 | opcode, std::string(66000, 'x')),
            "RFC 6455 section 5.5: a control frame of more than 125 bytes");
  }
  const std::string nothing = "RFC 6455 section 5.4: a fragment of a message that has not begun";
  refused(kServer, frame_of(kServer, 0x80, "x"), nothing);
  refused(kServer, frame_of(kServer, 0x00, "x"), nothing);
}

TEST(FrameReader, RefusesAMessageInsideAnother) {
  for (const int first : {0x01, 0x02, 0x81, 0x82}) {
    EXPECT_EQ(of_server(frame_of(kServer, 0x01, "a") + frame_of(kServer, first, "b")),
              "text(a). ! RFC 6455 section 5.4: a message begins before the one before it has "
              "ended");
  }
}

TEST(FrameReader, RefusesDataAfterCloseButNotControlFrames) {
  const std::string close = frame_of(kClient, 0x88, std::string("\x03\xe8", 2));
  for (const int first : {0x81, 0x82, 0x80, 0x01}) {
    EXPECT_EQ(of_client(close + frame_of(kClient, 0x8a, "p") + frame_of(kClient, first, "b")),
              "close(\x03\xe8) pong(p) ! RFC 6455 section 5.5.1: data after Close");
  }
}

TEST(FrameReader, LeavesInTheInputWhatIsFaulty) {
  FrameReader reader({kServer});
  const std::string bytes = "\x81\x02ok\x91\x02no";
  Bytes input = bytes_of(bytes);
  while (reader.next(input) != Step::fault) {
  }
  EXPECT_EQ(text_of(input), "\x91\x02no");
}

TEST(FrameReader, KnowsACompressedMessageByItsFirstFrame) {
  const FrameRules rules{.sender = kServer, .deflate = true};
  EXPECT_EQ(read_anyhow(rules, frame_of(kServer, 0xc1, "a") + frame_of(kServer, 0x42, "b") +
                                   frame_of(kServer, 0x89, "") + frame_of(kServer, 0x80, "c") +
                                   frame_of(kServer, 0x81, "d")),
            "text*(a) binary*(b). ping() +(c) text(d)");
  const std::string told =
      " ! RFC 6455 section 5.2: a reserved bit that nothing agreed on gives a meaning";
  // RFC 7692 section 6: neither later fragments nor control frames bear the bit.
  EXPECT_EQ(read_anyhow(rules, frame_of(kServer, 0x41, "a") + frame_of(kServer, 0xc0, "b")),
            "text*(a)." + told);
  EXPECT_EQ(read_anyhow(rules, frame_of(kServer, 0xc1, "a") + frame_of(kServer, 0xc9, "b")),
            "text*(a)" + told);
  EXPECT_EQ(read_anyhow(rules, frame_of(kServer, 0xc1, "a") + frame_of(kServer, 0xa1, "b")),
            "text*(a)" + told);
}

TEST(FrameReader, AnUnknownExtensionMayUseBitsAndOpcodesButNotTheShape) {
  const FrameRules rules{.sender = kServer, .deflate = false, .unknown_extensions = true};
  EXPECT_EQ(read_anyhow(rules, frame_of(kServer, 0xf1, "a") + frame_of(kServer, 0x83, "b") +
                                   frame_of(kServer, 0x9b, "c")),
            "text(a) op3(b) op11(c)");
  EXPECT_EQ(read_anyhow(rules, frame_of(kClient, 0xf1, "a")),
            "! RFC 6455 section 5.1: a frame of a server with a mask");
  EXPECT_EQ(read_anyhow(rules, frame_of(kServer, 0x1b, "a")),
            "! RFC 6455 section 5.5: a control frame in fragments");
}

// --- An obviously right reader, which has all bytes at once

std::string read_slowly(const FrameRules& rules, const std::string& bytes) {
  std::string told;
  bool inside = false;
  bool closed = false;
  std::size_t at = 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes.at(i)); };
  const auto faulty = [&](Fault fault) {
    return told.append(told.empty() ? "! " : " ! ").append(describe(fault));
  };
  while (at < bytes.size()) {
    const bool fin = byte(at) & 0x80;
    const int bits = byte(at) & 0x70;
    const int opcode = byte(at) & 0x0f;
    const bool control = opcode >= 8;
    if ((opcode > 2 && opcode < 8) || opcode > 10) return faulty(Fault::reserved_opcode);
    if (bits != 0 && !(bits == 0x40 && rules.deflate && (opcode == 1 || opcode == 2))) {
      return faulty(Fault::reserved_bits);
    }
    if (control && !fin) return faulty(Fault::control_fragmented);
    if (!control && closed) return faulty(Fault::after_close);
    if (!control && opcode != 0 && inside) return faulty(Fault::message_not_finished);
    if (!control && opcode == 0 && !inside) return faulty(Fault::nothing_to_continue);
    if (at + 1 == bytes.size()) return told + " ...";
    const bool masked = byte(at + 1) & 0x80;
    if (masked && rules.sender == kServer) return faulty(Fault::masked);
    if (!masked && rules.sender == kClient) return faulty(Fault::not_masked);
    std::uint64_t length = byte(at + 1) & 0x7f;
    std::size_t head = at + 2;
    if (control && length > 125) return faulty(Fault::control_too_long);
    if (length > 125) {
      const std::size_t width = length == 126 ? 2 : 8;
      if (head + width > bytes.size()) return told + " ...";
      length = 0;
      for (std::size_t i = 0; i < width; ++i) length = length * 256 + byte(head++);
      if (length >= std::uint64_t{1} << 63) return faulty(Fault::length_too_large);
      if (length < (width == 2 ? 126u : 65536u)) return faulty(Fault::length_not_minimal);
    }
    std::string mask(4, '\0');
    if (masked) {
      if (head + 4 > bytes.size()) return told + " ...";
      mask = bytes.substr(head, 4);
      head += 4;
    }
    static const char* const kNames[] = {"+", "text", "binary", "",     "",    "",
                                         "",  "",     "close",  "ping", "pong"};
    const std::string name =
        (told.empty() ? "" : " ") + std::string(kNames[opcode]) + (bits == 0x40 ? "*" : "");
    if (head + length > bytes.size()) return told + (control ? "" : name) + " ...";
    std::string payload = bytes.substr(head, length);
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] ^= mask[i % 4];
    told += name + "(" + payload + ")" + (control || fin ? "" : ".");
    if (!control) inside = !fin;
    if (opcode == 8) closed = true;
    at = head + length;
  }
  return inside ? told + " ..." : told;
}

TEST(FrameReader, ReadsRandomFramesAsASlowReaderDoes) {
  std::mt19937 random(20261126);
  const auto chance = [&random](unsigned of) { return random() % of == 0; };
  int faults = 0;
  int finished = 0;
  for (int round = 0; round < 20'000; ++round) {
    const FrameRules rules{.sender = chance(2) ? kClient : kServer, .deflate = chance(2)};
    std::string bytes;
    bool inside = false;
    for (std::size_t frames = random() % 8; frames > 0; --frames) {
      // Mostly right, so that long conversations come about; each rule is broken now and then.
      int first = chance(4)
                      ? 0x88 + static_cast<int>(random() % 3)
                      : (inside ? 0 : 1 + static_cast<int>(random() % 2)) | (chance(2) ? 0x80 : 0);
      if (rules.deflate && !inside && first < 0x88 && chance(3)) first |= 0x40;
      if ((first & 8) == 0) inside = (first & 0x80) == 0;
      if (chance(40)) first = static_cast<int>(random() % 256);
      const std::size_t size = chance(20)    ? 100 + random() % 400
                               : chance(200) ? 65'500 + random() % 100
                                             : random() % 20;
      std::string payload(size, '\0');
      for (char& c : payload) c = static_cast<char>(random());
      if ((first & 8) != 0 && !chance(20)) payload.resize(std::min<std::size_t>(size, 125));
      const Sender sender = chance(60) ? kServer : rules.sender;
      bytes += frame_of(sender, first, payload);
    }
    if (chance(20) && !bytes.empty()) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (chance(5)) bytes.resize(random() % (bytes.size() + 1));
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = chance(3) ? 1 + random() % 3 : 1 + random() % (bytes.size() - at);
      pieces.push_back(bytes.substr(at, size));
      at += size;
    }
    const std::string expected = read_slowly(rules, bytes);
    ASSERT_EQ(read(rules, pieces), expected) << "round " << round;
    if (expected.find("! RFC") != std::string::npos) ++faults;
    if (!expected.empty() && !expected.ends_with("...")) ++finished;
  }
  EXPECT_GT(faults, 1000);
  EXPECT_GT(finished, 5000);
}

// --- Close

std::string closed(std::string_view payload) {
  const Close close = parse_close(bytes_of(payload));
  std::string told = close.code ? std::to_string(*close.code) : "-";
  if (!close.reason.empty()) told += " " + std::string(close.reason);
  if (close.fault) told.append(" ! ").append(describe(*close.fault));
  return told;
}

TEST(Close, ReadsCodeAndReason) {
  EXPECT_EQ(closed(""), "-");
  EXPECT_EQ(closed("\x03\xe8"), "1000");
  EXPECT_EQ(closed("\x03\xe9going away"), "1001 going away");
  EXPECT_EQ(closed("\x03\xe8\xc3\xa9"), "1000 \xc3\xa9");
  EXPECT_EQ(closed("\x03"), "- ! RFC 6455 section 5.5.1: half a close code");
  EXPECT_EQ(closed("\x03\xe8\xc3"),
            "1000 \xc3 ! RFC 6455 section 5.5.1: a close reason that is no UTF-8");
}

TEST(Close, KnowsTheCodesThatMayBeSent) {
  for (int code = 0; code < 65536; ++code) {
    const bool may = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                     (code >= 3000 && code <= 4999);
    ASSERT_EQ(is_close_code(static_cast<std::uint16_t>(code)), may) << code;
  }
  EXPECT_EQ(closed("\x03\xed"), "1005 ! RFC 6455 section 7.4: a close code that must not be sent");
}

}  // namespace
}  // namespace sallyport::websocket
