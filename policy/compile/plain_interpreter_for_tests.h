#pragma once
// Judging by policies as they were written, in the plainest way that can be thought of: no
// matchers, no index, no compiled anything. What compile() makes of the same text must say the same
// (differential_test.cc), so nothing here may be shared with it but the attribute table.
//
// A condition whose fact is not there yet may come to be true, false or unknown. So a policy is
// tried with every combination of answers, and what all of them come to is the set of what it may
// come to. Slow, and obviously right.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "policy/activity/activity.h"
#include "policy/activity/attribute_table.h"
#include "policy/model/policy.h"

namespace sallyport::policy::plain {

enum class Three { no, unknown, yes };  // in Kleene's order

inline Three turned(Three value) {
  return value == Three::yes ? Three::no : value == Three::no ? Three::yes : Three::unknown;
}

inline std::string small(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

inline bool globs(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (globs(pattern.substr(1), text.substr(skip))) return true;
    }
    return false;
  }
  return !text.empty() && (pattern[0] == '?' || pattern[0] == text[0]) &&
         globs(pattern.substr(1), text.substr(1));
}

inline bool is_under(std::string_view host, std::string_view name) {
  const std::string dotted = "." + std::string(name);
  return host.size() > dotted.size() && host.substr(host.size() - dotted.size()) == dotted;
}

inline bool text_is(const Attribute& attribute, std::string_view fact, std::string value) {
  if (attribute.host_suffix) {
    if (value.starts_with("=")) return fact == value.substr(1);
    if (value.starts_with("*.")) return is_under(fact, value.substr(2));
    return fact == value || is_under(fact, value);
  }
  if (attribute.path_prefix) {
    if (value.find('*') != value.npos) return globs(value, fact);
    if (value.ends_with("/")) return fact.starts_with(value);
    return fact == value || fact.starts_with(value + "/");
  }
  if (attribute.fold_case) return globs(small(value), small(fact));
  return globs(value, fact);
}

inline bool number_is(std::int64_t fact, const std::string& value) {
  const auto dots = value.find("..");
  if (dots != value.npos) {
    return std::stoll(value.substr(0, dots)) <= fact && fact <= std::stoll(value.substr(dots + 2));
  }
  const std::size_t digits = value.find_first_of("0123456789");
  const std::string sign = value.substr(0, value.find_first_of(" 0123456789"));
  const std::int64_t number = std::stoll(value.substr(digits));
  if (sign == ">") return fact > number;
  if (sign == ">=") return fact >= number;
  if (sign == "<") return fact < number;
  if (sign == "<=") return fact <= number;
  return fact == number;
}

inline bool address_is(const IpAddress& fact, const std::string& value) {
  const IpAddress base = *IpAddress::parse(value.substr(0, value.find('/')));
  if (base.is_v4() != fact.is_v4()) return false;
  const int all = base.is_v4() ? 32 : 128;
  const auto slash = value.find('/');
  const int length = slash == value.npos ? all : std::stoi(value.substr(slash + 1));
  for (int bit = 0; bit < length; ++bit) {
    const auto at = [&](const IpAddress& address) {
      return address.bytes()[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8) & 1;
    };
    if (at(base) != at(fact)) return false;
  }
  return true;
}

// UTC only.
inline bool time_is(const Attribute& attribute, std::int64_t micros, const std::string& value) {
  const std::int64_t seconds = micros / 1'000'000;
  const auto dots = value.find("..");
  const std::string first = value.substr(0, dots);
  const std::string last = dots == value.npos ? first : value.substr(dots + 2);
  if (attribute.type == Type::time_of_day) {
    const auto second_of = [](const std::string& text) {
      return std::stoll(text.substr(0, 2)) * 3600 + std::stoll(text.substr(3)) * 60;
    };
    const std::int64_t now = seconds % 86400;
    const std::int64_t from = second_of(first), to = second_of(last);
    return from < to ? from <= now && now < to : now >= from || now < to;
  }
  const std::chrono::sys_days day{std::chrono::days(seconds / 86400)};
  if (attribute.type == Type::weekday) {
    static constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu",
                                                              "fri", "sat", "sun"};
    const auto index = [](const std::string& word) {
      return std::find(kDays.begin(), kDays.end(), word) - kDays.begin();
    };
    const auto now = static_cast<long>(std::chrono::weekday(day).iso_encoding()) - 1;
    for (auto at = index(first);; at = (at + 1) % 7) {
      if (at == now) return true;
      if (at == index(last)) return false;
    }
  }
  const std::chrono::year_month_day date(day);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return first <= text && text <= last;
}

