#include "discovery/store/event_filter.h"

#include <algorithm>
#include <array>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kBitsPerKey = 10;
constexpr unsigned kProbes = 7;

enum class Thing : unsigned char {
  user = 'u',
  client = 'c',  // a prefix of it: family, length, bytes
  host = 'h',
  suffix = 's',  // the host, and what stands behind each of its dots
  app = 'a',
  policy = 'p',
  action = 'x',
  type = 't',
  ending = 'e',
  kind = 'k',
};

// A finalizer of splitmix64.
constexpr std::uint64_t mix(std::uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
  value = (value ^ value >> 27) * 0x94d049bb133111ebu;
  return value ^ value >> 31;
}

FilterKey key_of(Thing thing, std::string_view text) {
  std::uint64_t hash = mix(static_cast<std::uint64_t>(thing) + 0x9e3779b97f4a7c15u);
  std::uint64_t word = 0;
  unsigned shift = 0;
  for (const char c : text) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(to_lower(c))) << shift;
    shift += 8;
    if (shift == 64) {
      hash = mix(hash ^ word);
      word = 0;
      shift = 0;
    }
  }
  return mix(hash ^ word ^ text.size() << 56);
}

template <class Word>
FilterKey word_key(Thing thing, Word word) {
  const char byte = static_cast<char>(word);
  return key_of(thing, {&byte, 1});
}

// Where the bits of each kind of words begin in FilterBuilder::words_.
constexpr unsigned kKindBits = 0;
constexpr unsigned kEndingBits = 8;
constexpr unsigned kActionBits = 16;
constexpr unsigned kTypeBits = 24;
constexpr unsigned kWordBits = 64;
static_assert(static_cast<unsigned>(policy::ActivityType::admin) < kWordBits - kTypeBits);

FilterKey key_of_bit(unsigned bit) {
  if (bit >= kTypeBits) return word_key(Thing::type, bit - kTypeBits);
  if (bit >= kActionBits) return word_key(Thing::action, bit - kActionBits);
  if (bit >= kEndingBits) return word_key(Thing::ending, bit - kEndingBits);
  return word_key(Thing::kind, bit - kKindBits);
}

// Lengths of prefixes that are kept; a question for another asks for the next shorter one. The
// families are kept apart by the one byte in front.
constexpr std::array<int, 4> kLengthsV4{8, 16, 24, 32};
constexpr std::array<int, 4> kLengthsV6{32, 48, 64, 128};

FilterKey prefix_key(const IpAddress& address, int length) {
  // The bytes of an address may have capitals' values, which key_of() would fold: as hex.
  const IpAddress masked = IpPrefix{address, length}.masked().address;
  std::string text = (address.is_v4() ? "4/" : "6/") + std::to_string(length) + "/";
  text += to_hex(masked.bytes().data(), address.is_v4() ? 4 : 16);
  return key_of(Thing::client, text);
}

const std::array<int, 4>& lengths(const IpAddress& address) {
  return address.is_v4() ? kLengthsV4 : kLengthsV6;
}

// Of the probe of so many bits.
struct Bit {
  std::size_t byte;
  unsigned char mask;
};

Bit bit_of(FilterKey key, unsigned probe, std::size_t bits) {
  const std::uint64_t at = ((key & 0xffffffff) + probe * (key >> 32 | 1)) % bits;
  return {static_cast<std::size_t>(at / 8), static_cast<unsigned char>(1u << at % 8)};
}

bool may_hold(std::string_view filter, FilterKey key) {
  for (unsigned probe = 0; probe < kProbes; ++probe) {
    const Bit bit = bit_of(key, probe, filter.size() * 8);
    if ((static_cast<unsigned char>(filter[bit.byte]) & bit.mask) == 0) return false;
  }
  return true;
}

std::string_view user_of(const Event& event) {
  return event.activity.user ? std::string_view(*event.activity.user) : std::string_view();
}

bool host_matches(std::string_view asked, std::string_view host) {
  if (!asked.starts_with("*.")) return iequals(asked, host);
  const std::string_view name = asked.substr(2);
  if (host.size() <= name.size()) return iequals(name, host);
  return host[host.size() - name.size() - 1] == '.' &&
         iequals(name, host.substr(host.size() - name.size()));
}

template <class Holds>
bool any_activity(const Event& event, const Holds& holds) {
  return std::any_of(event.activities.begin(), event.activities.end(), holds);
}

}  // namespace

FilterKey user_key(std::string_view user) { return key_of(Thing::user, user); }

// Words are few and in every event: their keys are made once a block.
template <class Word>
void FilterBuilder::add_word(unsigned first_bit, Word word) {
  words_ |= std::uint64_t{1} << (first_bit + static_cast<unsigned>(word));
}

void FilterBuilder::add_outcome(policy::Action action, const std::string& policy) {
  add_word(kActionBits, action);
  if (policy.empty() || policy == policy_) return;
  add(key_of(Thing::policy, policy_ = policy));
}

void FilterBuilder::add_client(const IpAddress& client) {
  for (const int length : lengths(client)) add(prefix_key(client, length));
}

