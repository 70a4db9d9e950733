#pragma once
// Brings alerts to one receiver, in their order, from where it stands in the store on.
//
//   delivered   it goes on with the next
//   later       the same again after 1, 2, 4 ... 300 s (back_off.h), for as long as it takes; or
//               when the receiver says (Retry-After), within an hour
//   refused     the same again likewise; once it has been refused for `give_up_after` it is put
//               aside, counted, and the next has its turn. deliver(true) sends it again. Of several
//               that are refused together each goes alone, because it may be one that is at fault.
//
// Nothing but one batch is in memory, however much waits. What the store does not note (a full
// disk) is remembered here until it does.
//
// INVARIANT: the place of a receiver moves behind an alert only after the receiver took it, does
// not want it, or it was put aside. So a crash at any moment loses none; what was under way comes
// twice. Thread rule: the delivery's.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/io/signal.h"
#include "base/io/worker.h"
#include "discovery/alerts/delivery_store.h"
#include "proxy/delivery/back_off.h"
#include "proxy/delivery/carrier.h"

namespace sallyport::delivery {

struct ReceiverStatus {
  std::string name;
  std::string type;                  // webhook, mail, syslog
  std::string to;                    // where it is
  std::uint64_t waiting = 0;         // alerts; at most DeliveryStore::kMostCounted are counted
  std::optional<Time> oldest;        // the time of the oldest that waits
  std::uint64_t aside = 0;           // alerts that were put aside
  std::uint64_t delivered = 0;       // alerts, ever
  std::uint64_t failures = 0;        // tries, since the start
  std::optional<Time> last_success;  // since the start
  std::string error;                 // the last; "" where the last try worked
  std::optional<Time> error_at;
  std::optional<Time> next_try;
};

class Courier {
 public:
  static constexpr std::chrono::hours kMostAfter{1};
  static constexpr std::size_t kMostTold = 300;  // bytes of an error

  // What back-off is cut by: see BackOff::next.
  using Chance = std::uint32_t (*)();
  static std::uint32_t random_chance();

  // All outlive it. `options` are the carrier's too.
  Courier(const ReceiverOptions& options, std::unique_ptr<Carrier> carrier,
          discovery::DeliveryStore& store, io::Worker& worker, Chance chance = &random_chance);
  ~Courier();

  // Until close().
  Task<void> run();
  // Something may be there.
  void wake() { wake_.notify(); }
  // What is under way may end; abandon() ends it.
  void close();
  void abandon() { carrier_->abandon(); }

  // Tries at once; with `again` also what was put aside. How many those are.
  Result<std::uint64_t> deliver(bool again);

  // With what waits, as the store counts it: at once where that is little, else each few seconds.
  ReceiverStatus status();

 private:
  struct Batch {
    std::vector<discovery::Alert> alerts;
    std::vector<std::uint64_t> places;
    bool aside = false;  // they were put aside once
  };
  Result<void> begin();
  Result<Batch> next();
  // How long to wait before the next look; zero: not at all.
  std::chrono::milliseconds settle(const Outcome& outcome, const Batch& batch);
  void delivered(const Batch& batch);
  bool put_aside(const Outcome& outcome, const Batch& batch);
  void save();
  enum class Access : std::uint8_t { read, write };
  void store_failed(Access access, const Error& error);
  void store_works(Access access);
  void failed(const std::string& what);
  Task<void> rest(std::chrono::milliseconds delay);

  const ReceiverOptions& options_;
  const std::unique_ptr<Carrier> carrier_;
  discovery::DeliveryStore& store_;
  io::Worker& worker_;
  const Chance chance_;
  io::Signal wake_;
  BackOff back_off_;
  bool begun_ = false;
  bool closed_ = false;
  bool hurry_ = false;
  std::uint64_t place_ = 0;
  std::uint64_t saved_place_ = 0;
  std::uint64_t unsaved_ = 0;                 // deliveries that the store has not noted
  std::vector<std::uint64_t> unsaved_again_;  // likewise, of what was put aside
  std::uint64_t refused_place_ = 0;           // the alert that is refused, 0 for none
  std::uint64_t alone_to_ = 0;                // up to this place each goes alone
  std::chrono::steady_clock::time_point refused_since_;
  discovery::Backlog backlog_;  // as it was counted last
  bool recount_ = true;         // it may be another by now
  std::chrono::steady_clock::time_point counted_at_;
  std::uint64_t counted_newest_ = 0;
  std::string store_error_;
  Access failed_access_ = Access::read;
  ReceiverStatus status_;
};

}  // namespace sallyport::delivery
