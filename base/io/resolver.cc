#include "base/io/resolver.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>
#include <deque>
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
constexpr std::size_t kMostFailures = 1024;
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
  using Time = std::chrono::steady_clock::time_point;

  struct Entry {
    std::string name;
    IpAddress asker;
    Time asked;
    std::shared_ptr<const Answer> answer = nullptr;  // null while the look-up runs or waits
    Time until{};
    std::vector<std::shared_ptr<Signal>> waiters{};
    bool running = false;
    Time started{};
  };
  using Entries = std::list<Entry>;

  // Whoever has a look-up that runs or waits; nobody else is remembered.
  struct Asker {
    std::size_t running = 0;
    std::deque<std::string> waiting;
  };

  Cache(Worker& the_worker, WorkPool& the_pool, Lookup the_lookup, Options the_options)
      : worker(the_worker), pool(the_pool), lookup(std::move(the_lookup)), options(the_options) {}

  static std::unexpected<Error> too_many() {
    return fail(ErrorKind::resolve_failed, Side::ours, "too many look-ups wait");
  }

  // Hands the look-up of `name` to the pool, or finishes it at once where the pool is full.
  // REQUIRES: an entry without an answer.
  void run(const std::string& name) {
    Entry& entry = *index.find(name)->second;
    entry.running = true;
    entry.started = worker.clock().steady();
    ++askers[entry.asker].running;
    const auto asked = std::chrono::steady_clock::now();
    auto job = [name, asked, look = lookup, home = worker.executor(), own = self] {
      const bool stale = std::chrono::steady_clock::now() - asked > kStale;
      Answer answer = stale ? Answer(too_many()) : look(name);
      auto deliver = [own, name, kept = std::move(answer)]() mutable {
        if (*own != nullptr) (*own)->finish(name, std::move(kept));
      };
      boost::asio::post(home, std::move(deliver));
    };
    if (!pool.submit(std::move(job))) {
      worker.metrics().add(Metric::resolver_refused_total);
      finish(name, too_many());
    }
  }

  void finish(const std::string& name, Answer answer) {
    const auto found = index.find(name);
    if (found == index.end()) return;
    const auto place = found->second;
    Entry& entry = *place;
    const Time now = worker.clock().steady();
    auto keep = std::chrono::duration_cast<Time::duration>(kKeepGood);
    if (!answer) {
      worker.metrics().add(Metric::resolver_failures_total);
      // What takes long to fail is not to be waited for again and again. That we did not ask is no
      // fault of the name.
      const bool asked = entry.running && answer.error().side == Side::origin;
      const Time::duration took = asked ? now - entry.started : Time::duration(0);
      keep = std::clamp(took, std::chrono::duration_cast<Time::duration>(kKeepBad), keep);
      failures.splice(failures.end(), entries, place);
    }
    entry.until = now + keep;
    entry.answer = std::make_shared<const Answer>(std::move(answer));
    const IpAddress asker = entry.asker;
    const bool ran = std::exchange(entry.running, false);
    auto waiters = std::move(entry.waiters);
    entry.waiters.clear();
    for (const auto& waiter : waiters) waiter->notify();
    shrink(entries, kMostNames);
    shrink(failures, kMostFailures);
    if (ran) next_of(asker);
  }

  // One look-up of the asker has ended: the next one's turn. Those that have waited so long that
  // nobody can wait for them any more are answered without one.
  void next_of(const IpAddress& asker) {
    const auto found = askers.find(asker);
    if (found == askers.end()) return;
    Asker& one = found->second;
    --one.running;
    while (one.running < options.running_per_asker && !one.waiting.empty()) {
      const std::string name = std::move(one.waiting.front());
      one.waiting.pop_front();
      if (worker.clock().steady() - index.find(name)->second->asked < kPatience) {
        // May finish at once and come back here, for the same asker.
        run(name);
        if (!askers.contains(asker)) return;
      } else {
        worker.metrics().add(Metric::resolver_refused_total);
        finish(name, too_many());
      }
    }
    if (one.running == 0 && one.waiting.empty()) askers.erase(asker);
  }

  void forget(Entries::iterator entry) {
    index.erase(entry->name);
    (*entry->answer ? entries : failures).erase(entry);
  }

  void shrink(Entries& list, std::size_t most) {
    auto oldest = list.begin();
    while (list.size() > most && oldest != list.end()) {
      const auto entry = oldest++;
      if (entry->answer != nullptr) forget(entry);  // Else somebody waits for it.
    }
  }

  Worker& worker;
  WorkPool& pool;
  Lookup lookup;
  Options options;
  Entries entries;   // oldest first; also those without an answer
  Entries failures;  // oldest first
  std::unordered_map<std::string, Entries::iterator> index;
  std::map<IpAddress, Asker> askers;
  // Lets a look-up that ends after the resolver is gone find nobody.
  std::shared_ptr<Cache*> self = std::make_shared<Cache*>(this);
};

Resolver::Resolver(Worker& worker, WorkPool& pool, Lookup lookup)
    : Resolver(worker, pool, std::move(lookup), Options{}) {}

Resolver::Resolver(Worker& worker, WorkPool& pool, Lookup lookup, Options options)
    : cache_(std::make_unique<Cache>(worker, pool, std::move(lookup), options)) {}

Resolver::~Resolver() { *cache_->self = nullptr; }

void Resolver::limit(const Options& options) { cache_->options = options; }

Task<Result<std::vector<IpAddress>>> Resolver::resolve(const std::string& name, Nursery& scope,
                                                       IpAddress asker) {
  Cache& cache = *cache_;
  cache.worker.metrics().add(Metric::resolver_lookups_total);
  const auto now = cache.worker.clock().steady();
  auto found = cache.index.find(name);
  if (found != cache.index.end() && found->second->answer != nullptr) {
    if (now < found->second->until) {
      cache.worker.metrics().add(Metric::resolver_cache_hits_total);
      co_return *found->second->answer;
    }
    cache.forget(found->second);
    found = cache.index.end();
  }
  if (found == cache.index.end()) {
    const auto known = cache.askers.find(asker);
    const bool must_wait =
        known != cache.askers.end() && known->second.running >= cache.options.running_per_asker;
    if (must_wait && known->second.waiting.size() >= cache.options.waiting_per_asker) {
      cache.worker.metrics().add(Metric::resolver_refused_total);
      co_return Cache::too_many();
    }
    cache.entries.push_back(Cache::Entry{.name = name, .asker = asker, .asked = now});
    cache.index.emplace(name, std::prev(cache.entries.end()));
    if (must_wait) {
      known->second.waiting.push_back(name);
    } else {
      cache.run(name);
    }
    found = cache.index.find(name);
    if (found == cache.index.end()) co_return Cache::too_many();
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
