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

constexpr std::size_t kMostKeyBytes = 1000;
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
  for (const Key& key : keys) {
    if (key.text.size() > kMostKeyBytes) return std::nullopt;
  }
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

// A test that can be a guard: of words or texts that are compared whole, known at `point`.
bool can_guard(const Expression& part, Point point) {
  if (part.kind() != Expression::Kind::test || part.present()) return false;
  const Attribute& attribute = part.attribute();
  const bool texts_only = attribute.type != Type::number && attribute.type != Type::address &&
                          !attribute.host_suffix && !attribute.path_prefix;
  if (!texts_only || point < attribute.from || part.missing() == Expression::Missing::holds) {
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

template <class Word>
std::uint64_t load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

// Loads overlap at the end, so that none is of a size that is not known here.
template <bool Fold>
std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  const auto take = [](std::uint64_t word) { return Fold ? lower8(word) : word; };
  const char* const from = text.data();
  const std::size_t size = text.size();
  std::uint64_t hash = seed ^ (size << 32);
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      hash = mix(hash, take(load<std::uint64_t>(from + at)));
    }
    hash = mix(hash, take(load<std::uint64_t>(from + size - 8)));
  } else if (size >= 4) {
    hash = mix(hash, take(load<std::uint32_t>(from) |
                          load<std::uint32_t>(from + size - 4) << 32));
  } else if (size > 0) {
    hash = mix(hash, take(load<std::uint8_t>(from) | load<std::uint8_t>(from + size / 2) << 8 |
                          load<std::uint8_t>(from + size - 1) << 16));
  }
  hash = mix(hash, 0x2545f4914f6cdd1d);
  return hash == 0 ? 1 : hash;
}

