#pragma once
// TLS as a ByteStream over a ByteStream.
//
// OpenSSL runs on a BIO of our own over two buffers that this object owns: one receive of up to 64
// KiB feeds many SSL_read, and the records of one write leave in one send (io-spike.md: a quarter
// of the system calls of asio::ssl::stream). A peeked ClientHello is simply put into the receive
// buffer first. They hold memory only while something is in them (base/io/block.h); OpenSSL's own
// are kept from call to call, until release_idle_buffers().
//
// INVARIANT: renegotiation and 0-RTT do not happen (context.h). A stream that failed stays failed.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/io/stream.h"
#include "tls/cert/certificate.h"
#include "tls/cert/openssl.h"

namespace sallyport::tls {

class TlsStream final : public io::ByteStream {
 public:
  // `ssl` is configured by a context: role, certificate, server name, ALPN.
  TlsStream(std::unique_ptr<io::ByteStream> below, SslPtr ssl, std::string_view received = {});
  ~TlsStream() override;

  // To the end of the handshake. On failure the alert, where there is one, has been sent.
  // Errors: tls_protocol, tls_client_refused (the peer's alert rejects our certificate), limit (a
  // message larger than any we take: its certificates), closed,
  // ...
  Task<Result<void>> handshake();

  Outcome try_read(std::span<std::byte> into) override;
  Outcome try_write(std::span<const io::Bytes> pieces) override;
  Task<Result<void>> readable() override;
  Task<Result<void>> writable() override;
  bool buffered() const override;
  bool unsent() const override;
  void release_idle_buffers() override;
  void stop_reading() override { below_->stop_reading(); }
  void resume_reading() override { below_->resume_reading(); }
  void look_again() override { below_->look_again(); }
  // close_notify, then the carrier's end of writing; where it does not fit, writable() sends it.
  void end_writing() override;
  void close() override;
  void reset() override;
  bool is_open() const override { return below_->is_open(); }
  const Error& failure() const override { return failure_; }
  bool peer_left(bool half) const override { return below_->peer_left(half); }
  std::uint64_t wire_in() const override { return below_->wire_in(); }
  std::uint64_t wire_out() const override { return below_->wire_out(); }
  std::uint64_t delivered() const override { return below_->delivered(); }

  // After the handshake.
  std::string version() const;                  // "TLSv1.3"
  std::string cipher() const;                   // "TLS_AES_256_GCM_SHA384"
  std::string alpn() const;                     // "http/1.1", ""
  std::vector<Certificate> peer_chain() const;  // As sent, the leaf first; at most 17.
  // OCSP response, empty where none came; of a resumed session the one of then.
  std::vector<std::byte> peer_staple() const;
  bool resumed() const;
  // The alert that the peer ended with, as its number; -1 for none. For the ledger of pinning.
  int peer_alert() const { return peer_alert_; }
  // Whether the peer went away after our certificate and before its own Finished.
  bool peer_left_in_handshake() const { return peer_left_; }
  // Whether the handshake is done. Before that only handshake() may be called.
  bool established() const { return established_; }

  struct Carrier;  // The BIO's side; for tls_stream.cc.

 private:
  Outcome fail_with(int ssl_result, const char* where);
  bool pump_in(Outcome& outcome);
  io::ByteStream::Status flush();

  std::unique_ptr<io::ByteStream> below_;
  std::unique_ptr<Carrier> carrier_;
  SslPtr ssl_;
  Error failure_;
  int peer_alert_ = -1;
  bool peer_left_ = false;
  bool established_ = false;
  bool failed_ = false;
  bool write_ended_ = false;
  std::size_t kept_ = 0;  // bytes to send that wait for others to go with
};

}  // namespace sallyport::tls
