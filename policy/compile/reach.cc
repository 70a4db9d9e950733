#include "policy/compile/reach.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <variant>

namespace sallyport::policy {
namespace {

constexpr std::size_t kMostFiled = 1000;  // values of one condition
constexpr std::size_t kMostTests = 1000;  // of one policy that are looked up

std::string key(const Attribute& attribute, std::string_view kind, std::string_view value) {
  std::string text(attribute.name);
  text += kind;
  text += value;
  return text;
}

constexpr std::string_view kText = "=";
constexpr std::string_view kHost = ".";
constexpr std::string_view kUnset = "?";

// Under what a test is filed, if all of it can be.
std::vector<std::string> keys_of(const Expression& test) {
  std::vector<std::string> keys;
  if (test.present()) return keys;
  for (const Matcher& matcher : test.matchers()) {
    if (const auto* texts = std::get_if<TextMatcher>(&matcher)) {
      if (!texts->globs().empty() || texts->exact().size() > kMostFiled) return {};
      for (const auto& text : texts->exact()) keys.push_back(key(test.attribute(), kText, text));
    } else if (const auto* hosts = std::get_if<HostMatcher>(&matcher)) {
      const HostMatcher::Patterns& patterns = hosts->patterns();
      for (const auto* names : {&patterns.exact, &patterns.under, &patterns.below}) {
        if (names->size() > kMostFiled) return {};
        for (const auto& name : *names) keys.push_back(key(test.attribute(), kHost, name));
      }
    } else {
      return {};
    }
  }
  if (test.missing() == Expression::Missing::holds) {
    keys.push_back(key(test.attribute(), kUnset, ""));
  }
  return keys;
}

// The more values there can be of a fact, the fewer policies stand under each.
int rank_of(const Attribute& attribute) {
  if (attribute.type == Type::word || attribute.type == Type::words) return 2;
  return attribute.allowed == nullptr ? 0 : 1;
}

// Where tests are filed that one value of `test` fits; a test that covers all of `test` is there.
void look_up_keys(const Expression& test, std::vector<std::string>& keys) {
  if (test.present()) return;
  if (test.matchers().empty()) {
    keys.push_back(key(test.attribute(), kUnset, ""));
    return;
  }
  const Matcher& first = test.matchers().front();
  if (const auto* texts = std::get_if<TextMatcher>(&first)) {
    if (!texts->exact().empty()) {
      keys.push_back(key(test.attribute(), kText, texts->exact().front()));
    }
  } else if (const auto* hosts = std::get_if<HostMatcher>(&first)) {
    const HostMatcher::Patterns& patterns = hosts->patterns();
    for (const auto* names : {&patterns.exact, &patterns.under, &patterns.below}) {
      if (names->empty()) continue;
      for (std::string_view name = names->front();;) {
        keys.push_back(key(test.attribute(), kHost, name));
        const auto dot = name.find('.');
        if (dot == name.npos) break;
        name.remove_prefix(dot + 1);
      }
      break;
    }
  }
}

void each_test(std::span<const Expression> parts, std::size_t& left,
               const std::function<void(const Expression&)>& visit) {
  for (const Expression& part : parts) {
    if (left == 0) return;
    --left;
    if (part.kind() == Expression::Kind::test) {
      visit(part);
    } else {
      each_test(part.parts(), left, visit);
    }
  }
}

// All of an exception, as one claim.
Claim claim_of(const Expression& exception) { return {&exception, nullptr, false}; }

// Whatever `earlier` excepts is nothing that `later` would match.
bool excepts_nothing(const CompiledPolicy& earlier, const CompiledPolicy& later,
                     const std::vector<Claim>& premises, Work& work) {
  return std::all_of(earlier.except.begin(), earlier.except.end(), [&](const Expression& one) {
    if (follows(premises, opposite(claim_of(one)), work)) return true;
    const Claim excepted = claim_of(one);
    return std::any_of(later.except.begin(), later.except.end(), [&](const Expression& theirs) {
      return follows({&excepted, 1}, claim_of(theirs), work);
    });
  });
}

}  // namespace

bool always_before(const CompiledPolicy& earlier, const CompiledPolicy& later, Work& work) {
  if (earlier.rehearse || earlier.starts > later.starts || earlier.expires < later.expires) {
    return false;
  }
  // Once it is answered, the later one is asked. What operators let single people pass does not
  // count: that is no policy's to say.
  if (asks(earlier.action)) return false;
  const std::vector<Claim> premises = claims_of(later.when, {});
  for (const Expression& one : earlier.when) {
    if (!follows(premises, {&one, nullptr, false}, work)) return false;
  }
  return excepts_nothing(earlier, later, premises, work);
}

const CompiledPolicy* Reach::find_before(const CompiledPolicy& policy) const {
  if (wall_ != nullptr) return wall_;
  std::vector<std::string> keys;
  std::size_t left = kMostTests;
  each_test(policy.when, left, [&](const Expression& test) { look_up_keys(test, keys); });
  // Both are in the order written, and the first of all is told.
  const CompiledPolicy* first = nullptr;
  const auto look = [&](const std::vector<const CompiledPolicy*>& some) {
    for (const CompiledPolicy* one : some) {
      if ((first != nullptr && one >= first) || !work_.spend(1)) return;
      if (always_before(*one, policy, work_)) {
        first = one;
        return;
      }
    }
  };
  look(others_);
  for (const std::string& one : keys) {
    if (const auto at = filed_.find(one); at != filed_.end()) look(at->second);
  }
  return first;
}

void Reach::add(const CompiledPolicy& policy) {
  if (policy.rehearse || asks(policy.action) || wall_ != nullptr) return;
  if (policy.when.empty() && policy.except.empty() && policy.starts == Time::min() &&
      policy.expires == Time::max()) {
    wall_ = &policy;
    return;
  }
  std::vector<std::string> best;
  int best_rank = 0;
  for (const Expression& one : policy.when) {
    if (one.kind() != Expression::Kind::test) continue;
    std::vector<std::string> keys = keys_of(one);
    if (keys.empty()) continue;
    const int rank = rank_of(one.attribute());
    if (best.empty() || std::pair(rank, keys.size()) < std::pair(best_rank, best.size())) {
      best = std::move(keys);
      best_rank = rank;
    }
  }
  if (best.empty()) others_.push_back(&policy);
  for (std::string& one : best) filed_[std::move(one)].push_back(&policy);
}

}  // namespace sallyport::policy