std::uint64_t hash_of(std::string_view text, bool fold, std::uint64_t seed) {
  return fold ? hash_text<true>(text, seed) : hash_text<false>(text, seed);
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
    hashes_.resize(slots);
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
      insert(key, policies);
    }
    std::sort(absent_.begin(), absent_.end(),
              [](const Filed& a, const Filed& b) { return a.number < b.number; });
    absent_.erase(std::unique(absent_.begin(), absent_.end(),
                              [](const Filed& a, const Filed& b) { return a.number == b.number; }),
                  absent_.end());
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
        look_up_text(*text, to);
      }
    } else if (std::holds_alternative<std::monostate>(value)) {
      if (slot_ != Filed::kNone) to.guards_[slot_] = {};
      if (early_) {
        if (to.take_ == Take::waiting) to.add(absent_);
      } else {
        to.add(unset_);
      }
    } else if (const auto* texts = std::get_if<std::span<const std::string>>(&value)) {
      look_up_texts(*texts, to);
    } else if (const auto* address = std::get_if<IpAddress>(&value)) {
      look_up_address(*address, to);
    }
  }

 private:
  struct Slot {
    std::uint32_t first = 0;  // in filed_
    std::uint32_t count = 0;
    std::uint32_t text = 0;  // in texts_
    std::uint16_t size = 0;  // of the text
    Key::What what = Key::What::text;
  };

  // Never 0.
  std::uint64_t hash(Key::What what, std::string_view text) const {
    return hash_of(text, what == Key::What::text && folds_, static_cast<std::uint64_t>(what) + 1);
  }

  static std::uint64_t hash_prefix(char length, std::string_view text) {
    return hash_of(text, false, 100 + static_cast<unsigned char>(length));
  }

  void add_absent(const std::vector<Filed>& policies) {
    for (Filed one : policies) {
      if (one.rehearse) continue;  // It can neither hold nor make others wait.
      one.waits = true;
      one.key_part = Filed::kNone;
      one.slot = Filed::kNone;
      absent_.push_back(one);
    }
  }

  void insert(const Key& key, const std::vector<Filed>& policies) {
    const std::string_view text(key.text);
    const std::uint64_t wanted = key.what == Key::What::prefix
                                     ? hash_prefix(text[0], text.substr(1))
                                     : hash(key.what, text);
    std::size_t at = wanted & (hashes_.size() - 1);
    while (hashes_[at] != 0) at = (at + 1) & (hashes_.size() - 1);
    hashes_[at] = wanted;
    slots_[at] = {static_cast<std::uint32_t>(filed_.size()),
                  static_cast<std::uint32_t>(policies.size()),
                  static_cast<std::uint32_t>(texts_.size()),
                  static_cast<std::uint16_t>(text.size()), key.what};
    filed_.insert(filed_.end(), policies.begin(), policies.end());
    texts_ += text;
    sizes_ |= size_bit(text.size());
  }

  static std::uint64_t size_bit(std::size_t size) { return std::uint64_t{1} << (size & 63); }

  // Whether a text of the size of one that was filed.
  bool may_have(std::string_view text) const { return (sizes_ & size_bit(text.size())) != 0; }

  void find(Key::What what, std::string_view text, std::uint64_t wanted, Candidates& to) const {
    for (std::size_t at = wanted & (hashes_.size() - 1); hashes_[at] != 0;
         at = (at + 1) & (hashes_.size() - 1)) {
      if (hashes_[at] != wanted) continue;
      const Slot& slot = slots_[at];
      const std::string_view kept = std::string_view(texts_).substr(slot.text, slot.size);
      if (slot.what == what && same(kept, text, what == Key::What::text && folds_)) {
        to.add({filed_.data() + slot.first, slot.count});
        return;
      }
    }
  }

  void look_up_text(std::string_view text, Candidates& to) const {
    const bool filed = may_have(text);
    if (!filed && slot_ == Filed::kNone) return;
    const std::uint64_t wanted = hash(Key::What::text, text);
    if (slot_ != Filed::kNone) to.guards_[slot_] = {static_cast<std::uint32_t>(wanted >> 32) | 1, false};
    if (filed) find(Key::What::text, text, wanted, to);
  }

  void look_up_texts(std::span<const std::string> texts, Candidates& to) const {
    std::uint64_t bits = 0;
    for (const std::string& text : texts) {
      const bool filed = may_have(text);
      if (!filed && slot_ == Filed::kNone) continue;
      const std::uint64_t wanted = hash(Key::What::text, text);
      bits |= std::uint64_t{1} << (wanted >> 33 & 63);
      if (filed) find(Key::What::text, text, wanted, to);
    }
    if (slot_ != Filed::kNone) to.guards_[slot_] = {bits, true};
  }

  void find_host(Key::What what, std::string_view host, Candidates& to) const {
    if (may_have(host)) find(what, host, hash(what, host), to);
  }

  void look_up_host(std::string_view host, Candidates& to) const {
    find_host(Key::What::host_exact, host, to);
    find_host(Key::What::host_under, host, to);
    for (std::size_t dot = host.find('.'); dot != host.npos; dot = host.find('.', dot + 1)) {
      const std::string_view parent = host.substr(dot + 1);
      find_host(Key::What::host_under, parent, to);
      find_host(Key::What::host_below, parent, to);
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
    const bool v4 = address.is_v4();
    const std::size_t size = v4 ? 4 : 16;
    for (const int length : v4 ? lengths_v4_ : lengths_v6_) {
      const IpPrefix prefix = IpPrefix{address, length}.masked();
      std::array<char, 18> bytes;
      bytes[0] = static_cast<char>(length);
      bytes[1] = v4 ? '4' : '6';
      std::memcpy(bytes.data() + 2, prefix.address.bytes().data(), size);
      const std::string_view text(bytes.data(), size + 2);
      find(Key::What::prefix, text, hash_prefix(bytes[0], text.substr(1)), to);
    }
  }

  const Attribute& attribute_;
  std::uint8_t slot_;  // of guards; kNone: no policy has it as its guard
  bool early_;         // the fact may not be there yet
  bool folds_ = folds(attribute_);
  Shape shape_ = Shape::text;
  // The table: hashes apart, because most look-ups end there. 0: free; at least one is.
  std::vector<std::uint64_t> hashes_ = {0};
  std::vector<Slot> slots_ = {{}};
  std::vector<Filed> filed_;
  std::string texts_;
  std::uint64_t sizes_ = 0;  // a bit for each size that a filed text has
  std::vector<Filed> unset_;
  std::vector<Filed> absent_;
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
    Filed one{.number = number,
              .action = policy.action,
              .waits = must_wait(policy.when, point),
              .rehearse = policy.rehearse};
    if (one.waits && policy.rehearse) continue;  // as in Column::add_absent
    if (one.waits) ++waiting_;

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
      (one.waits ? unkeyed_waiting_ : unkeyed_).push_back(one);
      continue;
    }
    one.key_part = best->part;
    // Where the fact is not there yet, all that is filed under it waits.
    if (point < best->keys.front().attribute->from && !policy.rehearse && !one.waits) ++waiting_;

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
  to.add(to.take_ == Take::ready ? unkeyed_ : unkeyed_waiting_);
  for (const auto& column : columns_) column->look_up(activity, to);
}

// ---- Candidates

PolicyIndex::Candidates::Candidates(const PointIndex& index, const Activity& activity, Take take)
    : take_(take) {
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

void PolicyIndex::Candidates::add(std::span<const Filed> filed) {
  if (filed.empty()) return;
  const Run run{filed.data(), filed.data() + filed.size()};
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
