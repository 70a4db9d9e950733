#pragma once
// Who is at an address right now: what a DHCP server, a wireless controller or a sign-in portal
// tells while the gateway runs, each entry with its end.
//
//   AddressBook book;                                  // the desk's
//   book.put(std::move(entries), clock.now());         // a batch, whole or not at all
//   publish(book.map());                               // an AddressMap for every worker
//   const AddressEntry* entry = map->find(address, clock.now());
//
// The longest prefix that covers an address wins; of one prefix the newest entry counts. An entry
// that has ended is as if it were not there, even before it is dropped.
//
// A person may be known in three ways, and the first that says something counts: their own
// credentials, this map, the operator's file (user_directory.h). So an entry here beats the file's,
// whichever is the longer prefix.
//
// Thread rule: an AddressMap is immutable; share it as shared_ptr<const AddressMap>. A map and the
// one that follows it share what did not change: 1,024 parts, and a change copies those that it
// touches. An AddressBook belongs to one thread. Time is wall time, so that ends survive a restart;
// a clock that is set moves them.
//
// Limits: 200,000 entries. A full book refuses; it pushes nobody out.

#include <array>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"

namespace sallyport::discovery {

struct AddressEntry {
  IpPrefix prefix;     // without host bits
  std::string user;    // normal; any name of a person
  std::string source;  // who said so: "dhcp", "wlan-controller"; may be ""
  Time expires;

  bool operator==(const AddressEntry&) const = default;
};

class AddressMap {
 public:
  AddressMap() = default;  // Knows nobody.

  // The entry that counts for the address at that time, or null. It lives as long as the map.
  const AddressEntry* find(const IpAddress& address, Time now) const;
  // Those that have not ended, by prefix.
  std::vector<const AddressEntry*> list(Time now) const;
  std::size_t size() const { return size_; }  // with those that have ended and were not dropped yet

 private:
  friend class AddressBook;
  static constexpr std::size_t kParts = 1024;
  struct Row {
    IpPrefix prefix;
    std::shared_ptr<const AddressEntry> entry;
  };
  using Part = std::vector<Row>;  // by prefix

  static std::size_t part_of(const IpPrefix& prefix);
  const AddressEntry* find_exactly(const IpPrefix& prefix) const;

  std::array<std::shared_ptr<const Part>, kParts> parts_;  // null: empty
  std::array<std::uint32_t, 33> v4_entries_{};             // of each length
  std::array<std::uint32_t, 129> v6_entries_{};
  std::vector<int> v4_lengths_;  // those in use, longest first
  std::vector<int> v6_lengths_;
  std::size_t size_ = 0;
};

class AddressBook {
 public:
  static constexpr std::size_t kMost = 200'000;

  explicit AddressBook(std::size_t most = kMost);

  struct Change {
    std::size_t added = 0;
    std::size_t replaced = 0;
    std::size_t dropped = 0;
  };
  // Adds entries or puts them in place of those of the same prefix; of two in one batch the later
  // one counts. Nothing where they do not all fit: then nothing was changed.
  std::optional<Change> put(std::vector<AddressEntry> entries, Time now);
  // These and no others.
  std::optional<Change> replace_all(std::vector<AddressEntry> entries, Time now);
  // Whether there was one.
  bool remove(const IpPrefix& prefix);
  // Drops what has ended; how many.
  std::size_t expire(Time now);

  // As it is now. The same object while nothing changed.
  std::shared_ptr<const AddressMap> map();
  std::size_t size() const { return map_.size_; }

 private:
  AddressMap::Part& edit(std::size_t part);
  void insert(AddressEntry entry, Change& change);
  void count(const IpPrefix& prefix, bool more);

  std::size_t most_;
  AddressMap map_;
  std::shared_ptr<const AddressMap> published_;
  // Parts that this book alone holds, copied since the last map(): to be written in place.
  std::array<AddressMap::Part*, AddressMap::kParts> own_{};
  std::set<std::pair<Time, IpPrefix>> ends_;
};

}  // namespace sallyport::discovery
