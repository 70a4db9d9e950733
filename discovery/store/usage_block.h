#pragma once
// Counted use of one period by service: what reports add up instead of single counts. Made from the
// chunks (usage_chunk.h) of a day that is over, of a month, or from the blocks of several days; it
// says the same as they do.
//
//   UsageBlockWriter writer(nobody);
//   for (const UsageEntry& entry : entries) writer.add(entry);   // by service, then by who
//   const UsageBlockData data = writer.finish(Packing::zstd);
//   auto directory = UsageDirectory::read(data.directory);       // what each service comes to
//   auto totals = UsageTotals::read(data.totals);                // likewise users, addresses, ...
//   for (const auto& part : data.parts) auto read = UsagePart::read(part.columns);
//
// The formats stand in the .cc. Readers take any bytes: what no writer wrote is refused.
// Memory: a part has at most kMostPartEntries entries.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/core/result.h"
#include "discovery/store/usage.h"

namespace sallyport::discovery {

constexpr std::size_t kMostPartEntries = 32 * 1024;
constexpr std::size_t kMostBlockSection = 64 * 1024 * 1024;  // bytes, uncompressed

// What something comes to in the period.
struct UsageTotal {
  UsageCounts counts;
  std::uint16_t first = 0, last = 0;  // as of UsageEntry
  bool any = false;

  void add(const UsageEntry& entry);
  bool operator==(const UsageTotal&) const = default;
};

struct UsageDirectory {
  struct Service {
    NameNumber service = kOther;
    UsageTotal total;
    std::uint32_t users = 0;   // whose exchanges were let through; nobody is not one
    std::uint64_t beyond = 0;  // transactions beyond the limits of their day
    bool operator==(const Service&) const = default;
  };
  std::uint32_t users = 0;        // likewise, of all services together
  std::vector<Service> services;  // rising

  static Result<UsageDirectory> read(std::string_view bytes);
  bool operator==(const UsageDirectory&) const = default;
};

struct UsageTotals {
  template <class Key>
  using Of = std::vector<std::pair<Key, UsageTotal>>;
  Of<NameNumber> users, devices;  // rising
  Of<std::array<char, 2>> countries;
  Of<IpAddress> addresses;  // those of the parts, by number

  static Result<UsageTotals> read(std::string_view bytes);
  bool operator==(const UsageTotals&) const = default;
};

// Services that are asked for: all, or some.
class UsageServices {
 public:
  static UsageServices all() { return UsageServices(); }
  explicit UsageServices(std::vector<NameNumber> some);

  bool is_all() const { return all_; }
  bool has(NameNumber service) const;
  bool any_within(NameNumber first, NameNumber last) const;

 private:
  UsageServices() : all_(true) {}
  bool all_ = false;
  std::vector<NameNumber> some_;  // rising
};

// Some of the services, or a part of one: a column for each thing.
struct UsagePart {
  struct Run {
    NameNumber service = kOther;
    std::uint32_t begin = 0, end = 0;  // of the columns
    bool operator==(const Run&) const = default;
  };
  // Bits of `flags`.
  static constexpr std::uint8_t kPassed = 1, kBlocked = 2, kAsked = 4, kContinued = 8;

  std::vector<Run> runs;
  std::vector<NameNumber> users;
  std::vector<std::uint32_t> addresses;  // numbers, as of UsageTotals::addresses
  std::vector<std::uint8_t> flags;       // which of these counts are not 0
  // Where they were asked for.
  std::vector<NameNumber> devices;
  std::vector<std::uint16_t> countries;  // country_code()
  std::vector<UsageTotal> totals;

  std::size_t size() const { return users.size(); }
  // With devices and countries.
  enum class Columns : bool { few, all };
  // Only `services`; there may be none of them in it.
  static Result<UsagePart> read(std::string_view columns, Columns wanted,
                                const UsageServices& services = UsageServices::all());
  // The counts of a part that was read.
  Result<void> read_counts(std::string_view bytes);

 private:
  void keep(const UsageServices& services);
  // Of the part as it is kept: its entries, and those that were read.
  std::size_t entries_ = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> spans_;
};

std::uint16_t country_code(const std::array<char, 2>& country);
std::array<char, 2> country_of(std::uint16_t code);

struct UsageBlockData {
  struct Part {
    NameNumber first_service = kOther, last_service = kOther;
    std::size_t entries = 0;
    std::string columns, counts;
  };
  std::string directory, totals;
  std::vector<Part> parts;
};

class UsageBlockWriter {
 public:
  // `packing`: none for what stays in memory. `nobody`: the number of the user "".
  enum class Packing : bool { none, zstd };
  UsageBlockWriter(NameNumber nobody, Packing packing) : nobody_(nobody), packing_(packing) {}

  // REQUIRES: it stands behind the one before: by service, then by who. What is of the same is
  // added up.
  void add(const UsageEntry& entry);
  // Empties the writer.
  UsageBlockData finish();

 private:
  struct AddressHash {
    std::size_t operator()(const IpAddress& address) const;
  };
  void put(const UsageEntry& entry);
  void end_run();
  void end_part();
  std::string pack(std::string bytes) const;

  const NameNumber nobody_;
  const Packing packing_;
  UsageBlockData data_;
  UsageDirectory directory_;
  UsageEntry pending_;
  bool any_ = false;
  // Of the service and of the part that are written.
  UsageDirectory::Service service_;
  NameNumber last_user_ = kOther;     // of the run
  NameNumber counted_user_ = kOther;  // the last that `service_.users` counts
  bool counted_any_ = false;
  std::size_t run_ = 0, in_part_ = 0, part_runs_ = 0;
  NameNumber run_base_ = kOther;  // the service of the run before in the part
  std::string runs_, users_, addresses_, flags_, devices_, countries_, counts_;
  // Of all.
  std::unordered_map<NameNumber, UsageTotal> by_user_;
  std::map<NameNumber, UsageTotal> by_device_;
  std::map<std::array<char, 2>, UsageTotal> by_country_;
  std::unordered_map<IpAddress, std::uint32_t, AddressHash> address_numbers_;
  UsageTotals totals_;
};

// Puts entries that come by who into the order of a block.
class UsageByService {
 public:
  void add(const UsageEntry& entry);
  std::size_t size() const { return small_.size(); }
  // Empties it. REQUIRES: what was added came in any order of who.
  void write(UsageBlockWriter& writer);

 private:
  struct Small {
    NameNumber service, user, device;
    std::uint32_t address;
    std::uint32_t counts;  // where they stand in `counts_`
    std::array<char, 2> country;
    std::uint16_t first, last;
  };
  struct AddressHash {
    std::size_t operator()(const IpAddress& address) const;
  };
  std::vector<Small> small_;
  std::string counts_;
  std::vector<IpAddress> addresses_;
  std::unordered_map<IpAddress, std::uint32_t, AddressHash> address_numbers_;
};

}  // namespace sallyport::discovery
