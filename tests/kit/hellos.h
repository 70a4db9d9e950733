#pragma once
// ClientHellos built by hand, for tests. Header only.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::testkit::hello {

using Octets = std::string;  // Raw bytes.

inline Octets u8(unsigned value) { return Octets(1, static_cast<char>(value)); }
inline Octets u16(unsigned value) { return u8(value >> 8 & 255) + u8(value & 255); }
inline Octets u24(unsigned value) { return u8(value >> 16 & 255) + u16(value & 0xffff); }
inline Octets vector8(const Octets& body) { return u8(static_cast<unsigned>(body.size())) + body; }
inline Octets vector16(const Octets& body) {
  return u16(static_cast<unsigned>(body.size())) + body;
}
inline Octets u16s(const std::vector<unsigned>& values) {
  Octets bytes;
  for (const unsigned value : values) bytes += u16(value);
  return bytes;
}

inline Octets extension(unsigned type, const Octets& data) { return u16(type) + vector16(data); }
inline Octets server_name(const Octets& name) {
  return extension(0, vector16(u8(0) + vector16(name)));
}
inline Octets alpn(const std::vector<Octets>& protocols) {
  Octets list;
  for (const Octets& protocol : protocols) list += vector8(protocol);
  return extension(16, vector16(list));
}
inline Octets groups(const std::vector<unsigned>& values) {
  return extension(10, vector16(u16s(values)));
}
inline Octets signature_algorithms(const std::vector<unsigned>& values) {
  return extension(13, vector16(u16s(values)));
}
inline Octets supported_versions(const std::vector<unsigned>& values) {
  return extension(43, vector8(u16s(values)));
}

struct HelloSpec {
  unsigned legacy_version = 0x0303;
  std::vector<unsigned> ciphers{0x1301, 0x1302, 0xc02b};
  Octets session_id = Octets(32, 's');
  Octets extensions;
  bool has_extensions = true;
};

// The handshake message with its header.
inline Octets message(const HelloSpec& spec) {
  Octets body = u16(spec.legacy_version) + Octets(32, 'r') + vector8(spec.session_id) +
                vector16(u16s(spec.ciphers)) + vector8(u8(0));
  if (spec.has_extensions) body += vector16(spec.extensions);
  return u8(1) + u24(static_cast<unsigned>(body.size())) + body;
}

inline Octets record(const Octets& fragment, unsigned version = 0x0301) {
  return u8(22) + u16(version) + vector16(fragment);
}

// The message in records of at most `size` bytes each.
inline Octets records(const Octets& message, std::size_t size = 16384) {
  Octets bytes;
  for (std::size_t at = 0; at < message.size(); at += size)
    bytes += record(message.substr(at, size));
  return bytes;
}

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace sallyport::testkit::hello
