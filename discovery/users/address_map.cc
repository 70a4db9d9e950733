#include "discovery/users/address_map.h"

#include <algorithm>

namespace sallyport::discovery {
namespace {

template <class Rows>
auto lower_row(Rows& rows, const IpPrefix& prefix) {
  return std::lower_bound(
      rows.begin(), rows.end(), prefix,
      [](const auto& row, const IpPrefix& wanted) { return row.prefix < wanted; });
}

}  // namespace

// ---- AddressMap

// Neighbours are spread: a change of one network touches many parts a little, and a look-up finds
// all of them equally short.
std::size_t AddressMap::part_of(const IpPrefix& prefix) {
  std::uint64_t hash = 0xcbf29ce484222325u + static_cast<std::uint64_t>(prefix.length);  // FNV-1a
  for (const std::uint8_t byte : prefix.address.bytes()) hash = (hash ^ byte) * 0x100000001b3u;
  return static_cast<std::size_t>((hash ^ (hash >> 32)) % kParts);
}

const AddressEntry* AddressMap::find_exactly(const IpPrefix& prefix) const {
  const auto& part = parts_[part_of(prefix)];
  if (!part) return nullptr;
  const auto at = lower_row(*part, prefix);
  return at != part->end() && at->prefix == prefix ? at->entry.get() : nullptr;
}

const AddressEntry* AddressMap::find(const IpAddress& address, Time now) const {
  for (const int length : address.is_v4() ? v4_lengths_ : v6_lengths_) {
    const AddressEntry* entry = find_exactly(IpPrefix{address, length}.masked());
    // One that has ended hides no shorter one.
    if (entry != nullptr && now < entry->expires) return entry;
  }
  return nullptr;
}

std::vector<const AddressEntry*> AddressMap::list(Time now) const {
  std::vector<const AddressEntry*> entries;
  entries.reserve(size_);
  for (const auto& part : parts_) {
    if (!part) continue;
    for (const Row& row : *part) {
      if (now < row.entry->expires) entries.push_back(row.entry.get());
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto* a, const auto* b) { return a->prefix < b->prefix; });
  return entries;
}

// ---- AddressBook

AddressBook::AddressBook(std::size_t most) : most_(most) {}

std::optional<AddressBook::Change> AddressBook::put(std::vector<AddressEntry> entries, Time now) {
  Change change;
  change.dropped = expire(now);
  std::set<IpPrefix> fresh;
  for (const AddressEntry& entry : entries) {
    if (map_.find_exactly(entry.prefix) == nullptr) fresh.insert(entry.prefix);
  }
  if (map_.size_ + fresh.size() > most_) return std::nullopt;
  for (AddressEntry& entry : entries) insert(std::move(entry), change);
  return change;
}

std::optional<AddressBook::Change> AddressBook::replace_all(std::vector<AddressEntry> entries,
                                                            Time now) {
  std::set<IpPrefix> wanted;
  for (const AddressEntry& entry : entries) wanted.insert(entry.prefix);
  if (wanted.size() > most_) return std::nullopt;
  Change change;
  change.dropped = expire(now);
  std::vector<IpPrefix> gone;
  for (const auto& [end, prefix] : ends_) {
    if (!wanted.contains(prefix)) gone.push_back(prefix);
  }
  for (const IpPrefix& prefix : gone) remove(prefix);
  change.dropped += gone.size();
  for (AddressEntry& entry : entries) insert(std::move(entry), change);
  return change;
}

bool AddressBook::remove(const IpPrefix& prefix) {
  const AddressEntry* entry = map_.find_exactly(prefix);
  if (entry == nullptr) return false;
  ends_.erase({entry->expires, prefix});
  AddressMap::Part& part = edit(AddressMap::part_of(prefix));
  part.erase(lower_row(part, prefix));
  count(prefix, false);
  return true;
}

std::size_t AddressBook::expire(Time now) {
  std::size_t dropped = 0;
  while (!ends_.empty() && ends_.begin()->first <= now) {
    const IpPrefix prefix = ends_.begin()->second;
    remove(prefix);
    ++dropped;
  }
  return dropped;
}

std::shared_ptr<const AddressMap> AddressBook::map() {
  if (!published_) {
    published_ = std::make_shared<const AddressMap>(map_);
    own_.fill(nullptr);  // They are others' too from now on.
  }
  return published_;
}

AddressMap::Part& AddressBook::edit(std::size_t index) {
  published_.reset();
  if (own_[index] == nullptr) {
    auto& part = map_.parts_[index];
    auto copy =
        part ? std::make_shared<AddressMap::Part>(*part) : std::make_shared<AddressMap::Part>();
    own_[index] = copy.get();
    part = std::move(copy);
  }
  return *own_[index];
}

void AddressBook::insert(AddressEntry entry, Change& change) {
  const IpPrefix prefix = entry.prefix;
  const Time expires = entry.expires;
  AddressMap::Part& part = edit(AddressMap::part_of(prefix));
  const auto at = lower_row(part, prefix);
  auto made = std::make_shared<const AddressEntry>(std::move(entry));
  if (at != part.end() && at->prefix == prefix) {
    ends_.erase({at->entry->expires, prefix});
    at->entry = std::move(made);
    ++change.replaced;
  } else {
    part.insert(at, {prefix, std::move(made)});
    count(prefix, true);
    ++change.added;
  }
  ends_.emplace(expires, prefix);
}

void AddressBook::count(const IpPrefix& prefix, bool more) {
  const auto change = [&](auto& entries, std::vector<int>& lengths) {
    std::uint32_t& number = entries[static_cast<std::size_t>(prefix.length)];
    const bool was = number > 0;
    more ? ++number : --number;
    if (was == (number > 0)) return;
    lengths.clear();
    for (std::size_t length = entries.size(); length-- > 0;) {
      if (entries[length] > 0) lengths.push_back(static_cast<int>(length));
    }
  };
  more ? ++map_.size_ : --map_.size_;
  if (prefix.address.is_v4()) {
    change(map_.v4_entries_, map_.v4_lengths_);
  } else {
    change(map_.v6_entries_, map_.v6_lengths_);
  }
}

}  // namespace sallyport::discovery
