#pragma once
// One deadline per phase of a connection, cheap enough to set for every exchange.
//
//   Deadline deadline(worker.deadlines(), [this] { stream_->close(); });
//   deadline.set(10s);   ...   deadline.clear();
//
// Expiry closes the connection; it never interrupts a single read of it. Resolution is 100 ms. A
// deadline fires one to two ticks late and never early, except on a loop that has been kept from
// its wheel: it counts from the last advance().

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>

namespace sallyport::io {

class Deadline;

// A hashed timing wheel. Setting and clearing are a few pointer writes; time is told by whoever
// owns it.
class DeadlineWheel {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kTick{100};

  explicit DeadlineWheel(Clock::time_point now);
  ~DeadlineWheel();

  // Fires everything due at `now`, each callback once.
  void advance(Clock::time_point now);
  std::size_t size() const { return size_; }

 private:
  friend class Deadline;
  struct Node {
    Node* next = this;
    Node* previous = this;
  };
  static constexpr std::size_t kSlots = 512;

  void insert(Deadline& deadline, std::chrono::milliseconds after);
  void remove(Deadline& deadline);

  std::array<Node, kSlots> slots_;
  Clock::time_point epoch_;
  std::uint64_t tick_ = 0;
  std::size_t size_ = 0;
};

class Deadline : private DeadlineWheel::Node {
 public:
  Deadline(DeadlineWheel& wheel, std::function<void()> expired)
      : wheel_(wheel), callback_(std::move(expired)) {}
  ~Deadline() { clear(); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  // Replaces an earlier one.
  void set(std::chrono::milliseconds after);
  void clear();
  // Whether the last one set fired. Stays until the next set().
  bool expired() const { return expired_; }

 private:
  friend class DeadlineWheel;
  DeadlineWheel& wheel_;
  std::function<void()> callback_;
  std::uint64_t due_ = 0;
  bool armed_ = false;
  bool expired_ = false;
};

}  // namespace sallyport::io
