// RFC 6455 section 5.2:
//
//    0               1               2               3
//    FIN RSV1-3 op4  MASK len7       [len16 or len64]        [mask 32]        payload
#include "base/websocket/frame_reader.h"

#include <algorithm>
#include <cstring>

namespace sallyport::websocket {

namespace {

std::uint64_t big_endian(const std::byte* bytes, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

}  // namespace

bool FrameReader::refuse(Fault fault) {
  fault_ = fault;
  return false;
}

bool FrameReader::judge_first(std::uint8_t first) {
  const auto opcode = static_cast<Opcode>(first & 0x0f);
  const bool control = is_control(opcode);
  const bool final = (first & 0x80) != 0;
  const bool begins = !control && opcode != Opcode::continuation;
  if (!rules_.unknown_extensions) {
    if (opcode > Opcode::pong || (opcode > Opcode::binary && opcode < Opcode::close)) {
      return refuse(Fault::reserved_opcode);
    }
    // RFC 7692 section 6: RSV1 is the message's, so only its first frame bears it.
    const unsigned allowed = rules_.deflate && begins ? 0x40 : 0;
    if ((first & 0x70 & ~allowed) != 0) return refuse(Fault::reserved_bits);
  }
  if (control) {
    if (!final) return refuse(Fault::control_fragmented);
  } else {
    if (closed_) return refuse(Fault::after_close);
    if (begins && inside_message_) return refuse(Fault::message_not_finished);
    if (!begins && !inside_message_) return refuse(Fault::nothing_to_continue);
  }
  head_.opcode = opcode;
  head_.final = final;
  head_.compressed = rules_.deflate && (first & 0x40) != 0;
  return true;
}

std::size_t FrameReader::parse(const std::byte* bytes, std::size_t size) {
  if (!judge_first(static_cast<std::uint8_t>(bytes[0]))) return 0;
  if (size < 2) return 2;
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  head_.masked = (second & 0x80) != 0;
  if (head_.masked != (rules_.sender == Sender::client)) {
    refuse(head_.masked ? Fault::masked : Fault::not_masked);
    return 0;
  }
  const std::uint8_t shown = second & 0x7f;
  const std::size_t more = shown < 126 ? 0 : shown == 126 ? 2 : 8;
  if (more > 0 && is_control(head_.opcode)) {
    refuse(Fault::control_too_long);
    return 0;
  }
  const std::size_t whole = 2 + more + (head_.masked ? 4 : 0);
  if (size < 2 + more) return whole;
  head_.length = more == 0 ? shown : big_endian(bytes + 2, more);
  if ((head_.length >> 63) != 0) {
    refuse(Fault::length_too_large);
    return 0;
  }
  if ((more == 2 && head_.length < 126) || (more == 8 && head_.length <= 0xffff)) {
    refuse(Fault::length_not_minimal);
    return 0;
  }
  if (head_.masked && size >= whole) std::memcpy(head_.mask.data(), bytes + whole - 4, 4);
  return whole;
}

Step FrameReader::take_control(Bytes& input) {
  const std::size_t here = std::min<std::size_t>(left_, input.size());
  if (head_.masked) {
    apply_mask(head_.mask, held_, input.first(here), buffer_.data() + held_);
  } else {
    std::copy_n(input.begin(), here, buffer_.begin() + held_);
  }
  input = input.subspan(here);
  held_ = static_cast<std::uint8_t>(held_ + here);
  left_ -= here;
  if (left_ > 0) return Step::more;
  payload_ = Bytes(buffer_).first(held_);
  offset_ = 0;
  held_ = 0;
  state_ = State::head;
  if (head_.opcode == Opcode::close) closed_ = true;
  return Step::control;
}

bool FrameReader::take_head(Bytes& input) {
  if (input.empty()) return false;
  std::size_t taken = 0;
  const std::size_t before = held_;
  if (before == 0) {
    taken = parse(input.data(), input.size());
  } else {
    // A head in pieces: its beginning is in the buffer.
    const std::size_t here = std::min(kMaxHead - before, input.size());
    std::copy_n(input.begin(), here, buffer_.begin() + held_);
    taken = parse(buffer_.data(), before + here);
  }
  if (taken == 0) {
    state_ = State::faulty;
    return false;
  }
  if (taken - before > input.size()) {
    if (before == 0) std::copy(input.begin(), input.end(), buffer_.begin());
    held_ = static_cast<std::uint8_t>(before + input.size());
    input = {};
    return false;
  }
  input = input.subspan(taken - before);
  held_ = 0;
  left_ = head_.length;
  offset_ = 0;
  return true;
}

Step FrameReader::next(Bytes& input) {
  switch (state_) {
    case State::faulty:
      return Step::fault;
    case State::control:
      return take_control(input);
    case State::data: {
      if (input.empty() && left_ > 0) return Step::more;
      const std::size_t here = std::min<std::uint64_t>(left_, input.size());
      offset_ = head_.length - left_;
      payload_ = input.first(here);
      input = input.subspan(here);
      left_ -= here;
      if (left_ == 0) state_ = State::head;
      return Step::payload;
    }
    case State::head:
      break;
  }
  if (!take_head(input)) return state_ == State::faulty ? Step::fault : Step::more;
  if (is_control(head_.opcode)) {
    state_ = State::control;
    return take_control(input);
  }
  state_ = State::data;
  inside_message_ = !head_.final;
  return Step::frame;
}

}  // namespace sallyport::websocket
