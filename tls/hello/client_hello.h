#pragma once
// Reading a ClientHello from the first bytes of a connection, before anything is decided: the name,
// the protocols, and what the fingerprint needs.
//
// Pure: no state between calls. The caller peeks again with more bytes for as long as it hears
// need_more; nothing is consumed, so that the same bytes can be spliced or given to the TLS stack.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::tls {

// As the client wrote it, GREASE values included (is_grease tells them).
struct ClientHello {
  std::uint16_t legacy_version = 0;
  std::vector<std::uint16_t> ciphers;
  std::vector<std::uint16_t> extensions;  // Types, in the order sent.
  std::vector<std::uint16_t> groups;
  std::vector<std::uint16_t> signature_algorithms;
  std::vector<std::uint16_t> supported_versions;
  std::string server_name;             // Canonical (Host::parse); "" where absent or malformed.
  bool server_name_malformed = false;  // There is an SNI and it is no single DNS name.
  std::vector<std::string> alpn;       // Raw bytes, each 1 to 255 long.
  bool has_ech = false;   // encrypted_client_hello: server_name is only the public name.
  std::size_t bytes = 0;  // Of input taken by the records of this message.

  // Whether an ECDSA leaf may be shown: an ECDSA P-256 signature algorithm, and either TLS 1.3 or
  // an ECDHE_ECDSA suite. A TLS 1.2 hello without the signature extension means SHA-1 and is a no.
  bool offers_ecdsa() const;
  bool offers_tls12_or_later() const;
  bool offers(std::string_view alpn_protocol) const;
};

struct PeekResult {
  enum class State : unsigned char {
    need_more,  // so far a ClientHello
    complete,   // `hello` is whole
    not_tls,    // the first bytes are no TLS handshake record with a ClientHello
    too_large,  // the message is above kMaxClientHello
    malformed,  // a ClientHello whose lengths do not add up, or in an absurd number of records
  };

  State state = State::need_more;
  ClientHello hello;
};

inline constexpr std::size_t kMaxClientHello = 16 * 1024;  // bytes of handshake message
// Each record carries at least one byte of the message and nothing else; more records are
// malformed.
inline constexpr std::size_t kMaxHelloRecords = 64;
// Bytes of input at which the answer is never need_more.
inline constexpr std::size_t kMaxHelloInput = kMaxClientHello + 4 + 5 * kMaxHelloRecords;

// Refuses at the first byte that cannot begin a ClientHello. Tolerates what TLS stacks send: any
// record version 0x03xx, unknown extensions, an absent extension block.
PeekResult peek_client_hello(std::span<const std::byte> input);

// RFC 8701: 0x0a0a, 0x1a1a, ...
constexpr bool is_grease(std::uint16_t value) {
  return (value & 0x0f0f) == 0x0a0a && (value >> 8) == (value & 0xff);
}

std::string_view to_string(PeekResult::State state);

}  // namespace sallyport::tls
