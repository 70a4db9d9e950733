#pragma once
// AES-256 in counter mode (NIST SP 800-38A section 6.5): enciphers, and deciphers, bytes in their
// order. For what only this process will ever read: it keeps others from reading, and does not show
// whether somebody changed the bytes.
//
//   StreamCipher writer, reader(writer);   // one random key, each from the beginning
//
// INVARIANT: a key is used for one stream of bytes. It is wiped when the last of both goes.

#include <cstdint>
#include <memory>
#include <span>

namespace sallyport {

class StreamCipher {
 public:
  StreamCipher();
  // Begins the stream of `other` anew.
  explicit StreamCipher(const StreamCipher& other);
  StreamCipher& operator=(const StreamCipher&) = delete;
  ~StreamCipher();

  // In place.
  void apply(std::span<std::uint8_t> bytes);

 private:
  struct Key;
  struct State;
  explicit StreamCipher(std::shared_ptr<const Key> key);

  std::shared_ptr<const Key> key_;
  std::unique_ptr<State> state_;
};

}  // namespace sallyport
