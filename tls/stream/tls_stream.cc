#include "tls/stream/tls_stream.h"

#include <algorithm>
#include <cstring>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/core/check.h"
#include "base/io/block.h"
#include "tls/stream/session_cache.h"

namespace sallyport::tls {

namespace {

constexpr std::size_t kReceive = io::Block::kSize;  // bytes per receive
constexpr std::size_t kRecord = 16 * 1024;          // bytes of plaintext in one record
constexpr std::size_t kMostUnsent = 256 * 1024;  // bytes of records that wait; then writing blocks

constexpr std::size_t kSpareOuts = 16;             // that a thread keeps
constexpr std::size_t kLargestSpare = 128 * 1024;  // bytes of one

// Empty ones with room, of streams of this thread that have nothing to send.
thread_local std::vector<std::string> spare_outs;

}  // namespace

// The two buffers between OpenSSL and the stream below.
struct TlsStream::Carrier {
  io::Block in;
  std::size_t in_begin = 0;
  std::size_t in_end = 0;
  bool in_over = false;  // the stream below has ended
  std::string out;
  std::size_t out_begin = 0;

  std::size_t in_size() const { return in_end - in_begin; }
  std::size_t out_size() const { return out.size() - out_begin; }

  // Takes memory for records before the first is written, and leaves it to others behind the last.
  void wake() {
    if (!out.empty() || spare_outs.empty()) return;
    out.swap(spare_outs.back());
    spare_outs.pop_back();
  }
  void rest() {
    out_begin = 0;
    if (out.empty()) return;
    out.clear();
    if (spare_outs.size() < kSpareOuts && out.capacity() <= kLargestSpare) {
      spare_outs.push_back(std::move(out));
    }
    std::string().swap(out);  // Assigning an empty one would keep the memory.
  }
};

namespace {

int carrier_read(BIO* bio, char* into, int size) {
  auto& carrier = *static_cast<TlsStream::Carrier*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const std::size_t take = std::min(carrier.in_size(), static_cast<std::size_t>(size));
  if (take == 0) {
    if (carrier.in_over) return 0;
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(into, carrier.in.get() + carrier.in_begin, take);
  carrier.in_begin += take;
  if (carrier.in_begin == carrier.in_end) carrier.in_begin = carrier.in_end = 0;
  return static_cast<int>(take);
}

int carrier_write(BIO* bio, const char* bytes, int size) {
  auto& carrier = *static_cast<TlsStream::Carrier*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  carrier.wake();
  carrier.out.append(bytes, static_cast<std::size_t>(size));
  return size;
}

long carrier_ctrl(BIO* bio, int command, long, void*) {
  auto& carrier = *static_cast<TlsStream::Carrier*>(BIO_get_data(bio));
  switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DUP:
      return 1;
    case BIO_CTRL_EOF:
      return carrier.in_over && carrier.in_size() == 0 ? 1 : 0;
    default:
      return 0;
  }
}

int carrier_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

// Made once per process and shared; a BIO_METHOD is immutable once built.
const BIO_METHOD* carrier_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "carrier");
    CHECK(made != nullptr);
    BIO_meth_set_read(made, carrier_read);
    BIO_meth_set_write(made, carrier_write);
    BIO_meth_set_ctrl(made, carrier_ctrl);
    BIO_meth_set_create(made, carrier_create);
    return made;
  }();
  return method;
}

}  // namespace

