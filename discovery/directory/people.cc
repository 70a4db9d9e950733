#include "discovery/directory/people.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/core/text.h"
#include "discovery/directory/last_logon.h"
#include "discovery/users/logon_day.h"
#include "discovery/users/user_name.h"

namespace sallyport::discovery::directory {
namespace {

using std::chrono::days;

constexpr std::size_t kMostNames = 60;      // of a person; user_directory.h has 64
constexpr std::size_t kMostGroups = 1'020;  // of a person; 1,024 there
constexpr std::size_t kMostPeople = 200'000;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return iequals(text, word); });
}
bool is_yes(std::string_view text) {
  return is_one_of(trim(text), {"true", "yes", "y", "1", "on"});
}
bool is_no(std::string_view text) {
  return is_one_of(trim(text), {"false", "no", "n", "0", "off", "inactive", "disabled"});
}

// Of sources that know no classes (JSON, CSV) all are. A person may have the class of a group
// beside their own, where that is an auxiliary one.
bool is_person(const Entry& entry) {
  if (!entry.attributes.contains("objectclass")) return true;
  if (entry.has_class("computer") || entry.has_class("msds-groupmanagedserviceaccount")) {
    return false;
  }
  for (const std::string_view word :
       {"person", "inetorgperson", "user", "organizationalperson", "posixaccount", "account"}) {
    if (entry.has_class(word)) return true;
  }
  return false;
}

bool is_group(const Entry& entry) {
  if (is_person(entry) && entry.attributes.contains("objectclass")) return false;
  for (const std::string_view word : {"group", "groupofnames", "groupofuniquenames", "posixgroup",
                                      "groupofmembers", "groupofurls"}) {
    if (entry.has_class(word)) return true;
  }
  return false;
}

bool is_disabled(const Entry& entry, Time now) {
  constexpr std::int64_t kAccountDisable = 2;  // ADS_UF_ACCOUNTDISABLE
  if (const auto flags = number(trim(entry.first({"useraccountcontrol"})));
      flags && (*flags & kAccountDisable) != 0) {
    return true;
  }
  if (const auto expires = time_of_filetime(entry.first({"accountexpires"}));
      expires && *expires < now) {
    return true;
  }
  if (is_no(entry.first({"accountenabled", "active", "enabled"}))) return true;
  if (is_yes(entry.first({"nsaccountlock", "logindisabled", "disabled"}))) return true;
  // draft-behera-ldap-password-policy: this value says "until an administrator unlocks it".
  if (entry.first({"pwdaccountlockedtime"}) == "000001010000Z") return true;
  const auto expires = number(trim(entry.first({"shadowexpire"})));  // days since 1970; -1 is never
  return expires && *expires >= 0 &&
         *expires <= std::chrono::floor<days>(now).time_since_epoch().count();
}

// Names that a person, a group or a manager is referred to by.
std::string plain_name(const Entry& entry) {
  return std::string(entry.first({"samaccountname", "uid", "onpremisessamaccountname", "username",
                                  "name", "userprincipalname", "mail", "cn"}));
}

std::string group_name(const Entry& entry) {
  const std::string_view name = entry.first({"cn", "displayname", "samaccountname", "name"});
  return name.empty() ? name_in_dn(entry.dn) : std::string(name);
}

class Importer {
 public:
  Importer(const Entries& entries, const ImportOptions& options)
      : entries_(entries), options_(options) {}

  Imported run() {
    sort_entries();
    for (const Entry* entry : people_) add(*entry);
    for (std::size_t i = 0; i < made_.people.size(); ++i) {
      give_names(i);
      give_groups(i);
      name_manager(i);
    }
    std::ranges::sort(made_.people, {}, &ImportedPerson::name);
    return std::move(made_);
  }

 private:
  struct Group {
    std::string name;
    std::vector<std::string> in;  // keys of the groups that it is a member of
  };

  void warn(std::string text) {
    ++made_.left_out;
    if (made_.warnings.size() < kMostWarnings) made_.warnings.push_back(std::move(text));
  }

  static std::string where(const Entry& entry) {
    return entry.dn.empty() ? fmt::format("entry {}", entry.line) : entry.dn;
  }

