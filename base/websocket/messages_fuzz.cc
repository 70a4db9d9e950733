// Whatever the bytes and wherever they are split: reading ends, frames and messages are the same as
// in one piece, and no bound is passed. The first byte chooses the rules, the second how to split.

#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/websocket/close.h"
#include "base/websocket/message_reader.h"

using namespace sallyport;
using namespace sallyport::websocket;

namespace {

constexpr std::size_t kContent = 300;  // bytes kept of a message

std::string read(const Extensions& extensions, Sender sender, Bytes bytes, std::size_t piece) {
  MessageBounds bounds;
  bounds.content = kContent;
  bounds.inflate = {.floor = 20'000, .ratio = 50, .most = 50'000};
  FrameReader frames(extensions.rules(sender));
  MessageReader messages(extensions, sender, bounds);
  std::string told;
  std::uint64_t inflated = 0;
  const std::size_t came = bytes.size();
  while (!bytes.empty()) {
    Bytes input = bytes.first(std::min(piece, bytes.size()));
    bytes = bytes.subspan(input.size());
    for (Step step = Step::frame; step != Step::more;) {
      step = frames.next(input);
      if (step == Step::more && !input.empty()) std::abort();
      if (step == Step::fault) return told.append("! ").append(describe(frames.fault()));
      if (step == Step::frame) messages.begin(frames.head());
      if (step == Step::payload) {
        const Message* message = messages.add(frames);
        if (message == nullptr) continue;
        if (message->content.size() > kContent) std::abort();
        if (message->whole && message->content.size() != message->size) std::abort();
        told += message->content + (message->whole ? "; " : "...; ");
        if (message->unreadable) told += "unreadable ";
        if (message->fault) told.append(describe(*message->fault));
        inflated += message->fault || message->unreadable ? 0 : message->size;
      }
      if (step == Step::control) {
        if (frames.payload().size() > kMaxControl) std::abort();
        if (frames.head().opcode == Opcode::close) {
          const Close close = parse_close(frames.payload());
          told += "close " + std::to_string(close.code.value_or(0));
        }
      }
    }
  }
  if (inflated > 20'000 + 51 * came + 4096) std::abort();
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const Sender sender = (data[0] & 1) != 0 ? Sender::client : Sender::server;
  Extensions extensions;
  const DeflateTerms terms{(data[0] & 4) == 0, static_cast<std::uint8_t>(8 + (data[0] >> 4) % 8)};
  if ((data[0] & 2) != 0) extensions.deflate = Extensions::Deflate{terms, terms};
  extensions.unknown = (data[0] & 8) != 0;
  const Bytes bytes = std::as_bytes(std::span(data + 2, size - 2));
  const std::string whole = read(extensions, sender, bytes, bytes.size());
  const std::string split = read(extensions, sender, bytes, 1 + data[1] % 40);
  // How much was told before inflating failed, and when it was too much, depends on the pieces.
  for (const std::string* told : {&whole, &split}) {
    if (told->find("RFC 7692") != std::string::npos) return 0;
  }
  if (whole != split) std::abort();
  return 0;
}