inline bool value_is(const Attribute& attribute, const Value& fact, const std::string& value) {
  if (const auto* text = std::get_if<std::string_view>(&fact)) {
    return text_is(attribute, *text, value);
  }
  if (const auto* texts = std::get_if<std::span<const std::string>>(&fact)) {
    return std::any_of(texts->begin(), texts->end(),
                       [&](const std::string& one) { return text_is(attribute, one, value); });
  }
  if (const auto* address = std::get_if<IpAddress>(&fact)) return address_is(*address, value);
  const auto number = std::get<std::int64_t>(fact);
  return attribute.type == Type::number ? number_is(number, value)
                                        : time_is(attribute, number, value);
}

// A test's answer; nothing: not yet.
inline std::optional<Three> test_of(const Condition& condition, Point point,
                                    const Activity& activity) {
  const Attribute& attribute = *find_attribute(*condition.attribute);
  Value fact = attribute.get(activity);
  if (point < attribute.from && !attribute.may_come_early) return std::nullopt;
  const bool there = !std::holds_alternative<std::monostate>(fact);
  if (!there && point < attribute.from) return std::nullopt;
  bool asks_set = false;
  for (const auto& value : condition.values) {
    if (*value == "is set") asks_set = true;
    if (*value == "is not set" || (*value == "unknown" && attribute.says_unknown)) {
      if (!there) return Three::yes;
    } else if (there && (*value == "is set" || value_is(attribute, fact, *value))) {
      return Three::yes;
    }
  }
  return !there && !asks_set ? Three::unknown : Three::no;
}

using Answers = std::function<Three(const Condition&)>;

inline Three all_of(const std::vector<Condition>& conditions, const Answers& answers);

inline Three answer_of(const Condition& condition, const Answers& answers) {
  switch (condition.kind) {
    case Condition::Kind::test:
      return answers(condition);
    case Condition::Kind::all:
      return all_of(condition.parts, answers);
    case Condition::Kind::negation:
      return turned(all_of(condition.parts, answers));
    case Condition::Kind::any: {
      Three most = Three::no;
      for (const Condition& part : condition.parts) most = std::max(most, answer_of(part, answers));
      return most;
    }
  }
  return Three::no;
}

inline Three all_of(const std::vector<Condition>& conditions, const Answers& answers) {
  Three least = Three::yes;
  for (const Condition& one : conditions) least = std::min(least, answer_of(one, answers));
  return least;
}

inline void collect_open(const std::vector<Condition>& conditions, Point point,
                         const Activity& activity, std::vector<const Condition*>& open) {
  for (const Condition& one : conditions) {
    if (one.kind != Condition::Kind::test) {
      collect_open(one.parts, point, activity, open);
    } else if (!test_of(one, point, activity)) {
      open.push_back(&one);
    }
  }
}

// Everything that the policy may come to.
inline std::set<Three> outcomes(const Policy& policy, Point point, const Activity& activity) {
  std::vector<const Condition*> open;
  collect_open(policy.when, point, activity, open);
  for (const Exception& one : policy.except) collect_open(one.when, point, activity, open);
  std::set<Three> found;
  std::size_t combinations = 1;
  for (std::size_t i = 0; i < open.size(); ++i) combinations *= 3;
  for (std::size_t number = 0; number < combinations; ++number) {
    const Answers answers = [&](const Condition& condition) {
      std::size_t rest = number;
      for (const Condition* one : open) {
        if (one == &condition) return static_cast<Three>(rest % 3);
        rest /= 3;
      }
      return *test_of(condition, point, activity);
    };
    Three all = all_of(policy.when, answers);
    for (const Exception& one : policy.except) {
      if (all_of(one.when, answers) == Three::yes) all = std::min(all, Three::no);
    }
    found.insert(all);
  }
  return found;
}

// What people have answered, and who is suspended.
struct State {
  std::vector<Grant> grants;
  std::vector<Suspension> suspensions;
};

// Whether one of the grants is this person's, for what the policy asks.
inline bool answered(const Policy& policy, const Activity& activity, const State& state) {
  const Action action = **policy.then;
  if (!asks(action) && action != Action::block) return false;
  if (action == Action::step_up && !activity.user) return false;
  const GrantWidth width = policy.grant_width ? **policy.grant_width : GrantWidth::app;
  std::string app, site;
  if (width != GrantWidth::user && activity.app) app = activity.app->id;
  if (width != GrantWidth::user && !activity.app) {
    site = activity.domain.empty() ? activity.host : activity.domain;
  }
  std::optional<IpAddress> address;
  if (!activity.user || width == GrantWidth::address) address = activity.client.address;
  for (const Grant& one : state.grants) {
    if (one.policy_id == **policy.id && one.action == action &&
        one.user == activity.user.value_or("") && one.app == app && one.site == site &&
        one.address == address && one.until > activity.at) {
      return true;
    }
  }
  return false;
}

