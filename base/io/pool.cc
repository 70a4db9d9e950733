#include "base/io/pool.h"

#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <vector>

#include "base/io/signal.h"

namespace sallyport::io {

struct WorkPool::Threads {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::move_only_function<void()>> queue;
  std::size_t limit = 0;
  bool closing = false;
  std::vector<std::thread> threads;

  void serve() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return closing || !queue.empty(); });
      if (closing) return;
      auto work = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
    }
  }
};

WorkPool::WorkPool(std::size_t threads, std::size_t queue_limit, std::string name)
    : threads_(std::make_shared<Threads>()) {
  threads_->limit = queue_limit;
  for (std::size_t i = 0; i < threads; ++i) {
    threads_->threads.emplace_back([shared = threads_.get()] { shared->serve(); });
    ::pthread_setname_np(threads_->threads.back().native_handle(), name.substr(0, 15).c_str());
  }
}

WorkPool::~WorkPool() {
  {
    const std::lock_guard lock(threads_->mutex);
    threads_->closing = true;
  }
  threads_->wake.notify_all();
  for (std::thread& thread : threads_->threads) thread.join();
}

bool WorkPool::submit(std::move_only_function<void()> work) {
  if (threads_->threads.empty()) {
    work();
    return true;
  }
  {
    const std::lock_guard lock(threads_->mutex);
    if (threads_->closing || threads_->queue.size() >= threads_->limit) return false;
    threads_->queue.push_back(std::move(work));
  }
  threads_->wake.notify_one();
  return true;
}

Task<bool> WorkPool::run(Executor home, std::move_only_function<void()> work) {
  // Shared with the pool's thread, which may finish after the waiter is gone at shutdown.
  auto done = std::make_shared<Signal>();
  auto job = [home, done, inner = std::move(work)]() mutable {
    inner();
    boost::asio::post(home, [done] { done->notify(); });
  };
  const bool accepted = submit(std::move(job));
  if (!accepted) co_return false;
  co_await done->wait();
  co_return true;
}

}  // namespace sallyport::io
