#pragma once
// The bytes of a message, pulled: nobody reads, nothing flows.
//
// A body is read until it ends: an empty chunk is the end. After an end or an error, read no more.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/http/headers.h"
#include "base/io/task.h"

namespace sallyport::http {

using Bytes = std::span<const std::byte>;

class Body {
 public:
  virtual ~Body() = default;

  // The next bytes, at most `most` (> 0). They stay valid until the next read() or the end of the
  // Body. One read at a time.
  virtual Task<Result<Bytes>> read(std::size_t most) = 0;

  // The same where no wait is needed: bytes that are at hand, the end, or an error. Nothing where
  // only read() can tell; that is always a right answer.
  virtual std::optional<Result<Bytes>> read_now(std::size_t most) {
    static_cast<void>(most);
    return std::nullopt;
  }

  // As announced by Content-Length; nothing where the end shows itself (chunks, close, END_STREAM).
  virtual std::optional<std::uint64_t> length() const { return std::nullopt; }

  // Whether the message has no body at all, so that a codec need not frame one.
  virtual bool none() const { return false; }

  // Whether bytes are at hand that read() would return without waiting; false where not known. A
  // writer flushes before it waits, so that a first byte is never held back.
  virtual bool ready() const { return false; }

  // Fields that came after the last byte; null before the end or where there were none.
  virtual const Headers* trailers() const { return nullptr; }
  // Whether there may be such, though the length is known.
  virtual bool may_have_trailers() const { return false; }

  // Whether what read() gave last was all, and no trailers come; false where not known. A writer
  // may then say so with the last bytes.
  virtual bool at_end() const { return false; }

  // A read that waits, and every later one, ends with ErrorKind::cancelled. From the same thread.
  virtual void stop() {}
};

// Another body as it passes: what reads it overrides read() and read_now(), and what else it changes.
// Lifetime: the other outlives it.
class PassingBody : public Body {
 public:
  explicit PassingBody(Body& inner) : inner_(inner) {}
  std::optional<std::uint64_t> length() const override { return inner_.length(); }
  bool none() const override { return inner_.none(); }
  bool ready() const override { return inner_.ready(); }
  const Headers* trailers() const override { return inner_.trailers(); }
  bool may_have_trailers() const override { return inner_.may_have_trailers(); }
  bool at_end() const override { return inner_.at_end(); }
  void stop() override { inner_.stop(); }

 protected:
  Body& inner_;
};

// No body.
class EmptyBody final : public Body {
 public:
  Task<Result<Bytes>> read(std::size_t most) override;
  std::optional<std::uint64_t> length() const override { return 0; }
  bool none() const override { return true; }
};

// A text that we made ourselves.
class TextBody final : public Body {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  Task<Result<Bytes>> read(std::size_t most) override;
  std::optional<std::uint64_t> length() const override { return text_.size(); }
  bool none() const override { return text_.empty(); }
  bool ready() const override { return true; }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

}  // namespace sallyport::http
