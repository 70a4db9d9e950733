// RFC 8446 sections 4.1.2 and 5.1, RFC 6066 section 3 (server_name), RFC 7301 section 3.1 (ALPN).
//
//   record:     type 22 | version 0x03xx | length u16 | fragment
//   handshake:  type 1 | length u24 | body, over one or more fragments
//   body:       version u16 | random 32 | session_id<u8> | ciphers<u16> | compression<u8> |
//               nothing, or extensions<u16> of (type u16 | data<u16>)

#include "tls/hello/client_hello.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/core/host.h"

namespace sallyport::tls {

namespace {

constexpr std::uint8_t kHandshakeRecord = 22;
constexpr std::uint8_t kClientHelloType = 1;
constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kMaxFragment = 16 * 1024;  // bytes of plaintext in a record
constexpr std::size_t kHandshakeHeader = 4;

enum : std::uint16_t {
  kServerName = 0,
  kSupportedGroups = 10,
  kSignatureAlgorithms = 13,
  kAlpn = 16,
  kSupportedVersions = 43,
  kEncryptedClientHello = 0xfe0d,
};

constexpr std::uint16_t kTls12 = 0x0303;
constexpr std::uint16_t kTls13 = 0x0304;

using Bytes = std::span<const std::byte>;

// Reads forwards and never past the end; after a failure everything that follows fails too.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : bytes_(bytes) {}

