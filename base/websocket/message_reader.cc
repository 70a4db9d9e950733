#include "base/websocket/message_reader.h"

#include <algorithm>
#include <array>

namespace sallyport::websocket {

MessageReader::MessageReader(const Extensions& extensions, Sender sender,
                             const MessageBounds& bounds)
    : sender_(sender), unknown_extensions_(extensions.unknown), bounds_(bounds) {
  if (const DeflateTerms* terms = extensions.deflate_of(sender)) deflate_ = *terms;
}

void MessageReader::begin(const FrameHead& head) {
  if (inside_) return;  // a fragment of it
  inside_ = true;
  message_ = Message{};
  message_.sender = sender_;
  message_.kind = head.opcode;
  message_.unreadable = unknown_extensions_;
  utf8_ = {};
  lost_ = false;
  compressed_ = head.compressed;
  if (!compressed_) return;
  if (!inflater_) inflater_ = std::make_unique<Inflater>(*deflate_, bounds_.inflate);
  if (!inflater_->usable()) message_.unreadable = true;
}

const Message* MessageReader::add(const FrameReader& frame) {
  const bool ends = frame.message_ended();
  const FrameHead& head = frame.head();
  if (lost_ || message_.unreadable) {
    message_.size += frame.payload().size();
  } else if (!head.masked) {
    take(frame.payload(), ends);
  } else {
    // The payload is somebody else's memory, so the mask comes off in a copy.
    std::array<std::byte, 4096> clear;
    Bytes rest = frame.payload();
    std::uint64_t offset = frame.offset();
    do {
      const Bytes piece = rest.first(std::min(rest.size(), clear.size()));
      rest = rest.subspan(piece.size());
      apply_mask(head.mask, offset, piece, clear.data());
      offset += piece.size();
      take(Bytes(clear).first(piece.size()), ends && rest.empty());
    } while (!rest.empty());
  }
  if (!ends) return nullptr;
  inside_ = false;
  if (message_.unreadable || lost_) message_.whole = false;
  return &message_;
}

void MessageReader::take(Bytes payload, bool message_ends) {
  if (!compressed_) {
    keep(payload);
  } else if (!lost_) {
    // Also of a text that is none: the messages behind it may refer to it.
    const auto outcome =
        inflater_->add(payload, message_ends, [this](Bytes clear) { keep(clear); });
    if (outcome != Inflater::Outcome::good) {
      lost_ = true;
      message_.fault =
          outcome == Inflater::Outcome::broken ? Fault::not_deflated : Fault::inflates_too_much;
    }
  }
  if (message_ends && message_.kind == Opcode::text && !utf8_.whole() && !message_.fault) {
    message_.fault = Fault::not_utf8;
  }
}

void MessageReader::keep(Bytes clear) {
  message_.size += clear.size();
  const std::size_t room = bounds_.content - message_.content.size();
  const std::size_t kept = std::min(room, clear.size());
  message_.content.append(reinterpret_cast<const char*>(clear.data()), kept);
  if (kept < clear.size()) message_.whole = false;
  if (message_.kind == Opcode::text && !message_.fault && !utf8_.add(clear)) {
    message_.fault = Fault::not_utf8;
  }
}

}  // namespace sallyport::websocket
