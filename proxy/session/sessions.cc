#include "proxy/session/sessions.h"

#include <algorithm>
#include <iterator>

#include "base/crypto/random.h"
#include "proxy/portal/ticket.h"

namespace sallyport::session {
namespace {

constexpr std::string_view kOthers = "/";  // the app of all sessions that have no room: no app's id
constexpr std::chrono::seconds kBetweenSweeps{10};

std::string client_of(const policy::Activity& activity) {
  return activity.user.value_or("") + '\0' + portal::client_class(activity.client.address);
}

std::string app_of(const policy::Activity& activity) {
  if (activity.app) return activity.app->id;
  return '.' + (activity.domain.empty() ? activity.host : activity.domain);
}

}  // namespace

Sessions::Sessions(std::size_t most) : most_of_shard_(std::max<std::size_t>(1, most / kShards)) {
  random_bytes(key_);
}

policy::SessionFacts Sessions::One::facts(Time now) const {
  policy::SessionFacts facts;
  facts.uploaded = uploaded_.load(std::memory_order_relaxed);
  facts.downloaded = downloaded_.load(std::memory_order_relaxed);
  facts.requests = requests_.load(std::memory_order_relaxed);
  const auto age = std::chrono::floor<std::chrono::minutes>(now - began_).count();
  facts.minutes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, age));
  return facts;
}

std::shared_ptr<Sessions::One> Sessions::go_on(std::shared_ptr<One>& session, Time now) {
  if (session == nullptr || now - session->last_ > kRest) {
    session = std::make_shared<One>();
    session->began_ = now;
  }
  session->last_ = std::max(session->last_, now);
  return session;
}

void Sessions::drop_rested(Book& book, Time now) {
  std::erase_if(book, [&](const auto& one) { return now - one.second->last_ > kRest; });
}

void Sessions::sweep(Shard& shard, Time now) {
  if (now - shard.swept < kBetweenSweeps) return;
  shard.swept = now;
  shard.sessions = 0;
  for (auto one = shard.of_client.begin(); one != shard.of_client.end();) {
    drop_rested(one->second, now);
    shard.sessions += one->second.size();
    one = one->second.empty() ? shard.of_client.erase(one) : std::next(one);
  }
}

std::shared_ptr<Sessions::One> Sessions::of(const policy::Activity& activity, Time now) {
  std::string client = client_of(activity);
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(client.data()),
                                            client.size());
  Shard& shard = shards_[siphash(key_, bytes) % kShards];
  const std::lock_guard held(shard.mutex);
  if (shard.sessions >= most_of_shard_) sweep(shard, now);
  auto found = shard.of_client.find(client);
  const bool full = shard.sessions >= most_of_shard_;
  if (found == shard.of_client.end()) {
    if (full) client = kOthers;
    found = shard.of_client.try_emplace(std::move(client)).first;
  }
  Book& book = found->second;
  std::string app = app_of(activity);
  if (const auto known = book.find(app); known != book.end()) return go_on(known->second, now);
  if (full || book.size() >= kMostOfOne) {
    if (const std::size_t before = book.size(); before >= kMostOfOne) {
      drop_rested(book, now);
      shard.sessions -= before - book.size();
    }
    if (full || book.size() >= kMostOfOne) app = kOthers;
  }
  std::shared_ptr<One>& session = book[app];
  if (session == nullptr) ++shard.sessions;
  return go_on(session, now);
}

std::size_t Sessions::size() const {
  std::size_t sum = 0;
  for (Shard& shard : shards_) {
    const std::lock_guard held(shard.mutex);
    for (const auto& [client, book] : shard.of_client) sum += book.size();
  }
  return sum;
}

}  // namespace sallyport::session
