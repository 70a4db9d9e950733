#pragma once
// permessage-deflate, the receiving half (RFC 7692 section 7.2.2): the messages of one direction,
// piece by piece, within bounds. The home of zlib.
//
// Memory: 7 KiB, and the window (32 KiB at most) once something was inflated.
//
// After anything but `good` the message at hand is lost. The next one can be read where the
// direction keeps no context, else nothing more.

#include <cstdint>
#include <functional>
#include <memory>

#include "base/websocket/extensions.h"
#include "base/websocket/frame.h"

namespace sallyport::websocket {

// All messages of a direction together may inflate to `floor` bytes and `ratio` times what came, so
// that many small bombs are no better than a large one; a single message to `most`. DEFLATE itself
// ends at 1032 times.
struct InflateBounds {
  std::uint64_t floor = 1024 * 1024;
  std::uint64_t ratio = 100;
  std::uint64_t most = 16 * 1024 * 1024;
};

class Inflater {
 public:
  enum class Outcome : std::uint8_t { good, broken, too_much };
  // Takes bytes of the message, at most 4 KiB at a time.
  using Take = std::function<void(Bytes)>;

  Inflater(const DeflateTerms& terms, const InflateBounds& bounds);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // The next bytes of a message. `last`: there are no more of it.
  Outcome add(Bytes compressed, bool last, const Take& take);

  // Whether the next message can be read.
  bool usable() const { return usable_; }

 private:
  struct Zlib;
  Outcome run(Bytes compressed, const Take& take);
  Outcome lose(Outcome outcome);
  DeflateTerms terms_;
  InflateBounds bounds_;
  std::unique_ptr<Zlib> zlib_;
  std::uint64_t in_ = 0;
  std::uint64_t out_ = 0;
  std::uint64_t message_ = 0;  // of out_
  bool usable_ = true;
};

}  // namespace sallyport::websocket
