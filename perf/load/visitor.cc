#include "perf/load/visitor.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string_view>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sallyport::perf {

namespace {

constexpr std::size_t kMostHead = 16 * 1024;  // bytes
constexpr std::size_t kPiece = 64 * 1024;     // bytes read or written at once

// One thread: all visitors share the piece they read into, and the zeros they upload.
char piece[kPiece];
const char zeros[kPiece] = {};

// The value of a field, or nothing. Enough for servers that we chose.
std::string_view field(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at)) {
    at += 2;
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    if (line.size() > name.size() && line[name.size()] == ':' &&
        ::strncasecmp(line.data(), name.data(), name.size()) == 0) {
      std::string_view value = line.substr(name.size() + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return value;
    }
  }
  return {};
}

}  // namespace

Visitor::Visitor(const Plan& plan, SSL_CTX* tls, Tally& tally, int epoll)
    : plan_(plan), tls_(tls), tally_(tally), epoll_(epoll) {}

Visitor::~Visitor() { close(); }

void Visitor::open() {
  close();
  began_ = Clock::now();
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return fail(std::string("socket: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(plan_.port);
  ::inet_pton(AF_INET, plan_.address.c_str(), &to.sin_addr);
  step_ = Step::connecting;
  ++tally_.opened;
  const int result = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  if (result != 0 && errno != EINPROGRESS)
    return fail(std::string("connect: ") + std::strerror(errno));
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  wanted.data.ptr = this;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &wanted);
}

void Visitor::close() {
  if (ssl_ != nullptr) {
    if (SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
    SSL_free(ssl_);
    ssl_ = nullptr;
  }
  ERR_clear_error();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  step_ = Step::closed;
}

void Visitor::fail(const std::string& why) {
  ++tally_.failed;
  if (tally_.first_failure.empty()) tally_.first_failure = why;
  close();
}

void Visitor::on_ready() {
  while (step_ != Step::closed && step_ != Step::resting) {
    if (step() != Went::on) return;
  }
}

Visitor::Went Visitor::step() {
  switch (step_) {
    case Step::connecting:
      return connect_done();
    case Step::asking:
      return send_head();
    case Step::hearing:
      return hear_connect();
    case Step::shaking:
      return shake_hands();
    case Step::sending:
      return send_request();
    case Step::receiving:
      return receive();
    case Step::closed:
    case Step::resting:
      break;
  }
  return Went::wait;
}

Visitor::Went Visitor::connect_done() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return fail(std::string("connect: ") + std::strerror(error)), Went::broken;
  sockaddr_in peer{};
  socklen_t room = sizeof peer;
  if (::getpeername(fd_, reinterpret_cast<sockaddr*>(&peer), &room) != 0) return Went::wait;
  if (plan_.way == Way::proxy && plan_.tls) {
    const std::string target = plan_.host + ":" + std::to_string(plan_.host_port);
    out_ = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n";
    sent_ = 0;
    step_ = Step::asking;
    return Went::on;
  }
  if (plan_.tls) {
    step_ = Step::shaking;
  } else {
    begin_request();
  }
  return Went::on;
}

Visitor::Went Visitor::send_head() {
  const Went went = write_some(out_.data() + sent_, out_.size() - sent_, sent_);
  if (went == Went::on && sent_ == out_.size()) {
    head_.clear();
    step_ = Step::hearing;
  }
  return went;
}

Visitor::Went Visitor::hear_connect() {
  // A server that waits for our hello sends nothing behind its head, so reading ahead takes nothing
  // away.
  std::size_t got = 0;
  const Went went = read_some(piece, kMostHead, got);
  if (went != Went::on) return went;
  head_.append(piece, got);
  if (head_.size() > kMostHead)
    return fail("the head of CONNECT's reply is too long"), Went::broken;
  if (!head_.ends_with("\r\n\r\n")) return Went::on;
  if (head_.substr(0, 12) != "HTTP/1.1 200" && head_.substr(0, 12) != "HTTP/1.0 200") {
    return fail("CONNECT: " + head_.substr(0, head_.find('\r'))), Went::broken;
  }
  step_ = Step::shaking;
  return Went::on;
}

Visitor::Went Visitor::shake_hands() {
  if (ssl_ == nullptr) {
    ssl_ = SSL_new(tls_);
    SSL_set_fd(ssl_, fd_);
    SSL_set_tlsext_host_name(ssl_, plan_.host.c_str());
    if (!plan_.roots.empty()) SSL_set1_host(ssl_, plan_.host.c_str());
    SSL_set_connect_state(ssl_);
  }
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) return from_ssl(result, "handshake");
  begin_request();
  return Went::on;
}

void Visitor::begin_request() {
  // The first request of a fresh connection is timed from its opening.
  if (!plan_.fresh) began_ = Clock::now();
  const bool absolute = plan_.way == Way::proxy && !plan_.tls;
  const bool usual = plan_.host_port == (plan_.tls ? 443 : 80);
  const std::string authority = plan_.host + (usual ? "" : ":" + std::to_string(plan_.host_port));
  out_ = plan_.method + " " + (absolute ? "http://" + authority : "") + plan_.path +
         " HTTP/1.1\r\nHost: " + authority + "\r\nUser-Agent: sallyport-perf/1\r\nAccept: */*\r\n";
  if (plan_.method != "GET") out_ += "Content-Length: " + std::to_string(plan_.upload) + "\r\n";
  out_ += "\r\n";
  sent_ = 0;
  upload_left_ = plan_.upload;
  head_.clear();
  in_body_ = false;
  close_after_ = false;
  step_ = Step::sending;
}

