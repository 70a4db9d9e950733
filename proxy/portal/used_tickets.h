#pragma once
// Tickets that have done what they are for: each does it once.
//
// INVARIANT: of all calls of spend() with one ticket, at most one says `first`, whatever threads
// they come from; also after a restart, because a ticket from before the start is refused: its
// holder gets a fresh one by going back. Nothing is forgotten before it has expired: where the
// store is full, tickets are refused, none is let through twice. One holder has a thirty-second
// part of it at most, so that nobody fills it for the others: tickets should live for minutes.
//
// One for all workers, from any thread. Its mutex is held for one look into a table; it is asked
// when a person has pressed a button, never on the way of traffic.

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "proxy/portal/ticket.h"

namespace sallyport::portal {

enum class Spent : std::uint8_t {
  first,
  again,         // it was spent before
  before_start,  // it was issued before this store began
  full,          // too many are remembered just now, or too many of this holder
};
std::string_view to_string(Spent spent);

class UsedTickets {
 public:
  // 65,536 are 10 MiB at most.
  explicit UsedTickets(Time start, std::size_t most = 65'536) : start_(start), most_(most) {}

  // REQUIRES: TicketKeys::open() returned `ticket` at `now`.
  Spent spend(const Ticket& ticket, Time now);

  std::size_t size() const;

 private:
  const Time start_;
  const std::size_t most_;
  mutable std::mutex mutex_;
  struct Entry {
    Nonce nonce;
    std::string holder;
  };
  std::set<Nonce> spent_;
  std::multimap<Time, Entry> by_end_;
  std::map<std::string, std::size_t> of_holder_;
};

}  // namespace sallyport::portal
