#pragma once
// Tickets that have done what they are for: each does it once.
//
// INVARIANT: of all calls of spend() with one ticket, at most one says `first`, whatever threads
// they come from; also after a restart, because a ticket from before the start is refused: its
// holder gets a fresh one by going back. Nothing is forgotten before it has expired: where the
// store is full, tickets are refused, none is let through twice.
//
// One for all workers, from any thread. Its mutex is held for one look into a table; it is asked
// when a person has pressed a button, never on the way of traffic.

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string_view>

#include "proxy/portal/ticket.h"

namespace sallyport::portal {

enum class Spent : std::uint8_t {
  first,
  again,         // it was spent before
  before_start,  // it was issued before this store began
  full,          // too many are remembered just now
};
std::string_view to_string(Spent spent);

class UsedTickets {
 public:
  // 65,536 are 6 MiB at most.
  explicit UsedTickets(Time start, std::size_t most = 65'536) : start_(start), most_(most) {}

  // REQUIRES: TicketKeys::open() returned `ticket` at `now`.
  Spent spend(const Ticket& ticket, Time now);

  std::size_t size() const;

 private:
  const Time start_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::set<Nonce> spent_;
  std::multimap<Time, Nonce> by_end_;
};

}  // namespace sallyport::portal
