#include "base/io/signal.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/core/check.h"

namespace sallyport::io {

void Signal::notify() {
  if (!waiter_) {
    notified_ = true;
    return;
  }
  auto waiter = std::move(waiter_);
  waiter_ = nullptr;
  waiter();
}

Task<void> Signal::wait() {
  if (notified_) {
    notified_ = false;
    co_return;
  }
  CHECK(!waiter_);
  const boost::asio::use_awaitable_t<Executor> token;
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>, void()>(
      [this](auto handler) {
        waiter_ = [kept = std::move(handler)]() mutable {
          // Posted, so that the waiter never runs inside notify().
          auto executor = boost::asio::get_associated_executor(kept);
          boost::asio::post(executor, std::move(kept));
        };
      },
      token);
}

}  // namespace sallyport::io