namespace {

// Before each call whose failure is told by SSL_get_error. Looking is cheap, clearing is not, and
// nearly always there is nothing.
void clear_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace

TlsStream::TlsStream(std::unique_ptr<io::ByteStream> below, SslPtr ssl, std::string_view received)
    : below_(std::move(below)), carrier_(std::make_unique<Carrier>()), ssl_(std::move(ssl)) {
  BIO* bio = BIO_new(carrier_method());
  CHECK(bio != nullptr);
  BIO_set_data(bio, carrier_.get());
  SSL_set_bio(ssl_.get(), bio, bio);
  if (!received.empty()) {
    CHECK(received.size() <= kReceive);
    carrier_->in.take();
    std::memcpy(carrier_->in.get(), received.data(), received.size());
    carrier_->in_end = received.size();
  }
}

TlsStream::~TlsStream() {
  below_->close();
  // OpenSSL forgets the session of a connection that ends without close_notify; only TLS before 1.2
  // asked for that (RFC 5246 section 7.2.1).
  SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

io::ByteStream::Outcome TlsStream::fail_with(int ssl_result, const char* where) {
  failed_ = true;
  const unsigned long code = ERR_peek_error();
  const int error = SSL_get_error(ssl_.get(), ssl_result);
  failure_ = Error{ErrorKind::tls_protocol, Side::ours, false, where};
  if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) >= SSL_AD_REASON_OFFSET) {
    peer_alert_ = ERR_GET_REASON(code) - SSL_AD_REASON_OFFSET;
    // RFC 8446 section 6.2: these reject our certificate.
    if (peer_alert_ == SSL_AD_UNKNOWN_CA || peer_alert_ == SSL_AD_BAD_CERTIFICATE ||
        peer_alert_ == SSL_AD_CERTIFICATE_UNKNOWN ||
        peer_alert_ == SSL_AD_UNSUPPORTED_CERTIFICATE ||
        peer_alert_ == SSL_AD_CERTIFICATE_EXPIRED || peer_alert_ == SSL_AD_CERTIFICATE_REVOKED) {
      failure_.kind = ErrorKind::tls_client_refused;
    }
  } else if (ERR_GET_LIB(code) == ERR_LIB_SSL &&
             ERR_GET_REASON(code) == SSL_R_EXCESSIVE_MESSAGE_SIZE) {
    failure_.kind = ErrorKind::limit;
  } else if (carrier_->in_over && (error == SSL_ERROR_SYSCALL || error == SSL_ERROR_SSL)) {
    failure_.kind = ErrorKind::closed;
    peer_left_ = !established_;
  }
  const std::string reasons = openssl_errors();
  if (!reasons.empty()) failure_.detail += ": " + reasons;
  return {Status::failed, 0};
}

// Receives once. False where nothing came; `outcome` says why.
bool TlsStream::pump_in(Outcome& outcome) {
  Carrier& carrier = *carrier_;
  if (carrier.in_over) {
    outcome = {Status::end, 0};
    return false;
  }
  carrier.in.take();
  if (carrier.in_begin > 0 && carrier.in_begin != carrier.in_end) {
    std::memmove(carrier.in.get(), carrier.in.get() + carrier.in_begin, carrier.in_size());
    carrier.in_end -= carrier.in_begin;
    carrier.in_begin = 0;
  }
  outcome = below_->try_read(std::as_writable_bytes(
      std::span(carrier.in.get() + carrier.in_end, kReceive - carrier.in_end)));
  if (outcome.status == Status::moved) {
    carrier.in_end += outcome.bytes;
    return true;
  }
  if (carrier.in_size() == 0) carrier.in.give_back();
  if (outcome.status == Status::end) {
    carrier.in_over = true;
    return true;  // OpenSSL is to see the end.
  }
  if (outcome.status == Status::failed) {
    failed_ = true;
    failure_ = below_->failure();
  }
  return false;
}

// Sends what it can of the records that wait.
io::ByteStream::Status TlsStream::flush() {
  Carrier& carrier = *carrier_;
  kept_ = 0;
  while (carrier.out_size() > 0) {
    const std::array<io::Bytes, 1> pieces{
        std::as_bytes(std::span(carrier.out.data() + carrier.out_begin, carrier.out_size()))};
    const Outcome outcome = below_->try_write(pieces);
    if (outcome.status != Status::moved) {
      if (outcome.status == Status::failed) {
        failed_ = true;
        failure_ = below_->failure();
      }
      return outcome.status;
    }
    carrier.out_begin += outcome.bytes;
  }
  carrier.rest();
  if (write_ended_) below_->end_writing();
  return Status::moved;
}

