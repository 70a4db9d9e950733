#include "policy/eval/index_key.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace sallyport::policy::indexing {
namespace {

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

constexpr std::size_t kMostGuardValues = 4;

}  // namespace

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

bool is_late(const CompiledPolicy& policy, Point point) {
  if (asks(policy.action)) return false;
  if (policy.when.empty() || policy.starts != Time::min() || policy.expires != Time::max()) {
    return false;
  }
  if (!all_late(policy.when, point)) return false;
  return std::all_of(policy.except.begin(), policy.except.end(),
                     [&](const Expression& one) { return all_late(one.parts(), point); });
}

bool must_wait(std::span<const Expression> parts, Point point) {
  return std::any_of(parts.begin(), parts.end(), [&](const Expression& part) {
    if (part.kind() == Expression::Kind::all) return must_wait(part.parts(), point);
    return part.kind() == Expression::Kind::test && point < part.attribute().from &&
           !part.attribute().may_come_early;
  });
}

bool folds_of(const Expression& test) {
  return std::get<TextMatcher>(test.matchers().front()).folds();
}

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

}  // namespace sallyport::policy::indexing
