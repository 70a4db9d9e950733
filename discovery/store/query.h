#pragma once
// A question to the store, and the answer's rows.
//
// Every condition that is set must hold. Texts are matched without ASCII case and as a whole;
// nothing in them is a pattern, but for `host`.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/core/address.h"
#include "discovery/events/event.h"

namespace sallyport::discovery {

constexpr std::size_t kDefaultRows = 100;
constexpr std::size_t kMaxRows = 10000;

enum class Order : std::uint8_t { newest_first, oldest_first };

struct Query {
  std::optional<std::string> app = {};            // id or name
  std::optional<std::string> user = {};           // "" asks for events without one
  std::optional<IpPrefix> client = {};            // one address is a prefix of full length
  std::optional<std::string> host = {};           // "*.example.com": that and every name below it
  std::optional<std::string> policy = {};         // the event's, or that of one of its activities
  std::optional<policy::Action> action = {};      // likewise
  std::optional<policy::ActivityType> type = {};  // likewise
  std::optional<Ending> ending = {};
  std::optional<EventKind> kind = {};
  std::optional<Time> since = {};  // start >= since
  std::optional<Time> until = {};  // start < until

  // Only events behind this one in `order`: the last id of a page gives the next page.
  std::optional<Ulid> after = {};
  Order order = Order::newest_first;  // by id, which is the order of recording
  std::size_t limit = kDefaultRows;   // 1 to kMaxRows; more is cut to that
};

// What a list shows of an event. An empty text or optional: not known.
struct Row {
  Ulid id;
  Time time;
  EventKind kind = EventKind::exchange;
  std::string user;
  IpAddress client;
  std::string app_id;
  std::string app_name;
  std::string host;
  std::string method;
  std::string path;
  std::optional<policy::ActivityType> type;
  policy::Action action = policy::Action::allow;
  std::string policy;
  std::optional<int> status;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  Ending ending = Ending::completed;
  std::int64_t duration_us = 0;
  std::string uncommon;  // of its user: "country, isp"

  bool operator==(const Row&) const = default;
};

}  // namespace sallyport::discovery
