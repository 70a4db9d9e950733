#include "proxy/session/dropped_credentials.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/crypto/random.h"

namespace sallyport::session {
namespace {

constexpr std::size_t kMostCleared = 50;  // cookies that a reply throws away by name

// Calls `each` for every "name=value" of the Cookie fields (RFC 6265 section 4.2.1).
template <class Each>
void each_cookie(const http::Headers& fields, const Each& each) {
  for (const auto field : fields) {
    if (!iequals(field.name, "Cookie")) continue;
    for (const std::string_view part : split(field.value, ';')) {
      const std::string_view cookie = trim(part);
      if (!cookie.empty()) each(cookie);
    }
  }
}

// A token that says who somebody is; a password said anew is no old session.
bool is_bearer(std::string_view authorization) { return istarts_with(authorization, "bearer "); }

bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

}  // namespace

DroppedCredentials::DroppedCredentials(std::size_t most) : most_(std::max<std::size_t>(1, most)) {
  random_bytes(key_);
}

std::uint64_t DroppedCredentials::digest(std::string_view credential) const {
  return siphash(key_,
                 {reinterpret_cast<const std::uint8_t*>(credential.data()), credential.size()});
}

void DroppedCredentials::add(const std::string& whose, const http::Headers& shown, Time until) {
  std::vector<std::uint64_t> digests;
  each_cookie(shown, [&](std::string_view cookie) { digests.push_back(digest(cookie)); });
  for (const auto field : shown) {
    if (iequals(field.name, "Authorization") && is_bearer(field.value)) {
      digests.push_back(digest(trim(field.value)));
    }
  }
  if (digests.empty()) return;
  const std::lock_guard held(mutex_);
  auto found = by_whose_.find(whose);
  if (found == by_whose_.end()) {
    if (by_age_.size() >= most_) {
      by_whose_.erase(by_age_.back().whose);
      by_age_.pop_back();
    }
    by_age_.push_front({whose, {}, until});
    found = by_whose_.emplace(by_age_.front().whose, by_age_.begin()).first;
    count_.store(by_age_.size(), std::memory_order_relaxed);
  } else {
    by_age_.splice(by_age_.begin(), by_age_, found->second);
  }
  Entry& entry = *found->second;
  entry.until = std::max(entry.until, until);
  for (const std::uint64_t one : digests) {
    if (entry.digests.size() < kMostOfOne) entry.digests.insert(one);
  }
}

bool DroppedCredentials::strip(const std::string& whose, http::Headers& fields, Time now) {
  std::unordered_set<std::uint64_t> dropped;
  {
    const std::lock_guard held(mutex_);
    const auto found = by_whose_.find(whose);
    if (found == by_whose_.end()) return false;
    if (found->second->until <= now) {
      const auto entry = found->second;
      by_whose_.erase(found);
      by_age_.erase(entry);
      count_.store(by_age_.size(), std::memory_order_relaxed);
      return false;
    }
    dropped = found->second->digests;
  }
  bool any = false;
  std::string kept;
  each_cookie(fields, [&](std::string_view cookie) {
    if (dropped.contains(digest(cookie))) {
      any = true;
    } else {
      kept.append(kept.empty() ? "" : "; ").append(cookie);
    }
  });
  if (any) {
    fields.remove("Cookie");
    // No longer than what was there.
    if (!kept.empty()) static_cast<void>(fields.add("Cookie", kept));
  }
  const std::size_t before = fields.size();
  fields.remove_if([&](const http::Headers::Field& field) {
    return iequals(field.name, "Authorization") && is_bearer(field.value) &&
           dropped.contains(digest(trim(field.value)));
  });
  return any || fields.size() != before;
}

void clear_session(const http::Headers& shown, std::string_view domain, http::Headers& reply) {
  static_cast<void>(reply.add("Clear-Site-Data", "\"cookies\", \"storage\", \"cache\""));
  std::size_t count = 0;
  each_cookie(shown, [&](std::string_view cookie) {
    const std::string name(trim(cookie.substr(0, cookie.find('='))));
    if (++count > kMostCleared || !is_token(name)) return;
    // Those of the host alone, and those of the whole domain; a cookie is told by both.
    const std::string out = name + "=; Path=/; Max-Age=0; Secure; HttpOnly";
    static_cast<void>(reply.add("Set-Cookie", out));
    if (!domain.empty() && !name.starts_with("__Host-")) {
      static_cast<void>(reply.add("Set-Cookie", out + "; Domain=" + std::string(domain)));
    }
  });
}

}  // namespace sallyport::session
