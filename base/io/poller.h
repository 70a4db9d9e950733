#pragma once
// Tells when sockets may be read or written: an epoll of the worker's own in which each is
// registered once, edge-triggered, for as long as it is open. A wait for what Asio's reactor
// watches costs a system call each (EPOLL_CTL_MOD); here what the kernel told is remembered beside
// the socket.
//
// For base/io alone. A Poller and its sockets belong to one thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/io/task.h"

struct epoll_event;

namespace sallyport::io {

class Poller {
 public:
  class Socket;

  explicit Poller(Executor executor);
  ~Poller();  // Whoever waits never wakes; sockets that live on are closed by their owners.
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

 private:
  struct Epoll;
  struct Waiter;

  // While anybody waits, the loop waits for the epoll to have something to tell.
  void arm();
  void turn();
  // Resumes who waits, if anybody does, at once or soon.
  void wake(Waiter*& waiter);
  void wake_later(Waiter*& waiter);

  Executor executor_;
  std::unique_ptr<Epoll> epoll_;
  Socket* sockets_ = nullptr;      // all that are open
  std::size_t waiting_ = 0;        // of their waits
  bool armed_ = false;             // or in a turn, which arms at its end
  std::span<epoll_event> unread_;  // of the turn that runs
};

// A socket that does not block, and what the kernel told of it. Owns it.
class Poller::Socket {
 public:
  Socket(Poller& poller, int fd);
  ~Socket() { close(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  // Ends all waits, soon.
  void close();

  // Whether a read may find something: bytes, the end, an error. Not, where the last look took all
  // that there was and the kernel has told of nothing since.
  bool may_read() const { return may_read_; }
  void took_all() { may_read_ = ended_; }
  void look_again() { may_read_ = true; }

  // Until may_read(), or end_read_wait(), or close(). At most one of each waits (CHECK).
  Task<void> readable();
  // Until there is room to write, or close(). Seldom needed, and the kernel is asked each time.
  Task<void> writable();
  void end_read_wait();

 private:
  friend class Poller;

  Task<void> wait(Waiter*& place);
  void watch(int operation, std::uint32_t events);

  Poller* poller_;
  int fd_;
  bool may_read_ = true;
  bool ended_ = false;  // the peer has, or there is an error: nothing is told any more
  Waiter* reader_ = nullptr;
  Waiter* writer_ = nullptr;
  Socket* previous_ = nullptr;
  Socket* next_ = nullptr;
};

}  // namespace sallyport::io
