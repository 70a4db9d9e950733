#pragma once
// The keys of session tickets for clients (RFC 5077, RFC 8446 section 4.6.1): one of now and the one
// before, so that a ticket is good for one to two hours. In memory only; of this process, and shared
// by its workers, because a client's next connection may come to another one. From any thread.

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "base/core/clock.h"

struct ssl_ctx_st;

namespace sallyport::tls {

class TicketKeys {
 public:
  static constexpr std::chrono::hours kTurn{1};

  explicit TicketKeys(const Clock& clock);
  ~TicketKeys();
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;

  // Tickets of `context` are made and read with these. They outlive it.
  void serve(ssl_ctx_st* context);

  struct Key {
    std::array<std::uint8_t, 16> name{};
    std::array<std::uint8_t, 32> cipher{};
    std::array<std::uint8_t, 32> mac{};
  };
  // The one to make tickets with; turns them where it is time.
  Key current();
  // The one of that name, where it is still one of the two; false where not.
  bool find(const std::uint8_t* name, Key& key);

 private:
  void turn();

  const Clock& clock_;
  std::mutex mutex_;
  Key current_;
  Key previous_;
  std::chrono::steady_clock::time_point since_;
};

}  // namespace sallyport::tls
