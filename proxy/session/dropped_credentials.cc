#include "proxy/session/dropped_credentials.h"

#include <algorithm>
#include <unordered_set>

#include "base/core/text.h"
#include "base/crypto/random.h"
#include "proxy/portal/refusal.h"

namespace sallyport::session {
namespace {

constexpr std::size_t kMostCleared = 50;  // cookies that a reply throws away by name
constexpr std::size_t kMostFresh = 64;
// Not X-Api-Key: that is one for all who load a page, more often than not.
constexpr std::string_view kTokenFields[] = {"X-Auth-Token", "X-Access-Token", "Private-Token",
                                             "X-Authorization", "X-Session-Token"};

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

std::string_view unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

// The same for all that servers take for the same: with and without quotes and escapes.
std::string normal(std::string_view value) {
  std::string decoded;
  for (value = unquoted(value); !value.empty();) {
    const bool escape =
        value.front() == '%' && value.size() > 2 && is_hex(value[1]) && is_hex(value[2]);
    decoded +=
        escape ? static_cast<char>(hex_value(value[1]) * 16 + hex_value(value[2])) : value.front();
    value.remove_prefix(escape ? 3 : 1);
  }
  return decoded;
}

// Calls `each` for the name and value of one cookie as it is sent; those who split at ',' too
// (RFC 2965) get several.
template <class Each>
void each_value(std::string_view cookie, const Each& each) {
  const auto value = [&](std::string_view pair) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return each(std::string_view(), normal(pair));
    each(trim(pair.substr(0, equals)), normal(pair.substr(equals + 1)));
  };
  value(cookie);
  if (cookie.find(',') == std::string_view::npos) return;
  for (const std::string_view pair : split(cookie, ',')) value(pair);
}

// The token of an Authorization field; "" of a password, which said anew is no old session. The
// scheme's case means nothing (RFC 9110 section 11.1).
std::string token_of(std::string_view authorization) {
  authorization = trim(authorization);
  const std::size_t blank = authorization.find(' ');
  const std::string_view scheme = authorization.substr(0, blank);
  for (const std::string_view password : {"Basic", "Digest", "Negotiate", "NTLM", "Kerberos"}) {
    if (iequals(scheme, password)) return "";
  }
  return normal(blank == std::string_view::npos ? authorization : authorization.substr(blank + 1));
}

bool is_token_field(std::string_view name) {
  return std::ranges::any_of(kTokenFields, [&](auto known) { return iequals(name, known); });
}

bool is_token(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_alpha(c) || is_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// Names under which sessions stand in addresses: jsessionid, PHPSESSID, sid, access_token, ...
// Elsewhere a value that is the same text as a cookie's is a name or a place that is looked for.
bool is_of_session(std::string_view name) {
  const std::string small = lower(trim(name));
  for (const std::string_view part : {"sess", "token", "auth", "ticket"}) {
    if (small.find(part) != std::string::npos) return true;
  }
  return small == "sid" || small.ends_with("_sid") || small.ends_with(".sid");
}

// Calls `each` for such values in the query, and in parameters of the path ("/a;jsessionid=1").
template <class Each>
void each_in_target(std::string_view path, std::string_view query, const Each& each) {
  const auto pairs = [&](std::string_view text, char by) {
    for (const std::string_view pair : split(text, by)) {
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos || !is_of_session(pair.substr(0, equals))) continue;
      each(normal(pair.substr(equals + 1)));
    }
  };
  pairs(query, '&');
  for (std::string_view segment : split(path, '/')) {
    const std::size_t semicolon = segment.find(';');
    if (semicolon != std::string_view::npos) pairs(segment.substr(semicolon + 1), ';');
  }
}

// The latest stay where there are too many.
template <class One>
void put(std::vector<One>& into, const One& one, std::size_t most) {
  if (into.size() >= most) into.erase(into.begin());
  into.push_back(one);
}

bool has(const std::vector<std::uint64_t>& sorted, std::uint64_t one) {
  return std::ranges::binary_search(sorted, one);
}

std::string joined(const std::string& who, const std::string& domain) {
  return who + '\0' + domain;
}

}  // namespace

