#include "base/io/resolver.h"

#include <boost/asio/post.hpp>
#include <cstring>
#include <list>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/io/deadline.h"
#include "base/io/signal.h"

namespace sallyport::io {

namespace {
constexpr auto kKeepGood = std::chrono::seconds(30);
constexpr auto kKeepBad = std::chrono::seconds(3);
constexpr std::size_t kMostNames = 4096;
constexpr auto kPatience =
    std::chrono::seconds(10);  // of one who asks; the look-up may take longer
constexpr auto kStale =
    std::chrono::seconds(10);  // a look-up that waited so long for a thread is skipped
}  // namespace

const IpEndpoint* StaticNames::find(const Host& host) const {
  if (names.empty()) return nullptr;
  if (const auto exact = names.find(host.text()); exact != names.end()) return &exact->second;
  // The longest "*.suffix" that covers it.
  std::string_view rest = host.text();
  while (true) {
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return nullptr;
    rest = rest.substr(dot + 1);
    if (const auto wild = names.find("*." + std::string(rest)); wild != names.end()) {
      return &wild->second;
    }
  }
}

struct Resolver::Cache {
  using Answer = Result<std::vector<IpAddress>>;

  struct Entry {
    std::string name;
    std::shared_ptr<const Answer> answer;  // null while the look-up runs
    std::chrono::steady_clock::time_point until;
    std::vector<std::shared_ptr<Signal>> waiters;
  };

  Cache(Worker& the_worker, WorkPool& the_pool, Lookup the_lookup)
      : worker(the_worker), pool(the_pool), lookup(std::move(the_lookup)) {}

  void finish(const std::string& name, Answer answer) {
    const auto found = index.find(name);
    if (found == index.end()) return;
    Entry& entry = *found->second;
    if (!answer) worker.metrics().add(Metric::resolver_failures_total);
    entry.until = worker.clock().steady() + (answer ? kKeepGood : kKeepBad);
    entry.answer = std::make_shared<const Answer>(std::move(answer));
    auto waiters = std::move(entry.waiters);
    entry.waiters.clear();
    for (const auto& waiter : waiters) waiter->notify();
    shrink();
  }

  void shrink() {
    auto oldest = entries.begin();
    while (entries.size() > kMostNames && oldest != entries.end()) {
      if (oldest->answer == nullptr) {  // Somebody waits for it.
        ++oldest;
        continue;
      }
      index.erase(oldest->name);
      oldest = entries.erase(oldest);
    }
  }

  Worker& worker;
  WorkPool& pool;
  Lookup lookup;
  std::list<Entry> entries;  // oldest first
  std::unordered_map<std::string, std::list<Entry>::iterator> index;
  // Lets a look-up that ends after the resolver is gone find nobody.
  std::shared_ptr<Cache*> self = std::make_shared<Cache*>(this);
};

Resolver::Resolver(Worker& worker, WorkPool& pool, Lookup lookup)
    : cache_(std::make_unique<Cache>(worker, pool, std::move(lookup))) {}

Resolver::~Resolver() { *cache_->self = nullptr; }

Task<Result<std::vector<IpAddress>>> Resolver::resolve(const std::string& name, Nursery& scope) {
  Cache& cache = *cache_;
  cache.worker.metrics().add(Metric::resolver_lookups_total);
  const auto now = cache.worker.clock().steady();
  auto found = cache.index.find(name);
  if (found != cache.index.end() && found->second->answer != nullptr) {
    if (now < found->second->until) {
      cache.worker.metrics().add(Metric::resolver_cache_hits_total);
      co_return *found->second->answer;
    }
    cache.entries.erase(found->second);
    cache.index.erase(found);
    found = cache.index.end();
  }
  if (found == cache.index.end()) {
    cache.entries.push_back(Cache::Entry{name, nullptr, now, {}});
    cache.index.emplace(name, std::prev(cache.entries.end()));
    const auto asked = std::chrono::steady_clock::now();
    auto job = [name, asked, lookup = cache.lookup, home = cache.worker.executor(),
                self = cache.self] {
      const bool stale = std::chrono::steady_clock::now() - asked > kStale;
      Cache::Answer answer =
          stale ? fail(ErrorKind::resolve_failed, Side::ours, "too many look-ups wait")
                : lookup(name);
      auto deliver = [self, name, kept = std::move(answer)]() mutable {
        if (*self != nullptr) (*self)->finish(name, std::move(kept));
      };
      boost::asio::post(home, std::move(deliver));
    };
    if (!cache.pool.submit(std::move(job))) {
      cache.finish(name, fail(ErrorKind::resolve_failed, Side::ours, "too many look-ups wait"));
    }
    found = cache.index.find(name);
    if (found == cache.index.end()) {
      co_return fail(ErrorKind::resolve_failed, Side::ours, "too many look-ups wait");
    }
    if (found->second->answer != nullptr) co_return *found->second->answer;
  }
  auto waiter = std::make_shared<Signal>();
  found->second->waiters.push_back(waiter);
  {
    const Nursery::OnCancel wake(scope, [waiter] { waiter->notify(); });
    Deadline patience(cache.worker.deadlines(), [waiter] { waiter->notify(); });
    patience.set(kPatience);
    co_await waiter->wait();
    if (patience.expired()) {
      co_return fail(ErrorKind::resolve_failed, Side::origin,
                     name + ": the resolver does not answer");
    }
  }
  if (scope.cancelled())
    co_return fail(ErrorKind::cancelled, Side::ours, "the look-up was given up");
  // Woken by finish() in this very turn of the loop, before anything could push it out.
  found = cache.index.find(name);
  if (found == cache.index.end() || found->second->answer == nullptr) {
    co_return fail(ErrorKind::resolve_failed, Side::ours, "the answer was lost to a full cache");
  }
  co_return *found->second->answer;
}

Resolver::Lookup Resolver::system_lookup() {
  return [](const std::string& name) -> Result<std::vector<IpAddress>> {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    int code = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
    // AI_ADDRCONFIG ignores loopback interfaces; a machine with nothing else still has its hosts
    // file.
    if (code == EAI_NONAME || code == EAI_ADDRFAMILY) {
      hints.ai_flags = 0;
      code = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
    }
    if (code != 0) {
      const bool missing = code == EAI_NONAME || code == EAI_NODATA;
      return fail(missing ? ErrorKind::name_not_found : ErrorKind::resolve_failed, Side::origin,
                  name + ": " + ::gai_strerror(code));
    }
    std::vector<IpAddress> found;
    for (const addrinfo* one = list; one != nullptr && found.size() < 32; one = one->ai_next) {
      IpAddress address;
      if (one->ai_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, one->ai_addr, sizeof v4);
        address = IpAddress::v4(ntohl(v4.sin_addr.s_addr));
      } else if (one->ai_family == AF_INET6) {
        sockaddr_in6 v6;
        std::memcpy(&v6, one->ai_addr, sizeof v6);
        std::array<std::uint8_t, 16> raw;
        std::memcpy(raw.data(), v6.sin6_addr.s6_addr, 16);
        address = IpAddress::v6(raw);
      } else {
        continue;
      }
      if (std::find(found.begin(), found.end(), address) == found.end()) found.push_back(address);
    }
    ::freeaddrinfo(list);
    if (found.empty()) return fail(ErrorKind::name_not_found, Side::origin, name);
    return found;
  };
}

}  // namespace sallyport::io