  void sort_entries() {
    std::vector<const Entry*> groups;
    for (const Entry& entry : entries_) {
      if (is_group(entry)) {
        groups.push_back(&entry);
      } else if (is_person(entry)) {
        people_.push_back(&entry);
      } else {
        ++made_.passed_over;
      }
    }
    made_.groups = groups.size();
    std::unordered_map<std::string, std::string> named;  // a DN by the group's name
    for (const Entry* entry : groups) {
      const std::string name = group_name(*entry);
      groups_[key_of(*entry)].name = name;
      const auto [before, fresh] = named.emplace(lower(name), entry->dn);
      if (!fresh && before->second != entry->dn) {
        warn(fmt::format("two groups are called '{}', and are one here: {} and {}", name,
                         before->second, entry->dn));
      }
    }
    for (const Entry* entry : groups) {
      const std::string key = key_of(*entry);
      for (const auto& member : entry->all({"member", "uniquemember"})) {
        const std::string of = normal_dn(member);
        // A group in a group; whether it is one of the entries, or a person.
        if (const auto inner = groups_.find(of); inner != groups_.end()) {
          inner->second.in.push_back(key);
        } else {
          by_dn_[of].push_back(key);
        }
      }
      for (const auto& member : entry->all({"memberuid"})) by_uid_[lower(member)].push_back(key);
      for (const auto& parent : entry->all({"memberof"})) {
        groups_[key].in.push_back(normal_dn(parent));
      }
    }
  }

  // What has no DN is told by where it stands.
  static std::string key_of(const Entry& entry) {
    return entry.dn.empty() ? fmt::format("\n{}", entry.line) : normal_dn(entry.dn);
  }

  // Whoever is in a group is in what the group is in. Circles end where they began.
  void take_group(const std::string& key, std::set<std::string>& seen,
                  std::set<std::string>& names) {
    std::vector<std::string> open{key};
    while (!open.empty()) {
      const std::string one = std::move(open.back());
      open.pop_back();
      if (!seen.insert(one).second) continue;
      const auto known = groups_.find(one);
      const std::string name = known == groups_.end() ? name_in_dn(one) : known->second.name;
      take_group_name(name, names);
      if (known != groups_.end())
        open.insert(open.end(), known->second.in.begin(), known->second.in.end());
    }
  }

  void take_group_name(std::string_view written, std::set<std::string>& names) {
    auto name = normal_user_name(trim(written));
    // The list of users.csv stands between ';'.
    if (name && name->find(';') == std::string::npos) {
      names.insert(std::move(*name));
    } else if (warned_groups_.insert(std::string(written)).second) {
      warn(fmt::format("'{}' cannot be a group's name", written));
    }
  }

  std::vector<std::string> groups_of(const Entry& entry, const std::string& uid) {
    std::set<std::string> seen, names;
    for (const auto& one : entry.all({"memberof"})) take_group(normal_dn(one), seen, names);
    const auto direct = by_dn_.find(normal_dn(entry.dn));
    if (!entry.dn.empty() && direct != by_dn_.end()) {
      for (const std::string& key : direct->second) take_group(key, seen, names);
    }
    const auto by_uid = by_uid_.find(uid);
    if (by_uid != by_uid_.end()) {
      for (const std::string& key : by_uid->second) take_group(key, seen, names);
    }
    for (const auto& one : entry.all({"groups", "groups.display", "memberof.displayname"})) {
      take_group_name(one, names);
    }
    return {names.begin(), names.end()};
  }

  // How sure it is that a name is somebody's: what an administrator gives, before what people may
  // write themselves.
  enum class Right : std::uint8_t { canonical, account, other };
  struct Claim {
    std::size_t person;
    Right right;
  };
  struct Wish {
    std::string name;
    std::vector<std::string> ImportedPerson::* into;
  };

  void claim(const std::string& name, std::size_t person, Right right) {
    claims_[name].push_back({person, right});
  }

  // Whose the name is: of those with the best right to it the only one, else nobody's.
  std::optional<std::size_t> owner_of(const std::string& name) const {
    const auto found = claims_.find(name);
    if (found == claims_.end()) return std::nullopt;
    const Claim* best = nullptr;
    bool contested = false;
    for (const Claim& one : found->second) {
      if (best == nullptr || one.right < best->right) {
        best = &one;
        contested = false;
      } else if (one.right == best->right && one.person != best->person) {
        contested = true;
      }
    }
    return contested ? std::nullopt : std::optional(best->person);
  }

