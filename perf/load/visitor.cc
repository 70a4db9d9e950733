#include "perf/load/visitor.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sallyport::perf {

char piece[kPiece];

namespace {

constexpr std::size_t kMostConnectReply = 16 * 1024;  // bytes

std::string hex(const unsigned char* bytes, unsigned size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace

SSL_CTX* Visitor::make_tls(const Plan& plan) {
  SSL_CTX* tls = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(tls, "TLS_AES_256_GCM_SHA384");
  // sslsplit knows only P-256, and asks for it by a second hello.
  SSL_CTX_set1_groups_list(tls, "X25519:P-256");
  SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  // Lengths first, as ALPN has them (RFC 7301, 3.1).
  static constexpr unsigned char kHttp1[] = "\x08http/1.1";
  static constexpr unsigned char kHttp2[] = "\x02h2";
  SSL_CTX_set_alpn_protos(tls, plan.http2 ? kHttp2 : kHttp1,
                          plan.http2 ? sizeof kHttp2 - 1 : sizeof kHttp1 - 1);
  if (plan.resume) {
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(tls, keep_session);
  } else {
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  }
  if (plan.roots.empty()) return tls;
  if (SSL_CTX_load_verify_locations(tls, plan.roots.c_str(), nullptr) != 1) {
    SSL_CTX_free(tls);
    return nullptr;
  }
  SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, nullptr);
  return tls;
}

int Visitor::keep_session(SSL* ssl, SSL_SESSION* session) {
  static_cast<Visitor*>(SSL_get_app_data(ssl))->session_.reset(session);
  return 1;  // It is ours now.
}

Visitor::Visitor(const Plan& plan, SSL_CTX* tls, Shared& shared, int epoll)
    : plan_(plan), tls_(tls), shared_(shared), epoll_(epoll) {}

Visitor::~Visitor() {
  step_ = Step::resting;  // forget() is not to be called any more.
  if (ssl_ != nullptr) SSL_free(ssl_);
  if (fd_ >= 0) ::close(fd_);
}

void Visitor::choose_host() {
  host_ = plan_.host;
  if (plan_.names == 0) return;
  const std::uint64_t number = plan_.first_name + shared_.next_name++ % plan_.names;
  host_.replace(host_.find('*'), 1, std::to_string(number));
}

bool Visitor::bind_client() {
  if (plan_.clients == 1) return true;
  const std::uint64_t number = shared_.next_client++ % plan_.clients;
  // A port is chosen at connect(), so that one may serve for several peers.
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(0x7F010000U | static_cast<std::uint32_t>(number / 250) << 8 |
                               static_cast<std::uint32_t>(1 + number % 250));
  return ::bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0;
}

void Visitor::open() {
  close();
  choose_host();
  opened_at_ = Clock::now();
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return fail(std::string("socket: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!bind_client()) return fail(std::string("bind: ") + std::strerror(errno));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(plan_.port);
  ::inet_pton(AF_INET, plan_.address.c_str(), &to.sin_addr);
  step_ = Step::connecting;
  ++shared_.tally.opened;
  const int result = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  if (result != 0 && errno != EINPROGRESS)
    return fail(std::string("connect: ") + std::strerror(errno));
  epoll_event wanted{};
  wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  wanted.data.ptr = this;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &wanted);
}

void Visitor::close() {
  if (step_ != Step::closed) forget();
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
  ++shared_.tally.failed;
  if (shared_.first_failure.empty()) shared_.first_failure = why;
  close();
}

void Visitor::on_ready() {
  while (busy()) {
    if (step() != Went::on) return;
  }
}

void Visitor::go_on() {
  if (step_ == Step::closed || plan_.fresh) return open();
  step_ = Step::talking;
  ask_again();
  on_ready();
}

Visitor::Went Visitor::step() {
  switch (step_) {
    case Step::connecting:
      return connect_done();
    case Step::asking:
      return send_connect();
    case Step::hearing:
      return hear_connect();
    case Step::shaking:
      return shake_hands();
    case Step::talking:
      return talk();
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
    const std::string target = host_ + ":" + std::to_string(plan_.host_port);
    connect_ = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n";
    sent_ = 0;
    step_ = Step::asking;
    return Went::on;
  }
  step_ = plan_.tls ? Step::shaking : Step::talking;
  if (!plan_.tls) begin();
  return Went::on;
}

Visitor::Went Visitor::send_connect() {
  const Went went = write_some(connect_.data() + sent_, connect_.size() - sent_, sent_);
  if (went == Went::on && sent_ == connect_.size()) {
    connect_.clear();
    step_ = Step::hearing;
  }
  return went;
}

Visitor::Went Visitor::hear_connect() {
  // A server that waits for our hello sends nothing behind its head, so reading ahead takes nothing
  // away.
  std::size_t got = 0;
  const Went went = read_some(piece, kMostConnectReply, got);
  if (went != Went::on) return went;
  connect_.append(piece, got);
  if (connect_.size() > kMostConnectReply)
    return fail("the head of CONNECT's reply is too long"), Went::broken;
  if (!connect_.ends_with("\r\n\r\n")) return Went::on;
  const std::string_view status = std::string_view(connect_).substr(0, 12);
  if (status != "HTTP/1.1 200" && status != "HTTP/1.0 200")
    return fail("CONNECT: " + connect_.substr(0, connect_.find('\r'))), Went::broken;
  step_ = Step::shaking;
  return Went::on;
}

Visitor::Went Visitor::shake_hands() {
  if (ssl_ == nullptr) {
    ssl_ = SSL_new(tls_);
    SSL_set_fd(ssl_, fd_);
    SSL_set_app_data(ssl_, this);
    SSL_set_tlsext_host_name(ssl_, host_.c_str());
    if (!plan_.roots.empty()) SSL_set1_host(ssl_, host_.c_str());
    if (session_ != nullptr) SSL_set_session(ssl_, session_.get());
    SSL_set_connect_state(ssl_);
  }
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) return from_ssl(result, "handshake");
  ++shared_.tally.handshakes;
  if (SSL_session_reused(ssl_) == 1) ++shared_.tally.resumed;
  note_peer();
  if (plan_.http2 && shared_.alpn != "h2")
    return fail("HTTP/2 is not spoken: ALPN chose '" + shared_.alpn + "'"), Went::broken;
  step_ = Step::talking;
  begin();
  return Went::on;
}

void Visitor::note_peer() {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &chosen, &size);
  shared_.alpn.assign(reinterpret_cast<const char*>(chosen), size);
  X509* leaf = SSL_get0_peer_certificate(ssl_);
  if (plan_.names > 0 && leaf != nullptr) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    X509_digest(leaf, EVP_sha256(), digest, &size);
    shared_.leaves.emplace(reinterpret_cast<const char*>(digest), size);
  }
  if (!shared_.protocol.empty()) return;
  shared_.protocol = std::string(SSL_get_version(ssl_)) + " " + SSL_get_cipher_name(ssl_);
  char name[256] = "";
  if (leaf != nullptr)
    X509_NAME_get_text_by_NID(X509_get_issuer_name(leaf), NID_commonName, name, sizeof name);
  shared_.issuer = name;
}

std::string Visitor::authority() const {
  const bool usual = plan_.host_port == (plan_.tls ? 443 : 80);
  return usual ? host_ : host_ + ":" + std::to_string(plan_.host_port);
}

void Visitor::count_done(Clock::time_point began) {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  ++shared_.tally.done;
  shared_.tally.micros.push_back(
      static_cast<std::uint32_t>(std::min<std::int64_t>(took.count(), UINT32_MAX)));
}

void Visitor::take_body(const char* bytes, std::size_t size) {
  shared_.tally.bytes_in += size;
  if (!plan_.digest) return;
  if (digest_ == nullptr) {
    digest_.reset(EVP_MD_CTX_new());
    EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
  }
  EVP_DigestUpdate(digest_.get(), bytes, size);
}

void Visitor::end_body() {
  if (digest_ == nullptr) return;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(digest_.get(), digest, &size);
  shared_.digest = hex(digest, size);
  digest_.reset();
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

}  // namespace sallyport::perf
