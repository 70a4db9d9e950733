#include "base/io/tcp.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/io/packet_filter.h"

namespace sallyport::io {

namespace asio = boost::asio;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable_t<Executor>());

asio::ip::tcp::endpoint to_asio(const IpEndpoint& endpoint) {
  const auto& bytes = endpoint.address.bytes();
  if (endpoint.address.is_v4()) {
    return {asio::ip::address_v4(endpoint.address.v4_value()), endpoint.port};
  }
  asio::ip::address_v6::bytes_type raw;
  std::memcpy(raw.data(), bytes.data(), 16);
  return {asio::ip::address_v6(raw), endpoint.port};
}

IpEndpoint from_asio(const asio::ip::tcp::endpoint& endpoint) {
  if (endpoint.address().is_v4()) {
    return {IpAddress::v4(endpoint.address().to_v4().to_uint()), endpoint.port()};
  }
  std::array<std::uint8_t, 16> raw;
  const auto bytes = endpoint.address().to_v6().to_bytes();
  std::memcpy(raw.data(), bytes.data(), 16);
  return {IpAddress::v6(raw), endpoint.port()};
}

Error from_errno(int code, const char* what) {
  const ErrorKind kind = code == ECONNREFUSED ? ErrorKind::connect_refused
                         : code == ENETUNREACH || code == EHOSTUNREACH || code == EADDRNOTAVAIL
                             ? ErrorKind::connect_unreachable
                         : code == ETIMEDOUT ? ErrorKind::timed_out
                         : code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM
                             ? ErrorKind::unavailable
                         : code == ECANCELED ? ErrorKind::cancelled
                         : code == EBADF     ? ErrorKind::closed
                                             : ErrorKind::reset;
  return Error{kind, Side::ours, false, std::string(what) + ": " + std::strerror(code)};
}

class TcpStream final : public ByteStream, private Spliceable {
 public:
  explicit TcpStream(Socket socket) : socket_(std::move(socket)) {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  }

