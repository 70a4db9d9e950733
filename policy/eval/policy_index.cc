// The tables. A key is looked up by hash in an open table of a power of two, at most half full;
// texts are compared, so a collision costs time and no truth. What is hashed comes from strangers,
// but the tables hold only what operators wrote, so nobody can make them grow or degenerate.
//
// Hosts are looked up once per label: "a.b.example.com", "b.example.com", ... Addresses once per
// length of prefix that occurs.

#include "policy/eval/policy_index.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/core/text.h"

namespace sallyport::policy {
namespace {

// How a key is looked up.
enum class Shape : std::uint8_t { text, host, address };

struct Key {
  enum class What : std::uint8_t { text, host_exact, host_under, host_below, prefix, unset };
  const Attribute* attribute = nullptr;
  What what = What::text;
  bool folds = false;
  std::string text;  // also the bytes of a prefix

  auto operator<=>(const Key&) const = default;
};

std::string prefix_text(const IpAddress& address, int length) {
  const IpPrefix prefix = IpPrefix{address, length}.masked();
  std::string text(prefix.address.is_v4() ? "4" : "6");
  const auto bytes = prefix.address.bytes();
  text.append(reinterpret_cast<const char*>(bytes.data()), prefix.address.is_v4() ? 4 : 16);
  return text;
}

// The values under which a test is filed, if each of them can be.
struct KeysOf {
  const Attribute& attribute;
  std::vector<Key>& keys;

  bool operator()(const TextMatcher& matcher) const {
    const auto* texts = matcher.only_exact();
    if (texts == nullptr) return false;
    for (const std::string& text : *texts) {
      keys.push_back({&attribute, Key::What::text, matcher.folds(), text});
    }
    return true;
  }
  bool operator()(const HostMatcher& matcher) const {
    const HostMatcher::Patterns& patterns = matcher.patterns();
    for (const auto& host : patterns.exact) {
      keys.push_back({&attribute, Key::What::host_exact, false, host});
    }
    for (const auto& host : patterns.under) {
      keys.push_back({&attribute, Key::What::host_under, false, host});
    }
    for (const auto& host : patterns.below) {
      keys.push_back({&attribute, Key::What::host_below, false, host});
    }
    return true;
  }
  bool operator()(const AddressMatcher& matcher) const {
    for (const IpPrefix& prefix : matcher.prefixes()) {
      std::string text(1, static_cast<char>(prefix.length));
      text += prefix_text(prefix.address, prefix.length);
      keys.push_back({&attribute, Key::What::prefix, false, std::move(text)});
    }
    return true;
  }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

bool known_at(const Attribute& attribute, Point point) { return attribute.from <= point; }

constexpr std::size_t kMostKeys = 1000;  // per policy; above it, looking costs less than filing

// One of these must hold for the expression to hold; nothing where there is no such set.
std::optional<std::vector<Key>> keys_of(const Expression& expression, Point point);

// The parts that could be filed under; the caller chooses.
void collect_keys(std::span<const Expression> parts, Point point,
                  std::vector<std::vector<Key>>& choices) {
  for (const Expression& part : parts) {
    if (part.kind() == Expression::Kind::all) {
      collect_keys(part.parts(), point, choices);
    } else if (auto keys = keys_of(part, point)) {
      choices.push_back(std::move(*keys));
    }
  }
}

std::optional<std::vector<Key>> keys_of(const Expression& expression, Point point) {
  std::vector<Key> keys;
  switch (expression.kind()) {
    case Expression::Kind::test: {
      const Attribute& attribute = expression.attribute();
      if (!known_at(attribute, point) || expression.present()) return std::nullopt;
      for (const Matcher& matcher : expression.matchers()) {
        if (!std::visit(KeysOf{attribute, keys}, matcher)) return std::nullopt;
      }
      if (expression.missing() == Expression::Missing::holds) {
        keys.push_back({&attribute, Key::What::unset, false, {}});
      }
      break;
    }
    case Expression::Kind::any:
      for (const Expression& part : expression.parts()) {
        auto some = keys_of(part, point);
        if (!some) return std::nullopt;
        keys.insert(keys.end(), std::make_move_iterator(some->begin()),
                    std::make_move_iterator(some->end()));
      }
      break;
    case Expression::Kind::all: {
      std::vector<std::vector<Key>> choices;
      collect_keys(expression.parts(), point, choices);
      if (choices.empty()) return std::nullopt;
      keys = *std::min_element(choices.begin(), choices.end(), [](const auto& a, const auto& b) {
        return a.size() < b.size();
      });
      break;
    }
    case Expression::Kind::negation:
      return std::nullopt;
  }
  if (keys.empty() || keys.size() > kMostKeys) return std::nullopt;
  return keys;
}

bool all_late(std::span<const Expression> parts, Point point) {
  return std::all_of(parts.begin(), parts.end(), [&](const Expression& part) {
    if (part.kind() != Expression::Kind::test) return all_late(part.parts(), point);
    return point < part.attribute().from && !part.attribute().may_come_early;
  });
}

// Pending at `point` whatever the activity says.
bool is_late(const CompiledPolicy& policy, Point point) {
  if (policy.when.empty() || policy.starts != Time::min() || policy.expires != Time::max()) {
    return false;
  }
  if (!all_late(policy.when, point)) return false;
  return std::all_of(policy.except.begin(), policy.except.end(),
                     [&](const Expression& one) { return all_late(one.parts(), point); });
}

// ---- Hashing

constexpr std::uint64_t kOnes = 0x0101010101010101;

// Eight bytes at once in small letters.
constexpr std::uint64_t lower8(std::uint64_t word) {
  const std::uint64_t low7 = word & (0x7f * kOnes);
  const std::uint64_t above_z = low7 + (0x7f - 'Z') * kOnes;
  const std::uint64_t from_a = low7 + (0x80 - 'A') * kOnes;
  const std::uint64_t upper = ~word & (from_a ^ above_z) & (0x80 * kOnes);
  return word | (upper >> 2);
}

std::uint64_t load(const char* from, std::size_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, size);
  return word;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 29);
}

std::uint64_t hash_of(std::string_view text, bool fold, std::uint64_t seed) {
  std::uint64_t hash = mix(seed, text.size());
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) {
    const std::uint64_t word = load(at, 8);
    hash = mix(hash, fold ? lower8(word) : word);
  }
  if (left != 0) {
    const std::uint64_t word = load(at, left);
    hash = mix(hash, fold ? lower8(word) : word);
  }
  return mix(hash, hash >> 32);
}

