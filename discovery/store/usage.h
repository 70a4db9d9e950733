#pragma once
// Use, counted: how much each user, from each address, with each device, used of each service on
// each day (UTC), and of each service in each hour. Kept much longer than the events that it is
// counted from (usage_limits.h says how much at most); of what is long past, each month together.
//
// INVARIANT: every event that the store took is counted once, on the day on which it began; counts
// are sums, whatever order events came in. What was refused before policy was asked, and what was
// lost before it named a host, is no use and counts nowhere.
//
// A service is an app of the catalog, a registrable domain of no app, or a kind of noise host.
// What other gateways' logs tell (usage_imports.h) is counted apart from what was seen live.
//
// Beyond the limits of a day it is `other`; and beyond those of users, devices and addresses
// whoever it was is Who's "other": still counted, but no longer told apart.

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "base/core/result.h"

namespace sallyport::discovery {

// Numbers stand in files.
enum class NameKind : std::uint8_t {
  app,      // an id of the catalog
  domain,   // a registrable domain that belongs to no app
  noise,    // a kind of host that nobody uses knowingly: "tracker", ...
  unnamed,  // hosts without a registrable domain: addresses, names of one label; its name is ""
  user,     // "" is nobody
  device,   // "desktop, windows, firefox"; "" is one that said nothing
};
constexpr std::size_t kNameKinds = 6;

// The number of a name, the same as long as it is kept.
using NameNumber = std::uint32_t;
constexpr NameNumber kOther = 0;  // of any kind: beyond the limits

struct UsageCounts {
  std::uint64_t transactions = 0;  // exchanges and tunnels that were let through
  std::uint64_t sent = 0;          // their bytes, client to origin
  std::uint64_t received = 0;      // and back
  std::uint64_t uploads = 0;       // activities; of a file that comes in parts, the last
  std::uint64_t upload_bytes = 0;  // sent in exchanges with uploads, of every part
  std::uint64_t downloads = 0;
  std::uint64_t download_bytes = 0;
  std::uint64_t blocked = 0;    // stopped for good
  std::uint64_t asked = 0;      // stopped until the person answers: coached, step-up, ...
  std::uint64_t continued = 0;  // of `transactions`: let through by such an answer

  UsageCounts& operator+=(const UsageCounts& other);
  bool operator==(const UsageCounts&) const = default;
};

// In the order of records.
inline constexpr std::array kUsageCounts = {&UsageCounts::transactions,   &UsageCounts::sent,
                                            &UsageCounts::received,       &UsageCounts::uploads,
                                            &UsageCounts::upload_bytes,   &UsageCounts::downloads,
                                            &UsageCounts::download_bytes, &UsageCounts::blocked,
                                            &UsageCounts::asked,          &UsageCounts::continued};

struct Who {
  NameNumber user = kOther;
  NameNumber device = kOther;
  std::array<char, 2> country{};  // ISO 3166-1 alpha-2; zeros: not known
  IpAddress address;              // 0.0.0.0: beyond the limits

  auto operator<=>(const Who&) const = default;
};

constexpr std::uint16_t kDayMinutes = 24 * 60;

// A day, or a month that is long past.
struct UsagePeriod {
  std::chrono::sys_days day;  // the first one
  unsigned days = 1;

  auto operator<=>(const UsagePeriod&) const = default;
};
constexpr std::uint16_t kPeriodMinutes = 31 * kDayMinutes;

// Counts of one period.
struct UsageEntry {
  Who who;
  NameNumber service = kOther;
  UsageCounts counts;
  std::uint16_t first = 0;  // minute of the period in which the first of it began
  std::uint16_t last = 0;   // likewise; not before `first`

  // REQUIRES: the same who and service.
  void add(const UsageEntry& other);
  bool operator==(const UsageEntry&) const = default;
};

// Whether `a` stands before `b`: by who, then by service.
inline bool before(const UsageEntry& a, const UsageEntry& b) {
  const auto order = a.who <=> b.who;
  return order != 0 ? order < 0 : a.service < b.service;
}

// By number. `kind` of kOther means nothing.
struct UsageName {
  NameKind kind = NameKind::app;
  std::string name;
};
using UsageNames = std::vector<UsageName>;

// Where counts come from: what this gateway saw, or the import of that number.
using UsageSource = std::int64_t;
constexpr UsageSource kSeenLive = 0;

// By whom, or when.
enum class UsageFamily : std::uint8_t { who, hour };

struct UsageQuestion {
  std::chrono::sys_days since;  // the first day
  std::chrono::sys_days until;  // the day behind the last one
  // hour: `who.user` is the hour of the day, 0 to 23, and the rest of `who` means nothing. A
  // twentieth of the work of `who`.
  UsageFamily family = UsageFamily::who;
  std::optional<UsageSource> source;  // only from there; nothing: from everywhere
  // Of UsageFamily::who: only of the user of that name, without case; "" is nobody. A hundredth of
  // the work.
  std::optional<std::string> user = {};
};

struct UsageExtent {
  // What the answer is about: of a month that is kept as one period all of it.
  std::chrono::sys_days since;
  std::chrono::sys_days until;
  std::uint64_t uncounted = 0;  // events that are kept and waiting to be counted: not in the answer
  std::vector<std::string> excluded;  // what is not counted (usage_exclusions.h)
  std::uint64_t imports = 0;          // that the question asks for and that are in force
  bool any = false;                   // of what is counted, whatever was asked for:
  std::chrono::sys_days first_day;
  std::chrono::sys_days last_day;
};

class UsageView;  // usage_view.h

class UsageReader {
 public:
  // `names` has every name of the entry; a number means the same during the whole call. No order:
  // what belongs to one period, who and service may come in several entries.
  using Each = std::function<void(UsagePeriod, const UsageEntry&, const UsageNames& names)>;

  virtual ~UsageReader() = default;
  // ErrorKind::not_found where the question asks for an import that is not in force.
  virtual Result<UsageExtent> read_usage(const UsageQuestion& question, const Each& each) = 0;
  // The same, put together by service: what most reports need, and much less to read.
  virtual Result<std::unique_ptr<UsageView>> view_usage(const UsageQuestion& question);
};

}  // namespace sallyport::discovery
