#include "discovery/users/user_directory.h"

#include <algorithm>
#include <utility>

#include "base/csv/reader.h"
#include "base/yaml/node.h"
#include "discovery/users/logon_day.h"
#include "discovery/users/name_cipher.h"
#include "discovery/users/user_name.h"
#include "discovery/users/users_builder.h"

namespace sallyport::discovery {

const Person* Users::find(std::string_view any_name) const {
  const auto name = normal_user_name(any_name);
  auto found = name ? index_.find(*name) : index_.end();
  if (found == index_.end() && name && cipher_ != nullptr && !is_pseudonym(*name)) {
    found = index_.find(cipher_->hide(*name));
  }
  return found == index_.end() ? nullptr : &people_[found->second];
}

std::string Users::canonical(std::string_view name) const {
  const Person* person = find(name);
  if (person != nullptr) return person->name;
  return cipher_ != nullptr ? cipher_->asked(name) : std::string(name);
}

std::shared_ptr<const Users> Users::hidden_by(std::shared_ptr<const NameCipher> cipher) const {
  auto hidden = std::make_shared<Users>();
  hidden->people_ = people_;
  for (Person& person : hidden->people_) {
    person.name = cipher->hide(person.name);
    person.manager = cipher->hide(person.manager);
    for (std::string& name : person.names) name = cipher->hide(name);
    std::ranges::sort(person.names);
  }
  std::ranges::sort(hidden->people_, {}, &Person::name);
  for (std::uint32_t i = 0; i < hidden->people_.size(); ++i) {
    for (const std::string& name : hidden->people_[i].names) hidden->index_.emplace(name, i);
  }
  hidden->addresses_ = addresses_;
  for (AddressUser& one : hidden->addresses_) one.user = cipher->hide(one.user);
  hidden->v4_lengths_ = v4_lengths_;
  hidden->v6_lengths_ = v6_lengths_;
  hidden->cipher_ = std::move(cipher);
  return hidden;
}

void Users::describe(std::string_view name, policy::Activity& activity) const {
  const Person* person = find(name);
  activity.user_names.clear();
  activity.groups.clear();
  activity.days_since_logon.reset();
  if (person == nullptr) {
    activity.user = name;
    activity.user_domain = domain_of_user_name(name);
    return;
  }
  activity.user = person->name;
  if (person->names.size() > 1) activity.user_names = person->names;
  activity.user_domain = person->domain;
  activity.groups = person->groups;
  if (person->last_logon) {
    activity.days_since_logon = days_since_logon(*person->last_logon, activity.at);
  }
}

std::optional<std::string> Users::user_of(const IpAddress& address) const {
  for (const int length : address.is_v4() ? v4_lengths_ : v6_lengths_) {
    const IpPrefix wanted = IpPrefix{address, length}.masked();
    const auto at = std::lower_bound(
        addresses_.begin(), addresses_.end(), wanted,
        [](const AddressUser& one, const IpPrefix& prefix) { return one.prefix < prefix; });
    if (at != addresses_.end() && at->prefix == wanted) return at->user;
  }
  return std::nullopt;
}

Checked<std::shared_ptr<const Users>> parse_users(SourcePtr users, SourcePtr addresses,
                                                  Diagnostics& warnings) {
  Diagnostics found;
  UsersBuilder builder(found);
  if (users && users->name.ends_with(".csv")) {
    read_users_csv(users, builder, found);
  } else if (users) {
    read_users_yaml(users, builder, found);
  }
  if (addresses) read_addresses_yaml(addresses, builder, found);
  auto made = std::move(builder).build();
  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));
  return made;
}

Checked<std::shared_ptr<const Users>> load_users(const std::string& users_path,
                                                 const std::string& addresses_path,
                                                 Diagnostics& warnings) {
  Diagnostics found;
  const auto read = [&found](const std::string& path) -> SourcePtr {
    if (path.empty()) return nullptr;
    auto source = path.ends_with(".csv") ? yaml::read_source(path, path, csv::Limits().text)
                                         : yaml::read_source(path);
    if (source) return *source;
    found.append(std::move(source.error()));
    return nullptr;
  };
  SourcePtr users = read(users_path);
  SourcePtr addresses = read(addresses_path);
  // What could be read is looked at all the same, so that one round shows everything.
  auto parsed = parse_users(std::move(users), std::move(addresses), warnings);
  if (!parsed) found.append(std::move(parsed.error()));
  if (found.has_errors()) return std::unexpected(std::move(found));
  return parsed;
}

}  // namespace sallyport::discovery
