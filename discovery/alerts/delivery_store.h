#pragma once
// Where receivers of alerts stand: for each a place in the row of alerts, up to which it had its
// turn, and what was put aside because it refused it. Alerts themselves are kept once
// (alert_store.h); a receiver that is away costs nothing but its place. An interface: every engine
// passes delivery_store_test.cc.
//
// A *place* is an alert's position in the order of writing, from 1; it rises, and none is given
// twice, whatever the clock does. 0 is before the first.
//
// INVARIANT: an alert that a receiver wants and that lies behind its place, or is put aside, is
// found here until passed() or sent_again(), or until the alert itself is too old to be kept.
// Thread rule: one thread per object; the writer of alerts has an object of its own on the same
// file.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "discovery/alerts/alert.h"

namespace sallyport::discovery {

// Which alerts a receiver wants. Every condition must hold.
struct AlertChoice {
  policy::AlertSeverity least = policy::AlertSeverity::informational;
  std::vector<policy::RiskCategory> categories;  // empty: all
  std::vector<std::string> policies;             // ids or names, without ASCII case; empty: all

  bool operator==(const AlertChoice&) const = default;
};

struct WaitingAlert {
  std::uint64_t place = 0;
  Alert alert;
};

struct WaitingPage {
  std::vector<WaitingAlert> alerts;  // oldest first
  std::uint64_t looked_to = 0;       // no other alert up to this place is wanted
};

struct Backlog {
  std::uint64_t waiting = 0;   // at most kMostCounted
  std::optional<Time> oldest;  // of those
  std::uint64_t aside = 0;
};

class DeliveryStore {
 public:
  static constexpr std::uint64_t kMostCounted = 100'000;
  // What a receiver that left the configuration finds when it comes back within this.
  static constexpr std::chrono::days kGoneAge{7};

  virtual ~DeliveryStore() = default;

  // The place of a receiver. One that is not known begins behind the newest alert.
  virtual Result<std::uint64_t> begin(const std::string& receiver) = 0;
  // Which receivers there are. Others are forgotten, with what was put aside for them, once they
  // have been gone for kGoneAge.
  virtual Result<void> only(std::span<const std::string> receivers, Time now) = 0;

  // The place of the newest alert; 0: there is none.
  virtual Result<std::uint64_t> newest() = 0;
  virtual Result<WaitingPage> behind(std::uint64_t place, const AlertChoice& choice,
                                     std::size_t most) = 0;
  // Those that were put aside and asked for again.
  virtual Result<WaitingPage> again(const std::string& receiver, std::size_t most) = 0;
  virtual Result<Backlog> backlog(const std::string& receiver, std::uint64_t place,
                                  const AlertChoice& choice) = 0;
  virtual Result<std::uint64_t> delivered(const std::string& receiver) = 0;

  // It had its turn up to here; `delivered` alerts of them it took.
  virtual Result<void> passed(const std::string& receiver, std::uint64_t place,
                              std::uint64_t delivered) = 0;
  // They are no longer waited for. Where it was put aside before, it is again. `reason` is cut.
  virtual Result<void> put_aside(const std::string& receiver, std::span<const std::uint64_t> places,
                                 std::string_view reason, Time now) = 0;
  // What was put aside is to be sent; how many that is.
  virtual Result<std::uint64_t> ask_again(const std::string& receiver) = 0;
  // It took what was put aside.
  virtual Result<void> sent_again(const std::string& receiver,
                                  std::span<const std::uint64_t> places) = 0;
};

}  // namespace sallyport::discovery
