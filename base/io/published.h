#pragma once
// A value that one thread replaces now and then and others read now and then: the PAC file, a
// trouble to show. Not for the path of an exchange, where a worker has its own (SnapshotShelf).
//
// Not std::atomic<std::shared_ptr>: in libstdc++ 12 its load() lets go of its lock with relaxed order,
// which does not keep the next store() from overtaking it (the thread sanitizer says so).
//
// From any thread.

#include <memory>
#include <mutex>
#include <utility>

namespace sallyport::io {

template <class T>
class Published {
 public:
  // Null until the first store().
  std::shared_ptr<const T> load() const {
    const std::lock_guard<std::mutex> held(mutex_);
    return value_;
  }
  void store(std::shared_ptr<const T> value) {
    {
      const std::lock_guard<std::mutex> held(mutex_);
      value_.swap(value);
    }
    // What was there before ends here, outside the lock.
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace sallyport::io
