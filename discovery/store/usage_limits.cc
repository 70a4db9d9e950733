#include "discovery/store/usage_limits.h"

namespace sallyport::discovery {
namespace {

// The user alone: what is left of who is beyond the limits.
Who without_place(const Who& who) {
  Who other;
  other.user = who.user;
  return other;
}

}  // namespace

void UsageDay::restore(const UsageEntry& entry) {
  if (entry.who == without_place(entry.who)) return;
  if (whos_.insert(entry.who).second) ++of_user_[entry.who.user];
}

Who UsageDay::admit(const Who& who, NameNumber nobody) {
  if (entries_ >= limits_.entries) return Who();
  if (whos_.contains(who)) return who;
  std::size_t& of_user = of_user_[who.user];
  const bool too_many = who.user != nobody && of_user >= limits_.whos_of_one;
  if (too_many || whos_.size() >= limits_.whos) return without_place(who);
  whos_.insert(who);
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
