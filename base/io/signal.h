#pragma once
// Signal: one coroutine waits, another part of the same thread wakes it. It remembers one
// notification, so that none is lost between a look and a wait.

#include <functional>

#include "base/io/task.h"

namespace sallyport::io {

class Signal {
 public:
  // Wakes the waiter, or lets the next wait() return at once. Never runs the waiter inside this
  // call.
  void notify();

  // One waiter at a time (CHECK).
  Task<void> wait();

  void reset() { notified_ = false; }

 private:
  bool notified_ = false;
  std::move_only_function<void()> waiter_;
};

}  // namespace sallyport::io
