// UDP to one peer, on loopback, driven by hand.

#include "base/io/udp.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io/nursery.h"

namespace sallyport::io {
namespace {

// A receiver on a port that the system chose.
class Receiver {
 public:
  Receiver() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Receiver() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  IpEndpoint at() const { return {IpAddress::v4(0x7f000001), port_}; }
  // One datagram; loopback has brought it when send returned.
  std::string hears() {
    char block[2048];
    const ssize_t got = ::recv(fd_, block, sizeof block, MSG_DONTWAIT);
    return got < 0 ? "nothing" : std::string(block, static_cast<std::size_t>(got));
  }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

Task<void> connect(Connector& connector, IpEndpoint to, std::unique_ptr<ByteStream>& stream) {
  const auto attempt = connector.attempt(to);
  Result<std::unique_ptr<ByteStream>> made = co_await attempt->run();
  if (made) stream = std::move(*made);
}

std::unique_ptr<ByteStream> connected(Worker& worker, IpEndpoint to) {
  const auto connector = make_udp_connector(worker);
  std::unique_ptr<ByteStream> stream;
  Nursery nursery(worker.executor());
  nursery.start(connect(*connector, to, stream));
  worker.poll();
  return stream;
}

TEST(Udp, SendsEachWriteAsOneDatagram) {
  Worker worker(0);
  Receiver receiver;
  const auto stream = connected(worker, receiver.at());
  ASSERT_NE(stream, nullptr);
  const std::array<Bytes, 2> pieces{as_bytes("one "), as_bytes("datagram")};
  EXPECT_EQ(stream->try_write(pieces).bytes, 12u);
  const std::array<Bytes, 1> second{as_bytes("another")};
  EXPECT_EQ(stream->try_write(second).bytes, 7u);
  EXPECT_EQ(receiver.hears(), "one datagram");
  EXPECT_EQ(receiver.hears(), "another");
  EXPECT_EQ(receiver.hears(), "nothing");
}

TEST(Udp, HearsThatNobodyListens) {
  Worker worker(0);
  Receiver receiver;
  const auto stream = connected(worker, receiver.at());
  receiver.close();
  const std::array<Bytes, 1> pieces{as_bytes("x")};
  EXPECT_EQ(stream->try_write(pieces).status, ByteStream::Status::moved);
  std::byte scrap;
  EXPECT_EQ(stream->try_read({&scrap, 1}).status, ByteStream::Status::failed);
  EXPECT_EQ(stream->failure().kind, ErrorKind::connect_refused);
}

TEST(Udp, RefusesADatagramThatIsTooLargeAndGoesOn) {
  Worker worker(0);
  Receiver receiver;
  const auto stream = connected(worker, receiver.at());
  const std::string large(100'000, 'x');
  const std::array<Bytes, 1> pieces{as_bytes(large)};
  EXPECT_EQ(stream->try_write(pieces).status, ByteStream::Status::failed);
  EXPECT_EQ(stream->failure().kind, ErrorKind::limit);
  const std::array<Bytes, 1> small{as_bytes("small")};
  EXPECT_EQ(stream->try_write(small).status, ByteStream::Status::moved);
  EXPECT_EQ(receiver.hears(), "small");
}

TEST(Udp, SaysClosedAfterClose) {
  Worker worker(0);
  Receiver receiver;
  const auto stream = connected(worker, receiver.at());
  stream->close();
  const std::array<Bytes, 1> pieces{as_bytes("x")};
  EXPECT_EQ(stream->try_write(pieces).status, ByteStream::Status::failed);
  EXPECT_EQ(stream->failure().kind, ErrorKind::closed);
}

}  // namespace
}  // namespace sallyport::io
