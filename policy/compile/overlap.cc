#include "policy/compile/overlap.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "policy/compile/value_sets.h"

namespace sallyport::policy {
namespace {

// A fact with several values, any of which may fit: two tests never exclude each other by values.
bool is_many(const Attribute& attribute) {
  return attribute.type == Type::texts || attribute.type == Type::words;
}

// Where the first is missing for good, the others are.
struct Family {
  std::string_view head;
  std::array<std::string_view, 9> members;
};
constexpr Family kFamilies[] = {
    {"app",
     {"app.category", "app.data_center", "app.days_since_breach", "app.factor", "app.founded",
      "app.headquarters", "app.lacks", "app.risk_score", "app.tag"}},
    {"user", {"user.days_since_logon", "user.domain", "user.group"}}};

// `a` says that there is none, and `b` needs one.
bool lacks(const Literal& a, const Literal& b) {
  for (const Family& family : kFamilies) {
    if (a.attribute().name != family.head) continue;
    if (std::find(family.members.begin(), family.members.end(), b.attribute().name) ==
        family.members.end()) {
      continue;
    }
    const bool only_missing =
        a.takes_missing() && (a.negated ? a.test->present() : is_empty(*a.test));
    return only_missing && !b.takes_missing();
  }
  return false;
}

// `host` below no domain of `domain`: a host ends with the domain that it was registered under.
bool outside(const Literal& host, const Literal& domain, Work& work) {
  if (host.attribute().name != "host" || domain.attribute().name != "host.domain") return false;
  if (host.negated || domain.negated || host.takes_missing() || domain.takes_missing())
    return false;
  if (host.test->present() || domain.test->present()) return false;
  for (const Matcher& one : host.test->matchers()) {
    for (const Matcher& other : domain.test->matchers()) {
      const auto* hosts = std::get_if<HostMatcher>(&one);
      const auto* domains = std::get_if<HostMatcher>(&other);
      if (hosts == nullptr || domains == nullptr) return false;
      HostMatcher::Patterns all = domains->patterns();
      all.under.insert(all.under.end(), all.exact.begin(), all.exact.end());
      all.under.insert(all.under.end(), all.below.begin(), all.below.end());
      all.exact.clear();
      all.below.clear();
      const Matcher reach = HostMatcher(std::move(all));
      if (!hosts_apart(*hosts, reach, work)) return false;
    }
  }
  return true;
}

}  // namespace

bool follows(const Literal& a, const Literal& b, Work& work) {
  if (&a.attribute() != &b.attribute() || !work.spend(1)) return false;
  if (a.takes_missing() && !b.takes_missing()) return false;
  const bool many = is_many(a.attribute());
  if (!a.negated && !b.negated) return is_subset(*a.test, *b.test, work);
  if (a.negated && b.negated) return is_subset(*b.test, *a.test, work);
  if (a.negated) return a.test->present() || b.test->present();
  if (is_empty(*a.test) || is_empty(*b.test)) return true;
  return !many && are_disjoint(*a.test, *b.test, work);
}

bool exclude(const Literal& a, const Literal& b, Work& work) {
  if (!work.spend(1)) return false;
  if (&a.attribute() != &b.attribute()) {
    return lacks(a, b) || lacks(b, a) || outside(a, b, work) || outside(b, a, work);
  }
  if (a.takes_missing() && b.takes_missing()) return false;
  if (a.negated && b.negated) return a.test->present() || b.test->present();
  if (a.negated) return is_subset(*b.test, *a.test, work);
  if (b.negated) return is_subset(*a.test, *b.test, work);
  if (is_many(a.attribute())) return is_empty(*a.test) || is_empty(*b.test);
  return are_disjoint(*a.test, *b.test, work);
}

}  // namespace sallyport::policy
