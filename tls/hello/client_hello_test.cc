#include "tls/hello/client_hello.h"

#include <gtest/gtest.h>
#include <string>

#include "base/core/text.h"
#include "tests/kit/hellos.h"

namespace sallyport::tls {
namespace {

using namespace testkit::hello;

std::string words(const std::vector<std::uint16_t>& values) {
  std::string text;
  for (const std::uint16_t value : values) {
    if (!text.empty()) text += ',';
    const unsigned char bytes[] = {static_cast<unsigned char>(value >> 8),
                                   static_cast<unsigned char>(value)};
    text += to_hex(bytes, 2);
  }
  return text;
}

// What was understood, as text.
std::string show(std::string_view input) {
  const PeekResult result = peek_client_hello(as_bytes(input));
  std::string text(to_string(result.state));
  if (result.state != PeekResult::State::complete) return text;
  const ClientHello& hello = result.hello;
  if (hello.server_name_malformed) text += " sni!";
  if (!hello.server_name.empty()) text += " sni=" + hello.server_name;
  if (!hello.alpn.empty()) text += " alpn=";
  for (const std::string& protocol : hello.alpn) text += printable(protocol) + ';';
  text += " ciphers=" + words(hello.ciphers);
  if (!hello.groups.empty()) text += " groups=" + words(hello.groups);
  if (!hello.signature_algorithms.empty()) text += " sig=" + words(hello.signature_algorithms);
  if (!hello.supported_versions.empty()) text += " versions=" + words(hello.supported_versions);
  if (!hello.extensions.empty()) text += " ext=" + words(hello.extensions);
  if (hello.has_ech) text += " ech";
  if (hello.bytes != input.size()) text += " bytes=" + std::to_string(hello.bytes);
  return text;
}

void check(std::string_view input, std::string_view expected) { EXPECT_EQ(show(input), expected); }

Octets with(const Octets& extensions) {
  HelloSpec spec;
  spec.ciphers = {0x1301};
  spec.extensions = extensions;
  return message(spec);
}

Octets typical() {
  HelloSpec spec;
  spec.ciphers = {0x0a0a, 0x1301, 0xc02b};
  spec.extensions = extension(0x1a1a, "") + server_name("WWW.Example.com") +
                    groups({0x2a2a, 29, 23}) + signature_algorithms({0x0403, 0x0804}) +
                    alpn({"h2", "http/1.1"}) + supported_versions({0x3a3a, 0x0304, 0x0303}) +
                    extension(0xfe0d, "x");
  return message(spec);
}

constexpr std::string_view kTypical =
    "complete sni=www.example.com alpn=h2;http/1.1; ciphers=0a0a,1301,c02b groups=2a2a,001d,0017 "
    "sig=0403,0804 versions=3a3a,0304,0303 ext=1a1a,0000,000a,000d,0010,002b,fe0d ech";

TEST(ClientHello, ReadsTheNameTheProtocolsAndTheLists) { check(records(typical()), kTypical); }

TEST(ClientHello, NeedsMoreForEveryProperPrefix) {
  for (const std::size_t size : {std::size_t{16384}, std::size_t{40}, std::size_t{7}}) {
    const Octets input = records(typical(), size);
    for (std::size_t i = 0; i < input.size(); ++i) check(input.substr(0, i), "need_more");
    check(input, kTypical);
  }
}

TEST(ClientHello, ReadsAMessageCutIntoTwoRecordsAtEveryByte) {
  const Octets whole = typical();
  for (std::size_t i = 1; i < whole.size(); ++i) {
    check(record(whole.substr(0, i)) + record(whole.substr(i), 0x0303), kTypical);
  }
}

TEST(ClientHello, CountsOnlyItsOwnRecords) {
  const Octets input = records(typical());
  EXPECT_EQ(show(input + "later"),
            std::string(kTypical) + " bytes=" + std::to_string(input.size()));
}

TEST(ClientHello, RefusesAtTheFirstByteThatCannotBeginOne) {
  check("G", "not_tls");
  check("\x80", "not_tls");  // SSL 2
  check("\x15\x03\x01", "not_tls");
  check("\x16\x02", "not_tls");
  check(Octets("\x16\x03\x01\x00\x00", 5), "not_tls");
  check("\x16\x03\x01\x40\x01", "not_tls");                 // A record of 16385 bytes
  check(Octets("\x16\x03\x01\x00\x04\x02", 6), "not_tls");  // ServerHello
  check(Octets("\x16\x03\x01\x00\x04\x01", 6), "need_more");
  check("", "need_more");
}

TEST(ClientHello, RefusesAMessageAboveSixteenKibibytesAtItsLength) {
  check(record(u8(1) + u24(16385)), "too_large");
  check(record(u8(1)) + record(u24(0xffffff)), "too_large");
  check(record(u8(1) + u24(16384)), "need_more");
}

TEST(ClientHello, TakesOneOfExactlySixteenKibibytes) {
  const std::size_t rest = 16384 - (message(HelloSpec{}).size() - 4) - 4;
  HelloSpec spec;
  spec.extensions = extension(21, Octets(rest, '\0'));
  ASSERT_EQ(message(spec).size(), 16384u + 4);
  check(records(message(spec)), "complete ciphers=1301,1302,c02b ext=0015");
}

TEST(ClientHello, RefusesMoreThanSixtyFourRecords) {
  const Octets whole = typical();
  const std::size_t size = (whole.size() + 63) / 64;
  check(records(whole, size), kTypical);
  check(records(whole, 1), "malformed");
}

TEST(ClientHello, NeverNeedsMoreThanItsLimitOfInput) {
  const Octets endless = record(u8(1) + u24(16384)) + Octets(2 * kMaxHelloInput, '\x16');
  const auto result = peek_client_hello(as_bytes(endless).first(kMaxHelloInput));
  EXPECT_NE(result.state, PeekResult::State::need_more);
}

TEST(ClientHello, RefusesWhatStandsBehindItInItsRecord) {
  check(record(typical() + "x"), "malformed");
  const Octets whole = typical();
  check(record(whole.substr(0, 9)) + record(whole.substr(9) + "x"), "malformed");
}

TEST(ClientHello, RefusesAnotherRecordInTheMiddle) {
  const Octets whole = typical();
  check(record(whole.substr(0, 9)) + "\x15", "malformed");
  check(record(whole.substr(0, 9)) + "\x16\x04", "malformed");
  check(record(whole.substr(0, 9)) + record(""), "malformed");
}

TEST(ClientHello, RefusesLengthsThatDoNotAddUp) {
  const Octets start = u16(0x0303) + Octets(32, 'r') + vector8("");
  const auto body = [](const Octets& bytes) {
    return record(u8(1) + u24(static_cast<unsigned>(bytes.size())) + bytes);
  };
  check(body(start + vector16(u16(0x1301)) + vector8(u8(0))), "complete ciphers=1301");
  check(body(""), "malformed");
  check(body(u16(0x0303) + Octets(32, 'r') + vector8(Octets(33, 's')) + vector16(u16(0x1301)) +
             vector8(u8(0))),
        "malformed");
  check(body(start + vector16("") + vector8(u8(0))), "malformed");
  check(body(start + vector16("odd") + vector8(u8(0))), "malformed");
  check(body(start + vector16(u16(0x1301)) + vector8("")), "malformed");
  check(body(start + vector16(u16(0x1301)) + vector8(u8(0)) + u16(1)), "malformed");
  check(body(start + vector16(u16(0x1301)) + vector8(u8(0)) + vector16("") + "x"), "malformed");
  check(body(start + vector16(u16(0x1301)) + vector8(u8(0)) + vector16(u16(23) + u16(1))),
        "malformed");
}

TEST(ClientHello, RefusesAnExtensionTwice) {
  check(record(with(server_name("a.example") + server_name("b.example"))), "malformed");
  check(record(with(extension(77, "") + extension(77, ""))), "malformed");
}

TEST(ClientHello, RefusesBrokenLists) {
  check(record(with(extension(10, vector16("odd")))), "malformed");
  check(record(with(extension(10, vector16("")))), "malformed");
  check(record(with(extension(13, vector16(u16(0x0403)) + "x"))), "malformed");
  check(record(with(extension(43, vector8("")))), "malformed");
  check(record(with(alpn({}))), "malformed");
  check(record(with(alpn({""}))), "malformed");
  check(record(with(extension(16, vector16(u8(9) + "h2")))), "malformed");
}

// {what the client sent, what is understood}
TEST(ClientHello, TakesOneCanonicalNameAndNothingElse) {
  const auto sni = [](const Octets& name) {
    const std::string text = show(record(with(server_name(name))));
    return text.substr(0, text.find(" ciphers"));
  };
  EXPECT_EQ(sni("example.com"), "complete sni=example.com");
  EXPECT_EQ(sni("EXAMPLE.com"), "complete sni=example.com");
  EXPECT_EQ(sni("_dmarc.example.com"), "complete sni=_dmarc.example.com");
  const std::vector<Octets> malformed = {
      "",
      Octets("a.com\0.example.org", 18),
      "192.0.2.1",
      "[2001:db8::1]",
      "2001:db8::1",
      "0x7f000001",
      "a b.example",
      "a\nb.example",
      "b\xc3\xbc"
      "cher.example",
      "a..example",
      "-a.example",
      "example.com:443",
      "*.example.com",
      Octets(64, 'a') + ".example",
      "a." + Octets(63, 'b') + '.' + Octets(63, 'c') + '.' + Octets(63, 'd') + '.' +
          Octets(63, 'e'),
  };
  for (const Octets& name : malformed) EXPECT_EQ(sni(name), "complete sni!") << printable(name);
}

TEST(ClientHello, CallsAnythingButOneHostNameMalformed) {
  const auto sni = [](const Octets& data) {
    const std::string text = show(record(with(extension(0, data))));
    return text.substr(0, text.find(" ciphers"));
  };
  const Octets one = u8(0) + vector16("a.example");
  EXPECT_EQ(sni(vector16(one)), "complete sni=a.example");
  EXPECT_EQ(sni(""), "complete sni!");
  EXPECT_EQ(sni(vector16("")), "complete sni!");
  EXPECT_EQ(sni(vector16(one + one)), "complete sni!");
  EXPECT_EQ(sni(vector16(u8(1) + vector16("a.example"))), "complete sni!");
  EXPECT_EQ(sni(vector16(one) + "x"), "complete sni!");
  EXPECT_EQ(sni(u16(99) + one), "complete sni!");
}

struct EcdsaCase {
  std::vector<unsigned> ciphers;
  Octets extensions;
  bool offers;
};

TEST(ClientHello, OffersEcdsaOnlyWhereBothSidesOfItAreThere) {
  const std::vector<EcdsaCase> cases = {
      {{0x1301}, signature_algorithms({0x0403}) + supported_versions({0x0304}), true},
      {{0x1301}, signature_algorithms({0x0804}) + supported_versions({0x0304}), false},
      {{0xc02b}, signature_algorithms({0x0403}), true},
      {{0xc02f}, signature_algorithms({0x0403}), false},
      {{0xc02b}, signature_algorithms({0x0403}) + groups({24}), false},
      {{0xc02b}, signature_algorithms({0x0401}), false},
      {{0xc02b}, "", false},
  };
  for (const EcdsaCase& one : cases) {
    HelloSpec spec;
    spec.ciphers = one.ciphers;
    spec.extensions = one.extensions;
    const auto result = peek_client_hello(as_bytes(records(message(spec))));
    EXPECT_EQ(result.hello.offers_ecdsa(), one.offers) << words(result.hello.ciphers);
  }
}

TEST(ClientHello, KnowsWhetherTls12OrLaterIsOffered) {
  const auto offers = [](unsigned legacy, const Octets& extensions) {
    HelloSpec spec;
    spec.legacy_version = legacy;
    spec.extensions = extensions;
    return peek_client_hello(as_bytes(records(message(spec)))).hello.offers_tls12_or_later();
  };
  EXPECT_TRUE(offers(0x0303, ""));
  EXPECT_FALSE(offers(0x0302, ""));
  EXPECT_FALSE(offers(0x0303, supported_versions({0x0302})));
  EXPECT_TRUE(offers(0x0301, supported_versions({0x0304})));
}

// A byte of the message changed, everywhere and to everything: whatever comes out, nothing is read
// past the end (the sanitizers look) and an answer comes.
TEST(ClientHello, SurvivesEveryChangedByte) {
  const Octets input = records(typical(), 60);
  for (std::size_t i = 0; i < input.size(); ++i) {
    for (const int value : {0x00, 0x01, 0x7f, 0xff}) {
      Octets changed = input;
      changed[i] = static_cast<char>(value);
      EXPECT_FALSE(show(changed).empty());
    }
  }
}

}  // namespace
}  // namespace sallyport::tls
