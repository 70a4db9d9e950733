// All numbers are varints, the lowest seven bits first; lists begin with how many there are.
//
// section   = 0 and the bytes, or a Zstandard frame (RFC 8878) with its size and a checksum, which
//             begins with another byte
// directory = version users (service total users beyond)*      `service`: the difference to the one
// before totals    = version (user total)* (device total)* (country total)* (address total)*
//             users, devices: the difference to the one before; address: 4 or 16, and its bytes
// total     = first last-first mask count*                     as in usage_chunk.cc
// columns   = version (service entries)* and five columns, each behind the number of its bytes:
//             users (the difference to the one before in the run), addresses, flags (nothing where
//             all are kPassed), devices, countries
// counts    = version total*                                   of each entry
//
// A country is 0, or its first letter * 256 + its second.

#include "discovery/store/usage_block.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <zstd.h>

#include "base/core/check.h"
#include "discovery/store/usage_chunk.h"

namespace sallyport::discovery {
namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kEnoughForAPart = 16 * 1024;  // entries, before another service begins
constexpr int kLevel = 3;

void put(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put(std::string& out, const UsageCounts& counts) {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < kUsageCounts.size(); ++i) {
    if (counts.*kUsageCounts[i] != 0) mask |= std::uint64_t{1} << i;
  }
  put(out, mask);
  for (const auto count : kUsageCounts) {
    if (counts.*count != 0) put(out, counts.*count);
  }
}

void put(std::string& out, const UsageTotal& total) {
  put(out, total.first);
  put(out, static_cast<std::uint64_t>(total.last - total.first));
  put(out, total.counts);
}

void put_column(std::string& out, std::string& column) {
  put(out, column.size());
  out += column;
  column.clear();
}

std::size_t hash_of(const IpAddress& address) {
  std::uint64_t halves[2];
  std::memcpy(halves, address.bytes().data(), sizeof halves);
  return (halves[0] ^ std::rotl(halves[1], 23)) * 0x9e3779b97f4a7c15u;
}

// Numbers from the front of bytes. After one that is malformed, all that follow are 0 and ok() is
// false, so that loops are looked at once.
class Numbers {
 public:
  explicit Numbers(std::string_view bytes)
      : at_(reinterpret_cast<const unsigned char*>(bytes.data())), end_(at_ + bytes.size()) {}

  std::uint64_t next() {
    if (at_ != end_ && *at_ < 0x80) return *at_++;
    return longer();
  }
  // Not above `most`.
  template <class Number = std::uint32_t>
  Number next_of(std::uint64_t most) {
    const std::uint64_t value = next();
    if (value > most) return fail(), Number(0);
    return static_cast<Number>(value);
  }
  std::string_view bytes(std::size_t count) {
    if (count > left()) return fail(), std::string_view();
    const std::string_view taken(reinterpret_cast<const char*>(at_), count);
    at_ += count;
    return taken;
  }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && at_ == end_; }
  void fail() {
    ok_ = false;
    at_ = end_;
  }

 private:
  std::uint64_t longer() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const unsigned char byte = *at_++;
      if (shift == 63 && byte > 1) break;
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  const unsigned char* at_;
  const unsigned char* end_;
  bool ok_ = true;
};

bool take(Numbers& from, UsageTotal& total) {
  total.first = from.next_of<std::uint16_t>(kPeriodMinutes - 1);
  total.last = static_cast<std::uint16_t>(
      total.first + from.next_of<std::uint16_t>(kPeriodMinutes - 1u - total.first));
  auto mask = from.next_of<std::uint32_t>((1u << kUsageCounts.size()) - 1);
  for (; mask != 0; mask &= mask - 1) {
    total.counts.*kUsageCounts[static_cast<std::size_t>(std::countr_zero(mask))] = from.next();
  }
  total.any = true;
  return from.ok();
}

void pass_over_total(Numbers& from) {
  (void)from.next();
  (void)from.next();
  for (int more = std::popcount(from.next()); more > 0; --more) (void)from.next();
}

// A number above the one before.
bool take_rising(Numbers& from, bool first, NameNumber& number) {
  const auto step = from.next_of(UINT32_MAX - number);
  if (!first && step == 0) return false;
  number += step;
  return from.ok();
}

