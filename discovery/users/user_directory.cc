#include "discovery/users/user_directory.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "discovery/users/user_name.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxUsers = 200'000;
constexpr std::size_t kMaxAddresses = 200'000;
constexpr std::size_t kMaxGroups = 256;

const std::vector<std::string> kNoGroups;

std::optional<std::string> read_name(const Spanned<std::string>& written, std::string_view what,
                                     Diagnostics& found) {
  auto name = normal_user_name(*written);
  if (!name) found.error(written.place, fmt::format("'{}' is no name of a {}", *written, what));
  return name;
}

// Those in use, longest first.
void add_length(std::vector<int>& lengths, int length) {
  if (std::find(lengths.begin(), lengths.end(), length) == lengths.end()) lengths.push_back(length);
}

}  // namespace

class UsersBuilder {
 public:
  explicit UsersBuilder(Diagnostics& found) : found_(found) {}

  void read_users(const yaml::Node& node) {
    yaml::MapReader map(node, found_, "users file");
    map.each("users", [this](const yaml::Node& item) { read_user(item); });
    map.finish();
    if (made_.groups_.size() > kMaxUsers) {
      found_.error(node.place, fmt::format("more than {} users", kMaxUsers));
    }
  }

  void read_addresses(const yaml::Node& node) {
    if (node.kind == yaml::Node::Kind::null) return;
    if (node.kind != yaml::Node::Kind::list) {
      found_.error(node.place,
                   fmt::format("addresses must be a list, not {}", to_string(node.kind)),
                   "such as: - {address: 192.0.2.7, user: ana}");
      return;
    }
    for (const yaml::Node& item : node.items) read_address(item);
    if (node.items.size() > kMaxAddresses) {
      found_.error(node.place, fmt::format("more than {} addresses", kMaxAddresses));
    }
  }

  std::shared_ptr<const Users> build() && {
    std::sort(made_.addresses_.begin(), made_.addresses_.end(),
              [](const auto& a, const auto& b) { return a.prefix < b.prefix; });
    for (const auto& one : made_.addresses_) {
      add_length(one.prefix.address.is_v4() ? made_.v4_lengths_ : made_.v6_lengths_,
                 one.prefix.length);
    }
    std::sort(made_.v4_lengths_.rbegin(), made_.v4_lengths_.rend());
    std::sort(made_.v6_lengths_.rbegin(), made_.v6_lengths_.rend());
    return std::make_shared<const Users>(std::move(made_));
  }

 private:
  void read_user(const yaml::Node& node) {
    yaml::MapReader map(node, found_, "user");
    const auto written = map.required_text("name");
    const auto name = map.has("name") ? read_name(written, "user", found_) : std::nullopt;
    std::vector<std::string> groups;
    for (const auto& group : map.texts("groups")) {
      if (auto normal = read_name(group, "group", found_)) groups.push_back(std::move(*normal));
    }
    map.finish();
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    if (groups.size() > kMaxGroups) {
      found_.error(node.place, fmt::format("more than {} groups", kMaxGroups));
    }
    if (!name) return;
    const auto [before, fresh] = user_places_.emplace(*name, written.place);
    if (!fresh) {
      found_.error(written.place,
                   fmt::format("user '{}' is already on line {}", *name, before->second.line));
      return;
    }
    made_.groups_.emplace(*name, std::move(groups));
  }

  void read_address(const yaml::Node& node) {
    yaml::MapReader map(node, found_, "address");
    const bool both = map.has("address") && map.has("cidr");
    const bool one = map.has("address");
    const auto address = map.text("address");
    const auto cidr = map.text("cidr");
    const auto written_user = map.required_text("user");
    map.finish();
    if (both || (!one && !map.has("cidr"))) {
      found_.error(node.place, "give either 'address' or 'cidr'");
      return;
    }
    const auto prefix = one ? read_one(address) : read_cidr(cidr);
    if (!map.has("user")) return;
    const auto user = read_name(written_user, "user", found_);
    if (!prefix || !user) return;
    const Place& place = one ? address.place : cidr.place;
    const auto [before, fresh] = address_places_.emplace(*prefix, place);
    if (!fresh) {
      found_.error(place, fmt::format("'{}' is already on line {}", prefix->to_string(),
                                      before->second.line));
      return;
    }
    made_.addresses_.push_back({*prefix, *user});
  }

  std::optional<IpPrefix> read_one(const Spanned<std::string>& written) {
    const auto address = IpAddress::parse(*written);
    if (address) return IpPrefix{*address, address->bits()};
    found_.error(written.place, fmt::format("'{}' is no address", *written),
                 IpPrefix::parse(*written) ? "a range is written with 'cidr'" : "");
    return std::nullopt;
  }

  std::optional<IpPrefix> read_cidr(const Spanned<std::string>& written) {
    const auto prefix = IpPrefix::parse(*written);
    if (!prefix) {
      found_.error(written.place, fmt::format("'{}' is no address range", *written),
                   "such as '192.0.2.0/24'");
    } else if (prefix->has_host_bits()) {
      found_.error(written.place,
                   fmt::format("'{}' has bits behind its first {}", *written, prefix->length),
                   fmt::format("did you mean '{}'?", prefix->masked().to_string()));
      return std::nullopt;
    }
    return prefix;
  }

  Diagnostics& found_;
  Users made_;
  std::map<std::string, Place, std::less<>> user_places_;
  std::map<IpPrefix, Place> address_places_;
};

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

const std::vector<std::string>& Users::groups_of(std::string_view user) const {
  const auto name = normal_user_name(user);
  const auto found = name ? groups_.find(*name) : groups_.end();
  return found == groups_.end() ? kNoGroups : found->second;
}

bool Users::knows(std::string_view user) const {
  const auto name = normal_user_name(user);
  return name && groups_.contains(*name);
}

namespace {

Checked<std::shared_ptr<const Users>> assemble(const Checked<yaml::Node>& users,
                                               const Checked<yaml::Node>& addresses,
                                               Diagnostics& warnings) {
  Diagnostics found;
  UsersBuilder builder(found);
  if (users) {
    builder.read_users(*users);
  } else {
    found.append(users.error());
  }
  if (addresses) {
    builder.read_addresses(*addresses);
  } else {
    found.append(addresses.error());
  }
  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));
  return std::move(builder).build();
}

}  // namespace

Checked<std::shared_ptr<const Users>> load_users(const std::string& users_path,
                                                 const std::string& addresses_path,
                                                 Diagnostics& warnings) {
  const auto parse = [](const std::string& path) {
    return path.empty() ? Checked<yaml::Node>(yaml::Node()) : yaml::parse_file(path);
  };
  return assemble(parse(users_path), parse(addresses_path), warnings);
}

Checked<std::shared_ptr<const Users>> parse_users(SourcePtr users, SourcePtr addresses,
                                                  Diagnostics& warnings) {
  const auto parse = [](SourcePtr source) {
    return source ? yaml::parse(std::move(source)) : Checked<yaml::Node>(yaml::Node());
  };
  return assemble(parse(std::move(users)), parse(std::move(addresses)), warnings);
}

}  // namespace sallyport::discovery
