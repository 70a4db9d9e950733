#include <fmt/format.h>

#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "discovery/users/users_builder.h"

namespace sallyport::discovery {
namespace {

WrittenPerson read_person(const yaml::Node& node, Diagnostics& found) {
  yaml::MapReader map(node, found, "user");
  WrittenPerson person;
  person.place = node.place;
  const auto name = map.required_text("name");
  if (map.has("name")) person.name = name;
  person.others = map.texts("aliases");
  for (auto& user : map.texts("user")) person.others.push_back(std::move(user));
  person.upn = map.texts("upn");
  person.mail = map.texts("mail");
  person.groups = map.texts("groups");
  if (map.has("manager")) person.manager = map.text("manager");
  if (map.has("last_logon")) person.last_logon = map.text("last_logon");
  map.finish();
  return person;
}

std::optional<IpPrefix> read_one(const Spanned<std::string>& written, Diagnostics& found) {
  const auto address = IpAddress::parse(*written);
  if (address) return IpPrefix{*address, address->bits()};
  found.error(written.place, fmt::format("'{}' is no address", *written),
              IpPrefix::parse(*written) ? "a range is written with 'cidr'" : "");
  return std::nullopt;
}

std::optional<IpPrefix> read_cidr(const Spanned<std::string>& written, Diagnostics& found) {
  const auto prefix = IpPrefix::parse(*written);
  if (!prefix) {
    found.error(written.place, fmt::format("'{}' is no address range", *written),
                "such as '192.0.2.0/24'");
  } else if (prefix->has_host_bits()) {
    found.error(written.place,
                fmt::format("'{}' has bits behind its first {}", *written, prefix->length),
                fmt::format("did you mean '{}'?", prefix->masked().to_string()));
    return std::nullopt;
  }
  return prefix;
}

void read_address(const yaml::Node& node, UsersBuilder& builder, Diagnostics& found) {
  yaml::MapReader map(node, found, "address");
  const bool one = map.has("address");
  const bool range = map.has("cidr");
  const auto address = map.text("address");
  const auto cidr = map.text("cidr");
  const auto user = map.required_text("user");
  map.finish();
  if (one == range) {
    found.error(node.place, "give either 'address' or 'cidr'");
    return;
  }
  const auto prefix = one ? read_one(address, found) : read_cidr(cidr, found);
  if (!prefix || !map.has("user")) return;
  builder.map_address({*prefix, one ? address.place : cidr.place}, user);
}

// A document that could not be parsed has been reported and is as an empty one.
yaml::Node parse(const SourcePtr& source, Diagnostics& found) {
  auto parsed = yaml::parse(source);
  if (parsed) return std::move(*parsed);
  found.append(std::move(parsed.error()));
  return {};
}

}  // namespace

void read_users_yaml(const SourcePtr& source, UsersBuilder& builder, Diagnostics& found) {
  const yaml::Node node = parse(source, found);
  yaml::MapReader map(node, found, "users file");
  map.each("users", [&](const yaml::Node& item) { builder.add(read_person(item, found)); });
  map.finish();
}

void read_addresses_yaml(const SourcePtr& source, UsersBuilder& builder, Diagnostics& found) {
  const yaml::Node node = parse(source, found);
  if (node.kind == yaml::Node::Kind::null) return;
  if (node.kind != yaml::Node::Kind::list) {
    found.error(node.place, fmt::format("addresses must be a list, not {}", to_string(node.kind)),
                "such as: - {address: 192.0.2.7, user: ana}");
    return;
  }
  for (const yaml::Node& item : node.items) read_address(item, builder, found);
}

}  // namespace sallyport::discovery
