#pragma once
// Nursery: where concurrent work lives. Nothing is detached; what was started here has ended before
// the nursery dies.
//
//   Nursery nursery(worker.executor());
//   nursery.start(pump(client, origin));
//   ...
//   origin.close();              // makes the pump end
//   co_await nursery.join();     // cancel, join, destroy: in this order
//
// Cancelling is a request: it runs what the tasks registered with OnCancel (close this stream,
// abandon that attempt), which makes them end.
//
// INVARIANT: the destructor finds no task alive (CHECK).
// A task that throws has a bug; it is logged, and the others go on.

#include <cstddef>
#include <exception>
#include <functional>

#include "base/io/signal.h"
#include "base/io/task.h"

namespace sallyport::io {

class Nursery {
 public:
  explicit Nursery(Executor executor);
  ~Nursery();
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;

  // Starts `task`, which runs up to its first wait before this returns. On the worker's thread.
  void start(Task<void> task);

  // Until every task has ended. One joiner at a time.
  Task<void> join();

  // Runs every OnCancel that is registered now, once; those that come later run at once.
  void cancel();
  bool cancelled() const { return cancelled_; }

  // What to do on cancel(), for as long as this object lives.
  class OnCancel {
   public:
    OnCancel(Nursery& nursery, std::function<void()> action);
    ~OnCancel();
    OnCancel(const OnCancel&) = delete;
    OnCancel& operator=(const OnCancel&) = delete;

   private:
    friend class Nursery;
    Nursery& nursery_;
    std::function<void()> action_;
    OnCancel* next_ = nullptr;
    OnCancel* previous_ = nullptr;
  };

  bool empty() const { return alive_ == 0; }
  const Executor& executor() const { return executor_; }

 private:
  void ended(std::exception_ptr failure);

  Executor executor_;
  std::size_t alive_ = 0;
  bool cancelled_ = false;
  OnCancel* first_ = nullptr;
  Signal all_ended_;
};

}  // namespace sallyport::io