inline bool suspended(const Activity& activity, const State& state) {
  for (const Suspension& one : state.suspensions) {
    if (!activity.user || one.until <= activity.at) continue;
    bool theirs = one.user == *activity.user;
    for (const std::string& name : activity.user_names) theirs = theirs || name == one.user;
    if (!theirs) continue;
    if (one.reach == Suspension::Reach::everything) return true;
    if (!activity.app) continue;
    if (one.reach == Suspension::Reach::app && activity.app->id == one.app) return true;
    for (const std::string& tag : activity.app->tags) {
      if (one.reach == Suspension::Reach::sanctioned && tag == "sanctioned") return true;
    }
  }
  return false;
}

struct Told {
  Action action = Action::allow;
  std::string policy;  // id
  bool final = true;
  std::vector<std::string> rehearsed;
  std::vector<std::string> granted;
  bool suspended = false;

  bool operator==(const Told&) const = default;
};

inline bool edits(const Policy& policy) {
  return !policy.add_headers.empty() || !policy.remove_headers.empty();
}

// To whoever waits, all that stops is one.
inline Action end_of(Action action) { return stops(action) ? Action::block : action; }

inline Told with_notice(Told told, const std::string& notice) {
  if (notice.empty()) return told;
  if (told.action != Action::allow && told.action != Action::monitor) return told;
  told.action = Action::notice;
  told.policy = notice;
  return told;
}

inline Told decide(const std::vector<const Policy*>& policies, Point point,
                   const Activity& activity, const State& state) {
  Told told;
  std::set<Action> waiting;
  std::string notice;
  for (const Policy* policy : policies) {
    const std::set<Three> may = outcomes(*policy, point, activity);
    if (!may.contains(Three::yes)) continue;
    const bool holds = may.size() == 1;
    if ((holds || asks(**policy->then)) && answered(*policy, activity, state)) {
      if (holds) told.granted.push_back(**policy->id);
      continue;
    }
    if (policy->mode && **policy->mode == Mode::rehearse) {
      if (holds && waiting.empty()) told.rehearsed.push_back(**policy->id);
      continue;
    }
    const Action action = **policy->then;
    if (action == Action::notice) {
      const bool others = waiting.contains(Action::allow) || waiting.contains(Action::monitor);
      if (holds && notice.empty() && !others) notice = **policy->id;
      continue;
    }
    if (!holds) {
      waiting.insert(end_of(action));
      continue;
    }
    waiting.erase(end_of(action));
    if (!waiting.empty()) {
      told.final = false;
      return with_notice(told, notice);
    }
    told.action = action;
    told.policy = **policy->id;
    return with_notice(told, notice);
  }
  waiting.erase(Action::allow);
  told.final = waiting.empty();
  return with_notice(told, notice);
}

inline std::vector<const Policy*> of_kind(const std::vector<Policy>& policies,
                                          std::initializer_list<Kind> kinds) {
  std::vector<const Policy*> chosen;
  for (const Policy& one : policies) {
    const Kind kind = one.kind ? **one.kind : Kind::session;
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end() && !edits(one)) {
      chosen.push_back(&one);
    }
  }
  return chosen;
}

inline Told decide(const std::vector<Policy>& policies, Point point, const Activity& activity,
                   const State& state) {
  if (suspended(activity, state)) {
    Told told;
    told.action = Action::block;
    told.suspended = true;
    return told;
  }
  return decide(of_kind(policies, {Kind::access, Kind::session}), point, activity, state);
}

inline Told decide_connection(const std::vector<Policy>& policies, const Activity& activity,
                              const State& state) {
  Told named = decide(policies, Point::connect, activity, state);
  if (named.final && stops(named.action)) return named;
  Told opened = decide(of_kind(policies, {Kind::tls}), Point::connect, activity, {});
  if (opened.policy.empty() || opened.action == Action::intercept) {
    named.rehearsed.insert(named.rehearsed.end(), opened.rehearsed.begin(), opened.rehearsed.end());
    return named;
  }
  opened.rehearsed.insert(opened.rehearsed.end(), named.rehearsed.begin(), named.rehearsed.end());
  opened.granted = named.granted;
  return opened;
}

inline std::vector<std::string> reports(const std::vector<Policy>& policies,
                                        const Activity& activity) {
  std::vector<std::string> ids;
  for (const Policy* one : of_kind(policies, {Kind::activity})) {
    if (outcomes(*one, Point::download, activity) == std::set<Three>{Three::yes}) {
      ids.push_back(**one->id);
    }
  }
  return ids;
}

}  // namespace sallyport::policy::plain
