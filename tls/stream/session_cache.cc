#include "tls/stream/session_cache.h"

#include <openssl/ssl.h>

#include "base/core/check.h"

namespace sallyport::tls {

namespace {

constexpr std::size_t kMostPerKey = 4;

struct Bound {
  std::shared_ptr<SessionCache> cache;
  std::string key;
  std::vector<std::byte> staple;  // of the session that is being resumed
};

void free_bound(void*, void* data, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<Bound*>(data);
}

int bound_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_bound);
  return index;
}

// 1 takes the reference that is handed over.
int keep(SSL* ssl, SSL_SESSION* session) {
  auto* bound = static_cast<Bound*>(SSL_get_ex_data(ssl, bound_index()));
  if (bound == nullptr || SSL_SESSION_is_resumable(session) == 0) return 0;
  SessionCache::Entry entry{SslSessionPtr(session), bound->staple};
  const unsigned char* fresh = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &fresh);
  if (size > 0 && fresh != nullptr && size <= 64 * 1024) {
    const auto* begin = reinterpret_cast<const std::byte*>(fresh);
    entry.staple.assign(begin, begin + size);
  }
  bound->cache->put(bound->key, std::move(entry));
  return 1;
}

}  // namespace

SessionCache::Entry SessionCache::take(const std::string& key) {
  const auto [begin, end] = index_.equal_range(key);
  if (begin == end) return {};
  auto newest = begin;
  for (auto at = begin; at != end; ++at) newest = at;
  Entry entry = std::move(newest->second->entry);
  order_.erase(newest->second);
  index_.erase(newest);
  return entry;
}

void SessionCache::put(const std::string& key, Entry entry) {
  if (index_.count(key) >= kMostPerKey) take(key);
  if (order_.size() >= most_) {
    const auto oldest = order_.begin();
    const auto [begin, end] = index_.equal_range(oldest->key);
    for (auto at = begin; at != end; ++at) {
      if (at->second != oldest) continue;
      index_.erase(at);
      break;
    }
    order_.erase(oldest);
  }
  order_.push_back({key, std::move(entry)});
  index_.emplace(key, std::prev(order_.end()));
}

void SessionCache::clear() {
  index_.clear();
  order_.clear();
}

void SessionCache::serve(ssl_st* ssl, const std::string& key) {
  auto bound = std::make_unique<Bound>(Bound{shared_from_this(), key, {}});
  Entry entry = take(key);
  if (entry.session != nullptr && SSL_set_session(ssl, entry.session.get()) == 1) {
    bound->staple = std::move(entry.staple);
  }
  CHECK(SSL_set_ex_data(ssl, bound_index(), bound.release()) == 1);
}

const std::vector<std::byte>* SessionCache::remembered_staple(ssl_st* ssl) {
  if (SSL_session_reused(ssl) == 0) return nullptr;
  const auto* bound = static_cast<const Bound*>(SSL_get_ex_data(ssl, bound_index()));
  return bound != nullptr ? &bound->staple : nullptr;
}

void SessionCache::enable(ssl_ctx_st* context) {
  SSL_CTX_set_session_cache_mode(context,
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(context, keep);
}

}  // namespace sallyport::tls
