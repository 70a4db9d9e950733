#include "discovery/users/credential_cache.h"

#include <cstring>
#include <string>

#include "base/crypto/hmac.h"
#include "base/crypto/random.h"
#include "base/crypto/secret.h"

namespace sallyport::discovery {
namespace {

// Lengths in front of the texts, so that no two different triples read as the same bytes.
void append_sized(std::string& out, std::string_view text) {
  std::uint64_t size = text.size();
  for (int i = 0; i < 8; ++i, size >>= 8) out.push_back(static_cast<char>(size & 0xff));
  out.append(text);
}

}  // namespace

CredentialCache::Key CredentialCache::make_key() {
  Key key;
  random_bytes(key);
  return key;
}

CredentialCache::CredentialCache(const Key& key) : CredentialCache(key, Options()) {}

CredentialCache::CredentialCache(const Key& key, const Options& options)
    : key_(key), options_(options) {}

CredentialCache::~CredentialCache() { secure_wipe(key_.data(), key_.size()); }

std::optional<bool> CredentialCache::find(std::string_view user, std::string_view password,
                                          std::string_view version, Moment now) {
  const Digest wanted = digest(user, password, version);
  if (right_.has(wanted, now)) return true;
  if (wrong_.has(wanted, now)) return false;
  return std::nullopt;
}

std::uint64_t CredentialCache::remember(std::string_view user, std::string_view password,
                                        std::string_view version, bool right, Moment now) {
  Entries& entries = right ? right_ : wrong_;
  const Digest made = digest(user, password, version);
  entries.drop_expired(now);
  entries.add(made, now + (right ? options_.right_for : options_.wrong_for), options_.most);
  std::uint64_t begin;
  std::memcpy(&begin, made.data(), sizeof begin);
  return begin;
}

void CredentialCache::clear() {
  right_ = {};
  wrong_ = {};
}

CredentialCache::Digest CredentialCache::digest(std::string_view user, std::string_view password,
                                                std::string_view version) const {
  std::string bytes;
  bytes.reserve(user.size() + password.size() + version.size() + 24);
  append_sized(bytes, user);
  append_sized(bytes, password);
  append_sized(bytes, version);
  const Digest made = hmac_sha256(key_, bytes);
  secure_wipe(bytes);
  return made;
}

std::size_t CredentialCache::DigestHash::operator()(const Digest& digest) const {
  std::size_t hash;  // An HMAC is as good a hash as any; its first bytes do.
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

bool CredentialCache::Entries::has(const Digest& digest, Moment now) const {
  const auto found = until.find(digest);
  return found != until.end() && now < found->second;
}

void CredentialCache::Entries::drop_expired(Moment now) {
  while (!order.empty()) {
    const auto oldest = until.find(order.front());
    if (now < oldest->second) return;
    until.erase(oldest);
    order.pop_front();
  }
}

void CredentialCache::Entries::add(const Digest& digest, Moment until_when, std::size_t most) {
  // One that lives is left as it is: nothing is believed for longer than from its own check.
  if (most == 0 || !until.emplace(digest, until_when).second) return;
  order.push_back(digest);
  if (order.size() <= most) return;
  until.erase(order.front());
  order.pop_front();
}

}  // namespace sallyport::discovery
