#pragma once
// One connection of the load generator: connect, CONNECT, TLS with SNI and verification; then the
// protocol in it, which is what derives from this. Edge-triggered: on_ready() goes on until the
// socket would block.
//
// INVARIANT: a request is counted once, either in `done` or in `failed`.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <string>

#include "perf/load/plan.h"
#include "perf/load/tally.h"

namespace sallyport::perf {

class Visitor {
 public:
  using Clock = std::chrono::steady_clock;

  // All of them outlive the visitor. `tls` is null where the plan says plain.
  Visitor(const Plan& plan, SSL_CTX* tls, Shared& shared, int epoll);
  virtual ~Visitor();
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;

  void open();
  void on_ready();
  // After a pause: asks again, on the open connection or on a new one.
  void go_on();
  bool closed() const { return step_ == Step::closed; }
  bool busy() const { return step_ != Step::closed && step_ != Step::resting; }

  // A client's settings; its sessions come to the visitors. Null: `roots` cannot be read.
  static SSL_CTX* make_tls(const Plan& plan);

 protected:
  enum class Step { closed, connecting, asking, hearing, shaking, talking, resting };
  enum class Went { on, wait, broken };

  virtual void begin() = 0;      // The connection stands: the first request of it.
  virtual void ask_again() = 0;  // It rested, and is to go on.
  virtual Went talk() = 0;       // One step of writing or reading.
  virtual void forget() = 0;     // The connection is gone.

  // A reply has ended whose request began then. Counts it. The caller looks at shared().pausing.
  void count_done(Clock::time_point began);
  void fail(const std::string& why);
  void take_body(const char* bytes, std::size_t size);
  void end_body();
  void rest() { step_ = Step::resting; }

  Went read_some(char* into, std::size_t room, std::size_t& got);
  Went write_some(const char* from, std::size_t size, std::size_t& put);  // adds to `put`

  const Plan& plan() const { return plan_; }
  Shared& shared() { return shared_; }
  const std::string& host() const { return host_; }
  std::string authority() const;
  Clock::time_point opened_at() const { return opened_at_; }

 private:
  Went step();
  Went connect_done();
  Went send_connect();
  Went hear_connect();
  Went shake_hands();
  void note_peer();
  void choose_host();
  bool bind_client();
  void close();
  Went from_ssl(int result, const char* what);
  Went from_errno(const char* what);
  static int keep_session(SSL* ssl, SSL_SESSION* session);

  struct Free {
    void operator()(SSL_SESSION* one) const { SSL_SESSION_free(one); }
    void operator()(EVP_MD_CTX* one) const { EVP_MD_CTX_free(one); }
  };

  const Plan& plan_;
  SSL_CTX* tls_;
  Shared& shared_;
  int epoll_;
  int fd_ = -1;
  SSL* ssl_ = nullptr;
  std::unique_ptr<SSL_SESSION, Free>
      session_;  // The last that the peer gave; outlives connections.
  std::unique_ptr<EVP_MD_CTX, Free> digest_;
  Step step_ = Step::closed;
  Clock::time_point opened_at_;
  std::string host_;
  std::string connect_;   // CONNECT, then its reply
  std::size_t sent_ = 0;  // of connect_
};

// The protocol that the plan speaks.
std::unique_ptr<Visitor> make_visitor(const Plan& plan, SSL_CTX* tls, Shared& shared, int epoll);

// One thread: all visitors share the piece they read into.
inline constexpr std::size_t kPiece = 64 * 1024;  // bytes
extern char piece[kPiece];

}  // namespace sallyport::perf
