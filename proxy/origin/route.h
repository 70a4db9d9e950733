#pragma once
// From a name to the addresses that may be tried: fixed names first, then the resolver, then the
// guard.

#include <memory>
#include <string>
#include <vector>

#include "base/core/host.h"
#include "base/io/nursery.h"
#include "base/io/resolver.h"
#include "proxy/origin/guard.h"

namespace sallyport::origin {

// Where a connection goes. Pinned for as long as it is used: another look-up may say something
// else.
struct Route {
  Host host;
  std::uint16_t port = 0;
  bool tls = false;
  std::vector<IpEndpoint> endpoints;  // Every one passed the guard; in the order to try (RFC 8305).

  // What pooled connections are shared under, with the identity class.
  std::string key(std::string_view identity) const;
};

class Router {
 public:
  Router(io::Resolver& resolver, std::shared_ptr<const io::StaticNames> names,
         std::shared_ptr<const AddressGuard> guard);

  // Other ones from now on; routes that were found stay as they are.
  void replace(std::shared_ptr<const io::StaticNames> names,
               std::shared_ptr<const AddressGuard> guard);

  // Errors: name_not_found, resolve_failed, address_refused, cancelled. `client` is whom look-ups
  // are counted for, an IPv6 one by its /64.
  Task<Result<Route>> find(const Host& host, std::uint16_t port, bool tls, io::Nursery& scope,
                           IpAddress client = {});

 private:
  io::Resolver& resolver_;
  std::shared_ptr<const io::StaticNames> names_;
  std::shared_ptr<const AddressGuard> guard_;
};

// Families in turn, beginning with that of the first (RFC 8305 section 4).
std::vector<IpEndpoint> interleave(const std::vector<IpEndpoint>& endpoints);

}  // namespace sallyport::origin
