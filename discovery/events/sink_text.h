#pragma once
// The live log of a gateway that runs in a terminal: append_text() to a file descriptor.

#include <cstdint>
#include <string>

#include "discovery/events/encode.h"
#include "discovery/events/sink.h"

namespace sallyport::discovery {

class TextSink final : public Sink {
 public:
  // Borrows `fd`, usually standard output. A reader that went away (EPIPE) or does not keep up
  // (EAGAIN) costs lines, counted, and nothing else. REQUIRES: SIGPIPE is ignored by the process.
  TextSink(int fd, Colour colour) : fd_(fd), colour_(colour) {}

  void write(EventSpan events) override;
  void flush() override {}
  std::uint64_t failures() const override { return failures_; }

 private:
  const int fd_;
  const Colour colour_;
  std::string buffer_;
  std::uint64_t failures_ = 0;
};

}  // namespace sallyport::discovery
