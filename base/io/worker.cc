#include "base/io/worker.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>

#include "base/core/log.h"
#include "base/io/frames.h"

namespace sallyport::io {

namespace asio = boost::asio;

struct Worker::Loop {
  explicit Loop(std::chrono::steady_clock::time_point now)
      : context(1), wheel(now), ticker(context) {}

  void tick() {
    ticker.expires_after(DeadlineWheel::kTick);
    ticker.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      tick();  // First: a callback that throws must not be the last deadline of all.
      wheel.advance(std::chrono::steady_clock::now());
    });
  }

  FrameShelf frames;  // of coroutines that ended on its thread
  PipePool pipes;
  asio::io_context context;
  DeadlineWheel wheel;
  asio::steady_timer ticker;
};

Worker::Worker(int index, const Clock& clock)
    : index_(index), clock_(clock), loop_(std::make_unique<Loop>(clock.steady())) {}

Worker::~Worker() = default;

Executor Worker::executor() { return loop_->context.get_executor(); }
boost::asio::io_context& Worker::loop() { return loop_->context; }
DeadlineWheel& Worker::deadlines() { return loop_->wheel; }
PipePool& Worker::pipes() { return loop_->pipes; }

void Worker::run() {
  const auto guard = asio::make_work_guard(loop_->context);
  const FrameShelf::Use frames(loop_->frames);
  loop_->tick();
  while (true) {
    try {
      loop_->context.run();
      return;
    } catch (const std::exception& exception) {
      // A bug in a callback costs that callback, not the gateway.
      log::error(std::string("a worker's callback threw, which is a bug: ") + exception.what());
    }
  }
}

void Worker::stop() { loop_->context.stop(); }

void Worker::post(std::move_only_function<void()> work) {
  asio::post(loop_->context, std::move(work));
}

std::size_t Worker::poll() {
  loop_->context.restart();
  return loop_->context.poll();
}

Task<void> pause(Executor executor, std::chrono::milliseconds duration) {
  asio::basic_waitable_timer<std::chrono::steady_clock,
                             asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer(executor, duration);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable_t<Executor>(), ignored));
}

Task<void> yield() {
  const Executor executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable_t<Executor>());
}

}  // namespace sallyport::io
