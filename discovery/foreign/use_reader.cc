#include "discovery/foreign/use_reader.h"

#include <algorithm>

#include "base/http/normal_path.h"
#include "discovery/users/user_name.h"

namespace sallyport::discovery::foreign {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::string_view kOddUser = "\n";  // no name has that

// Room for one more.
template <class Map>
void make_room(Map& map) {
  if (map.size() >= UseReader::kMostRemembered) map.clear();
}

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
  if (record.host.empty()) {
    use.kind = NameKind::unnamed;
    return;
  }
  const Catalog& catalog = *world_.catalog;
  const App* app = nullptr;
  if (record.path.empty()) {
    app = catalog.find_by_host(record.host);
  } else {
    app = catalog.find(record.host, http::normal_path(record.path));
  }
  if (app != nullptr) {
    use.kind = NameKind::app;
    use.service = app->facts.id;
    return;
  }
  const Service& service = service_of_no_app(record.host);
  use.kind = service.kind;
  use.service = service.name;
}

const UseReader::Service& UseReader::service_of_no_app(std::string_view host) {
  if (const auto known = services_.find(host); known != services_.end()) return known->second;
  make_room(services_);
  Service service;
  std::string name(host);
  const policy::HostKind noise = world_.noise->find(host).kind;
  if (noise != policy::HostKind::unknown) {
    service = {NameKind::noise, std::string(to_string(noise))};
  } else if (const std::string_view domain = world_.suffixes->registrable(name); !domain.empty()) {
    service = {NameKind::domain, std::string(domain)};
  }
  return services_.emplace(std::move(name), std::move(service)).first->second;
}

std::string_view UseReader::user_of(std::string_view written) {
  if (written.empty()) return {};
  auto known = users_.find(written);
  if (known == users_.end()) {
    make_room(users_);
    const auto name = normal_user_name(written);
    known = users_
                .emplace(std::string(written),
                         name ? world_.users->canonical(*name) : std::string(kOddUser))
                .first;
  }
  if (known->second != kOddUser) return known->second;
  ++odd_users_;
  return {};
}

const UseReader::From& UseReader::from(const IpAddress& address) {
  const auto& bytes = address.bytes();
  const std::string_view key(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (const auto known = places_.find(key); known != places_.end()) return known->second;
  make_room(places_);
  policy::AddressFacts facts;
  world_.geo->describe(address, facts);
  world_.tags->describe(address, facts);
  From from;
  if (facts.country.size() == 2) std::ranges::copy(facts.country, from.country.begin());
  if (world_.users_by_address) from.user = world_.users->user_of(address).value_or("");
  return places_.emplace(std::string(key), std::move(from)).first->second;
}

const std::string& UseReader::device_of(std::string_view user_agent, Time at) {
  if (const auto known = devices_.find(user_agent); known != devices_.end()) return known->second;
  make_room(devices_);
  AgentClaims claims;
  claims.user_agent = user_agent;
  const auto facts = world_.agents->classify(within_limits(claims), at);
  return devices_.emplace(std::string(user_agent), device_words(facts ? &*facts : nullptr))
      .first->second;
}

}  // namespace sallyport::discovery::foreign
