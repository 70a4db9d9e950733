#include "proxy/portal/used_tickets.h"

namespace sallyport::portal {

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
    spent_.erase(by_end_.begin()->second);
    by_end_.erase(by_end_.begin());
  }
  if (spent_.contains(ticket.nonce)) return Spent::again;
  if (spent_.size() >= most_) return Spent::full;
  spent_.insert(ticket.nonce);
  by_end_.emplace(ticket.expires, ticket.nonce);
  return Spent::first;
}

std::size_t UsedTickets::size() const {
  const std::lock_guard<std::mutex> held(mutex_);
  return spent_.size();
}

}  // namespace sallyport::portal
