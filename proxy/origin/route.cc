#include "proxy/origin/route.h"

#include <algorithm>

namespace sallyport::origin {

std::string Route::key(std::string_view identity) const {
  std::string key;
  key.reserve(host.text().size() + 16 + identity.size());
  key += host.text();
  key += ':';
  key += std::to_string(port);
  key += tls ? "/tls/" : "/plain/";
  key += identity;
  return key;
}

Router::Router(io::Resolver& resolver, std::shared_ptr<const io::StaticNames> names,
               std::shared_ptr<const AddressGuard> guard)
    : resolver_(resolver), names_(std::move(names)), guard_(std::move(guard)) {}

Task<Result<Route>> Router::find(const Host& host, std::uint16_t port, bool tls, io::Nursery& scope,
                                 IpAddress client) {
  Route route{host, port, tls, {}};
  std::vector<IpEndpoint> candidates;
  if (const IpEndpoint* fixed = names_->find(host)) {
    candidates.push_back({fixed->address, fixed->port != 0 ? fixed->port : port});
  } else if (host.is_address()) {
    candidates.push_back({*host.address(), port});
  } else {
    IpAddress asker = client;
    if (client.is_v6()) asker = IpPrefix{client, 64}.masked().address;
    Result<std::vector<IpAddress>> addresses =
        co_await resolver_.resolve(host.text(), scope, asker);
    if (!addresses) co_return pass_on(std::move(addresses));
    for (const IpAddress& address : *addresses) candidates.push_back({address, port});
  }
  std::string why;
  for (const IpEndpoint& candidate : candidates) {
    const std::string refusal = guard_->refusal(candidate);
    if (refusal.empty()) {
      route.endpoints.push_back(candidate);
    } else {
      why += (why.empty() ? "" : ", ") + candidate.to_string() + " (" + refusal + ")";
    }
  }
  if (route.endpoints.empty()) {
    co_return fail(
        ErrorKind::address_refused, Side::client,
        host.text() + " leads to " + why + "; origins.allow_addresses lets chosen ranges pass");
  }
  route.endpoints = interleave(route.endpoints);
  co_return route;
}

void Router::replace(std::shared_ptr<const io::StaticNames> names,
                     std::shared_ptr<const AddressGuard> guard) {
  names_ = std::move(names);
  guard_ = std::move(guard);
}

std::vector<IpEndpoint> interleave(const std::vector<IpEndpoint>& endpoints) {
  std::vector<IpEndpoint> first;
  std::vector<IpEndpoint> second;
  for (const IpEndpoint& one : endpoints) {
    (one.address.is_v4() == endpoints.front().address.is_v4() ? first : second).push_back(one);
  }
  std::vector<IpEndpoint> mixed;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  return mixed;
}

}  // namespace sallyport::origin
