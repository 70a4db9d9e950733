#include "proxy/origin/pool.h"

#include <algorithm>

#include "base/core/check.h"

namespace sallyport::origin {

namespace {
constexpr std::chrono::milliseconds kUntilRest{5'000};
}

Pool::Pool(io::Worker& worker, Options options) : worker_(worker), options_(options) {}

Pool::~Pool() { clear(); }

void Pool::erase(Entries::iterator entry) {
  const auto found = index_.find(entry->key);
  CHECK(found != index_.end());
  std::erase(found->second, entry);
  if (found->second.empty()) index_.erase(found);
  worker_.metrics().add(Metric::origin_connections_open, -1);
  entries_.erase(entry);
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
    if (found == index_.end()) return std::nullopt;
    const auto entry = found->second.back();
    Connection connection = entry->connection;
    erase(entry);
    const auto& certificate = connection.facts->certificate;
    const bool valid = certificate.empty() || certificate.not_after() > worker_.clock().now();
    if (!valid || !connection.client->still_quiet()) {
      connection.client->abort();
      continue;
    }
    worker_.metrics().add(Metric::origin_connections_reused_total);
    return connection;
  }
}

std::shared_ptr<const OriginFacts> Pool::peek(const std::string& key) {
  while (true) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    const auto entry = found->second.back();
    const auto& facts = entry->connection.facts;
    const bool valid =
        facts->certificate.empty() || facts->certificate.not_after() > worker_.clock().now();
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
  auto& same = index_[key];
  if (same.size() >= options_.most_idle_per_key) erase(same.front());
  while (entries_.size() >= options_.most_idle) erase(entries_.begin());
  entries_.push_back(Entry{key, std::move(connection), nullptr});
  const auto entry = std::prev(entries_.end());
  entry->expiry =
      std::make_unique<io::Deadline>(worker_.deadlines(), [this, entry] { expire(entry); });
  entry->expiry->set(std::min(options_.keep, kUntilRest));
  index_[key].push_back(entry);
  worker_.metrics().add(Metric::origin_connections_open);
}

void Pool::clear() {
  while (!entries_.empty()) erase(entries_.begin());
}

void Pool::believe(std::uint32_t trust) {
  trust_ = trust;
  clear();
}

}  // namespace sallyport::origin
