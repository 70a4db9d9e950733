#include "policy/eval/detection_memo.h"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>

#include "policy/eval/compiled_policy.h"

namespace sallyport::policy {
namespace {

template <class T>
void append_raw(std::string& to, const T& value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append(std::string& to, std::string_view text) {
  append_raw(to, static_cast<std::uint32_t>(text.size()));
  to += text;
}

// Two values are the same if, and only if, what is appended is.
void append_value(std::string& to, const Value& value) {
  to += static_cast<char>(value.index());
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    append(to, *text);
  } else if (const auto* texts = std::get_if<std::span<const std::string>>(&value)) {
    append_raw(to, static_cast<std::uint32_t>(texts->size()));
    for (const std::string& one : *texts) append(to, one);
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    append_raw(to, *number);
  } else if (const auto* address = std::get_if<IpAddress>(&value)) {
    to += address->is_v4() ? '4' : '6';
    to.append(reinterpret_cast<const char*>(address->bytes().data()), address->bytes().size());
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

void DetectionMemo::detects(const ProgramPtr& program, const Activity& activity,
                            const std::function<void(const CompiledPolicy&)>& each) {
  if (!program->has_detections()) return;
  if (most_ == 0) return program->detects(activity, each);
  if (program_ != program) turn_to(program);
  key_.clear();
  key_ += '+';  // never empty
  for (const Attribute* attribute : asked_) {
    append_value(key_, attribute->get(activity));
    if (key_.size() > kMostKey) return program->detects(activity, each);
  }
  Entry& entry = entries_[std::hash<std::string_view>()(key_) & (most_ - 1)];
  if (entry.key != key_) {
    entry.holding.clear();
    program->detects(activity, [&](const CompiledPolicy& policy) {
      if (!std::ranges::binary_search(timely_, policy.number)) {
        entry.holding.push_back(policy.number);
      }
    });
    std::swap(entry.key, key_);
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
