#pragma once
// The other end of a TLS connection, for tests: OpenSSL over a pair of pipes, driven by hand.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/kit/certs.h"
#include "tests/kit/memory_stream.h"

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace sallyport::testkit {

// A TLS endpoint over a peer's pipes, client or server.
class TlsPeer {
 public:
  struct Options {
    bool server = false;
    std::string server_name;        // client: SNI
    std::vector<std::string> alpn;  // client: offered; server: what it may choose, in order
    std::vector<Issued> chain;      // server: the leaf first
    std::vector<std::byte> staple;  // server
    std::string sigalgs;            // client: OpenSSL's list, "" for the default
    int max_version = 0;            // TLS1_2_VERSION ..., 0 for the newest
    bool verify = false;            // client: trusts nobody, so it refuses every certificate
    std::shared_ptr<ssl_session_st> session;  // client: to resume
    bool tickets = false;                     // server: gives them, under keys that all share
  };
  TlsPeer(PeerPipes pipes, const Options& options);
  ~TlsPeer();

  // Moves bytes between the pipes and OpenSSL; true where something moved.
  bool turn();
  bool established() const { return established_; }
  bool failed() const { return failed_; }
  void write(std::string_view text);
  std::string take();  // what was heard in clear
  void end();          // close_notify and FIN
  bool peer_ended() const { return peer_ended_; }
  tls::Certificate peer_certificate() const;
  std::string alpn() const;
  bool resumed() const;
  std::shared_ptr<ssl_session_st> session() const;  // client: what it may resume

 private:
  PeerPipes pipes_;
  std::vector<std::string> chosen_;  // server: what it may choose
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
  std::string waiting_;  // clear text to be sent once established
  std::string heard_;
  bool established_ = false;
  bool failed_ = false;
  bool peer_ended_ = false;
  bool ended_ = false;
};

}  // namespace sallyport::testkit
