#include "discovery/agent/agent_cache.h"

#include "base/core/check.h"

namespace sallyport::discovery {
namespace {

// Field values hold no CR, LF or NUL (base/http/headers.h), so that '\n' keeps them apart.
void write_key(const AgentClaims& all, std::string& key) {
  const AgentClaims claims = within_limits(all);
  key.assign(claims.user_agent);
  for (const std::string_view hint : {claims.brands, claims.full_versions, claims.mobile,
                                      claims.platform, claims.platform_version, claims.model}) {
    key += '\n';
    key += hint;
  }
}

}  // namespace

AgentCache::AgentCache(std::size_t capacity) : capacity_(capacity) { CHECK(capacity > 0); }

const policy::AgentFacts* AgentCache::find(const std::shared_ptr<const Agents>& agents,
                                           const AgentClaims& claims, Time now) {
  if (agents == nullptr || !agents->usable() || claims.user_agent.empty()) return nullptr;
  const auto day = std::chrono::floor<std::chrono::days>(now);
  if (agents != agents_ || day != day_) {
    index_.clear();
    entries_.clear();
    agents_ = agents;
    day_ = day;
  }
  write_key(claims, key_);
  if (const auto known = index_.find(key_); known != index_.end()) {
    ++stats_.hits;
    entries_.splice(entries_.begin(), entries_, known->second);
    return &entries_.front().facts;
  }
  ++stats_.misses;
  auto facts = agents->classify(claims, now);
  if (!facts) return nullptr;
  if (entries_.size() == capacity_) {
    index_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({key_, std::move(*facts)});
  index_.emplace(entries_.front().key, entries_.begin());
  return &entries_.front().facts;
}

}  // namespace sallyport::discovery
