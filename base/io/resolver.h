#pragma once
// Names to addresses, with a cache. One per worker; the blocking look-ups run on a shared WorkPool,
// so a slow name delays nobody else. The system's hosts file and search rules hold (getaddrinfo).
//
// The same name asked twice at once is looked up once. Cached for 30 s, failures for 3 s or as long
// as it took to fail, 30 s at most; 4,096 names that resolved and 1,024 that did not, the oldest
// leaves first. Records' own lifetimes are not visible through getaddrinfo.
//
// Fair between those who ask: so many look-ups of one asker run at once and so many wait for their
// turn behind those; more are refused. So nobody fills the pool, or holds its threads, with names
// that take long to fail.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/core/address.h"
#include "base/core/host.h"
#include "base/io/nursery.h"
#include "base/io/pool.h"
#include "base/io/worker.h"

namespace sallyport::io {

// Fixed answers that come before any look-up: origins.resolve.
struct StaticNames {
  // "files.example" or "*.example" (everything below, not itself).
  std::map<std::string, IpEndpoint> names;  // port 0: the port asked for stays

  const IpEndpoint* find(const Host& host) const;
};

class Resolver {
 public:
  using Lookup = std::function<Result<std::vector<IpAddress>>(const std::string& name)>;

  struct Options {
    std::size_t running_per_asker = 4;
    std::size_t waiting_per_asker = 64;
  };

  Resolver(Worker& worker, WorkPool& pool, Lookup lookup = system_lookup());
  Resolver(Worker& worker, WorkPool& pool, Lookup lookup, Options options);
  ~Resolver();

  // At least one address, or name_not_found / resolve_failed. Order as the system gave it.
  // Cancelling `scope` ends the wait with ErrorKind::cancelled; the look-up itself goes on for
  // others.
  // `asker` is whoever this is for; the default is everybody who does not say.
  Task<Result<std::vector<IpAddress>>> resolve(const std::string& name, Nursery& scope,
                                               IpAddress asker = {});
  // Other options from now on.
  void limit(const Options& options);

  static Lookup system_lookup();

 private:
  struct Cache;
  std::unique_ptr<Cache> cache_;
};

}  // namespace sallyport::io
