#pragma once
// ByteStream: a two-way flow of bytes, whatever carries it: TCP, TLS over it, a pair in memory.
//
// try_read and try_write never suspend. Waiting is a separate call, so a wait may be given up
// without harm to what the stream is doing (cancelling an operation inside TLS would ruin it;
// cancelling a wait does not). The rule for readers: never wait before try_read said would_block;
// there may be bytes in a buffer that no socket will announce again.
//
// A stream belongs to one thread. At most one readable() and one writable() wait at a time.
//
// No Asio type but Task's stands in these signatures, so that another engine fits below them.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/core/result.h"
#include "base/io/task.h"

namespace sallyport::io {

using Bytes = std::span<const std::byte>;

class Spliceable;

class ByteStream {
 public:
  enum class Status : std::uint8_t { moved, would_block, end, failed };
  struct Outcome {
    Status status = Status::failed;
    std::size_t bytes = 0;  // > 0 where moved
  };

  virtual ~ByteStream() = default;

  virtual Outcome try_read(std::span<std::byte> into) = 0;

  // Takes bytes from the front of `pieces`, in order, as many as it can. What it took may still be
  // in a buffer of its own: see unsent().
  virtual Outcome try_write(std::span<const Bytes> pieces) = 0;

  // A carrier that had nothing more to give is not asked again before readable() said that it may
  // have: a system call for nothing. Whoever will not wait, but must know what is there now, says
  // so first.
  virtual void look_again() {}

  // Until try_read may get further. An error here is one of the carrier, or cancelled by
  // stop_reading().
  virtual Task<Result<void>> readable() = 0;

  // Until try_write may get further and nothing taken before is left unsent.
  virtual Task<Result<void>> writable() = 0;

  // Its bytes by way of a pipe (pipe.h); null where something of ours stands between.
  virtual Spliceable* spliceable() { return nullptr; }

  // Bytes at hand that try_read returns without asking the carrier.
  virtual bool buffered() const { return false; }

  // Bytes taken by try_write that have not left yet; writable() sends them.
  virtual bool unsent() const { return false; }

  // Gives back buffers that hold nothing. For connections that have been idle for a while.
  virtual void release_idle_buffers() {}

  // A waiting readable() ends with ErrorKind::cancelled; later ones too, until resume_reading().
  virtual void stop_reading() = 0;
  virtual void resume_reading() = 0;

  // No more bytes will be written: close_notify and FIN. What was taken must have left before.
  // Where unsent() is true afterwards, writable() brings it out.
  virtual void end_writing() = 0;

  // Abrupt and final. Waits end with ErrorKind::closed. May be called more than once.
  virtual void close() = 0;
  virtual bool is_open() const = 0;
  // As close(), and what has not reached the peer yet is thrown away instead of being delivered in
  // the background: for peers that do not take it.
  virtual void reset() { close(); }

  // Whether the peer has gone, as far as the system knows: it reset the connection, or where
  // `half`, will send no more. A look that reads nothing; one system call. False also where nobody
  // can say.
  virtual bool peer_left(bool half) const {
    static_cast<void>(half);
    return false;
  }

  // Why try_read or try_write said failed.
  virtual const Error& failure() const = 0;

  // Bytes on the wire below everything, both ways.
  virtual std::uint64_t wire_in() const { return 0; }
  virtual std::uint64_t wire_out() const { return 0; }
  // Of wire_out(), what the peer's system has taken. The rest waits in buffers of ours.
  virtual std::uint64_t delivered() const { return wire_out(); }
};

// Writes all of `pieces` and leaves nothing unsent, where that needs no wait: most messages fit
// what the system takes at once. Nothing where it would have to wait: then `pieces` is what is
// left, and write_all() goes on with it.
std::optional<Result<void>> write_now(ByteStream& stream, std::span<Bytes>& pieces);

// Writes all of `pieces` and leaves nothing unsent. At most 8 pieces.
Task<Result<void>> write_all(ByteStream& stream, std::span<const Bytes> pieces);
Task<Result<void>> write_all(ByteStream& stream, Bytes bytes);

// Waits where it must; 0 bytes is the end.
Task<Result<std::size_t>> read_some(ByteStream& stream, std::span<std::byte> into);

inline Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace sallyport::io