bool same(std::string_view kept, std::string_view text, bool fold) {
  return fold ? iequals(kept, text) : kept == text;
}

}  // namespace

// ---- Table

class PolicyIndex::PointIndex::Table {
 public:
  Table(const Attribute& attribute, std::map<Key, std::vector<std::uint32_t>>&& filed)
      : attribute_(attribute) {
    std::size_t slots = 4;
    while (slots < filed.size() * 2) slots *= 2;
    slots_.resize(slots);
    for (auto& [key, policies] : filed) {
      if (key.what == Key::What::unset) {
        unset_ = std::move(policies);
        continue;
      }
      switch (key.what) {
        case Key::What::text:
          folds_ = key.folds;
          break;
        case Key::What::prefix:
          shape_ = Shape::address;
          add_length(key.text);
          break;
        default:
          shape_ = Shape::host;
          break;
      }
      insert(key, std::move(policies));
    }
    std::sort(lengths_v4_.begin(), lengths_v4_.end());
    std::sort(lengths_v6_.begin(), lengths_v6_.end());
  }

  void look_up(const Activity& activity, Candidates& to) const {
    const Value value = attribute_.get(activity);
    if (std::holds_alternative<std::monostate>(value)) {
      to.add(unset_);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      if (shape_ == Shape::host) {
        look_up_host(*text, to);
      } else {
        to.add(find(Key::What::text, *text));
      }
    } else if (const auto* texts = std::get_if<std::span<const std::string>>(&value)) {
      for (const std::string& one : *texts) to.add(find(Key::What::text, one));
    } else if (const auto* address = std::get_if<IpAddress>(&value)) {
      look_up_address(*address, to);
    }
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    Key::What what = Key::What::text;
    std::string text;
    std::vector<std::uint32_t> policies;  // empty: the slot is free
  };

