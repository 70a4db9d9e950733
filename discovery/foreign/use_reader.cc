#include "discovery/foreign/use_reader.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/http/normal_path.h"
#include "discovery/users/user_name.h"

namespace sallyport::discovery::foreign {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::string_view kOddUser = "\n";  // no name has that

void count(const imports::LogRecord& record, UsageCounts& counts) {
  if (record.action == imports::LogAction::blocked) {
    counts.blocked = record.same_session ? 0 : 1;
    return;
  }
  counts.transactions = record.same_session ? 0 : 1;
  counts.sent = record.bytes_up.value_or(0);
  counts.received = record.bytes_down.value_or(0);
  // Ways that are not told apart.
  const std::uint64_t told = counts.sent + counts.received;
  if (record.bytes() > told) counts.received += record.bytes() - told;
}

}  // namespace

const App* app_of(const imports::LogRecord& record, const Catalog& catalog) {
  if (record.host.empty()) {
    return record.server ? catalog.find_by_address(*record.server).app : nullptr;
  }
  if (record.path.empty()) return catalog.find_by_host(record.host);
  return catalog.find(record.host, http::normal_path(record.path));
}

std::optional<CountedUse> UseReader::read(const imports::LogRecord& record) {
  CountedUse use;
  use.day = std::chrono::floor<days>(record.time);
  if (use.day < bounds_.first || use.day > bounds_.last) {
    ++left_out_;
    return std::nullopt;
  }
  const auto minute = std::chrono::floor<std::chrono::minutes>(record.time - use.day).count();
  use.minute = use.last = static_cast<std::uint16_t>(minute);
  count(record, use.counts);
  if (use.counts == UsageCounts()) return std::nullopt;  // The other line of it says all.
  name_service(record, use);
  use.user = user_of(record.user);
  if (record.client) {
    use.address = *record.client;
    const From& from = this->from(*record.client);
    use.country = from.country;
    if (use.user.empty()) use.user = from.user;
  }
  if (world_.agents != nullptr && !record.user_agent.empty()) {
    use.device = device_of(record.user_agent, record.time);
  }
  if (!is_excluded(record, use)) return use;
  ++excluded_;
  ++left_out_;
  return std::nullopt;
}

bool UseReader::is_excluded(const imports::LogRecord& record, const CountedUse& use) const {
  if (world_.exclude == nullptr || world_.exclude->empty()) return false;
  UsageExclusions::Whose whose{.user = use.user};
  if (const Person* person = world_.users->find(use.user); person != nullptr) {
    whose.names = person->names;
    whose.groups = person->groups;
  }
  if (use.kind == NameKind::app) whose.app = use.service;
  if (record.client) whose.address = &*record.client;
  return world_.exclude->hold(whose);
}

void UseReader::name_service(const imports::LogRecord& record, CountedUse& use) {
  const App* app = app_of(record, *world_.catalog);
  if (app != nullptr) {
    use.kind = NameKind::app;
    use.service = app->facts.id;
    return;
  }
  if (record.host.empty()) {
    use.kind = NameKind::unnamed;
    return;
  }
  const Service& service = service_of_no_app(record.host);
  use.kind = service.kind;
  use.service = service.name;
}

const UseReader::Service& UseReader::service_of_no_app(std::string_view host) {
  const std::uint64_t hash = hasher_.text(host);
  if (const Service* known = services_.find(hash, host)) return *known;
  Service service;
  const std::string name(host);
  const policy::HostKind noise = world_.noise->find(host).kind;
  if (noise != policy::HostKind::unknown) {
    service = {NameKind::noise, std::string(to_string(noise))};
  } else if (const std::string_view domain = world_.suffixes->registrable(name); !domain.empty()) {
    service = {NameKind::domain, std::string(domain)};
  }
  return services_.add(hash, name, std::move(service));
}

std::string_view UseReader::user_of(std::string_view written) {
  if (written.empty()) return {};
  const std::uint64_t hash = hasher_.text(written);
  const std::string* known = users_.find(hash, written);
  if (known == nullptr) {
    const auto name = normal_user_name(written);
    known = &users_.add(hash, std::string(written),
                        name ? world_.users->canonical(*name) : std::string(kOddUser));
  }
  if (*known != kOddUser) return *known;
  ++odd_users_;
  return {};
}

const UseReader::From& UseReader::from(const IpAddress& address) {
  std::array<std::uint64_t, 2> bytes;
  std::memcpy(bytes.data(), address.bytes().data(), sizeof bytes);
  const std::uint64_t hash = hasher_.number(bytes[0], bytes[1]);
  if (const From* known = places_.find(hash, address)) return *known;
  policy::AddressFacts facts;
  world_.geo->describe(address, facts);
  world_.tags->describe(address, facts);
  From from;
  if (facts.country.size() == 2) std::ranges::copy(facts.country, from.country.begin());
  if (world_.users_by_address) from.user = world_.users->user_of(address).value_or("");
  return places_.add(hash, address, std::move(from));
}

const std::string& UseReader::device_of(std::string_view user_agent, Time at) {
  const std::uint64_t hash = hasher_.text(user_agent);
  if (const std::string* known = devices_.find(hash, user_agent)) return *known;
  AgentClaims claims;
  claims.user_agent = user_agent;
  const auto facts = world_.agents->classify(within_limits(claims), at);
  return devices_.add(hash, std::string(user_agent), device_words(facts ? &*facts : nullptr));
}

}  // namespace sallyport::discovery::foreign
