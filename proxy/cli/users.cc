// Who is known, from the files: people, their names and groups, who may sign in, and who is at
// which address. What was fed to a running gateway is read from its state directory, where it
// stands within seconds.

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/core/text.h"
#include "discovery/users/address_feed.h"
#include "discovery/users/htpasswd.h"
#include "discovery/users/user_directory.h"
#include "discovery/users/user_name.h"
#include "proxy/app/config.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

namespace {

constexpr std::size_t kMostFed = 256u << 20;  // bytes

struct Known {
  const discovery::Person* person = nullptr;  // null: not listed
  bool password = false;
  std::vector<std::string> addresses;
};

using Everybody = std::map<std::string, Known>;

std::string shown(const IpPrefix& prefix) {
  return prefix.length == prefix.address.bits() ? prefix.address.to_string() : prefix.to_string();
}

// "192.0.2.7 until 2026-11-24T13:00:00Z (dhcp)"
std::string shown(const discovery::AddressEntry& entry) {
  std::string time = format_rfc3339(entry.expires);
  time.erase(time.find('.'), time.find('Z') - time.find('.'));
  return shown(entry.prefix) + " until " + time +
         (entry.source.empty() ? "" : " (" + entry.source + ")");
}

// False after a message.
bool add_fed(const std::string& state, const discovery::Users& users, Everybody& everybody) {
  const std::string file = app::addresses_file(state);
  std::error_code none;
  if (!std::filesystem::exists(file, none)) return true;
  const Time now = system_clock().now();
  discovery::AddressBook book;
  const Result<std::string> text = app::read_file(file, kMostFed);
  if (!text || !discovery::restore_address_feed(*text, now, book)) {
    complain(text ? file + " is no feed of addresses" : describe(text.error()));
    return false;
  }
  for (const discovery::AddressEntry* entry : book.map()->list(now)) {
    everybody[users.canonical(entry->user)].addresses.push_back(shown(*entry));
  }
  return true;
}

Everybody everybody_of(const discovery::Users& users, const discovery::Htpasswd* passwords) {
  Everybody everybody;
  for (const discovery::Person& person : users.people()) everybody[person.name].person = &person;
  for (const auto& one : users.addresses()) {
    everybody[one.user].addresses.push_back(shown(one.prefix));
  }
  if (passwords != nullptr) {
    for (const std::string& name : passwords->users())
      everybody[users.canonical(name)].password = true;
  }
  return everybody;
}

// Values between ';', as the CSV of a directory has them, which may hold blanks.
Listing::Cell cell(std::vector<std::string> values, const std::string& format) {
  if (format != "csv") return Listing::texts(std::move(values));
  std::string joined;
  for (const std::string& value : values) joined += (joined.empty() ? "" : ";") + value;
  return Listing::text(joined);
}

bool is_in(const Known& known, const std::string& group) {
  if (known.person == nullptr) return false;
  const auto& groups = known.person->groups;
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

}  // namespace

int users(const UsersOptions& options) {
  Diagnostics warnings;
  auto config = app::load_config(options.common.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  if (!options.common.state.empty()) config->state_directory = options.common.state;
  const std::shared_ptr<const discovery::Users> directory = people_of(*config);
  if (directory == nullptr) return kWrongInput;
  std::shared_ptr<const discovery::Htpasswd> passwords;
  if (!config->htpasswd.empty()) {
    auto loaded = discovery::load_htpasswd(config->htpasswd, warnings);
    if (!loaded) {
      complain("errors:\n" + render(loaded.error()));
      return kWrongInput;
    }
    passwords = std::move(*loaded);
  }
  Everybody everybody = everybody_of(*directory, passwords.get());
  const std::string state =
      options.common.state.empty() ? config->state_directory : options.common.state;
  if (!add_fed(state, *directory, everybody)) return kMachine;

  const auto wanted = discovery::normal_user_name(options.user);
  const std::string only = wanted ? directory->canonical(*wanted) : options.user;
  Listing listing({"user", "other_names", "domain", "groups", "manager", "signs_in", "addresses"});
  std::size_t count = 0;
  for (auto& [name, known] : everybody) {
    if (!options.user.empty() && name != only) continue;
    if (!options.group.empty() && !is_in(known, lower(options.group))) continue;
    std::vector<std::string> others;
    if (known.person != nullptr) others = known.person->names;
    std::erase(others, name);
    const std::string domain(known.person != nullptr ? std::string_view(known.person->domain)
                                                     : discovery::domain_of_user_name(name));
    listing.add({Listing::text(name), cell(std::move(others), options.format),
                 Listing::text(domain),
                 cell(known.person != nullptr ? known.person->groups : std::vector<std::string>(),
                      options.format),
                 Listing::text(known.person != nullptr ? known.person->manager : ""),
                 Listing::text(known.password ? "yes" : "no"),
                 cell(std::move(known.addresses), options.format)});
    ++count;
  }
  say(listing.render(options.format));
  return count > 0 ? kOk : kNo;
}

}  // namespace sallyport::cli
