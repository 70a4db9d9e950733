#include "proxy/origin/pool.h"

#include <algorithm>

#include "base/core/check.h"

namespace sallyport::origin {

namespace {
constexpr std::chrono::milliseconds kUntilRest{5'000};
constexpr std::chrono::minutes kDemand{10};
constexpr std::size_t kMostDemanding = 10'000;  // origins that are remembered
constexpr std::size_t kMostKeys = 4'096;        // without a connection; then they are forgotten
}  // namespace

Pool::Pool(io::Worker& worker, Options options)
    : worker_(worker), options_(options), running_(worker.executor()) {}

Pool::~Pool() { clear(); }

// Takes an entry out; its memory stays for the next. What it held is the caller's to end or use.
Connection Pool::remove(Index::iterator same, std::vector<Entries::iterator>::iterator at) {
  const Entries::iterator entry = *at;
  same->second.erase(at);
  Connection connection = std::move(entry->connection);
  entry->connection = Connection{};
  entry->expiry->clear();
  spare_.splice(spare_.end(), entries_, entry);
  worker_.metrics().add(Metric::origin_connections_open, -1);
  return connection;
}

void Pool::erase(Entries::iterator entry) {
  const auto same = index_.find(entry->key);
  CHECK(same != index_.end());
  const auto at = std::find(same->second.begin(), same->second.end(), entry);
  CHECK(at != same->second.end());
  const Connection ended = remove(same, at);
}

Pool::Entries::iterator Pool::fresh_entry() {
  if (!spare_.empty()) {
    entries_.splice(entries_.end(), spare_, spare_.begin());
    return std::prev(entries_.end());
  }
  entries_.emplace_back();
  const auto entry = std::prev(entries_.end());
  entry->expiry =
      std::make_unique<io::Deadline>(worker_.deadlines(), [this, entry] { expire(entry); });
  return entry;
}

void Pool::expire(Entries::iterator entry) {
  if (!entry->resting && options_.keep > kUntilRest) {
    // Idle for a while, not yet for too long: without its buffers it costs little.
    entry->resting = true;
    entry->connection.client->rest();
    entry->expiry->set(options_.keep - kUntilRest);
    return;
  }
  const Connection kept = entry->connection;  // Until this callback has returned.
  erase(entry);
}

std::optional<Connection> Pool::take(const std::string& key) {
  while (true) {
    const auto found = index_.find(key);
    if (found == index_.end() || found->second.empty()) return std::nullopt;
    Connection connection = remove(found, std::prev(found->second.end()));
    const bool valid = connection.facts->valid_until > worker_.clock().now();
    if (!valid || !connection.client->still_quiet()) {
      connection.client->abort();
      continue;
    }
    worker_.metrics().add(Metric::origin_connections_reused_total);
    return connection;
  }
}

std::shared_ptr<const OriginFacts> Pool::peek(const std::string& key) {
  if (const auto many = shared(key)) return many->facts;
  while (true) {
    const auto found = index_.find(key);
    if (found == index_.end() || found->second.empty()) return nullptr;
    const auto entry = found->second.back();
    const auto& facts = entry->connection.facts;
    const bool valid = facts->valid_until > worker_.clock().now();
    if (valid && entry->connection.client->still_quiet()) return facts;
    entry->connection.client->abort();
    erase(entry);
  }
}

void Pool::put(const std::string& key, Connection connection) {
  CHECK(connection.client->reusable());
  if (connection.facts->trust != trust_) {
    connection.client->abort();
    return;
  }
  if (index_.size() > kMostKeys + 2 * entries_.size()) {
    std::erase_if(index_, [](const auto& one) { return one.second.empty(); });
  }
  auto& same = index_[key];
  if (same.size() >= options_.most_idle_per_key) erase(same.front());
  while (entries_.size() >= options_.most_idle) erase(entries_.begin());
  const auto entry = fresh_entry();
  entry->key = key;
  entry->connection = std::move(connection);
  entry->resting = false;
  entry->expiry->set(std::min(options_.keep, kUntilRest));
  same.push_back(entry);
  worker_.metrics().add(Metric::origin_connections_open);
}

void Pool::clear() {
  while (!entries_.empty()) erase(entries_.begin());
  for (auto at = shared_.begin(); at != shared_.end();) {
    at = at->second->connection.client->idle() ? retire(at) : std::next(at);
  }
}

void Pool::abort() {
  while (!entries_.empty()) erase(entries_.begin());
  for (auto at = shared_.begin(); at != shared_.end();) at = retire(at);
  // Also those that nobody gets any more and that end with what runs on them.
  for (const auto& one : started_) {
    if (const auto client = one.lock()) client->abort();
  }
}

void Pool::start(const std::shared_ptr<http2::Client>& client) {
  std::erase_if(started_, [](const auto& one) { return one.expired(); });
  started_.push_back(client);
  client->start(running_);
}

// Room for one more: the one that has been idle for longest goes.
void Pool::make_room() {
  if (shared_.size() + entries_.size() < options_.most_idle) return;
  auto oldest = shared_.end();
  for (auto at = shared_.begin(); at != shared_.end(); ++at) {
    if (!at->second->connection.client->idle()) continue;
    if (oldest == shared_.end() || at->second->idle_since < oldest->second->idle_since) oldest = at;
  }
  if (oldest != shared_.end()) {
    retire(oldest);
  } else if (!entries_.empty()) {
    erase(entries_.begin());
  }
}

Task<void> Pool::join() { co_await running_.join(); }

// --- HTTP/2 ---

std::optional<Pool::Shared> Pool::shared(const std::string& key) {
  const auto [begin, end] = shared_.equal_range(key);
  for (auto at = begin; at != end; ++at) {
    SharedEntry& entry = *at->second;
    if (!entry.connection.client->usable()) continue;
    if (entry.connection.facts->valid_until <= worker_.clock().now()) continue;
    entry.resting = false;  // Its expiry goes on: it ends nothing that is not idle.
    return entry.connection;
  }
  return std::nullopt;
}

void Pool::share(const std::string& key, Shared connection) {
  if (connection.facts->trust != trust_) {
    // Believed by a judge that is no longer asked: for what it was opened for, and nobody else.
    start(connection.client);
    connection.client->on_change([client = connection.client.get()] {
      if (client->idle() && !client->over()) client->retire();
    });
    return;
  }
  make_room();
  auto entry = std::make_unique<SharedEntry>();
  SharedEntry* raw = entry.get();
  entry->connection = connection;
  entry->expiry =
      std::make_unique<io::Deadline>(worker_.deadlines(), [this, key, raw] { expire(key, *raw); });
  shared_.emplace(key, std::move(entry));
  worker_.metrics().add(Metric::origin_connections_open);
  http2::Client* client = connection.client.get();
  client->on_change([this, key, client] { look_at(key, client); });
  start(connection.client);
  look_at(key, client);
}

Pool::SharedEntries::iterator Pool::retire(SharedEntries::iterator entry) {
  const auto client = entry->second->connection.client;
  client->on_change(nullptr);
  if (!client->over()) client->retire();
  worker_.metrics().add(Metric::origin_connections_open, -1);
  return shared_.erase(entry);
}

// Something happened to it: it is over, goes away, or has fallen idle.
void Pool::look_at(const std::string& key, http2::Client* client) {
  const auto [begin, end] = shared_.equal_range(key);
  for (auto at = begin; at != end; ++at) {
    SharedEntry& entry = *at->second;
    if (entry.connection.client.get() != client) continue;
    if (client->over() || client->goes_away()) {
      retire(at);
    } else if (client->idle()) {
      entry.idle_since = worker_.clock().steady();
      entry.expiry->set(std::min(options_.keep, kUntilRest));
    }
    return;
  }
}

void Pool::expire(const std::string& key, SharedEntry& entry) {
  http2::Client& client = *entry.connection.client;
  if (!client.idle()) return;
  if (!entry.resting && options_.keep > kUntilRest) {
    entry.resting = true;
    client.rest();
    entry.expiry->set(options_.keep - kUntilRest);
    return;
  }
  const auto [begin, end] = shared_.equal_range(key);
  for (auto at = begin; at != end; ++at) {
    if (at->second.get() != &entry) continue;
    const std::unique_ptr<SharedEntry> kept = std::move(at->second);  // Until this has returned.
    kept->connection.client->on_change(nullptr);
    kept->connection.client->retire();
    worker_.metrics().add(Metric::origin_connections_open, -1);
    shared_.erase(at);
    return;
  }
}

void Pool::demand_http1(const std::string& key) {
  if (demanding_.size() >= kMostDemanding) demanding_.clear();
  demanding_[key] = worker_.clock().steady() + kDemand;
}

bool Pool::demands_http1(const std::string& key) const {
  const auto found = demanding_.find(key);
  return found != demanding_.end() && found->second > worker_.clock().steady();
}

Task<bool> Pool::wait_for_opening(const std::string& key, io::Nursery& scope) {
  const auto found = opening_.find(key);
  if (found == opening_.end()) co_return false;
  io::Signal done;
  found->second.push_back(&done);
  const io::Nursery::OnCancel on_cancel(scope, [&done] { done.notify(); });
  co_await done.wait();
  const auto again = opening_.find(key);
  if (again != opening_.end()) std::erase(again->second, &done);
  co_return true;
}

Pool::Opening::Opening(Pool& pool, const std::string& key) : pool_(pool), key_(key) {
  pool_.opening_.emplace(key_, std::vector<io::Signal*>());
}

Pool::Opening::~Opening() {
  const auto found = pool_.opening_.find(key_);
  if (found == pool_.opening_.end()) return;
  const auto waiting = std::move(found->second);
  pool_.opening_.erase(found);
  for (io::Signal* one : waiting) one->notify();
}

void Pool::believe(std::uint32_t trust) {
  trust_ = trust;
  clear();
  // What runs on them was begun under the old judge and ends so; nothing new begins.
  for (auto at = shared_.begin(); at != shared_.end();) at = retire(at);
}

}  // namespace sallyport::origin