  std::uint64_t hash(Key::What what, std::string_view text) const {
    return hash_of(text, folds_ && what == Key::What::text, static_cast<std::uint64_t>(what) + 1);
  }

  void insert(const Key& key, std::vector<std::uint32_t> policies) {
    const std::string_view text = key.what == Key::What::prefix
                                      ? std::string_view(key.text).substr(1)
                                      : std::string_view(key.text);
    const std::uint64_t wanted = key.what == Key::What::prefix
                                     ? hash_prefix(key.text[0], text)
                                     : hash(key.what, text);
    std::size_t at = wanted & (slots_.size() - 1);
    while (!slots_[at].policies.empty()) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {wanted, key.what, key.text, std::move(policies)};
  }

  static std::uint64_t hash_prefix(char length, std::string_view text) {
    return hash_of(text, false, 100 + static_cast<unsigned char>(length));
  }

  Posting find(Key::What what, std::string_view text) const {
    const std::uint64_t wanted = hash(what, text);
    for (std::size_t at = wanted & (slots_.size() - 1); !slots_[at].policies.empty();
         at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.hash == wanted && slot.what == what &&
          same(slot.text, text, folds_ && what == Key::What::text)) {
        return slot.policies;
      }
    }
    return {};
  }

  void look_up_host(std::string_view host, Candidates& to) const {
    to.add(find(Key::What::host_exact, host));
    to.add(find(Key::What::host_under, host));
    for (std::size_t dot = host.find('.'); dot != host.npos; dot = host.find('.', dot + 1)) {
      const std::string_view parent = host.substr(dot + 1);
      to.add(find(Key::What::host_under, parent));
      to.add(find(Key::What::host_below, parent));
    }
  }

  void add_length(const std::string& text) {
    auto& lengths = text[1] == '4' ? lengths_v4_ : lengths_v6_;
    const int length = static_cast<unsigned char>(text[0]);
    if (std::find(lengths.begin(), lengths.end(), length) == lengths.end()) {
      lengths.push_back(length);
    }
  }

  void look_up_address(const IpAddress& address, Candidates& to) const {
    for (const int length : address.is_v4() ? lengths_v4_ : lengths_v6_) {
      const IpPrefix prefix = IpPrefix{address, length}.masked();
      std::array<char, 17> bytes;
      bytes[0] = address.is_v4() ? '4' : '6';
      const std::size_t size = address.is_v4() ? 4 : 16;
      const auto& from = prefix.address.bytes();
      std::memcpy(bytes.data() + 1, from.data(), size);
      const std::string_view text(bytes.data(), size + 1);
      const std::uint64_t wanted = hash_prefix(static_cast<char>(length), text);
      for (std::size_t at = wanted & (slots_.size() - 1); !slots_[at].policies.empty();
           at = (at + 1) & (slots_.size() - 1)) {
        const Slot& slot = slots_[at];
        if (slot.hash == wanted && slot.what == Key::What::prefix &&
            static_cast<unsigned char>(slot.text[0]) == length &&
            std::string_view(slot.text).substr(1) == text) {
          to.add(slot.policies);
          break;
        }
      }
    }
  }

  const Attribute& attribute_;
  Shape shape_ = Shape::text;
  bool folds_ = false;
  std::vector<Slot> slots_;  // at least one is free
  std::vector<std::uint32_t> unset_;
  std::vector<int> lengths_v4_;
  std::vector<int> lengths_v6_;
};

// ---- PointIndex

