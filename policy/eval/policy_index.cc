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

// Whether the fact can be a key. One that may come early is a key where it is there; where it is
// not, all that is filed under it waits.
bool can_be_key(const Attribute& attribute, Point point) {
  return attribute.from <= point || attribute.may_come_early;
}

constexpr std::size_t kMostKeys = 1000;  // per policy; above it, looking costs less than filing

// One of these must hold for the expression to hold; nothing where there is no such set.
std::optional<std::vector<Key>> keys_of(const Expression& expression, Point point);

// A choice of keys, and which part of `when` it comes from (Filed::kNone: from inside a group).
struct Choice {
  std::vector<Key> keys;
  std::uint8_t part = Filed::kNone;
};

// The parts that could be filed under; the caller chooses.
void collect_keys(std::span<const Expression> parts, Point point, bool top,
                  std::vector<Choice>& choices) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Expression& part = parts[i];
    if (part.kind() == Expression::Kind::all) {
      collect_keys(part.parts(), point, false, choices);
    } else if (auto keys = keys_of(part, point)) {
      const bool known = top && part.kind() == Expression::Kind::test && i < Filed::kNone;
      choices.push_back({std::move(*keys), known ? static_cast<std::uint8_t>(i) : Filed::kNone});
    }
  }
}

std::optional<std::vector<Key>> keys_of(const Expression& expression, Point point) {
  std::vector<Key> keys;
  switch (expression.kind()) {
    case Expression::Kind::test: {
      const Attribute& attribute = expression.attribute();
      if (!can_be_key(attribute, point) || expression.present()) return std::nullopt;
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
        // Where a fact that may come early is not there, the others may still hold.
        for (const Key& key : *some) {
          if (point < key.attribute->from) return std::nullopt;
        }
        keys.insert(keys.end(), std::make_move_iterator(some->begin()),
                    std::make_move_iterator(some->end()));
      }
      break;
    case Expression::Kind::all: {
      std::vector<Choice> choices;
      collect_keys(expression.parts(), point, false, choices);
      if (choices.empty()) return std::nullopt;
      keys = std::min_element(choices.begin(), choices.end(), [](const auto& a, const auto& b) {
               return a.keys.size() < b.keys.size();
             })->keys;
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

// Whether some condition that must hold is not known at `point` and will not be there early.
bool must_wait(std::span<const Expression> parts, Point point) {
  return std::any_of(parts.begin(), parts.end(), [&](const Expression& part) {
    if (part.kind() == Expression::Kind::all) return must_wait(part.parts(), point);
    return part.kind() == Expression::Kind::test && point < part.attribute().from &&
           !part.attribute().may_come_early;
  });
}

constexpr std::size_t kMostGuardValues = 4;

bool folds_of(const Expression& test) {
  return std::get<TextMatcher>(test.matchers().front()).folds();
}

// A test that can be a guard: on a fact with one value, which is there at `point`.
bool can_guard(const Expression& part, Point point) {
  if (part.kind() != Expression::Kind::test || part.present()) return false;
  const Attribute& attribute = part.attribute();
  const bool single = (attribute.type == Type::word || attribute.type == Type::text) &&
                      !attribute.host_suffix && !attribute.path_prefix;
  if (!single || point < attribute.from || part.missing() == Expression::Missing::holds) {
    return false;
  }
  if (part.matchers().size() != 1) return false;
  const auto* matcher = std::get_if<TextMatcher>(&part.matchers().front());
  const auto* texts = matcher == nullptr ? nullptr : matcher->only_exact();
  return texts != nullptr && !texts->empty() && texts->size() <= kMostGuardValues;
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

// ---- Column

// One attribute: the policies that are filed under its values, and its value's hash for guards.
class PolicyIndex::PointIndex::Column {
 public:
  using Files = std::map<Key, std::vector<Filed>>;

  Column(const Attribute& attribute, Point point, std::uint8_t slot, Files&& filed)
      : attribute_(attribute), slot_(slot), early_(point < attribute.from) {
    if (filed.empty()) return;
    std::size_t slots = 4;
    while (slots < filed.size() * 2) slots *= 2;
    slots_.resize(slots);
    for (auto& [key, policies] : filed) {
      // Once the fact is known to be missing for now, all of them wait, and each is told once.
      if (early_) add_absent(policies);
      if (key.what == Key::What::unset) {
        unset_ = std::move(policies);
        continue;
      }
      switch (key.what) {
        case Key::What::text:
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
    for (auto& list : absent_) {
      std::sort(list.begin(), list.end(),
                [](const Filed& a, const Filed& b) { return a.number < b.number; });
      list.erase(std::unique(list.begin(), list.end(),
                             [](const Filed& a, const Filed& b) { return a.number == b.number; }),
                 list.end());
    }
    std::sort(lengths_v4_.begin(), lengths_v4_.end());
    std::sort(lengths_v6_.begin(), lengths_v6_.end());
  }

  static bool folds(const Attribute& attribute) {
    return attribute.fold_case &&
           (attribute.type == Type::text || attribute.type == Type::texts) && !attribute.host_suffix;
  }
  // As it stands beside a number; never that of a fact that is missing.
  static std::uint32_t guard_of(const Attribute& attribute, std::string_view text) {
    const std::uint64_t hash =
        hash_of(text, folds(attribute), static_cast<std::uint64_t>(Key::What::text) + 1);
    return static_cast<std::uint32_t>(hash >> 32) | 1;
  }

  void look_up(const Activity& activity, Candidates& to) const {
    const Value value = attribute_.get(activity);
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      if (shape_ == Shape::host) {
        look_up_host(*text, to);
      } else {
        const std::uint64_t wanted = hash(Key::What::text, *text);
        if (slot_ != Filed::kNone) to.guards_[slot_] = static_cast<std::uint32_t>(wanted >> 32) | 1;
        find(Key::What::text, *text, wanted, to);
      }
    } else if (std::holds_alternative<std::monostate>(value)) {
      if (slot_ != Filed::kNone) to.guards_[slot_] = 0;
      if (early_) {
        for (const auto& waiting : absent_) to.add(waiting, true);
      } else {
        to.add(unset_);
      }
    } else if (const auto* texts = std::get_if<std::span<const std::string>>(&value)) {
      for (const std::string& one : *texts) {
        find(Key::What::text, one, hash(Key::What::text, one), to);
      }
    } else if (const auto* address = std::get_if<IpAddress>(&value)) {
      look_up_address(*address, to);
    }
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    Key::What what = Key::What::text;
    std::string text;
    std::vector<Filed> policies;  // empty: the slot is free
  };

  std::uint64_t hash(Key::What what, std::string_view text) const {
    return hash_of(text, what == Key::What::text && folds(attribute_),
                   static_cast<std::uint64_t>(what) + 1);
  }

  static std::uint64_t hash_prefix(char length, std::string_view text) {
    return hash_of(text, false, 100 + static_cast<unsigned char>(length));
  }

  void add_absent(const std::vector<Filed>& policies) {
    for (Filed one : policies) {
      one.waits = true;
      one.key_part = Filed::kNone;
      one.slot = Filed::kNone;
      absent_[static_cast<std::size_t>(one.action)].push_back(one);
    }
  }

  void insert(const Key& key, std::vector<Filed> policies) {
    const std::string_view text = key.what == Key::What::prefix
                                      ? std::string_view(key.text).substr(1)
                                      : std::string_view(key.text);
    const std::uint64_t wanted = key.what == Key::What::prefix ? hash_prefix(key.text[0], text)
                                                               : hash(key.what, text);
    std::size_t at = wanted & (slots_.size() - 1);
    while (!slots_[at].policies.empty()) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {wanted, key.what, key.text, std::move(policies)};
  }

  void find(Key::What what, std::string_view text, std::uint64_t wanted, Candidates& to) const {
    if (slots_.empty()) return;
    for (std::size_t at = wanted & (slots_.size() - 1); !slots_[at].policies.empty();
         at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.hash == wanted && slot.what == what &&
          same(slot.text, text, what == Key::What::text && folds(attribute_))) {
        to.add(slot.policies);
        return;
      }
    }
  }

  void look_up_host(std::string_view host, Candidates& to) const {
    find(Key::What::host_exact, host, hash(Key::What::host_exact, host), to);
    find(Key::What::host_under, host, hash(Key::What::host_under, host), to);
    for (std::size_t dot = host.find('.'); dot != host.npos; dot = host.find('.', dot + 1)) {
      const std::string_view parent = host.substr(dot + 1);
      find(Key::What::host_under, parent, hash(Key::What::host_under, parent), to);
      find(Key::What::host_below, parent, hash(Key::What::host_below, parent), to);
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
    if (slots_.empty()) return;
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
  std::uint8_t slot_;  // of guards; kNone: no policy has it as its guard
  bool early_;         // the fact may not be there yet
  Shape shape_ = Shape::text;
  std::vector<Slot> slots_;  // none, or at least one is free
  std::vector<Filed> unset_;
  ByAction absent_;
  std::vector<int> lengths_v4_;
  std::vector<int> lengths_v6_;
};

// ---- PointIndex

PolicyIndex::PointIndex::PointIndex(const std::vector<CompiledPolicy>& policies,
                                    std::span<const std::uint32_t> members, Point point) {
  first_late_.fill(kNone);
  std::vector<std::vector<Choice>> choices(members.size());
  std::map<Key, std::uint32_t> frequency;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const CompiledPolicy& policy = policies[members[i]];
    if (is_late(policy, point)) continue;
    collect_keys(policy.when, point, true, choices[i]);
    for (const auto& choice : choices[i]) {
      for (const Key& key : choice.keys) ++frequency[key];
    }
  }
  const auto weight = [&](const std::vector<Key>& keys) {
    std::uint64_t sum = 0;
    for (const Key& key : keys) sum += frequency[key];
    return sum;
  };

  std::map<const Attribute*, Column::Files> filed;
  std::map<const Attribute*, std::uint8_t> guard_slots;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::uint32_t number = members[i];
    const CompiledPolicy& policy = policies[number];
    if (is_late(policy, point)) {
      auto& first = first_late_[static_cast<std::size_t>(policy.action)];
      if (!policy.rehearse) first = std::min(first, number);
      continue;
    }
    Filed one{.number = number, .action = policy.action, .waits = must_wait(policy.when, point)};
    if (one.waits && policy.rehearse) continue;  // It can neither hold nor make others wait.

    // The choice whose values are the rarest, all in all.
    const Choice* best = nullptr;
    std::uint64_t least = 0;
    for (const Choice& choice : choices[i]) {
      const std::uint64_t sum = weight(choice.keys);
      if (best == nullptr || sum < least) {
        best = &choice;
        least = sum;
      }
    }
    if (best == nullptr) {
      (one.waits ? unkeyed_waiting_[static_cast<std::size_t>(policy.action)] : unkeyed_)
          .push_back(one);
      continue;
    }
    one.key_part = best->part;

    // The rarest of the other tests is the guard.
    const std::vector<std::string>* values = nullptr;
    const Attribute* guard = nullptr;
    std::uint64_t guard_weight = 0;
    for (std::size_t part = 0; part < policy.when.size(); ++part) {
      const Expression& test = policy.when[part];
      if (part == best->part || !can_guard(test, point)) continue;
      const auto* texts = std::get<TextMatcher>(test.matchers().front()).only_exact();
      std::uint64_t sum = 0;
      for (const std::string& text : *texts) {
        sum += frequency[Key{&test.attribute(), Key::What::text, folds_of(test), text}];
      }
      if (values == nullptr || sum < guard_weight) {
        values = texts;
        guard = &test.attribute();
        guard_weight = sum;
      }
    }
    if (guard != nullptr && !guard_slots.contains(guard)) {
      if (guard_slots.size() == Candidates::kGuards) {
        values = nullptr;
      } else {
        guard_slots.emplace(guard, static_cast<std::uint8_t>(guard_slots.size()));
      }
    }
    for (const Key& key : best->keys) {
      auto& list = filed[key.attribute][key];
      if (!list.empty() && list.back().number == number) continue;
      if (values == nullptr) {
        list.push_back(one);
        continue;
      }
      one.slot = guard_slots[guard];
      for (const std::string& text : *values) {
        one.guard = Column::guard_of(*guard, text);
        list.push_back(one);
      }
    }
  }
  // A column that is only a guard stands here too. Guards are filled in before any run is read.
  for (const auto& [attribute, slot] : guard_slots) filed.try_emplace(attribute);
  for (auto& [attribute, files] : filed) {
    const auto slot = guard_slots.find(attribute);
    columns_.push_back(std::make_unique<Column>(
        *attribute, point, slot == guard_slots.end() ? Filed::kNone : slot->second,
        std::move(files)));
  }
}

PolicyIndex::PointIndex::~PointIndex() = default;

void PolicyIndex::PointIndex::look_up(const Activity& activity, Candidates& to) const {
  to.add(unkeyed_);
  for (const auto& waiting : unkeyed_waiting_) to.add(waiting, true);
  for (const auto& column : columns_) column->look_up(activity, to);
}

// ---- Candidates

PolicyIndex::Candidates::Candidates(const PointIndex& index, const Activity& activity) {
  index.look_up(activity, *this);
  Run* const all = runs();
  for (std::size_t i = 0; i < count_;) {
    if (settle(all[i])) {
      ++i;
    } else {
      all[i] = all[--count_];
    }
  }
}

void PolicyIndex::Candidates::add(const std::vector<Filed>& filed, bool waiting) {
  if (filed.empty()) return;
  const Run run{filed.data(), filed.data() + filed.size(), waiting};
  if (count_ < kOnStack) {
    few_[count_++] = run;
    return;
  }
  if (many_.empty()) many_.assign(few_.begin(), few_.end());
  many_.push_back(run);
  count_ = many_.size();
}

const Filed* PolicyIndex::Candidates::next() {
  if (count_ == 0) return nullptr;
  Run* const all = runs();
  std::size_t least = 0;
  for (std::size_t i = 1; i < count_; ++i) {
    if (all[i].at->number < all[least].at->number) least = i;
  }
  const Filed* found = all[least].at++;
  if (!settle(all[least])) all[least] = all[--count_];
  return found;
}

void PolicyIndex::Candidates::drop_waiting(Action action) {
  Run* const all = runs();
  for (std::size_t i = 0; i < count_;) {
    if (all[i].waiting && all[i].at->action == action) {
      all[i] = all[--count_];
    } else {
      ++i;
    }
  }
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
