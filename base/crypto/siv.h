#pragma once
// AES-SIV with AES of 256 bits (RFC 5297): the same text under the same key and context is always
// the same bytes, they can be read again with the key alone, and what was made by another key, for
// another context, or changed is refused.
//
// What it gives away: that two texts are equal, and how long they are. So it is for names that have
// to stay comparable, and for nothing else.
//
// Immutable; from any thread. The key is wiped when it goes.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

class SivKey {
 public:
  static constexpr std::size_t kSize = 64;  // bytes of a key: two of AES-256
  static constexpr std::size_t kTag = 16;   // bytes that sealing adds

  // REQUIRES: kSize bytes, random ones.
  explicit SivKey(std::string_view key);
  ~SivKey();
  SivKey(const SivKey&) = delete;
  SivKey& operator=(const SivKey&) = delete;

  // The tag, then as many bytes as `text` has. REQUIRES: neither is empty (OpenSSL 3.0 leaves out
  // what is), and at most 2^30 bytes.
  std::string seal(std::string_view context, std::string_view text) const;
  // Nothing where it is not what seal() gave for that context.
  std::optional<std::string> open(std::string_view context, std::string_view sealed) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

}  // namespace sallyport