void FilterBuilder::add_host(std::string_view host) {
  add(key_of(Thing::host, host));
  while (!host.empty()) {
    add(key_of(Thing::suffix, host));
    const std::size_t dot = host.find('.');
    host.remove_prefix(dot == std::string_view::npos ? host.size() : dot + 1);
  }
}

void FilterBuilder::add(const Event& event) {
  const policy::Activity& facts = event.activity;
  const std::string_view app = facts.app ? std::string_view(facts.app->id) : std::string_view();
  if (!any_ || user_of(event) != user_) add(key_of(Thing::user, user_ = user_of(event)));
  if (!any_ || facts.client.address != client_) add_client(client_ = facts.client.address);
  if (!any_ || facts.host != host_) add_host(host_ = facts.host);
  if (!any_ || app != app_) add(key_of(Thing::app, app_ = app));
  any_ = true;
  add_word(kKindBits, event.kind);
  add_word(kEndingBits, event.ending);
  if (facts.type) add_word(kTypeBits, *facts.type);
  add_outcome(event.verdict.action, event.verdict.policy);
  for (const ActivityRecord& record : event.activities) {
    add_word(kTypeBits, record.type);
    add_outcome(record.verdict.action, record.verdict.policy);
  }
}

std::string FilterBuilder::build() {
  for (unsigned bit = 0; bit < kWordBits; ++bit) {
    if ((words_ >> bit & 1) != 0) add(key_of_bit(bit));
  }
  std::sort(keys_.begin(), keys_.end());
  keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
  std::string filter(std::max<std::size_t>(8, (keys_.size() * kBitsPerKey + 7) / 8), '\0');
  for (const FilterKey key : keys_) {
    for (unsigned probe = 0; probe < kProbes; ++probe) {
      const Bit bit = bit_of(key, probe, filter.size() * 8);
      filter[bit.byte] = static_cast<char>(static_cast<unsigned char>(filter[bit.byte]) | bit.mask);
    }
  }
  keys_.clear();
  words_ = 0;
  policy_.clear();
  any_ = false;
  return filter;
}

FilterQuestion::FilterQuestion(const Query& query, const std::vector<std::string>& app_ids) {
  if (query.app) {
    std::vector<FilterKey>& any = groups_.emplace_back();
    for (const std::string& id : app_ids) any.push_back(key_of(Thing::app, id));
  }
  if (query.user) groups_.push_back({key_of(Thing::user, *query.user)});
  if (query.client) {
    int longest = 0;
    for (const int length : lengths(query.client->address)) {
      if (length <= query.client->length) longest = length;
    }
    if (longest != 0) groups_.push_back({prefix_key(query.client->address, longest)});
  }
  if (query.host) {
    groups_.push_back({query.host->starts_with("*.")
                           ? key_of(Thing::suffix, std::string_view(*query.host).substr(2))
                           : key_of(Thing::host, *query.host)});
  }
  if (query.policy) groups_.push_back({key_of(Thing::policy, *query.policy)});
  if (query.action) groups_.push_back({word_key(Thing::action, *query.action)});
  if (query.type) groups_.push_back({word_key(Thing::type, *query.type)});
  if (query.ending) groups_.push_back({word_key(Thing::ending, *query.ending)});
  if (query.kind) groups_.push_back({word_key(Thing::kind, *query.kind)});
}

bool FilterQuestion::denied_by(std::string_view filter) const {
  if (filter.empty()) return false;  // Nobody built it: it denies nothing.
  return std::any_of(groups_.begin(), groups_.end(), [&](const std::vector<FilterKey>& any) {
    return std::none_of(any.begin(), any.end(),
                        [&](FilterKey key) { return may_hold(filter, key); });
  });
}

bool matches(const Query& query, const std::vector<std::string>& app_ids, const Event& event) {
  const policy::Activity& facts = event.activity;
  if (query.since && event.start < *query.since) return false;
  if (query.until && event.start >= *query.until) return false;
  if (query.kind && event.kind != *query.kind) return false;
  if (query.ending && event.ending != *query.ending) return false;
  if (query.user && !iequals(*query.user, user_of(event))) return false;
  if (query.client && !query.client->contains(facts.client.address)) return false;
  if (query.host && !host_matches(*query.host, facts.host)) return false;
  if (query.app &&
      (!facts.app || std::none_of(app_ids.begin(), app_ids.end(), [&](const std::string& id) {
        return iequals(id, facts.app->id);
      }))) {
    return false;
  }
  if (query.action && event.verdict.action != *query.action &&
      !any_activity(event, [&](const ActivityRecord& record) {
        return record.verdict.action == *query.action;
      })) {
    return false;
  }
  if (query.type && facts.type != query.type &&
      !any_activity(event,
                    [&](const ActivityRecord& record) { return record.type == *query.type; })) {
    return false;
  }
  if (!query.policy) return true;
  if (query.policy->empty()) return false;  // What no policy decided has no name.
  return iequals(event.verdict.policy, *query.policy) ||
         any_activity(event, [&](const ActivityRecord& record) {
           return iequals(record.verdict.policy, *query.policy);
         });
}

}  // namespace sallyport::discovery
