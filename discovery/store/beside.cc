#include "discovery/store/beside.h"

namespace sallyport::discovery {

Beside::~Beside() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock(mutex_);
    ends_ = true;
  }
  fresh_.notify_one();
  thread_.join();
}

void Beside::queue(std::shared_ptr<Work> work) {
  if (!thread_.joinable()) thread_ = std::thread([this] { serve(); });
  {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(std::move(work));
  }
  fresh_.notify_one();
}

void Beside::finish(Work& work) {
  std::unique_lock lock(mutex_);
  if (work.state == Work::State::waits) {
    work.state = Work::State::runs;
    lock.unlock();
    work.run();
    return;
  }
  done_.wait(lock, [&] { return work.state == Work::State::done; });
}

void Beside::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    fresh_.wait(lock, [this] { return ends_ || !waiting_.empty(); });
    if (ends_) return;
    const std::shared_ptr<Work> work = std::move(waiting_.front());
    waiting_.pop_front();
    if (work->state != Work::State::waits) continue;
    work->state = Work::State::runs;
    lock.unlock();
    work->run();
    lock.lock();
    work->state = Work::State::done;
    done_.notify_one();
  }
}

}  // namespace sallyport::discovery
