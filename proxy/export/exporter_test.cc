// The exporter with its thread, on loopback: it brings what was written, and ends.

#include "proxy/export/exporter.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "discovery/events/samples_for_tests.h"

namespace sallyport::exporting {
namespace {

using namespace std::chrono_literals;

// A socket of the receiver's on loopback. What it waits for comes within seconds or not at all.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  static Socket bound(int type, std::uint16_t port = 0) {
    Socket made(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
    sockaddr_in address = loopback(port);
    EXPECT_EQ(::bind(made.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(::listen(made.fd_, 4), 0);
    }
    return made;
  }
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Socket() { close(); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    return ntohs(address.sin_port);
  }
  Socket accept() const { return Socket(::accept(fd_, nullptr, nullptr)); }
  // What one recv brings; "" at the end, "nothing" where nothing came.
  std::string hears() const {
    char block[4096];
    const ssize_t got = ::recv(fd_, block, sizeof block, 0);
    return got < 0 ? "nothing" : std::string(block, static_cast<std::size_t>(got));
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }
  int fd_;
};

SyslogOptions options_for(SyslogTransport transport, std::uint16_t port) {
  SyslogOptions options;
  options.host = *Host::parse("127.0.0.1");
  options.port = port;
  options.transport = transport;
  options.format.line = *discovery::LineFormat::parse({"%{stream_id}", {}});
  return options;
}

void write(discovery::Sink& sink, int n) {
  const discovery::Event event = discovery::samples::allowed(n);
  sink.write(std::span(&event, 1));
}

struct Home {
  io::WorkPool pool{1, 4, "lookup"};
  std::unique_ptr<Exporter> exporter = *Exporter::make(system_clock(), pool);
};

TEST(Exporter, BringsMessagesAndSaysGoodbye) {
  Home home;
  const Socket listener = Socket::bound(SOCK_STREAM);
  discovery::Sink& sink =
      home.exporter->add(options_for(SyslogTransport::tcp, listener.port()), {});
  home.exporter->start();
  write(sink, 1);
  const Socket connection = listener.accept();
  EXPECT_TRUE(connection.hears().ends_with(" exchange - 1"));
  write(sink, 2);
  home.exporter->stop(10s);
  EXPECT_TRUE(connection.hears().ends_with(" exchange - 2"));
  EXPECT_EQ(connection.hears(), "");
  EXPECT_EQ(sink.failures(), 0u);
  EXPECT_EQ(home.exporter->metrics().get(Metric::syslog_sent_total), 2);
}

TEST(Exporter, KeepsADatagramThatNobodyTook) {
  Home home;
  Socket receiver = Socket::bound(SOCK_DGRAM);
  const std::uint16_t port = receiver.port();
  receiver.close();
  discovery::Sink& sink = home.exporter->add(options_for(SyslogTransport::udp, port), {});
  write(sink, 1);
  write(sink, 2);
  home.exporter->start();
  // Whether the first try came before this or after it: both messages arrive.
  const Socket back = Socket::bound(SOCK_DGRAM, port);
  EXPECT_TRUE(back.hears().ends_with(" exchange - 1"));
  EXPECT_TRUE(back.hears().ends_with(" exchange - 2"));
  home.exporter->stop(0s);
  EXPECT_EQ(sink.failures(), 0u);
}

TEST(Exporter, EndsWhileAReceiverIsAwayAndCountsWhatIsLeft) {
  Home home;
  Socket listener = Socket::bound(SOCK_STREAM);
  const std::uint16_t port = listener.port();
  listener.close();
  discovery::Sink& sink = home.exporter->add(options_for(SyslogTransport::tcp, port), {});
  home.exporter->start();
  write(sink, 1);
  write(sink, 2);
  home.exporter->stop(0s);
  EXPECT_EQ(sink.failures(), 2u);
}

TEST(Exporter, EndsWithoutHavingBegun) {
  Home home;
  home.exporter->add(options_for(SyslogTransport::tcp, 9), {});
}

}  // namespace
}  // namespace sallyport::exporting
