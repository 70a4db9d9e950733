#include "base/io/deadline.h"

namespace sallyport::io {

DeadlineWheel::DeadlineWheel(Clock::time_point now) : epoch_(now) {}

DeadlineWheel::~DeadlineWheel() {
  for (Node& slot : slots_) {
    while (slot.next != &slot) {
      auto* deadline = static_cast<Deadline*>(slot.next);
      remove(*deadline);
    }
  }
}

void DeadlineWheel::insert(Deadline& deadline, std::chrono::milliseconds after) {
  // One tick more than the rounding gives, because the current tick has partly passed: never early.
  const auto ticks =
      static_cast<std::uint64_t>((after + kTick - std::chrono::milliseconds(1)) / kTick);
  deadline.due_ = tick_ + ticks + 1;
  Node& slot = slots_[deadline.due_ % kSlots];
  Node& node = deadline;
  node.previous = slot.previous;
  node.next = &slot;
  slot.previous->next = &node;
  slot.previous = &node;
  deadline.armed_ = true;
  ++size_;
}

void DeadlineWheel::remove(Deadline& deadline) {
  Node& node = deadline;
  node.previous->next = node.next;
  node.next->previous = node.previous;
  node.next = node.previous = &node;
  deadline.armed_ = false;
  --size_;
}

void DeadlineWheel::advance(Clock::time_point now) {
  const auto target = static_cast<std::uint64_t>((now - epoch_) / kTick);
  while (tick_ < target) {
    if (size_ == 0) {  // Nothing to fire: jump.
      tick_ = target;
      return;
    }
    ++tick_;
    Node& slot = slots_[tick_ % kSlots];
    // A callback may set and clear other deadlines, also in this slot, so the walk starts again
    // after each one. A slot holds few that are not due (rounds of 51.2 s).
    bool fired = true;
    while (fired) {
      fired = false;
      for (Node* node = slot.next; node != &slot; node = node->next) {
        auto* deadline = static_cast<Deadline*>(node);
        if (deadline->due_ > tick_) continue;
        remove(*deadline);
        deadline->expired_ = true;
        // Kept apart: the callback may destroy the Deadline.
        const auto callback = deadline->callback_;
        callback();
        fired = true;
        break;
      }
    }
  }
}

void Deadline::set(std::chrono::milliseconds after) {
  if (armed_) wheel_.remove(*this);
  expired_ = false;
  wheel_.insert(*this, after);
}

void Deadline::clear() {
  if (armed_) wheel_.remove(*this);
}

}  // namespace sallyport::io