// How many follow, each of at least `least` bytes.
std::size_t take_count(Numbers& from, std::size_t least) {
  return from.next_of<std::size_t>(from.left() / least);
}

bool take_address(Numbers& from, IpAddress& address) {
  const std::uint64_t size = from.next();
  if (size != 4 && size != 16) return false;
  const std::string_view bytes = from.bytes(size);
  if (bytes.size() != size) return false;
  std::array<std::uint8_t, 16> all{};
  std::memcpy(all.data(), bytes.data(), size);
  if (size == 16) {
    address = IpAddress::v6(all);
    return true;
  }
  address =
      IpAddress::v4(static_cast<std::uint32_t>(all[0]) << 24 | all[1] << 16 | all[2] << 8 | all[3]);
  return true;
}

// The bytes of a section, which borrow from it or from `opened`.
Result<std::string_view> open_section(std::string_view bytes, std::string& opened) {
  if (!bytes.empty() && bytes.front() == 0) return bytes.substr(1);
  const unsigned long long whole = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (whole == ZSTD_CONTENTSIZE_ERROR || whole == ZSTD_CONTENTSIZE_UNKNOWN) {
    return UsageChunk::refusal("a summary is not compressed as we do it");
  }
  if (whole > kMostBlockSection) return UsageChunk::refusal("a summary is too large");
  bool good = false;
  opened.resize_and_overwrite(whole, [&](char* to, std::size_t room) {
    const std::size_t size = ZSTD_decompress(to, room, bytes.data(), bytes.size());
    good = ZSTD_isError(size) == 0 && size == whole;
    return good ? size : 0;
  });
  if (!good) return UsageChunk::refusal("a summary does not uncompress");
  return std::string_view(opened);
}

std::unexpected<Error> malformed() { return UsageChunk::refusal("a summary is malformed"); }

std::uint8_t flags_of(const UsageCounts& counts) {
  return static_cast<std::uint8_t>((counts.transactions != 0 ? UsagePart::kPassed : 0) |
                                   (counts.blocked != 0 ? UsagePart::kBlocked : 0) |
                                   (counts.asked != 0 ? UsagePart::kAsked : 0) |
                                   (counts.continued != 0 ? UsagePart::kContinued : 0));
}

}  // namespace

void UsageTotal::add(const UsageEntry& entry) {
  first = any ? std::min(first, entry.first) : entry.first;
  last = std::max(last, entry.last);
  any = true;
  counts += entry.counts;
}

std::uint16_t country_code(const std::array<char, 2>& country) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(country[0]) << 8 |
                                    static_cast<unsigned char>(country[1]));
}

