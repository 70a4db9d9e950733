#include "proxy/app/known_names.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "base/core/text.h"
#include "discovery/users/name_cipher.h"
#include "policy/compile/lint.h"
#include "policy/model/policy.h"

namespace sallyport::app {

void check_names(const policy::Program& program, const discovery::Catalog& catalog,
                 const discovery::Users& users, const discovery::Htpasswd* passwords,
                 const discovery::NameTags& name_tags, Diagnostics& found) {
  policy::KnownNames known;
  std::set<std::string_view> tags;
  if (!catalog.apps().empty()) {
    for (const discovery::App& app : catalog.apps()) {
      known.apps.push_back(app.facts.id);
      tags.insert(app.facts.tags.begin(), app.facts.tags.end());
    }
    known.app_tags.assign(tags.begin(), tags.end());
    known.app = [&](std::string_view id) { return catalog.find(lower(id)) != nullptr; };
    known.app_tag = [&](std::string_view tag) { return tags.contains(tag); };
  }
  std::set<std::string_view> groups;
  std::set<std::string_view> mapped;  // users of addresses
  if (users.size() > 0) {
    for (const discovery::Person& person : users.people()) {
      groups.insert(person.groups.begin(), person.groups.end());
    }
    for (const discovery::Users::AddressUser& one : users.addresses()) mapped.insert(one.user);
    known.groups.assign(groups.begin(), groups.end());
    known.user = [&](std::string_view name) {
      const std::string small = lower(name);
      return users.find(small) != nullptr || discovery::is_pseudonym(small) ||
             mapped.contains(small) || (passwords != nullptr && passwords->has(name));
    };
    known.group = [&](std::string_view name) { return groups.contains(lower(name)); };
  }
  if (!name_tags.tags().empty()) {
    known.name_tags.assign(name_tags.tags().begin(), name_tags.tags().end());
    known.name_tag = [&](std::string_view tag) {
      return std::ranges::find(known.name_tags, lower(tag)) != known.name_tags.end();
    };
  }
  policy::lint_names(program, known, found);
}

void check_quarantine(const policy::Program& program, bool there_is_one, Diagnostics& found) {
  if (there_is_one) return;
  for (const policy::CompiledPolicy& policy : program.policies()) {
    if (!policy.quarantine || !policy.written || !policy.written->quarantine) continue;
    found.warning(policy.written->quarantine->place,
                  "no copy can be kept: the configuration does not say whom it is for",
                  "write there 'quarantine: { certificate: FILE.pem }'");
  }
}

void check_devices(const policy::Program& program, bool there_are_any, Diagnostics& found) {
  if (there_are_any || !program.asks("device.tag")) return;
  found.warning({}, "policies ask for device.tag, and nothing tells it",
                "write 'devices: [{authorities: FILE.pem, tags: [managed]}]' in the configuration");
}

namespace {

// Of several that nobody has, each is told.
template <class Say>
void each_unknown(const std::vector<std::string>& wanted, const policy::Program& program,
                  const Say& say) {
  for (const std::string& one : wanted) {
    const bool known = std::ranges::any_of(program.policies(), [&](const auto& policy) {
      return iequals(policy.id, one) || iequals(policy.name, one);
    });
    if (!known) say(one);
  }
}

}  // namespace

void check_receivers(const std::vector<ReceiverConfig>& receivers, const policy::Program& program,
                     Diagnostics& found) {
  for (const ReceiverConfig& receiver : receivers) {
    each_unknown(receiver.options.choice.policies, program, [&](const std::string& wanted) {
      found.warning(receiver.place, "the receiver '" + receiver.options.name +
                                        "' wants alerts of '" + printable(wanted) +
                                        "', and no policy is called so");
    });
  }
}

void check_actions(const std::vector<ActionConfig>& actions, const policy::Program& program,
                   Diagnostics& found) {
  for (const ActionConfig& action : actions) {
    each_unknown(action.receiver.options.choice.policies, program, [&](const std::string& wanted) {
      found.warning(action.receiver.place, "the action '" + action.receiver.options.name +
                                               "' is called on alerts of '" + printable(wanted) +
                                               "', and no policy is called so");
    });
  }
}

}  // namespace sallyport::app