  void wish(const std::vector<std::string_view>& written, bool with_domain, Right right,
            std::size_t index, std::vector<std::string> ImportedPerson::* into) {
    const Entry& entry = *sources_[index];
    for (const std::string_view one : written) {
      if (wishes_[index].size() >= kMostNames) {
        warn(fmt::format("{}: more than {} names", where(entry), kMostNames));
        return;
      }
      const auto name = normal_user_name(trim(one));
      if (!name || name->find(';') != std::string::npos ||
          (with_domain && name->find('@') == std::string::npos)) {
        warn(fmt::format("{}: '{}' cannot be a name", where(entry), one));
        continue;
      }
      claim(*name, index, right);
      wishes_[index].push_back({*name, into});
    }
  }

  // The person of an entry, and what names it asks for.
  void add(const Entry& entry) {
    const std::string written = plain_name(entry);
    const auto name = normal_user_name(trim(written));
    if (!name || name->find(';') != std::string::npos) {
      warn(written.empty() ? fmt::format("{}: has no name", where(entry))
                           : fmt::format("{}: '{}' cannot be a name", where(entry), written));
      return;
    }
    const auto known = by_name_.find(*name);
    if (known != by_name_.end()) {
      ImportedPerson& first = made_.people[known->second];
      // Whoever it is that left, a second entry of that name does not let them in again.
      first.disabled = first.disabled || is_disabled(entry, options_.now);
      return warn(fmt::format("{}: '{}' is a name of {} already", where(entry), *name, first.name));
    }
    if (made_.people.size() == kMostPeople) {
      return warn(fmt::format("more than {} people", kMostPeople));
    }
    const std::size_t index = made_.people.size();
    made_.people.emplace_back().name = *name;
    made_.people.back().disabled = is_disabled(entry, options_.now);
    LastLogon logon = last_logon_of(entry, options_.now);
    made_.people.back().last_logon = logon.day;
    if (!logon.fault.empty()) warn(fmt::format("{}: {}", where(entry), logon.fault));
    by_name_.emplace(*name, index);
    claim(*name, index, Right::canonical);
    if (!entry.dn.empty()) person_by_dn_[normal_dn(entry.dn)] = index;
    sources_.push_back(&entry);
    wishes_.emplace_back();

    const std::string_view account = entry.first({"samaccountname", "onpremisessamaccountname"});
    if (!account.empty() && !options_.domain.empty()) {
      const std::string spelled = fmt::format("{}\\{}", options_.domain, account);
      wish({spelled}, false, Right::account, index, &ImportedPerson::users);
    }
    wish(entry.all({"user", "aliases", "uid"}), false, Right::other, index, &ImportedPerson::users);
    wish(entry.all({"userprincipalname", "krbprincipalname", "upn"}), true, Right::account, index,
         &ImportedPerson::upn);
    std::vector<std::string_view> mail =
        entry.all({"mail", "othermails", "emails", "emails.value", "mailalternateaddress"});
    for (std::string_view one : entry.all({"proxyaddresses"})) {
      if (one.size() > 5 && iequals(one.substr(0, 5), "smtp:")) mail.push_back(one.substr(5));
    }
    wish(mail, true, Right::other, index, &ImportedPerson::mail);
  }

  void give_names(std::size_t index) {
    ImportedPerson& person = made_.people[index];
    std::set<std::string> given{person.name};
    for (const Wish& one : wishes_[index]) {
      if (given.contains(one.name)) continue;
      const auto owner = owner_of(one.name);
      if (owner == index) {
        (person.*one.into).push_back(one.name);
        given.insert(one.name);
      } else {
        warn(owner ? fmt::format("{}: '{}' is a name of {} already", where(*sources_[index]),
                                 one.name, made_.people[*owner].name)
                   : fmt::format("{}: '{}' is asked for by others too, so it is nobody's",
                                 where(*sources_[index]), one.name));
      }
    }
  }