Task<Result<void>> TlsStream::handshake() {
  while (true) {
    clear_errors();
    const int result = SSL_do_handshake(ssl_.get());
    const bool wants_more = result <= 0 && SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ;
    if (result <= 0 && !wants_more) {
      fail_with(result, "handshake");
      const Error failure = failure_;
      flush();  // The alert, if it fits; nobody waits for it.
      failure_ = failure;
      co_return std::unexpected(failure_);
    }
    // What a server says behind the client's last message of TLS 1.3 is a ticket: nobody waits for
    // it, so that it leaves with the first bytes that follow.
    const bool is_ticket =
        result == 1 && SSL_is_server(ssl_.get()) == 1 && SSL_version(ssl_.get()) == TLS1_3_VERSION;
    kept_ = is_ticket ? carrier_->out_size() : 0;
    while (carrier_->out_size() > kept_) {
      const Status status = flush();
      if (status == Status::failed) {
        peer_left_ = true;
        co_return std::unexpected(failure_);
      }
      if (status == Status::would_block) {
        Result<void> waited = co_await below_->writable();
        if (!waited) co_return waited;
      }
    }
    if (result == 1) {
      established_ = true;
      co_return Result<void>{};
    }
    Outcome outcome;
    while (!pump_in(outcome)) {
      if (outcome.status != Status::would_block) {
        peer_left_ = true;
        co_return std::unexpected(
            failed_ ? failure_ : Error{ErrorKind::closed, Side::ours, false, "handshake"});
      }
      Result<void> waited = co_await below_->readable();
      if (!waited) co_return waited;
    }
  }
}

io::ByteStream::Outcome TlsStream::try_read(std::span<std::byte> into) {
  if (failed_) return {Status::failed, 0};
  // Where there is nothing at hand, the stream below is asked first: SSL_read would take a record
  // buffer only to say that it wants more (perf/results.md, profile 1).
  if (carrier_->in_size() == 0 && !carrier_->in_over && SSL_pending(ssl_.get()) == 0) {
    Outcome outcome;
    if (!pump_in(outcome)) return outcome;
  }
  std::size_t total = 0;
  while (total < into.size()) {
    clear_errors();
    const int room = static_cast<int>(std::min<std::size_t>(into.size() - total, 1 << 30));
    const int got = SSL_read(ssl_.get(), into.data() + total, room);
    if (got > 0) {
      total += static_cast<std::size_t>(got);
      // Further records that are here already; another receive only where there is nothing to give.
      if (carrier_->in_size() == 0 && SSL_pending(ssl_.get()) == 0) break;
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), got);
    if (error == SSL_ERROR_ZERO_RETURN) {
      return total > 0 ? Outcome{Status::moved, total} : Outcome{Status::end, 0};
    }
    if (error != SSL_ERROR_WANT_READ) {
      // An end without close_notify is a truncation (RFC 8446 section 6.1): never a clean end.
      if (total > 0) return {Status::moved, total};
      return fail_with(got, "read");
    }
    if (total > 0) break;
    Outcome outcome;
    if (!pump_in(outcome)) return outcome;
  }
  if (carrier_->in_size() == 0) carrier_->in.give_back();
  // A read may have produced records (key update, alert).
  if (carrier_->out_size() > kept_) flush();
  return {Status::moved, total};
}