  Outcome try_read(std::span<std::byte> into) override {
    if (!socket_.is_open()) return fail_closed();
    if (drained_) return {Status::would_block, 0};
    while (true) {
      const ssize_t got = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
      if (got > 0) {
        wire_in_ += static_cast<std::uint64_t>(got);
        drained_ = static_cast<std::size_t>(got) < into.size();
        return {Status::moved, static_cast<std::size_t>(got)};
      }
      if (got == 0) return {Status::end, 0};
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        drained_ = true;
        return {Status::would_block, 0};
      }
      failure_ = from_errno(errno, "recv");
      return {Status::failed, 0};
    }
  }

  bool peer_left(bool half) const override {
    if (!socket_.is_open()) return true;
    // native_handle() is const in no version of Asio.
    pollfd look{const_cast<Socket&>(socket_).native_handle(), POLLRDHUP, 0};
    if (::poll(&look, 1, 0) <= 0) return false;
    return (look.revents & (POLLERR | POLLHUP)) != 0 || (half && (look.revents & POLLRDHUP) != 0);
  }

  Outcome try_write(std::span<const Bytes> pieces) override {
    if (!socket_.is_open()) return fail_closed();
    std::array<iovec, 8> vectors;
    std::size_t count = 0;
    for (const Bytes& piece : pieces) {
      if (count == vectors.size()) break;
      if (piece.empty()) continue;
      vectors[count++] = {const_cast<std::byte*>(piece.data()), piece.size()};
    }
    if (count == 0) return {Status::moved, 0};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = count;
    while (true) {
      const ssize_t put = count == 1 ? ::send(socket_.native_handle(), vectors[0].iov_base,
                                              vectors[0].iov_len, MSG_NOSIGNAL)
                                     : ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
      if (put >= 0) {
        wire_out_ += static_cast<std::uint64_t>(put);
        return {Status::moved, static_cast<std::size_t>(put)};
      }
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return {Status::would_block, 0};
      failure_ = from_errno(errno, "send");
      return {Status::failed, 0};
    }
  }

  Spliceable* spliceable() override { return this; }

  Outcome try_read_into(Pipe& pipe) override {
    if (!socket_.is_open()) return fail_closed();
    if (drained_) return {Status::would_block, 0};
    const Pipe::Moved moved = pipe.take_from(socket_.native_handle());
    wire_in_ += moved.bytes;
    drained_ = moved.status == Status::would_block;
    if (moved.status == Status::failed) failure_ = from_errno(moved.error, "splice");
    return {moved.status, moved.bytes};
  }

  Outcome try_write_from(Pipe& pipe) override {
    if (!socket_.is_open()) return fail_closed();
    const Pipe::Moved moved = pipe.give_to(socket_.native_handle());
    wire_out_ += moved.bytes;
    if (moved.status == Status::failed) failure_ = from_errno(moved.error, "splice");
    return {moved.status, moved.bytes};
  }

  Task<Result<void>> readable() override {
    if (reading_stopped_) co_return fail(ErrorKind::cancelled, Side::ours, "reading was stopped");
    // Asks the kernel anew whether there is something (EPOLL_CTL_MOD), so that what came, or ended,
    // after the last look is not missed.
    drained_ = false;
    auto [error] = co_await socket_.async_wait(
        Socket::wait_read, asio::bind_cancellation_slot(read_wait_.slot(), kTuple));
    if (reading_stopped_) co_return fail(ErrorKind::cancelled, Side::ours, "reading was stopped");
    co_return ended(error);
  }

  Task<Result<void>> writable() override {
    auto [error] = co_await socket_.async_wait(Socket::wait_write, kTuple);
    co_return ended(error);
  }

  void stop_reading() override {
    reading_stopped_ = true;
    read_wait_.emit(asio::cancellation_type::all);
  }
  void resume_reading() override { reading_stopped_ = false; }
  void look_again() override { drained_ = false; }

  void end_writing() override {
    boost::system::error_code ignored;
    if (socket_.is_open()) socket_.shutdown(Socket::shutdown_send, ignored);
  }

  void close() override {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  void reset() override {
    boost::system::error_code ignored;
    if (socket_.is_open()) socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
  }

  bool is_open() const override { return socket_.is_open(); }
  const Error& failure() const override { return failure_; }
  std::uint64_t wire_in() const override { return wire_in_; }
  std::uint64_t wire_out() const override { return wire_out_; }
  std::uint64_t delivered() const override {
    int waiting = 0;
    // The acquiring call: native_handle() is not const.
    if (!socket_.is_open() ||
        ::ioctl(const_cast<Socket&>(socket_).native_handle(), SIOCOUTQ, &waiting) != 0) {
      return wire_out_;
    }
    return wire_out_ - std::min(wire_out_, static_cast<std::uint64_t>(waiting));
  }

 private:
  Outcome fail_closed() {
    failure_ = Error{ErrorKind::closed, Side::ours, false, "closed by us"};
    return {Status::failed, 0};
  }

  static Result<void> ended(const boost::system::error_code& error) {
    if (!error) return {};
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
      return fail(ErrorKind::closed, Side::ours, "closed by us");
    }
    return std::unexpected(from_errno(error.value(), "wait"));
  }

  Socket socket_;
  asio::cancellation_signal read_wait_;
  bool reading_stopped_ = false;
  bool drained_ = false;  // the last look took all that there was
  Error failure_;
  std::uint64_t wire_in_ = 0;
  std::uint64_t wire_out_ = 0;
};

class TcpAttempt final : public Connector::Attempt {
 public:
  TcpAttempt(Worker& worker, const IpEndpoint& to) : socket_(worker.executor()), to_(to) {}