std::size_t DroppedCredentials::Hash::operator()(std::string_view text) const {
  return siphash(key, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

DroppedCredentials::DroppedCredentials(std::size_t most)
    : most_(std::max<std::size_t>(1, most)),
      key_([] {
        SipKey key;
        random_bytes(key);
        return key;
      }()),
      by_whose_(16, Hash{key_}),
      of_who_(16, Hash{key_}) {}

std::uint64_t DroppedCredentials::digest(std::string_view value) const {
  return siphash(key_, {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
}

std::vector<DroppedCredentials::Shown> DroppedCredentials::shown_in(const http::Headers& fields,
                                                                    bool cookies_alone) const {
  std::vector<Shown> shown;
  std::unordered_set<std::uint64_t> seen;
  const auto take = [&](std::string_view name, const std::string& value) {
    if (value.size() < kShortest) return;
    const Shown one{digest(value), digest(name)};
    if (seen.insert(one.value ^ (one.name * 3)).second) shown.push_back(one);
  };
  each_cookie(fields, [&](std::string_view cookie) { each_value(cookie, take); });
  if (!cookies_alone) {
    for (const auto field : fields) {
      if (iequals(field.name, "Authorization")) take("", token_of(field.value));
      if (is_token_field(field.name)) take("", normal(field.value));
    }
  }
  if (shown.size() > kMostOfOne) shown.erase(shown.begin(), shown.end() - kMostOfOne);
  return shown;
}

void DroppedCredentials::erase(Entries::iterator entry) {
  by_whose_.erase(entry->whose);
  const auto whose = of_who_.find(entry->who);
  if (whose != of_who_.end() && --whose->second == 0) of_who_.erase(whose);
  by_age_.erase(entry);
  count_.store(by_age_.size(), std::memory_order_relaxed);
}

void DroppedCredentials::make_room(const std::string& who) {
  const auto own = of_who_.find(who);
  if (own != of_who_.end() && own->second >= kMostDomains) {
    const auto oldest = std::find_if(by_age_.rbegin(), by_age_.rend(),
                                     [&](const Entry& entry) { return entry.who == who; });
    if (oldest != by_age_.rend()) erase(std::prev(oldest.base()));
  }
  if (by_age_.size() >= most_) erase(std::prev(by_age_.end()));
}

void DroppedCredentials::add(const std::string& who, const std::string& domain,
                             const http::Headers& fields, Time now, Time until) {
  const std::vector<Shown> shown = shown_in(fields, false);
  const std::string whose = joined(who, domain);
  const std::lock_guard held(mutex_);
  auto found = by_whose_.find(whose);
  if (found == by_whose_.end()) {
    make_room(who);
    by_age_.push_front({who, whose, {}, {}, shown.empty(), now, until});
    found = by_whose_.emplace(by_age_.front().whose, by_age_.begin()).first;
    ++of_who_[who];
    count_.store(by_age_.size(), std::memory_order_relaxed);
  } else {
    by_age_.splice(by_age_.begin(), by_age_, found->second);
  }
  Entry& entry = *found->second;
  entry.since = std::max(entry.since, now);
  entry.until = std::max(entry.until, until);
  if (!shown.empty()) entry.pending = false;
  drop(entry, shown);
}

void DroppedCredentials::drop(Entry& entry, const std::vector<Shown>& shown) {
  std::unordered_set<std::uint64_t> known;
  for (const Shown& one : entry.dropped) known.insert(one.value);
  for (const Shown& one : shown) {
    // What was set since then and is shown again has ended with the rest.
    std::erase(entry.fresh, one.value);
    if (known.insert(one.value).second) put(entry.dropped, one, kMostOfOne);
  }
}

DroppedCredentials::Found DroppedCredentials::strip(const std::string& who,
                                                    const std::string& domain,
                                                    http::RequestHead& request, Time now,
                                                    bool answered) {
  Digests dropped;
  Digests fresh;
  {
    const std::lock_guard held(mutex_);
    const auto found = by_whose_.find(joined(who, domain));
    if (found == by_whose_.end()) return Found::nothing;
    Entry& entry = *found->second;
    if (entry.until <= now) {
      erase(found->second);
      return Found::nothing;
    }
    if (entry.pending && answered) {
      std::vector<Shown> shown = shown_in(request.headers, true);
      entry.pending = shown.empty();
      std::erase_if(shown, [&](const Shown& one) {
        return std::ranges::find(entry.fresh, one.value) != entry.fresh.end();
      });
      drop(entry, shown);
    }
    if (entry.dropped.empty()) return Found::nothing;
    for (const Shown& one : entry.dropped) dropped.push_back(one.value);
    fresh = entry.fresh;
  }
  std::ranges::sort(dropped);
  std::ranges::sort(fresh);
  bool any = false;
  bool is_new = false;
  const auto is_dropped = [&](const std::string& value) {
    if (value.size() < kShortest) return false;
    const std::uint64_t one = digest(value);
    is_new = is_new || has(fresh, one);
    const bool was = has(dropped, one);
    any = any || was;
    return was;
  };
  each_in_target(request.path_only(), request.query(), is_dropped);
  if (any) return Found::in_target;
  is_new = false;
  http::Headers& fields = request.headers;
  std::string kept;
  each_cookie(fields, [&](std::string_view cookie) {
    bool gone = false;
    each_value(cookie, [&](std::string_view, const std::string& value) {
      gone = is_dropped(value) || gone;
    });
    if (!gone) kept.append(kept.empty() ? "" : "; ").append(cookie);
  });
  if (any) {
    fields.remove("Cookie");
    fields.remove("Cookie2");
    // No longer than what was there.
    if (!kept.empty()) static_cast<void>(fields.add("Cookie", kept));
  }
  if (is_new) return any ? Found::in_fields : Found::nothing;
  fields.remove_if([&](const http::Headers::Field& field) {
    if (iequals(field.name, "Authorization")) return is_dropped(token_of(field.value));
    return is_token_field(field.name) && is_dropped(normal(field.value));
  });
  return any ? Found::in_fields : Found::nothing;
}

void DroppedCredentials::renew(const std::string& who, const std::string& domain,
                               const http::Headers& reply, Time asked) {
  std::vector<Shown> set;
  for (const auto field : reply) {
    if (!iequals(field.name, "Set-Cookie")) continue;
    const std::string_view pair = field.value.substr(0, field.value.find(';'));
    each_value(pair, [&](std::string_view name, const std::string& value) {
      if (value.size() >= kShortest) put(set, {digest(value), digest(name)}, kMostFresh);
    });
  }
  if (set.empty()) return;
  const std::lock_guard held(mutex_);
  const auto found = by_whose_.find(joined(who, domain));
  if (found == by_whose_.end()) return;
  Entry& entry = *found->second;
  if (asked <= entry.since) return;
  for (const Shown& one : set) {
    // Of the same name alone: a page that sets what it was told would bring back anything.
    std::erase_if(entry.dropped,
                  [&](const Shown& old) { return old.value == one.value && old.name == one.name; });
    const bool was = std::ranges::any_of(entry.dropped,
                                         [&](const Shown& old) { return old.value == one.value; });
    if (was) continue;
    std::erase(entry.fresh, one.value);
    put(entry.fresh, one.value, kMostFresh);
  }
}

void clear_session(const http::RequestHead& asked, std::string_view domain, http::Headers& reply) {
  const auto destination = asked.headers.find("Sec-Fetch-Dest");
  const bool may_be_passed_on = destination && *destination != "document";
  static_cast<void>(reply.add("Clear-Site-Data", may_be_passed_on
                                                     ? "\"cookies\", \"cache\""
                                                     : "\"cookies\", \"storage\", \"cache\""));
  // Programs have no use of the rest, and some take no head of a hundred fields.
  if (!asked.headers.has("Sec-Fetch-Mode") && !portal::navigates(asked)) return;
  std::size_t count = 0;
  each_cookie(asked.headers, [&](std::string_view cookie) {
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