Visitor::Went Visitor::send_request() {
  if (sent_ < out_.size()) return write_some(out_.data() + sent_, out_.size() - sent_, sent_);
  if (upload_left_ > 0) {
    std::size_t put = 0;
    const Went went = write_some(zeros, std::min<std::uint64_t>(upload_left_, kPiece), put);
    upload_left_ -= put;
    tally_.bytes_out += put;
    return went;
  }
  step_ = Step::receiving;
  return Went::on;
}

Visitor::Went Visitor::receive() {
  std::size_t got = 0;
  const Went went = read_some(piece, kPiece, got);
  if (went != Went::on) return went;
  std::size_t from = 0;
  if (!in_body_) {
    const std::size_t before = head_.size();
    head_.append(piece, got);
    const std::size_t end = head_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
    if (end == std::string::npos) {
      if (head_.size() > kMostHead) return fail("the head of a reply is too long"), Went::broken;
      return Went::on;
    }
    head_.resize(end + 4);
    from = end + 4 - before;
    const std::string_view status = std::string_view(head_).substr(9, 3);
    if (status != "200" && status != "204" && status != "201") {
      return fail(head_.substr(0, head_.find('\r'))), Went::broken;
    }
    const std::string_view length = field(head_, "Content-Length");
    body_left_ = 0;
    if (!length.empty()) {
      std::from_chars(length.data(), length.data() + length.size(), body_left_);
    } else if (status != "204") {
      return fail("a reply without Content-Length"), Went::broken;
    }
    close_after_ = field(head_, "Connection").starts_with("close");
    in_body_ = true;
  }
  const std::uint64_t body = got - from;
  if (body > body_left_) return fail("more bytes than Content-Length says"), Went::broken;
  body_left_ -= body;
  tally_.bytes_in += body;
  return body_left_ == 0 ? finish_reply() : Went::on;
}

Visitor::Went Visitor::finish_reply() {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_);
  ++tally_.done;
  tally_.micros.push_back(
      static_cast<std::uint32_t>(std::min<std::int64_t>(took.count(), UINT32_MAX)));
  if (plan_.idle) {
    step_ = Step::resting;
    return Went::wait;
  }
  if (plan_.fresh || close_after_) {
    open();
    return Went::wait;
  }
  begin_request();
  return Went::on;
}

Visitor::Went Visitor::read_some(char* into, std::size_t room, std::size_t& got) {
  if (ssl_ != nullptr) {
    const int result = SSL_read(ssl_, into, static_cast<int>(room));
    if (result <= 0) return from_ssl(result, "read");
    got = static_cast<std::size_t>(result);
    return Went::on;
  }
  const ssize_t result = ::recv(fd_, into, room, 0);
  if (result == 0) return fail("closed by the peer"), Went::broken;
  if (result < 0) return from_errno("recv");
  got = static_cast<std::size_t>(result);
  return Went::on;
}

// Adds to `put`.
Visitor::Went Visitor::write_some(const char* from, std::size_t size, std::size_t& put) {
  if (ssl_ != nullptr) {
    const int result = SSL_write(ssl_, from, static_cast<int>(size));
    if (result <= 0) return from_ssl(result, "write");
    put += static_cast<std::size_t>(result);
    return Went::on;
  }
  const ssize_t result = ::send(fd_, from, size, MSG_NOSIGNAL);
  if (result < 0) return from_errno("send");
  put += static_cast<std::size_t>(result);
  return Went::on;
}

Visitor::Went Visitor::from_ssl(int result, const char* what) {
  const int error = SSL_get_error(ssl_, result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Went::wait;
  if (error == SSL_ERROR_ZERO_RETURN) return fail("closed by the peer (TLS)"), Went::broken;
  char reason[160] = "connection cut";
  if (error == SSL_ERROR_SSL) ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
  // Nothing more may be said on it, so no close_notify either.
  SSL_set_quiet_shutdown(ssl_, 1);
  fail(std::string(what) + ": " + reason);
  return Went::broken;
}

Visitor::Went Visitor::from_errno(const char* what) {
  if (errno == EAGAIN) return Went::wait;
  fail(std::string(what) + ": " + std::strerror(errno));
  return Went::broken;
}

std::string Visitor::issuer() const {
  X509* leaf = ssl_ != nullptr ? SSL_get0_peer_certificate(ssl_) : nullptr;
  if (leaf == nullptr) return {};
  char name[256];
  X509_NAME_get_text_by_NID(X509_get_issuer_name(leaf), NID_commonName, name, sizeof name);
  return name;
}

std::string Visitor::protocol() const {
  if (ssl_ == nullptr) return {};
  return std::string(SSL_get_version(ssl_)) + " " + SSL_get_cipher_name(ssl_);
}

}  // namespace sallyport::perf
