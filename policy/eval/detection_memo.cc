#include "policy/eval/detection_memo.h"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>

#include "policy/eval/compiled_policy.h"

namespace sallyport::policy {
namespace {

void add_value(KeyText& to, const Value& value) {
  to.add_bytes(static_cast<std::uint8_t>(value.index()));
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    to.add(*text);
  } else if (const auto* texts = std::get_if<std::span<const std::string>>(&value)) {
    to.add_bytes(static_cast<std::uint32_t>(texts->size()));
    for (const std::string& one : *texts) to.add(one);
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    to.add_bytes(*number);
  } else if (const auto* address = std::get_if<IpAddress>(&value)) {
    to.add_bytes(static_cast<std::uint8_t>(address->is_v4() ? 4 : 6));
    to.add_bytes(address->bytes());
  }
}

template <class Visit>
void each_test(std::span<const Expression> parts, const Visit& visit) {
  for (const Expression& part : parts) {
    if (part.kind() == Expression::Kind::test) {
      visit(part.attribute());
    } else {
      each_test(part.parts(), visit);
    }
  }
}

// Whether what it comes to may change though all else that it asks for stays.
bool is_timely(const CompiledPolicy& policy) {
  bool timely = policy.starts != Time::min() || policy.expires != Time::max();
  const auto look = [&](const Attribute& one) {
    timely = timely || one.type == Type::time_of_day || one.type == Type::weekday ||
             one.type == Type::date;
  };
  each_test(policy.when, look);
  each_test(policy.except, look);
  return timely;
}

}  // namespace

void DetectionMemo::turn_to(const ProgramPtr& program) {
  program_ = program;
  entries_.assign(most_, {});
  newer_.assign(most_ / 2, 0);
  timely_.clear();
  std::set<const Attribute*> asked;
  for (const CompiledPolicy& policy : program->policies()) {
    if (policy.kind != Kind::detection) continue;
    if (is_timely(policy)) {
      timely_.push_back(policy.number);
      continue;
    }
    const auto ask = [&](const Attribute& one) { asked.insert(&one); };
    each_test(policy.when, ask);
    each_test(policy.except, ask);
  }
  asked_.assign(asked.begin(), asked.end());
}

// That of the key, or the one that makes room for it.
DetectionMemo::Entry& DetectionMemo::entry_of(std::string_view key) {
  const std::size_t pair = std::hash<std::string_view>()(key) & (most_ / 2 - 1);
  const std::size_t newer = 2 * pair + newer_[pair];
  if (entries_[newer].is_known && entries_[newer].key == key) return entries_[newer];
  newer_[pair] ^= 1;
  return entries_[newer ^ 1];
}

void DetectionMemo::detects(const ProgramPtr& program, const Activity& activity,
                            const std::function<void(const CompiledPolicy&)>& each) {
  if (!program->has_detections()) return;
  if (most_ == 0) return program->detects(activity, each);
  if (program_ != program) turn_to(program);
  key_.clear();
  for (const Attribute* attribute : asked_) {
    add_value(key_, attribute->get(activity));
    if (key_.size() > kMostKey) return program->detects(activity, each);
  }
  const std::string_view key = key_.view();
  Entry& entry = entry_of(key);
  if (!entry.is_known || entry.key != key) {
    entry.holding.clear();
    program->detects(activity, [&](const CompiledPolicy& policy) {
      if (!std::ranges::binary_search(timely_, policy.number)) {
        entry.holding.push_back(policy.number);
      }
    });
    entry.key = key;
    entry.is_known = true;
  }
  // In the order written, those that ask for the time among them.
  const std::span<const CompiledPolicy> policies = program->policies();
  auto timely = timely_.begin();
  const auto look_at_those_before = [&](std::size_t number) {
    for (; timely != timely_.end() && *timely < number; ++timely) {
      const CompiledPolicy& policy = policies[*timely];
      if (policy.judge(Point::download, activity).holds()) each(policy);
    }
  };
  for (const std::uint32_t number : entry.holding) {
    look_at_those_before(number);
    each(policies[number]);
  }
  look_at_those_before(policies.size());
}

}  // namespace sallyport::policy
