#include "discovery/users/users_builder.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/core/text.h"
#include "discovery/users/logon_day.h"
#include "discovery/users/user_name.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxUsers = 200'000;
constexpr std::size_t kMaxAddresses = 200'000;
constexpr std::size_t kMaxNames = 64;
constexpr std::size_t kMaxGroups = 1'024;

std::string where(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "", place.line, place.column);
}

void sort_once(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

}  // namespace

std::optional<std::string> UsersBuilder::take_name(const Spanned<std::string>& written,
                                                   std::string_view what) {
  auto name = normal_user_name(*written);
  if (!name) found_.error(written.place, fmt::format("'{}' is no name of a {}", *written, what));
  return name;
}

bool UsersBuilder::claim(const std::string& name, const Place& place, std::size_t person) {
  const auto [before, fresh] = owners_.emplace(name, Owner{person, place});
  if (fresh || before->second.person == person) return true;
  const std::string& owner = made_.people_[before->second.person].name;
  found_.error(place,
               owner == name ? fmt::format("there is a user '{}' already", name)
                             : fmt::format("'{}' is already a name of '{}'", name, owner),
               fmt::format("the other is at {}", where(before->second.place)));
  return false;
}

void UsersBuilder::take_names(const std::vector<Spanned<std::string>>& written, bool with_domain,
                              std::size_t person, std::string& domain) {
  for (const auto& one : written) {
    auto name = take_name(one, "user");
    if (!name) continue;
    if (with_domain && name->find('@') == std::string::npos) {
      found_.error(one.place, fmt::format("'{}' has no '@'", *one),
                   "a name without a domain belongs under 'aliases'");
      continue;
    }
    if (!claim(*name, one.place, person)) continue;
    if (domain.empty()) domain = domain_of_user_name(*name);
    made_.people_[person].names.push_back(std::move(*name));
  }
}

void UsersBuilder::add(const WrittenPerson& written) {
  if (made_.people_.size() == kMaxUsers) {
    if (!std::exchange(too_many_, true)) {
      found_.error(written.place, fmt::format("more than {} users", kMaxUsers));
    }
    return;
  }
  const std::size_t index = made_.people_.size();
  Person& person = made_.people_.emplace_back();
  const auto name = written.name->empty() && written.name.place.line == 0
                        ? std::nullopt
                        : take_name(written.name, "user");
  if (name) {
    person.name = *name;
    person.names.push_back(*name);
    claim(*name, written.name.place, index);
  }
  std::string of_upn;
  std::string of_mail;
  std::string of_others;
  take_names(written.upn, true, index, of_upn);
  take_names(written.mail, true, index, of_mail);
  take_names(written.others, false, index, of_others);
  person.domain = of_upn;
  if (person.domain.empty()) person.domain = domain_of_user_name(person.name);
  if (person.domain.empty()) person.domain = of_mail;
  if (person.domain.empty()) person.domain = of_others;
  for (const auto& group : written.groups) {
    if (auto taken = take_name(group, "group")) person.groups.push_back(std::move(*taken));
  }
  if (!written.manager->empty()) {
    if (auto manager = take_name(written.manager, "manager")) person.manager = std::move(*manager);
  }
  if (!trim(*written.last_logon).empty()) {
    person.last_logon = parse_logon_day(trim(*written.last_logon));
    if (!person.last_logon) {
      found_.error(written.last_logon.place,
                   fmt::format("'{}' is no day of a last logon", *written.last_logon),
                   "such as 2026-11-27; leave it out where there never was one");
    }
  }
  sort_once(person.names);
  sort_once(person.groups);
  if (person.names.size() > kMaxNames) {
    found_.error(written.place, fmt::format("more than {} names", kMaxNames));
  }
  if (person.groups.size() > kMaxGroups) {
    found_.error(written.place, fmt::format("more than {} groups", kMaxGroups));
  }
}

void UsersBuilder::map_address(const Spanned<IpPrefix>& prefix, const Spanned<std::string>& user) {
  const auto name = take_name(user, "user");
  const auto [before, fresh] = address_places_.emplace(*prefix, prefix.place);
  if (!fresh) {
    found_.error(prefix.place, fmt::format("'{}' is already on line {}", prefix->to_string(),
                                           before->second.line));
    return;
  }
  if (made_.addresses_.size() == kMaxAddresses) {
    found_.error(prefix.place, fmt::format("more than {} addresses", kMaxAddresses));
    return;
  }
  if (name) made_.addresses_.push_back({*prefix, *name});
}

std::shared_ptr<const Users> UsersBuilder::build() && {
  std::sort(made_.people_.begin(), made_.people_.end(),
            [](const Person& a, const Person& b) { return a.name < b.name; });
  auto users = std::make_shared<Users>(std::move(made_));
  users->index_.reserve(owners_.size());
  for (std::uint32_t i = 0; i < users->people_.size(); ++i) {
    for (const std::string& name : users->people_[i].names) users->index_.emplace(name, i);
  }
  // A manager goes by any of their names, and may be somebody who is not listed.
  for (Person& person : users->people_) {
    if (!person.manager.empty()) person.manager = users->canonical(person.manager);
  }
  for (auto& one : users->addresses_) {
    one.user = users->canonical(one.user);
    auto& lengths = one.prefix.address.is_v4() ? users->v4_lengths_ : users->v6_lengths_;
    if (std::find(lengths.begin(), lengths.end(), one.prefix.length) == lengths.end()) {
      lengths.push_back(one.prefix.length);
    }
  }
  std::sort(users->addresses_.begin(), users->addresses_.end(),
            [](const auto& a, const auto& b) { return a.prefix < b.prefix; });
  std::sort(users->v4_lengths_.rbegin(), users->v4_lengths_.rend());
  std::sort(users->v6_lengths_.rbegin(), users->v6_lengths_.rend());
  return users;
}

}  // namespace sallyport::discovery