  Task<Result<std::unique_ptr<ByteStream>>> run() override {
    if (abandoned_) co_return fail(ErrorKind::cancelled, Side::ours);
    const auto endpoint = to_asio(to_);
    boost::system::error_code opened;
    socket_.open(endpoint.protocol(), opened);
    if (opened) co_return failure(opened);
    auto [error] = co_await socket_.async_connect(endpoint, kTuple);
    if (abandoned_) co_return fail(ErrorKind::cancelled, Side::ours);
    if (error) co_return failure(error);
    std::unique_ptr<ByteStream> stream = std::make_unique<TcpStream>(std::move(socket_));
    co_return stream;
  }

  void abandon() override {
    abandoned_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  std::unexpected<Error> failure(const boost::system::error_code& error) const {
    Error result = from_errno(error.value(), to_.to_string().c_str());
    result.side = result.kind == ErrorKind::unavailable ? Side::ours : Side::origin;
    return std::unexpected(std::move(result));
  }

  Socket socket_;
  IpEndpoint to_;
  bool abandoned_ = false;
};

class TcpConnector final : public Connector {
 public:
  explicit TcpConnector(Worker& worker) : worker_(worker) {}
  std::unique_ptr<Attempt> attempt(const IpEndpoint& to) override {
    return std::make_unique<TcpAttempt>(worker_, to);
  }

 private:
  Worker& worker_;
};

class Listener final : public TcpListener {
 public:
  explicit Listener(Worker& worker) : acceptor_(worker.executor()) { keep_reserve(); }
  ~Listener() override {
    if (reserve_ >= 0) ::close(reserve_);
  }

  Result<void> listen(const Options& options) {
    keep_free_ = options.keep_free;
    const auto endpoint = to_asio(options.address);
    boost::system::error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (error) return std::unexpected(from_errno(error.value(), "socket"));
    acceptor_.set_option(Acceptor::reuse_address(true), error);
    const int on = 1;
    if (options.reuse_port) {
      ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    }
    if (options.address.address.is_v6()) {
      acceptor_.set_option(asio::ip::v6_only(options.v6_only), error);
    }
    acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(options.backlog, error);
    if (error) {
      return fail(ErrorKind::unavailable, Side::ours,
                  "cannot listen on " + options.address.to_string() + ": " + error.message());
    }
    return {};
  }

  Task<Result<Accepted>> accept(const Door* door) override {
    while (true) {
      Socket socket(acceptor_.get_executor());
      asio::ip::tcp::endpoint peer;
      auto [error] = co_await acceptor_.async_accept(socket, peer, kTuple);
      if (error) {
        if (!acceptor_.is_open()) co_return fail(ErrorKind::closed, Side::ours);
        Error failure = from_errno(error.value(), "accept");
        // ECONNABORTED and its like concern one connection; the listener goes on either way.
        if (failure.kind != ErrorKind::unavailable) failure.kind = ErrorKind::reset;
        turned_away_ = failure.kind == ErrorKind::unavailable ? turn_away() : 0;
        co_return std::unexpected(std::move(failure));
      }
      hear(socket.native_handle());
      if (door != nullptr && !(*door)(from_asio(peer))) {
        boost::system::error_code ignored;
        socket.set_option(asio::socket_base::linger(true, 0), ignored);
        socket.close(ignored);
        // Who is refused seldom comes alone.
        const int fd = refuse_those_behind(*door, peer);
        if (fd < 0) continue;
        socket.assign(peer.protocol(), fd, ignored);
        if (ignored) {
          reset(fd);
          turned_away_ = 1;
          co_return fail(ErrorKind::unavailable, Side::ours, "accept: " + ignored.message());
        }
      }
      // The lowest free number is given out, so a high one says that few are left.
      if (is_reserved(socket.native_handle())) {
        boost::system::error_code failed;
        socket.set_option(asio::socket_base::linger(true, 0), failed);
        socket.close(failed);
        turned_away_ = 1 + turn_away();
        co_return fail(ErrorKind::unavailable, Side::ours, "accept: the open files run out");
      }
      keep_reserve();
      boost::system::error_code ignored;
      const auto local_end = socket.local_endpoint(ignored);
      Accepted accepted{std::make_unique<TcpStream>(std::move(socket)), from_asio(peer),
                        from_asio(local_end)};
      co_return accepted;
    }
  }

