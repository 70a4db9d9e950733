#pragma once
// What the exchanges of a client with one place have in common, kept beyond the connection that
// learnt it: for the same connection once it has rested, and for the client's next ones. A worker's
// own; of one thread.
//
//   std::shared_ptr<Known> known = shelf.find(alike);
//   if (known == nullptr) shelf.keep(known = ...);
//
// Memory: kSlots of them at most, each an event without its exchange (3 to 4 KiB) and what policies
// look up (policy_index.h). Of two that fall into one slot the later one stays.
// INVARIANT: nothing that differs between two connections which are alike is read from one.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/address.h"
#include "base/core/host.h"
#include "discovery/events/event.h"
#include "policy/activity/activity.h"
#include "policy/eval/program.h"
#include "policy/eval/verdict.h"

namespace sallyport::session {

// What an exchange knew at connect, and of an address of the origin.
struct Known {
  std::uint64_t snapshot = 0;  // SnapshotPin::number()
  std::optional<std::string> user;
  Authority to;
  // What is in each event of it; with the facts at connect. Its connection's id, port and counts of
  // bytes are of whoever used it last.
  discovery::Event begun;
  std::optional<policy::AddressFacts> destination;
  policy::Program::Recall recall;  // of the snapshot's policies
  // What policies say to it at connect, which depends on nothing else but the time, by the
  // minute, and where policies ask for that, on what the connection has carried.
  bool asks_carried = false;
  std::optional<policy::Decision> decision;
  std::chrono::sys_time<std::chrono::minutes> decided;
  std::uint64_t standing = 0;  // SnapshotShelf::standing_number() by then
};

// Two exchanges of which all of this is equal know the same at connect.
struct Alike {
  std::uint64_t snapshot = 0;
  const std::optional<std::string>& user;
  const std::string& user_source;
  const IpAddress& client;
  const Authority& to;
  const std::string& scheme;
  bool intercepted = false;
  const discovery::TlsFacts& tls;
  const std::optional<std::vector<std::string>>& device_tags;

  bool fits(const Known& known) const;
};

class KnownShelf {
 public:
  static constexpr std::size_t kSlots = 1024;

  // Null where there is none.
  std::shared_ptr<Known> find(const Alike& alike) const;
  // REQUIRES: alike.fits(*known).
  void keep(const Alike& alike, std::shared_ptr<Known> known);

 private:
  static std::size_t slot_of(const Alike& alike);

  std::vector<std::shared_ptr<Known>> slots_ = std::vector<std::shared_ptr<Known>>(kSlots);
};

}  // namespace sallyport::session