std::array<char, 2> country_of(std::uint16_t code) {
  return {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
}

// ---- Reading

Result<UsageDirectory> UsageDirectory::read(std::string_view bytes) {
  std::string opened;
  const auto section = open_section(bytes, opened);
  if (!section) return std::unexpected(section.error());
  Numbers from(*section);
  UsageDirectory made;
  if (from.next() != kVersion) return malformed();
  made.users = from.next_of(UINT32_MAX);
  NameNumber number = kOther;
  made.services.resize(take_count(from, 6));
  for (Service& one : made.services) {
    if (!take_rising(from, &one == made.services.data(), number)) return malformed();
    one.service = number;
    if (!take(from, one.total)) return malformed();
    one.users = from.next_of(UINT32_MAX);
    one.beyond = from.next();
  }
  if (!from.done()) return malformed();
  return made;
}

Result<UsageTotals> UsageTotals::read(std::string_view bytes) {
  std::string opened;
  const auto section = open_section(bytes, opened);
  if (!section) return std::unexpected(section.error());
  Numbers from(*section);
  UsageTotals made;
  if (from.next() != kVersion) return malformed();
  for (auto* const numbers : {&made.users, &made.devices}) {
    numbers->resize(take_count(from, 4));
    NameNumber number = kOther;
    for (auto& [key, total] : *numbers) {
      if (!take_rising(from, &key == &numbers->front().first, number)) return malformed();
      key = number;
      if (!take(from, total)) return malformed();
    }
  }
  made.countries.resize(take_count(from, 4));
  for (auto& [key, total] : made.countries) {
    key = country_of(from.next_of<std::uint16_t>(UINT16_MAX));
    if (!take(from, total)) return malformed();
  }
  made.addresses.resize(take_count(from, 8));
  for (auto& [key, total] : made.addresses) {
    if (!take_address(from, key) || !take(from, total)) return malformed();
  }
  if (!from.done()) return malformed();
  return made;
}

UsageServices::UsageServices(std::vector<NameNumber> some) : some_(std::move(some)) {
  std::ranges::sort(some_);
}

bool UsageServices::has(NameNumber service) const {
  return all_ || std::ranges::binary_search(some_, service);
}

bool UsageServices::any_within(NameNumber first, NameNumber last) const {
  if (all_) return true;
  const auto at = std::ranges::lower_bound(some_, first);
  return at != some_.end() && *at <= last;
}

// What is not wanted goes, and what is behind it moves up.
void UsagePart::keep(const UsageServices& services) {
  entries_ = size();
  if (services.is_all()) {
    spans_ = {{0, static_cast<std::uint32_t>(entries_)}};
    return;
  }
  std::erase_if(runs, [&](const Run& run) { return !services.has(run.service); });
  const auto shrink = [&](auto& column) {
    if (column.empty()) return;
    auto to = column.begin();
    for (const Run& run : runs) {
      to = std::copy(column.begin() + run.begin, column.begin() + run.end, to);
    }
    column.erase(to, column.end());
  };
  shrink(users);
  shrink(addresses);
  shrink(flags);
  shrink(devices);
  shrink(countries);
  std::uint32_t at = 0;
  for (Run& run : runs) {
    spans_.emplace_back(run.begin, run.end);
    run = {run.service, at, at + (run.end - run.begin)};
    at = run.end;
  }
}

Result<UsagePart> UsagePart::read(std::string_view columns, Columns wanted,
                                  const UsageServices& services) {
  std::string opened;
  const auto section = open_section(columns, opened);
  if (!section) return std::unexpected(section.error());
  Numbers from(*section);
  UsagePart made;
  if (from.next() != kVersion) return malformed();
  made.runs.resize(take_count(from, 2));
  NameNumber service = kOther;
  std::size_t entries = 0;
  for (Run& run : made.runs) {
    if (!take_rising(from, &run == made.runs.data(), service)) return malformed();
    const auto count = from.next_of(kMostPartEntries - entries);
    if (count == 0) return malformed();
    run = {service, static_cast<std::uint32_t>(entries),
           static_cast<std::uint32_t>(entries) + count};
    entries += count;
  }
  if (made.runs.empty()) return malformed();
  const auto column = [&] { return Numbers(from.bytes(from.next_of<std::size_t>(from.left()))); };
  Numbers users = column(), addresses = column(), flags = column(), devices = column(),
          countries = column();
  if (!from.done()) return malformed();
  made.users.resize(entries);
  for (const Run& run : made.runs) {
    std::uint64_t user = 0;
    for (std::uint32_t i = run.begin; i < run.end; ++i) {
      user += users.next();
      if (user > UINT32_MAX) return malformed();
      made.users[i] = static_cast<NameNumber>(user);
    }
  }
  made.addresses.resize(entries);
  for (std::uint32_t& address : made.addresses) address = addresses.next_of(UINT32_MAX);
  if (flags.left() == 0) {
    made.flags.assign(entries, kPassed);
  } else {
    const std::string_view all = flags.bytes(entries);
    made.flags.assign(all.begin(), all.end());
  }
  if (!users.done() || !addresses.done() || !flags.done() || made.flags.size() != entries) {
    return malformed();
  }
  if (wanted == Columns::few) {
    made.keep(services);
    return made;
  }
  made.devices.resize(entries);
  for (NameNumber& device : made.devices) device = devices.next_of(UINT32_MAX);
  made.countries.resize(entries);
  for (auto& country : made.countries) country = countries.next_of<std::uint16_t>(UINT16_MAX);
  if (!devices.done() || !countries.done()) return malformed();
  made.keep(services);
  return made;
}

Result<void> UsagePart::read_counts(std::string_view bytes) {
  std::string opened;
  const auto section = open_section(bytes, opened);
  if (!section) return std::unexpected(section.error());
  Numbers from(*section);
  if (from.next() != kVersion) return malformed();
  totals.assign(size(), {});
  auto total = totals.begin();
  std::size_t at = 0;
  const auto pass_over = [&](std::size_t until) {
    for (; at < until; ++at) pass_over_total(from);
  };
  for (const auto& [begin, end] : spans_) {
    pass_over(begin);
    for (; at < end; ++at) {
      if (!take(from, *total++)) return malformed();
    }
  }
  pass_over(entries_);
  if (!from.done()) return malformed();
  return {};
}

// ---- Writing

std::size_t UsageBlockWriter::AddressHash::operator()(const IpAddress& address) const {
  return hash_of(address);
}

std::string UsageBlockWriter::pack(std::string bytes) const {
  if (packing_ == Packing::none) {
    bytes.insert(bytes.begin(), '\0');
    return bytes;
  }
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  CHECK(context != nullptr);
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string packed;
  packed.resize_and_overwrite(ZSTD_compressBound(bytes.size()), [&](char* to, std::size_t room) {
    const std::size_t size = ZSTD_compress2(context, to, room, bytes.data(), bytes.size());
    CHECK(ZSTD_isError(size) == 0);  // It has room for the worst case.
    return size;
  });
  ZSTD_freeCCtx(context);
  return packed;
}

void UsageBlockWriter::add(const UsageEntry& entry) {
  if (any_ && entry.service == pending_.service && entry.who == pending_.who) {
    pending_.add(entry);
    return;
  }
  if (any_) {
    CHECK(pending_.service < entry.service ||
          (pending_.service == entry.service && pending_.who < entry.who));
    put(pending_);
  }
  pending_ = entry;
  any_ = true;
}

void UsageBlockWriter::put(const UsageEntry& entry) {
  if (run_ > 0 && service_.service != entry.service) {
    end_run();
    directory_.services.push_back(std::exchange(service_, {}));
    counted_any_ = false;
    if (in_part_ >= kEnoughForAPart) end_part();
  } else if (run_ > 0 && in_part_ + run_ == kMostPartEntries) {
    end_run();
    end_part();
  }
  service_.service = entry.service;
  service_.total.add(entry);
  const Who& who = entry.who;
  if (entry.service == kOther || who.user == kOther || who.address == IpAddress()) {
    service_.beyond += entry.counts.transactions;
  }
  const std::uint8_t flags = flags_of(entry.counts);
  // Entries of one user come one behind the other.
  if ((flags & UsagePart::kPassed) != 0 && who.user != nobody_ &&
      (!counted_any_ || who.user != counted_user_)) {
    ++service_.users;
    counted_user_ = who.user;
    counted_any_ = true;
  }
  by_user_[who.user].add(entry);
  by_device_[who.device].add(entry);
  by_country_[who.country].add(entry);
  const auto address = address_numbers_.try_emplace(
      who.address, static_cast<std::uint32_t>(totals_.addresses.size()));
  if (address.second) totals_.addresses.emplace_back(who.address, UsageTotal());
  totals_.addresses[address.first->second].second.add(entry);

  discovery::put(users_, run_ == 0 ? who.user : who.user - last_user_);
  last_user_ = who.user;
  discovery::put(addresses_, address.first->second);
  flags_ += static_cast<char>(flags);
  discovery::put(devices_, who.device);
  discovery::put(countries_, country_code(who.country));
  UsageTotal total;
  total.add(entry);
  discovery::put(counts_, total);
  ++run_;
}

void UsageBlockWriter::end_run() {
  if (run_ == 0) return;
  UsageBlockData::Part& part = in_part_ == 0 ? data_.parts.emplace_back() : data_.parts.back();
  if (in_part_ == 0) {
    part.first_service = service_.service;
    run_base_ = kOther;
  }
  discovery::put(runs_, service_.service - run_base_);
  discovery::put(runs_, run_);
  run_base_ = service_.service;
  part.last_service = service_.service;
  part.entries += run_;
  ++part_runs_;
  in_part_ += run_;
  run_ = 0;
}

void UsageBlockWriter::end_part() {
  if (in_part_ == 0) return;
  UsageBlockData::Part& part = data_.parts.back();
  std::string columns;
  discovery::put(columns, kVersion);
  discovery::put(columns, part_runs_);
  columns += runs_;
  runs_.clear();
  part_runs_ = 0;
  const bool all_passed = std::ranges::all_of(
      flags_, [](char one) { return static_cast<std::uint8_t>(one) == UsagePart::kPassed; });
  if (all_passed) flags_.clear();
  for (std::string* column : {&users_, &addresses_, &flags_, &devices_, &countries_}) {
    put_column(columns, *column);
  }
  part.columns = pack(std::move(columns));
  std::string counts;
  discovery::put(counts, kVersion);
  counts += counts_;
  counts_.clear();
  part.counts = pack(std::move(counts));
  in_part_ = 0;
}

UsageBlockData UsageBlockWriter::finish() {
  if (any_) put(pending_);
  if (run_ > 0) {
    end_run();
    directory_.services.push_back(service_);
  }
  end_part();
  std::string text;
  discovery::put(text, kVersion);
  for (const auto& [user, total] : by_user_) {
    directory_.users += user != nobody_ && total.counts.transactions > 0 ? 1 : 0;
  }
  discovery::put(text, directory_.users);
  discovery::put(text, directory_.services.size());
  NameNumber before = kOther;
  for (const UsageDirectory::Service& one : directory_.services) {
    discovery::put(text, one.service - before);
    discovery::put(text, one.total);
    discovery::put(text, one.users);
    discovery::put(text, one.beyond);
    before = one.service;
  }
  data_.directory = pack(std::exchange(text, {}));

  discovery::put(text, kVersion);
  totals_.users.assign(by_user_.begin(), by_user_.end());
  std::ranges::sort(totals_.users, {}, &std::pair<NameNumber, UsageTotal>::first);
  totals_.devices.assign(by_device_.begin(), by_device_.end());
  for (const auto* numbers : {&totals_.users, &totals_.devices}) {
    discovery::put(text, numbers->size());
    before = kOther;
    for (const auto& [number, total] : *numbers) {
      discovery::put(text, number - before);
      discovery::put(text, total);
      before = number;
    }
  }
  discovery::put(text, by_country_.size());
  for (const auto& [country, total] : by_country_) {
    discovery::put(text, country_code(country));
    discovery::put(text, total);
  }
  discovery::put(text, totals_.addresses.size());
  for (const auto& [address, total] : totals_.addresses) {
    const std::size_t size = address.is_v4() ? 4 : 16;
    discovery::put(text, size);
    text.append(reinterpret_cast<const char*>(address.bytes().data()), size);
    discovery::put(text, total);
  }
  data_.totals = pack(std::move(text));
  UsageBlockData made = std::move(data_);
  data_ = {};
  directory_ = {};
  service_ = {};
  totals_ = {};
  by_user_.clear();
  by_device_.clear();
  by_country_.clear();
  address_numbers_.clear();
  any_ = counted_any_ = false;
  return made;
}

// ---- From who to service

std::size_t UsageByService::AddressHash::operator()(const IpAddress& address) const {
  return hash_of(address);
}

void UsageByService::add(const UsageEntry& entry) {
  const Who& who = entry.who;
  const auto address =
      address_numbers_.try_emplace(who.address, static_cast<std::uint32_t>(addresses_.size()));
  if (address.second) addresses_.push_back(who.address);
  small_.push_back({entry.service, who.user, who.device, address.first->second,
                    static_cast<std::uint32_t>(counts_.size()), who.country, entry.first,
                    entry.last});
  put(counts_, entry.counts);
}

void UsageByService::write(UsageBlockWriter& writer) {
  std::ranges::sort(small_, [this](const Small& a, const Small& b) {
    if (a.service != b.service) return a.service < b.service;
    if (a.user != b.user) return a.user < b.user;
    if (a.device != b.device) return a.device < b.device;
    if (a.country != b.country) return a.country < b.country;
    return a.address != b.address && addresses_[a.address] < addresses_[b.address];
  });
  for (const Small& one : small_) {
    UsageEntry entry;
    entry.who = {one.user, one.device, one.country, addresses_[one.address]};
    entry.service = one.service;
    entry.first = one.first;
    entry.last = one.last;
    Numbers from(std::string_view(counts_).substr(one.counts));
    for (auto mask = from.next(); mask != 0; mask &= mask - 1) {
      entry.counts.*kUsageCounts[static_cast<std::size_t>(std::countr_zero(mask))] = from.next();
    }
    writer.add(entry);
  }
  small_.clear();
  counts_.clear();
  addresses_.clear();
  address_numbers_.clear();
}

}  // namespace sallyport::discovery
