#pragma once
// One connection of the load generator: connect, CONNECT, TLS with SNI and verification, then one
// HTTP/1.1 request after another. Edge-triggered: on_ready() goes on until the socket would block.
//
// INVARIANT: a request is counted once, either in `done` or in `failed`.

#include <chrono>
#include <cstdint>
#include <openssl/ssl.h>
#include <string>
#include <vector>

#include "perf/load/plan.h"

namespace sallyport::perf {

// What all connections of a run add to. The window resets it.
struct Tally {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t opened = 0;           // connections made
  std::uint64_t bytes_in = 0;         // bodies of replies
  std::uint64_t bytes_out = 0;        // bodies of requests
  std::vector<std::uint32_t> micros;  // of each request done
  std::string first_failure;
};

class Visitor {
 public:
  using Clock = std::chrono::steady_clock;

  // All three outlive the visitor. `tls` is null where the plan says plain.
  Visitor(const Plan& plan, SSL_CTX* tls, Tally& tally, int epoll);
  ~Visitor();
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;

  void open();
  void on_ready();
  bool closed() const { return step_ == Step::closed; }
  // The issuer of the peer's leaf, or "" where there is none.
  std::string issuer() const;
  std::string protocol() const;

 private:
  enum class Step { closed, connecting, asking, hearing, shaking, sending, receiving, resting };
  enum class Went { on, wait, broken };

  Went step();
  Went connect_done();
  Went send_head();
  Went hear_connect();
  Went shake_hands();
  Went send_request();
  Went receive();
  Went finish_reply();
  void begin_request();
  void close();
  void fail(const std::string& why);

  Went read_some(char* into, std::size_t room, std::size_t& got);
  Went write_some(const char* from, std::size_t size, std::size_t& put);
  Went from_ssl(int result, const char* what);
  Went from_errno(const char* what);

  const Plan& plan_;
  SSL_CTX* tls_;
  Tally& tally_;
  int epoll_;
  int fd_ = -1;
  SSL* ssl_ = nullptr;
  Step step_ = Step::closed;
  Clock::time_point began_;
  std::string out_;       // head being sent
  std::size_t sent_ = 0;  // of out_
  std::uint64_t upload_left_ = 0;
  std::string head_;  // of the reply, as far as it came
  std::uint64_t body_left_ = 0;
  bool in_body_ = false;
  bool close_after_ = false;
};

}  // namespace sallyport::perf