PolicyIndex::PointIndex::PointIndex(const std::vector<CompiledPolicy>& policies,
                                    std::span<const std::uint32_t> members, Point point) {
  first_late_.fill(Candidates::kEnd);
  std::vector<std::vector<std::vector<Key>>> choices(members.size());
  std::map<Key, std::uint32_t> frequency;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const CompiledPolicy& policy = policies[members[i]];
    if (is_late(policy, point)) continue;
    collect_keys(policy.when, point, choices[i]);
    for (const auto& keys : choices[i]) {
      for (const Key& key : keys) ++frequency[key];
    }
  }

  // The choice whose values are the rarest, all in all.
  const auto weight = [&](const std::vector<Key>& keys) {
    std::uint64_t sum = 0;
    for (const Key& key : keys) sum += frequency[key];
    return sum;
  };
  std::map<const Attribute*, std::map<Key, std::vector<std::uint32_t>>> filed;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::uint32_t number = members[i];
    const CompiledPolicy& policy = policies[number];
    if (is_late(policy, point)) {
      ++late_;
      auto& first = first_late_[static_cast<std::size_t>(policy.action)];
      if (!policy.rehearse) first = std::min(first, number);
      continue;
    }
    const std::vector<Key>* best = nullptr;
    std::uint64_t least = 0;
    for (const auto& keys : choices[i]) {
      const std::uint64_t one = weight(keys);
      if (best == nullptr || one < least) {
        best = &keys;
        least = one;
      }
    }
    if (best == nullptr) {
      unkeyed_.push_back(number);
      continue;
    }
    for (const Key& key : *best) {
      auto& list = filed[key.attribute][key];
      if (list.empty() || list.back() != number) list.push_back(number);
    }
  }
  for (auto& [attribute, keys] : filed) {
    tables_.push_back(std::make_unique<Table>(*attribute, std::move(keys)));
  }
}

PolicyIndex::PointIndex::~PointIndex() = default;

void PolicyIndex::PointIndex::look_up(const Activity& activity, Candidates& to) const {
  to.add(unkeyed_);
  for (const auto& table : tables_) table->look_up(activity, to);
}

// ---- Candidates

PolicyIndex::Candidates::Candidates(const PointIndex& index, const Activity& activity) {
  index.look_up(activity, *this);
}

void PolicyIndex::Candidates::add(Posting posting) {
  if (posting.empty()) return;
  const Run run{posting.data(), posting.data() + posting.size()};
  if (count_ < kOnStack) {
    few_[count_++] = run;
    return;
  }
  if (many_.empty()) many_.assign(few_.begin(), few_.end());
  many_.push_back(run);
  count_ = many_.size();
}

std::uint32_t PolicyIndex::Candidates::next() {
  Run* const runs = many_.empty() ? few_.data() : many_.data();
  std::uint32_t least = kEnd;
  for (std::size_t i = 0; i < count_; ++i) least = std::min(least, *runs[i].at);
  if (least == kEnd) return kEnd;
  for (std::size_t i = 0; i < count_;) {
    if (*runs[i].at == least && ++runs[i].at == runs[i].end) {
      runs[i] = runs[--count_];
    } else {
      ++i;
    }
  }
  return least;
}

// ---- PolicyIndex

PolicyIndex::PolicyIndex() = default;
PolicyIndex::~PolicyIndex() = default;
PolicyIndex::PolicyIndex(PolicyIndex&&) noexcept = default;
PolicyIndex& PolicyIndex::operator=(PolicyIndex&&) noexcept = default;

PolicyIndex::PolicyIndex(const std::vector<CompiledPolicy>& policies,
                         std::vector<std::uint32_t> members)
    : members_(std::move(members)) {
  if (members_.empty()) return;
  points_[0] = std::make_unique<PointIndex>(policies, members_, Point::connect);
  points_[1] = std::make_unique<PointIndex>(policies, members_, Point::request);
  points_[2] = std::make_unique<PointIndex>(policies, members_, Point::response);
}

const PolicyIndex::PointIndex& PolicyIndex::at(Point point) const {
  switch (point) {
    case Point::connect:
      return *points_[0];
    case Point::request:
    case Point::upload:
      return *points_[1];
    case Point::response:
    case Point::download:
      break;
  }
  return *points_[2];
}

}  // namespace sallyport::policy