  std::uint8_t u8() {
    const Bytes one = take(1);
    return one.empty() ? 0 : static_cast<std::uint8_t>(one[0]);
  }
  std::uint16_t u16() {
    const auto high = static_cast<unsigned>(u8());
    return static_cast<std::uint16_t>(high << 8 | u8());
  }
  Bytes take(std::size_t size) {
    if (!ok_ || size > bytes_.size()) {
      ok_ = false;
      return {};
    }
    const Bytes taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  Bytes vector8() { return take(u8()); }
  Bytes vector16() { return take(u16()); }

  bool ok() const { return ok_; }
  bool done() const { return bytes_.empty(); }
  bool ended_well() const { return ok_ && done(); }

 private:
  Bytes bytes_;
  bool ok_ = true;
};

std::optional<std::vector<std::uint16_t>> read_u16s(Bytes bytes) {
  if (bytes.empty() || bytes.size() % 2 != 0) return std::nullopt;
  std::vector<std::uint16_t> values;
  values.reserve(bytes.size() / 2);
  for (Cursor cursor(bytes); !cursor.done();) values.push_back(cursor.u16());
  return values;
}

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The one name in a server_name extension; nothing where it is anything else than one DNS name.
// That is no reason to refuse the message: whoever decides may want to say so in words.
std::optional<std::string> read_server_name(Bytes data) {
  Cursor outer(data);
  Cursor list(outer.vector16());
  if (!outer.ended_well()) return std::nullopt;
  const std::uint8_t type = list.u8();
  const Bytes name = list.vector16();
  if (!list.ended_well() || type != 0) return std::nullopt;
  const auto host = Host::parse(as_text(name));
  if (!host || host->is_address()) return std::nullopt;
  return host->text();
}

std::optional<std::vector<std::string>> read_alpn(Bytes data) {
  Cursor outer(data);
  const Bytes list = outer.vector16();
  if (!outer.ended_well() || list.empty()) return std::nullopt;
  std::vector<std::string> protocols;
  for (Cursor cursor(list); !cursor.done();) {
    const Bytes protocol = cursor.vector8();
    if (!cursor.ok() || protocol.empty()) return std::nullopt;
    protocols.emplace_back(as_text(protocol));
  }
  return protocols;
}

bool read_list(Bytes list, bool well_formed, std::vector<std::uint16_t>& into) {
  if (!well_formed) return false;
  auto values = read_u16s(list);
  if (!values) return false;
  into = std::move(*values);
  return true;
}

bool read_extension(std::uint16_t type, Bytes data, ClientHello& hello) {
  Cursor cursor(data);
  switch (type) {
    case kServerName:
      if (auto name = read_server_name(data)) {
        hello.server_name = std::move(*name);
      } else {
        hello.server_name_malformed = true;
      }
      return true;
    case kSupportedGroups: {
      const Bytes list = cursor.vector16();
      return read_list(list, cursor.ended_well(), hello.groups);
    }
    case kSignatureAlgorithms: {
      const Bytes list = cursor.vector16();
      return read_list(list, cursor.ended_well(), hello.signature_algorithms);
    }
    case kSupportedVersions: {
      const Bytes list = cursor.vector8();
      return read_list(list, cursor.ended_well(), hello.supported_versions);
    }
    case kAlpn: {
      auto protocols = read_alpn(data);
      if (protocols) hello.alpn = std::move(*protocols);
      return protocols.has_value();
    }
    case kEncryptedClientHello:
      hello.has_ech = true;
      return true;
    default:
      return true;
  }
}

bool has_duplicates(std::vector<std::uint16_t> values) {
  std::sort(values.begin(), values.end());
  return std::adjacent_find(values.begin(), values.end()) != values.end();
}

std::optional<ClientHello> read_body(Bytes body) {
  ClientHello hello;
  Cursor cursor(body);
  hello.legacy_version = cursor.u16();
  cursor.take(32);  // random
  const Bytes session_id = cursor.vector8();
  auto ciphers = read_u16s(cursor.vector16());
  const Bytes compression = cursor.vector8();
  if (!cursor.ok() || session_id.size() > 32 || !ciphers || compression.empty()) {
    return std::nullopt;
  }
  hello.ciphers = std::move(*ciphers);
  if (cursor.done()) return hello;

  Cursor extensions(cursor.vector16());
  if (!cursor.ended_well()) return std::nullopt;
  while (!extensions.done()) {
    const std::uint16_t type = extensions.u16();
    const Bytes data = extensions.vector16();
    if (!extensions.ok() || !read_extension(type, data, hello)) return std::nullopt;
    hello.extensions.push_back(type);
  }
  // Two of one type let two readers see two names.
  if (has_duplicates(hello.extensions)) return std::nullopt;
  return hello;
}

PeekResult ended(PeekResult::State state) { return PeekResult{state, {}}; }

bool contains(const std::vector<std::uint16_t>& values, std::uint16_t value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool is_ecdhe_ecdsa(std::uint16_t cipher) {
  switch (cipher) {
    case 0xc009:  // AES_128_CBC_SHA
    case 0xc00a:  // AES_256_CBC_SHA
    case 0xc023:  // AES_128_CBC_SHA256
    case 0xc024:  // AES_256_CBC_SHA384
    case 0xc02b:  // AES_128_GCM_SHA256
    case 0xc02c:  // AES_256_GCM_SHA384
    case 0xc0ac:  // AES_128_CCM
    case 0xc0ad:  // AES_256_CCM
    case 0xcca9:  // CHACHA20_POLY1305_SHA256
      return true;
    default:
      return false;
  }
}

}  // namespace

PeekResult peek_client_hello(std::span<const std::byte> input) {
  using State = PeekResult::State;

  // Walk the records without copying, so that peeking again after every byte stays cheap.
  std::vector<std::byte> message;
  std::size_t message_size = 0;  // With its header; 0 until that is whole.
  std::size_t gathered = 0;
  std::size_t at = 0;
  std::array<Bytes, kMaxHelloRecords> fragments;
  std::array<std::uint8_t, kHandshakeHeader> header{};

  for (std::size_t record = 0; record < kMaxHelloRecords; ++record) {
    const bool first = record == 0;
    const Bytes rest = input.subspan(at);
    if (!rest.empty() && static_cast<std::uint8_t>(rest[0]) != kHandshakeRecord) {
      return ended(first ? State::not_tls : State::malformed);
    }
    if (rest.size() > 1 && static_cast<std::uint8_t>(rest[1]) != 3) {
      return ended(first ? State::not_tls : State::malformed);
    }
    if (rest.size() < kRecordHeader) return ended(State::need_more);
    const std::size_t length =
        static_cast<std::size_t>(rest[3]) << 8 | static_cast<std::size_t>(rest[4]);
    if (length == 0 || length > kMaxFragment) {
      return ended(first ? State::not_tls : State::malformed);
    }
    const Bytes fragment =
        rest.subspan(kRecordHeader, std::min(length, rest.size() - kRecordHeader));

    for (std::size_t i = 0; i < fragment.size() && gathered + i < kHandshakeHeader; ++i) {
      header[gathered + i] = static_cast<std::uint8_t>(fragment[i]);
    }
    gathered += fragment.size();
    if (gathered >= 1 && header[0] != kClientHelloType) return ended(State::not_tls);
    if (message_size == 0 && gathered >= kHandshakeHeader) {
      const std::size_t body = static_cast<std::size_t>(header[1]) << 16 |
                               static_cast<std::size_t>(header[2]) << 8 | header[3];
      if (body > kMaxClientHello) return ended(State::too_large);
      message_size = kHandshakeHeader + body;
    }
    // The record announces what belongs to it; a ClientHello is alone in its records.
    if (message_size != 0 && gathered - fragment.size() + length > message_size) {
      return ended(State::malformed);
    }
    if (fragment.size() < length) return ended(State::need_more);
    fragments[record] = fragment;
    at += kRecordHeader + length;

    if (message_size != 0 && gathered == message_size) {
      message.reserve(message_size);
      for (std::size_t i = 0; i <= record; ++i) {
        message.insert(message.end(), fragments[i].begin(), fragments[i].end());
      }
      auto hello = read_body(Bytes(message).subspan(kHandshakeHeader));
      if (!hello) return ended(State::malformed);
      hello->bytes = at;
      return PeekResult{State::complete, std::move(*hello)};
    }
  }
  return ended(State::malformed);
}

bool ClientHello::offers_ecdsa() const {
  constexpr std::uint16_t kEcdsaSecp256r1Sha256 = 0x0403;
  constexpr std::uint16_t kSecp256r1 = 23;
  if (!contains(signature_algorithms, kEcdsaSecp256r1Sha256)) return false;
  if (contains(supported_versions, kTls13)) return true;
  // Below TLS 1.3 the list of groups also says which curves a certificate may use.
  return (groups.empty() || contains(groups, kSecp256r1)) &&
         std::any_of(ciphers.begin(), ciphers.end(), is_ecdhe_ecdsa);
}

bool ClientHello::offers_tls12_or_later() const {
  if (supported_versions.empty()) return legacy_version >= kTls12 && legacy_version < 0x0400;
  return contains(supported_versions, kTls12) || contains(supported_versions, kTls13);
}

bool ClientHello::offers(std::string_view alpn_protocol) const {
  return std::find(alpn.begin(), alpn.end(), alpn_protocol) != alpn.end();
}

std::string_view to_string(PeekResult::State state) {
  switch (state) {
    case PeekResult::State::need_more:
      return "need_more";
    case PeekResult::State::complete:
      return "complete";
    case PeekResult::State::not_tls:
      return "not_tls";
    case PeekResult::State::too_large:
      return "too_large";
    case PeekResult::State::malformed:
      return "malformed";
  }
  return "malformed";
}

}  // namespace sallyport::tls
