#include "proxy/session/sessions.h"

#include <algorithm>
#include <functional>

namespace sallyport::session {
namespace {

std::string key_of(const policy::Activity& activity) {
  std::string key = activity.user.value_or("");
  key += '\0';
  if (activity.app) {
    key += activity.app->id;
  } else {
    key += '.';
    key += activity.domain.empty() ? activity.host : activity.domain;
  }
  key += '\0';
  key += activity.client.address.to_string();
  return key;
}

}  // namespace

policy::SessionFacts Sessions::One::facts(Time now) const {
  policy::SessionFacts facts;
  facts.uploaded = uploaded_.load(std::memory_order_relaxed);
  facts.downloaded = downloaded_.load(std::memory_order_relaxed);
  facts.requests = requests_.load(std::memory_order_relaxed);
  const auto age = std::chrono::floor<std::chrono::minutes>(now - began_).count();
  facts.minutes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, age));
  return facts;
}

std::shared_ptr<Sessions::One> Sessions::of(const policy::Activity& activity, Time now) {
  std::string key = key_of(activity);
  Shard& shard = shards_[std::hash<std::string>()(key) % kShards];
  const std::lock_guard held(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found != shard.by_key.end()) {
    shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
    std::shared_ptr<One>& session = found->second->session;
    if (now - session->last_ > kRest) {
      session = std::make_shared<One>();
      session->began_ = now;
    }
    session->last_ = std::max(session->last_, now);
    return session;
  }
  if (shard.by_use.size() >= std::max<std::size_t>(1, most_of_shard_)) {
    shard.by_key.erase(shard.by_use.back().key);
    shard.by_use.pop_back();
  }
  auto session = std::make_shared<One>();
  session->began_ = session->last_ = now;
  shard.by_use.push_front({std::move(key), session});
  shard.by_key.emplace(shard.by_use.front().key, shard.by_use.begin());
  return session;
}

std::size_t Sessions::size() const {
  std::size_t sum = 0;
  for (Shard& shard : shards_) {
    const std::lock_guard held(shard.mutex);
    sum += shard.by_use.size();
  }
  return sum;
}

}  // namespace sallyport::session
