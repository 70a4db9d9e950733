#pragma once
// Who is who: the people, their names and groups, and who an address is, from the operator's files.
//
//   conf/users/users.yaml        users: [{name: ana, upn: ana@corp.example, groups: [finance]}]
//   conf/users/users.csv         name,aliases,upn,mail,groups,manager,last_logon
//                                ana,CORP\ana;amaria,ana@corp.example,,finance;staff,ben,2026-11-27
//   conf/users/addresses.yaml    - {address: 192.0.2.7, user: ana}
//                                - {cidr: 2001:db8:7::/64, user: kiosk}
//
// A person has one canonical name (`name`) and any number of others: `user` and `aliases` of any
// form, `upn` and `mail` with an '@'. Whichever of them somebody signs in with, an address is
// mapped to or a rule speaks of, it is that person. No two people share a name. Names of users and
// groups are compared in lower case (user_name.h).
//
// An address is taken as it is: the IPv4 address inside an IPv6 one proves nobody's identity.
//
// Immutable after loading; share it between threads as shared_ptr<const Users>. Pointers and
// references handed out live as long as the Users.
//
// Limits: 200,000 users, 64 names and 1,024 groups a user, 200,000 addresses; base/yaml's own, and
// 32 MiB of CSV.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/core/address.h"
#include "base/core/diagnostics.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

class NameCipher;

struct Person {
  std::string name;                 // the canonical one
  std::vector<std::string> names;   // all of them, the canonical one too; sorted
  std::vector<std::string> groups;  // sorted, unique
  std::string manager;              // canonical, where that person is listed; "": none is known
  // Of the UPN; else of the canonical name, of a mail address, of another name; else "".
  std::string domain;
  std::optional<std::chrono::sys_days> last_logon;  // as the directory says (logon_day.h)
};

class Users {
 public:
  struct AddressUser {
    IpPrefix prefix;
    std::string user;  // canonical
  };

  Users() = default;  // Knows nobody.
  Users(Users&&) = default;
  Users& operator=(Users&&) = default;

  // The person of that name, whichever of theirs it is; null for somebody who is not listed.
  const Person* find(std::string_view any_name) const;
  // The canonical name: of a person who is listed theirs, else the one given. `name` is normal
  // (normal_user_name).
  std::string canonical(std::string_view name) const;
  // Fills in what is known of whoever has that name: user, user_names, user_domain, groups,
  // days_since_logon. REQUIRES: activity.at is set.
  void describe(std::string_view name, policy::Activity& activity) const;
  // The canonical name of the user of the longest prefix that covers `address`.
  std::optional<std::string> user_of(const IpAddress& address) const;

  // The same people under their pseudonyms (name_cipher.h): every name in it is one, and find() and
  // canonical() take names and pseudonyms alike. For those who answer operators.
  std::shared_ptr<const Users> hidden_by(std::shared_ptr<const NameCipher> cipher) const;

  const NameCipher* cipher() const { return cipher_.get(); }  // null: names are as they are

  std::size_t size() const { return people_.size(); }
  std::span<const Person> people() const { return people_; }             // by name
  std::span<const AddressUser> addresses() const { return addresses_; }  // by prefix

 private:
  friend class UsersBuilder;
  std::vector<Person> people_;
  std::unordered_map<std::string_view, std::uint32_t> index_;  // every name; views of people_
  std::vector<AddressUser> addresses_;
  std::vector<int> v4_lengths_;  // Those in use, longest first.
  std::vector<int> v6_lengths_;
  std::shared_ptr<const NameCipher> cipher_;  // null: names are as they are
};

// An empty path means that there is no such file. A `users_path` that ends in ".csv" is CSV.
Checked<std::shared_ptr<const Users>> load_users(const std::string& users_path,
                                                 const std::string& addresses_path,
                                                 Diagnostics& warnings);
// The same from texts; either may be null. CSV where the source's name ends in ".csv".
Checked<std::shared_ptr<const Users>> parse_users(SourcePtr users, SourcePtr addresses,
                                                  Diagnostics& warnings);

}  // namespace sallyport::discovery