  void give_groups(std::size_t index) {
    ImportedPerson& person = made_.people[index];
    person.groups = groups_of(*sources_[index], person.name);
    if (person.groups.size() > kMostGroups) {
      warn(fmt::format("{}: in more than {} groups", where(*sources_[index]), kMostGroups));
      person.groups.resize(kMostGroups);
    }
    if (person.disabled && !options_.leavers.empty()) {
      person.groups.push_back(lower(options_.leavers));
      std::ranges::sort(person.groups);
      person.groups.erase(std::unique(person.groups.begin(), person.groups.end()),
                          person.groups.end());
    }
  }

  void name_manager(std::size_t index) {
    const Entry& entry = *sources_[index];
    const std::string_view written =
        entry.first({"manager", "manager.userprincipalname", "manager.mail", "manager.value"});
    if (written.empty()) return;
    if (const auto found = person_by_dn_.find(normal_dn(written)); found != person_by_dn_.end()) {
      made_.people[index].manager = made_.people[found->second].name;
    } else if (const auto name = normal_user_name(trim(written))) {
      if (const auto owner = owner_of(*name)) {
        made_.people[index].manager = made_.people[*owner].name;
      }
    }
  }

  const Entries& entries_;
  const ImportOptions& options_;
  Imported made_;
  std::vector<const Entry*> people_;
  std::vector<const Entry*> sources_;              // of made_.people, by place
  std::unordered_map<std::string, Group> groups_;  // by normal DN
  std::unordered_map<std::string, std::vector<std::string>> by_dn_, by_uid_;  // groups of a member
  std::unordered_map<std::string, std::vector<Claim>> claims_;                // every name
  std::unordered_map<std::string, std::size_t> by_name_;                      // canonical ones
  std::vector<std::vector<Wish>> wishes_;                                     // by place
  std::unordered_map<std::string, std::size_t> person_by_dn_;
  std::set<std::string> warned_groups_;
};

// RFC 4180: quoted where it must be.
void append_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_list(std::string& out, const std::vector<std::string>& values) {
  append_field(out, fmt::format("{}", fmt::join(values, ";")));
}

}  // namespace

Imported people_of(const Entries& entries, const ImportOptions& options) {
  return Importer(entries, options).run();
}

std::string to_csv(const Imported& imported) {
  std::string out = "name,user,upn,mail,groups,manager,last_logon\n";
  for (const ImportedPerson& person : imported.people) {
    append_field(out, person.name);
    for (const auto* list : {&person.users, &person.upn, &person.mail, &person.groups}) {
      out += ',';
      append_list(out, *list);
    }
    out += ',';
    append_field(out, person.manager);
    out += ',';
    if (person.last_logon) out += format_logon_day(*person.last_logon);
    out += '\n';
  }
  return out;
}

std::string name_in_dn(std::string_view dn) {
  const std::size_t equals = dn.find('=');
  if (equals == dn.npos) return {};
  std::string name;
  for (std::size_t i = equals + 1; i < dn.size(); ++i) {
    if (dn[i] == ',' || dn[i] == '+' || dn[i] == ';') break;
    if (dn[i] != '\\' || i + 1 == dn.size()) {
      name += dn[i];
      continue;
    }
    const auto digit = [](char c) {
      const char low = to_lower(c);
      return c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
    };
    if (i + 2 < dn.size() && digit(dn[i + 1]) >= 0 && digit(dn[i + 2]) >= 0) {
      name += static_cast<char>(digit(dn[i + 1]) << 4 | digit(dn[i + 2]));
      i += 2;
    } else {
      name += dn[++i];
    }
  }
  return std::string(trim(name));
}

std::string normal_dn(std::string_view dn) {
  std::string out;
  out.reserve(dn.size());
  bool skip = true;  // blanks, behind '=' and ','
  for (std::size_t i = 0; i < dn.size(); ++i) {
    const char c = dn[i];
    if (c == ' ' && skip) continue;
    skip = false;
    if (c == '\\' && i + 1 < dn.size()) {
      out += c;
      out += to_lower(dn[++i]);
      continue;
    }
    if (c == '=' || c == ',') {
      while (!out.empty() && out.back() == ' ') out.pop_back();
      skip = true;
    }
    out += to_lower(c);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace sallyport::discovery::directory
