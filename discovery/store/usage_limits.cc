#include "discovery/store/usage_limits.h"

#include <array>
#include <cstring>

namespace sallyport::discovery {
namespace {

// The user alone: what is left of who is beyond the limits.
Who without_place(const Who& who) {
  Who other;
  other.user = who.user;
  return other;
}

}  // namespace

std::uint64_t hash_of(const Who& who, const FlatHasher& hasher) {
  std::array<std::uint64_t, 2> address;
  std::memcpy(address.data(), who.address.bytes().data(), sizeof address);
  return hasher.number(std::uint64_t{who.user} << 32 | who.device,
                       hasher.number(address[0], address[1]));
}

bool UsageDay::has(const Who& who) const {
  return index_.find(hash_of(who, hasher_), [&](std::uint32_t at) { return whos_[at] == who; }) !=
         FlatIndex::kNone;
}

void UsageDay::remember(const Who& who) {
  index_.find_or_add(hash_of(who, hasher_), whos_.size(), [](std::uint32_t) { return false; });
  whos_.push_back(who);
}

void UsageDay::restore(const UsageEntry& entry) {
  if (entry.who == without_place(entry.who)) return;
  if (has(entry.who)) return;
  remember(entry.who);
  ++of_user_[entry.who.user];
}

Who UsageDay::admit(const Who& who, NameNumber nobody) {
  if (entries_ >= limits_.entries) return Who();
  if (has(who)) return who;
  std::size_t& of_user = of_user_[who.user];
  const bool too_many = who.user != nobody && of_user >= limits_.whos_of_one;
  if (too_many || whos_.size() >= limits_.whos) return without_place(who);
  remember(who);
  ++of_user;
  return who;
}

Who UsageDay::one(const Who& who, NameNumber nobody) {
  Who one = without_place(who);
  if (who.user == nobody) one.address = who.address;
  return one;
}

bool UsageDay::may_bring_domain(const Who& who, NameNumber nobody) const {
  const auto found = brought_.find(one(who, nobody));
  return found == brought_.end() || found->second < limits_.domains_of_one;
}

void UsageDay::brought_domain(const Who& who, NameNumber nobody) { ++brought_[one(who, nobody)]; }

}  // namespace sallyport::discovery
