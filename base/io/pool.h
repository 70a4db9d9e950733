#pragma once
// WorkPool: a few threads for work that would block a worker: name look-ups, bcrypt, RSA keys.
// Bounded: a full queue refuses, and the caller answers accordingly.

#include <cstddef>
#include <functional>
#include <memory>

#include "base/io/task.h"

namespace sallyport::io {

class WorkPool {
 public:
  // threads == 0: submit() runs the work at once, on the caller's thread. For tests.
  WorkPool(std::size_t threads, std::size_t queue_limit, std::string name);
  ~WorkPool();  // Finishes what runs, drops what waits.
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  // False where the queue is full or the pool is closing. From any thread.
  bool submit(std::move_only_function<void()> work);

  // Runs `work` on the pool and comes back to the caller's thread with true; false where refused.
  // What `work` refers to must live until this returns.
  Task<bool> run(Executor home, std::move_only_function<void()> work);

 private:
  struct Threads;
  std::shared_ptr<Threads> threads_;
};

}  // namespace sallyport::io