io::ByteStream::Outcome TlsStream::try_write(std::span<const io::Bytes> pieces) {
  if (failed_ || write_ended_) {
    if (!failed_) failure_ = Error{ErrorKind::closed, Side::ours, false, "writing was ended"};
    return {Status::failed, 0};
  }
  if (carrier_->out_size() >= kMostUnsent) {
    const Status status = flush();
    if (status != Status::moved) return {status, 0};
  }
  std::size_t total = 0;
  const auto put = [&](io::Bytes bytes) {
    clear_errors();
    const int result = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (result > 0) total += static_cast<std::size_t>(result);
    return result;
  };
  // Small pieces that follow each other (head, size line, first bytes) share a record.
  std::size_t small = 0;
  std::byte gathered[4096];
  const auto put_gathered = [&] {
    const int result = small > 0 ? put(io::Bytes(gathered, small)) : 1;
    small = 0;
    return result;
  };
  for (const io::Bytes& whole : pieces) {
    io::Bytes piece = whole;
    if (piece.empty()) continue;
    // Fills up the record that small pieces have begun.
    if (small > 0 || piece.size() < sizeof gathered) {
      const std::size_t fits = std::min(piece.size(), sizeof gathered - small);
      std::memcpy(gathered + small, piece.data(), fits);
      small += fits;
      piece = piece.subspan(fits);
      if (piece.empty() && small < sizeof gathered) continue;
      if (put_gathered() <= 0) return fail_with(-1, "write");
    }
    while (!piece.empty()) {
      if (piece.size() < sizeof gathered) {
        std::memcpy(gathered, piece.data(), piece.size());
        small = piece.size();
        break;
      }
      const std::size_t size = std::min(piece.size(), kRecord);
      if (put(piece.first(size)) <= 0) return fail_with(-1, "write");
      piece = piece.subspan(size);
      if (carrier_->out_size() >= kMostUnsent) {
        if (flush() == Status::failed) return {Status::failed, 0};
        if (carrier_->out_size() >= kMostUnsent) return {Status::moved, total};
      }
    }
  }
  if (put_gathered() <= 0) return fail_with(-1, "write");
  if (flush() == Status::failed) return {Status::failed, 0};
  return {Status::moved, total};
}

Task<Result<void>> TlsStream::readable() { return below_->readable(); }

Task<Result<void>> TlsStream::writable() {
  while (true) {
    const Status status = flush();
    if (status == Status::moved) co_return Result<void>{};
    if (status == Status::failed) co_return std::unexpected(failure_);
    Result<void> waited = co_await below_->writable();
    if (!waited) co_return waited;
  }
}

bool TlsStream::buffered() const {
  return SSL_pending(ssl_.get()) > 0 || carrier_->in_size() > 0 || below_->buffered();
}

bool TlsStream::unsent() const { return carrier_->out_size() > kept_ || below_->unsent(); }

void TlsStream::release_idle_buffers() {
  if (kept_ > 0) flush();
  if (carrier_->in_size() == 0) carrier_->in.give_back();
  SSL_free_buffers(ssl_.get());  // those that hold nothing; the next call takes new ones
  below_->release_idle_buffers();
}

void TlsStream::end_writing() {
  if (write_ended_ || failed_ || !below_->is_open()) return;
  write_ended_ = true;
  clear_errors();
  SSL_shutdown(ssl_.get());
  openssl_errors();
  flush();
}

void TlsStream::close() { below_->close(); }
void TlsStream::reset() { below_->reset(); }

std::string TlsStream::version() const { return SSL_get_version(ssl_.get()); }

std::string TlsStream::cipher() const {
  const char* name = SSL_get_cipher_name(ssl_.get());
  return name != nullptr ? name : "";
}

std::string TlsStream::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return std::string(reinterpret_cast<const char*>(name), size);
}

std::vector<Certificate> TlsStream::peer_chain() const {
  std::vector<Certificate> chain;
  if (SSL_is_server(ssl_.get()) == 1) {  // Then the rest comes without it.
    if (X509* own = SSL_get0_peer_certificate(ssl_.get())) chain.push_back(Certificate::share(own));
  }
  STACK_OF(X509)* sent = SSL_get_peer_cert_chain(ssl_.get());
  const int count = sent != nullptr ? sk_X509_num(sent) : 0;
  for (int i = 0; i < count && chain.size() < 17; ++i) {
    chain.push_back(Certificate::share(sk_X509_value(sent, i)));
  }
  return chain;
}

bool TlsStream::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

std::vector<std::byte> TlsStream::peer_staple() const {
  if (const auto* remembered = SessionCache::remembered_staple(ssl_.get())) return *remembered;
  const unsigned char* bytes = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(ssl_.get(), &bytes);
  if (size <= 0 || bytes == nullptr || size > 64 * 1024) return {};
  const auto* begin = reinterpret_cast<const std::byte*>(bytes);
  return {begin, begin + size};
}

}  // namespace sallyport::tls
