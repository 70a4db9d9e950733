#include "base/io/nursery.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "base/core/check.h"
#include "base/core/log.h"

namespace sallyport::io {

Nursery::Nursery(Executor executor) : executor_(std::move(executor)) {}

Nursery::~Nursery() {
  CHECK(alive_ == 0);
  CHECK(first_ == nullptr);
}

void Nursery::cancel() {
  cancelled_ = true;
  // An action may end others; each is taken off before it runs.
  while (first_ != nullptr) {
    OnCancel* one = first_;
    first_ = one->next_;
    if (first_ != nullptr) first_->previous_ = nullptr;
    one->next_ = nullptr;
    const auto action = std::move(one->action_);
    one->action_ = nullptr;
    action();
  }
}

Nursery::OnCancel::OnCancel(Nursery& nursery, std::function<void()> action)
    : nursery_(nursery), action_(std::move(action)) {
  if (nursery_.cancelled_) {
    const auto now = std::move(action_);
    action_ = nullptr;
    now();
    return;
  }
  next_ = nursery_.first_;
  if (next_ != nullptr) next_->previous_ = this;
  nursery_.first_ = this;
}

Nursery::OnCancel::~OnCancel() {
  if (!action_) return;  // Ran, so it is off the list.
  if (previous_ != nullptr) {
    previous_->next_ = next_;
  } else {
    nursery_.first_ = next_;
  }
  if (next_ != nullptr) next_->previous_ = previous_;
}

void Nursery::start(Task<void> task) {
  ++alive_;
  boost::asio::co_spawn(executor_, std::move(task),
                        [this](std::exception_ptr failure) { ended(failure); });
}

void Nursery::ended(std::exception_ptr failure) {
  if (failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
      log::error(std::string("a task threw, which is a bug: ") + exception.what());
    } catch (...) {
      log::error("a task threw, which is a bug");
    }
  }
  if (--alive_ == 0) all_ended_.notify();
}

Task<void> Nursery::join() {
  while (alive_ > 0) {
    all_ended_.reset();
    co_await all_ended_.wait();
  }
}

}  // namespace sallyport::io
