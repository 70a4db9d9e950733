#pragma once
// Who an address is, and which groups a person belongs to, from the operator's files.
//
//   conf/users/users.yaml        users: [{name: ana, groups: [finance, staff]}]
//   conf/users/addresses.yaml    - {address: 192.0.2.7, user: ana}
//                                - {cidr: 2001:db8:7::/64, user: kiosk}
//
// Names of users and groups are compared in lower case. An address is taken as it is: the IPv4
// address inside an IPv6 one proves nobody's identity.
//
// Immutable after loading; share it between threads as shared_ptr<const Users>. References handed
// out live as long as the Users.
//
// Limits: 200,000 users, 200,000 addresses, 256 groups a user (and base/yaml's own).

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "base/core/diagnostics.h"

namespace sallyport::discovery {

class Users {
 public:
  Users() = default;  // Knows nobody.

  // The user of the longest prefix that covers `address`.
  std::optional<std::string> user_of(const IpAddress& address) const;
  // Sorted, unique; empty for a user who is not listed.
  const std::vector<std::string>& groups_of(std::string_view user) const;
  bool knows(std::string_view user) const;
  std::size_t size() const { return groups_.size(); }

 private:
  friend class UsersBuilder;
  struct AddressUser {
    IpPrefix prefix;
    std::string user;
  };
  std::map<std::string, std::vector<std::string>, std::less<>> groups_;
  std::vector<AddressUser> addresses_;  // Sorted by prefix.
  std::vector<int> v4_lengths_;         // Those in use, longest first.
  std::vector<int> v6_lengths_;
};

// An empty path means that there is no such file.
Checked<std::shared_ptr<const Users>> load_users(const std::string& users_path,
                                                 const std::string& addresses_path,
                                                 Diagnostics& warnings);
// The same from texts; either may be null.
Checked<std::shared_ptr<const Users>> parse_users(SourcePtr users, SourcePtr addresses,
                                                  Diagnostics& warnings);

}  // namespace sallyport::discovery