  void close() override {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
  }

  std::size_t turned_away() const override { return turned_away_; }

  bool ignore(std::span<const IpAddress> clients) override {
    const int fd = acceptor_.native_handle();
    if (clients.empty()) {
      if (std::exchange(ignoring_, false)) take_every_packet(fd);
      return true;
    }
    const bool done = drop_packets_from(fd, clients.first(std::min(clients.size(), kMostIgnored)));
    ignoring_ = ignoring_ || done;
    return done;
  }

  IpEndpoint local() const override {
    boost::system::error_code ignored;
    return from_asio(acceptor_.local_endpoint(ignored));
  }

 private:
  bool is_reserved(int fd) const {
    rlimit limit{};
    if (keep_free_ == 0 || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    const rlim_t kept = std::min<rlim_t>(keep_free_, limit.rlim_cur / 8);
    return static_cast<rlim_t>(fd) + kept >= limit.rlim_cur;
  }

  void keep_reserve() {
    if (reserve_ < 0) reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  }

  // A connection inherits the filter of its listener, which would cost it something for each
  // packet.
  void hear(int fd) const {
    if (ignoring_) take_every_packet(fd);
  }

  // Of those that wait, up to the first that the door lets in: its descriptor. -1: there is none,
  // or enough was done for one turn of the loop.
  int refuse_those_behind(const Door& door, asio::ip::tcp::endpoint& peer) {
    for (std::size_t count = 0; count < kRefusedAtOnce; ++count) {
      socklen_t size = static_cast<socklen_t>(peer.capacity());
      const int fd =
          ::accept4(acceptor_.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return -1;  // What is wrong, the next accept says.
      peer.resize(size);
      hear(fd);
      if (door(from_asio(peer))) return fd;
      reset(fd);
    }
    return -1;
  }

  // A reset: nobody is to take this for an answer.
  static void reset(int fd) {
    const linger at_once{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(fd);
  }

  // Gives the reserve up for a moment. Others of this process may be quicker to take it; then
  // nobody is turned away this time, and the reserve comes back with the first file that is closed.
  std::size_t turn_away() {
    if (reserve_ >= 0) ::close(std::exchange(reserve_, -1));
    std::size_t count = 0;
    while (count < kTurnAwayAtOnce) {
      const int fd =
          ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) break;
      reset(fd);
      ++count;
    }
    keep_reserve();
    return count;
  }

  static constexpr std::size_t kTurnAwayAtOnce = 256;
  static constexpr std::size_t kRefusedAtOnce = 16;

  Acceptor acceptor_;
  std::size_t keep_free_ = 0;
  int reserve_ = -1;
  std::size_t turned_away_ = 0;
  bool ignoring_ = false;
};

}  // namespace

std::unique_ptr<Connector> make_tcp_connector(Worker& worker) {
  return std::make_unique<TcpConnector>(worker);
}

Result<std::unique_ptr<TcpListener>> TcpListener::open(Worker& worker, const Options& options) {
  auto listener = std::make_unique<Listener>(worker);
  Result<void> listening = listener->listen(options);
  if (!listening) return pass_on(std::move(listening));
  return listener;
}

std::vector<IpAddress> own_addresses() {
  std::vector<IpAddress> found;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return found;
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    if (one->ifa_addr->sa_family == AF_INET) {
      sockaddr_in v4;
      std::memcpy(&v4, one->ifa_addr, sizeof v4);
      found.push_back(IpAddress::v4(ntohl(v4.sin_addr.s_addr)));
    } else if (one->ifa_addr->sa_family == AF_INET6) {
      sockaddr_in6 v6;
      std::memcpy(&v6, one->ifa_addr, sizeof v6);
      std::array<std::uint8_t, 16> raw;
      std::memcpy(raw.data(), v6.sin6_addr.s6_addr, 16);
      found.push_back(IpAddress::v6(raw));
    }
  }
  ::freeifaddrs(list);
  return found;
}

}  // namespace sallyport::io
