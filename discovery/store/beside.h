#pragma once
// Work that goes on beside its caller: one thread more, which the caller helps where it comes too
// late. What is read of a store is unpacked by it while the caller adds up what came before.
//
//   Beside beside;
//   auto one = beside.begin([bytes] { return UsagePart::read(bytes, columns); });
//   ...
//   Result<UsagePart> part = one.get();  // waits, or does it, if it has not begun
//
// Thread rule: begin() and get() on the caller's thread; what is begun owns what it needs. The
// thread starts with the first work, is as nice as its caller, and ends with Beside, which drops
// what has not begun.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace sallyport::discovery {

class Beside {
  struct Work {
    std::move_only_function<void()> run;
    enum class State : char { waits, runs, done } state = State::waits;
  };

 public:
  template <class Made>
  class Begun {
   public:
    Begun() = default;
    explicit operator bool() const { return work_ != nullptr; }
    // REQUIRES: *this, and not asked before. `Beside` is alive.
    Made get() {
      beside_->finish(*work_);
      work_.reset();
      return std::move(**std::exchange(made_, nullptr));
    }

   private:
    friend class Beside;
    Beside* beside_ = nullptr;
    std::shared_ptr<Work> work_;
    std::shared_ptr<std::optional<Made>> made_;
  };

  Beside() = default;
  ~Beside();
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

  template <class Make>
  Begun<std::invoke_result_t<Make&>> begin(Make make) {
    Begun<std::invoke_result_t<Make&>> begun;
    begun.beside_ = this;
    begun.made_ = std::make_shared<std::optional<std::invoke_result_t<Make&>>>();
    begun.work_ = std::make_shared<Work>();
    begun.work_->run = [made = begun.made_, make = std::move(make)]() mutable { *made = make(); };
    queue(begun.work_);
    return begun;
  }

 private:
  void queue(std::shared_ptr<Work> work);
  void finish(Work& work);
  void serve();

  std::mutex mutex_;
  std::condition_variable fresh_, done_;
  std::deque<std::shared_ptr<Work>> waiting_;  // and what the caller has done itself
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace sallyport::discovery
