#include "base/io/poller.h"

#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

#include "base/core/check.h"
#include "base/io/worker.h"

namespace sallyport::io {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kAtOnce = 128;  // events of a turn
constexpr std::uint32_t kReading = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t kOver = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

int make_epoll() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  CHECK(fd >= 0);
  return fd;
}

}  // namespace

using Handler = asio::async_result<asio::use_awaitable_t<Executor>, void()>::handler_type;

struct Poller::Epoll {
  explicit Epoll(Executor executor) : descriptor(executor, make_epoll()) {}

  int fd() { return descriptor.native_handle(); }

  asio::posix::basic_stream_descriptor<Executor> descriptor;
};

// In the frame of the coroutine that waits. It resumes that frame and owns it: taken out before it
// is used or destroyed.
struct Poller::Waiter {
  std::optional<Handler> handler;
};

Poller::Poller(Executor executor)
    : executor_(executor), epoll_(std::make_unique<Epoll>(executor)) {}

Poller::~Poller() {
  while (sockets_ != nullptr) {
    Socket& socket = *sockets_;
    sockets_ = std::exchange(socket.next_, nullptr);
    if (sockets_ != nullptr) sockets_->previous_ = nullptr;
    socket.poller_ = nullptr;
    // Asio posts the end of what a handler owns: it comes with the executor's.
    for (Waiter* waiter :
         {std::exchange(socket.reader_, nullptr), std::exchange(socket.writer_, nullptr)}) {
      if (waiter != nullptr) const Handler gone = std::move(*waiter->handler);
    }
  }
}

void Poller::arm() {
  if (armed_ || waiting_ == 0) return;
  armed_ = true;
  epoll_->descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                                [this](const boost::system::error_code& error) {
                                  if (!error) turn();
                                });
}

void Poller::turn() {
  std::array<epoll_event, kAtOnce> events;
  const int count = ::epoll_wait(epoll_->fd(), events.data(), kAtOnce, 0);
  unread_ = std::span(events).first(static_cast<std::size_t>(count > 0 ? count : 0));
  // Also where somebody who wakes throws.
  struct End {
    Poller& poller;
    ~End() {
      poller.unread_ = {};
      poller.armed_ = false;
      poller.arm();
    }
  } const end{*this};
  // All first, so that each who wakes knows what is there on all of its sockets.
  for (const epoll_event& event : unread_) {
    auto& socket = *static_cast<Socket*>(event.data.ptr);
    if ((event.events & kOver) != 0) socket.ended_ = true;
    if ((event.events & (EPOLLIN | kOver)) != 0) socket.may_read_ = true;
  }
  while (!unread_.empty()) {
    const epoll_event event = unread_.front();
    unread_ = unread_.subspan(1);
    auto* socket = static_cast<Socket*>(event.data.ptr);
    if (socket == nullptr) continue;  // Closed in this turn.
    // The writer later: whoever wakes at once may be the end of the socket.
    if ((event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) wake_later(socket->writer_);
    if (socket->may_read_) wake(socket->reader_);
  }
}

void Poller::wake(Waiter*& waiter) {
  if (waiter == nullptr) return;
  Handler handler = std::move(*std::exchange(waiter, nullptr)->handler);
  --waiting_;
  std::move(handler)();
}

void Poller::wake_later(Waiter*& waiter) {
  if (waiter == nullptr) return;
  Handler handler = std::move(*std::exchange(waiter, nullptr)->handler);
  --waiting_;
  asio::post(executor_, std::move(handler));
}

Poller::Socket::Socket(Poller& poller, int fd) : poller_(&poller), fd_(fd), next_(poller.sockets_) {
  CHECK(fd >= 0);
  if (next_ != nullptr) next_->previous_ = this;
  poller.sockets_ = this;
  watch(EPOLL_CTL_ADD, kReading);
}

void Poller::Socket::watch(int operation, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = this;
  if (::epoll_ctl(poller_->epoll_->fd(), operation, fd_, &event) == 0) return;
  close();  // No memory, or no more watches (epoll(7)).
}

void Poller::Socket::close() {
  if (fd_ < 0) return;
  ::close(std::exchange(fd_, -1));  // Which takes it out of the epoll.
  if (poller_ == nullptr) return;
  for (epoll_event& event : poller_->unread_) {
    if (event.data.ptr == this) event.data.ptr = nullptr;
  }
  poller_->wake_later(reader_);
  poller_->wake_later(writer_);
  (previous_ != nullptr ? previous_->next_ : poller_->sockets_) = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
  poller_ = nullptr;
}

void Poller::Socket::end_read_wait() {
  if (poller_ != nullptr) poller_->wake_later(reader_);
}

Task<void> Poller::Socket::wait(Waiter*& place) {
  CHECK(place == nullptr);
  Waiter waiter;
  place = &waiter;
  const asio::use_awaitable_t<Executor> token;
  co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void()>(
      [this, &waiter](Handler handler) {
        waiter.handler.emplace(std::move(handler));
        ++poller_->waiting_;
        poller_->arm();
      },
      token);
}

Task<void> Poller::Socket::readable() {
  // What is there already lets the others have their turn all the same.
  if (fd_ < 0 || may_read_) {
    co_await yield();
  } else {
    co_await wait(reader_);
  }
}

Task<void> Poller::Socket::writable() {
  if (fd_ >= 0) watch(EPOLL_CTL_MOD, kReading | EPOLLOUT);  // Told at once where there is room.
  if (fd_ < 0) {
    co_await yield();
  } else {
    co_await wait(writer_);
  }
}

}  // namespace sallyport::io
