#include "proxy/portal/used_tickets.h"

#include <algorithm>

namespace sallyport::portal {
namespace {

constexpr std::size_t kShare = 32;  // of the store that one holder may have: this part

}  // namespace

std::string_view to_string(Spent spent) {
  switch (spent) {
    case Spent::first:
      return "first";
    case Spent::again:
      return "again";
    case Spent::before_start:
      return "before_start";
    case Spent::full:
      return "full";
  }
  return "";
}

Spent UsedTickets::spend(const Ticket& ticket, Time now) {
  // Tickets have whole seconds: one of the second of the start may be from before it.
  if (ticket.issued <= start_) return Spent::before_start;
  const std::lock_guard<std::mutex> held(mutex_);
  // Not before its end, and a minute more: another thread may have read the clock a moment earlier
  // and still take for good what has just been forgotten.
  while (!by_end_.empty() && by_end_.begin()->first + std::chrono::minutes(1) < now) {
    const Entry& entry = by_end_.begin()->second;
    spent_.erase(entry.nonce);
    const auto held_by = of_holder_.find(entry.holder);
    if (--held_by->second == 0) of_holder_.erase(held_by);
    by_end_.erase(by_end_.begin());
  }
  if (spent_.contains(ticket.nonce)) return Spent::again;
  if (spent_.size() >= most_) return Spent::full;
  const std::string holder = ticket.client + ' ' + ticket.user;
  std::size_t& of_holder = of_holder_[holder];
  if (of_holder >= std::max<std::size_t>(most_ / kShare, 1)) return Spent::full;
  ++of_holder;
  spent_.insert(ticket.nonce);
  by_end_.emplace(ticket.expires, Entry{ticket.nonce, holder});
  return Spent::first;
}

std::size_t UsedTickets::size() const {
  const std::lock_guard<std::mutex> held(mutex_);
  return spent_.size();
}

}  // namespace sallyport::portal
