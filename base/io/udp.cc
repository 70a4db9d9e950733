#include "base/io/udp.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>

namespace sallyport::io {

namespace asio = boost::asio;
using Socket = asio::basic_datagram_socket<asio::ip::udp, Executor>;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable_t<Executor>());

asio::ip::udp::endpoint to_asio(const IpEndpoint& endpoint) {
  if (endpoint.address.is_v4()) {
    return {asio::ip::address_v4(endpoint.address.v4_value()), endpoint.port};
  }
  asio::ip::address_v6::bytes_type raw;
  std::memcpy(raw.data(), endpoint.address.bytes().data(), 16);
  return {asio::ip::address_v6(raw), endpoint.port};
}

Error from_errno(int code, const char* what) {
  const ErrorKind kind = code == ECONNREFUSED ? ErrorKind::connect_refused
                         : code == ENETUNREACH || code == EHOSTUNREACH || code == EADDRNOTAVAIL
                             ? ErrorKind::connect_unreachable
                         : code == EMSGSIZE ? ErrorKind::limit
                         : code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM
                             ? ErrorKind::unavailable
                             : ErrorKind::reset;
  return Error{kind, Side::ours, false, std::string(what) + ": " + std::strerror(code)};
}

class UdpStream final : public ByteStream {
 public:
  explicit UdpStream(Socket socket) : socket_(std::move(socket)) {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
  }

  Outcome try_read(std::span<std::byte> into) override {
    if (!socket_.is_open()) return fail_closed();
    while (true) {
      const ssize_t got = ::recv(socket_.native_handle(), into.data(), into.size(), 0);
      // An empty datagram is no end: there is none.
      if (got >= 0) return {Status::moved, std::max<std::size_t>(static_cast<std::size_t>(got), 1)};
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return {Status::would_block, 0};
      failure_ = from_errno(errno, "recv");
      return {Status::failed, 0};
    }
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
      const ssize_t put = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
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

  Task<Result<void>> readable() override {
    if (reading_stopped_) co_return fail(ErrorKind::cancelled, Side::ours, "reading was stopped");
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
  void end_writing() override {}
  void close() override {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }
  bool is_open() const override { return socket_.is_open(); }
  const Error& failure() const override { return failure_; }
  std::uint64_t wire_out() const override { return wire_out_; }

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
  Error failure_;
  std::uint64_t wire_out_ = 0;
};

class UdpAttempt final : public Connector::Attempt {
 public:
  UdpAttempt(Worker& worker, const IpEndpoint& to) : socket_(worker.executor()), to_(to) {}

  Task<Result<std::unique_ptr<ByteStream>>> run() override {
    if (abandoned_) co_return fail(ErrorKind::cancelled, Side::ours);
    const auto endpoint = to_asio(to_);
    boost::system::error_code error;
    socket_.open(endpoint.protocol(), error);
    if (!error) socket_.connect(endpoint, error);
    if (error) co_return std::unexpected(from_errno(error.value(), to_.to_string().c_str()));
    std::unique_ptr<ByteStream> stream = std::make_unique<UdpStream>(std::move(socket_));
    co_return stream;
  }

  void abandon() override { abandoned_ = true; }

 private:
  Socket socket_;
  IpEndpoint to_;
  bool abandoned_ = false;
};

class UdpConnector final : public Connector {
 public:
  explicit UdpConnector(Worker& worker) : worker_(worker) {}
  std::unique_ptr<Attempt> attempt(const IpEndpoint& to) override {
    return std::make_unique<UdpAttempt>(worker_, to);
  }

 private:
  Worker& worker_;
};

}  // namespace

std::unique_ptr<Connector> make_udp_connector(Worker& worker) {
  return std::make_unique<UdpConnector>(worker);
}

}  // namespace sallyport::io
