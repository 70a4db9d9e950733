#pragma once
// The messages of one direction as a program would get them: without mask, inflated, checked. Up to
// a bound; what lies beyond is checked and dropped. Pure.
//
// It is fed what a FrameReader tells:
//
//   case Step::frame: messages.begin(reader.head()); break;
//   case Step::payload:
//     if (const Message* message = messages.add(reader)) ...; break;
//
// INVARIANT: it holds at most MessageBounds::content bytes of a message, and what an Inflater
// holds.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/websocket/extensions.h"
#include "base/websocket/fault.h"
#include "base/websocket/frame_reader.h"
#include "base/websocket/inflater.h"
#include "base/websocket/utf8_stream.h"

namespace sallyport::websocket {

struct MessageBounds {
  std::size_t content = 1024 * 1024;  // bytes kept of a message
  InflateBounds inflate;
};

struct Message {
  Sender sender = Sender::client;
  Opcode kind = Opcode::text;  // or binary
  std::string content;         // its beginning, where it is not whole
  bool whole = true;
  std::uint64_t size = 0;  // inflated; what was seen of it, where it has a fault
  // Why nobody can say what it means. Its frames were right all the same.
  std::optional<Fault> fault;
  // Compressed, and what is needed to read it was lost with an earlier message, or carried by an
  // extension that we do not know.
  bool unreadable = false;
};

class MessageReader {
 public:
  MessageReader(const Extensions& extensions, Sender sender, const MessageBounds& bounds);

  void begin(const FrameHead& head);
  // The message where this ended it, until the next call; else null.
  const Message* add(const FrameReader& frame);

 private:
  void take(Bytes payload, bool message_ends);
  void keep(Bytes clear);

  Sender sender_;
  bool unknown_extensions_;
  const MessageBounds bounds_;
  std::optional<DeflateTerms> deflate_;
  std::unique_ptr<Inflater> inflater_;  // from the first compressed message on
  Message message_;
  bool inside_ = false;
  bool compressed_ = false;
  bool lost_ = false;  // the rest of the message cannot be inflated
  Utf8Stream utf8_;
};

}  // namespace sallyport::websocket
