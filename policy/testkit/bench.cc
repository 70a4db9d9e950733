#include "policy/testkit/bench.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "base/core/check.h"
#include "base/core/text.h"
#include "policy/testkit/reasons.h"

namespace sallyport::policy {
namespace {

bool decides(const CompiledPolicy& policy) {
  return policy.kind == Kind::access || policy.kind == Kind::tls ||
         (policy.kind == Kind::session && !policy.headers_only);
}

bool reports(const CompiledPolicy& policy) {
  return policy.kind == Kind::activity || policy.kind == Kind::app_discovery;
}

// The key under which a case names it.
std::string_view key_of(const CompiledPolicy& policy) {
  if (policy.rehearse) return "rehearsed";
  if (decides(policy)) return "policy";
  return reports(policy) ? "reports" : "edits";
}

std::string with_place(const CompiledPolicy& policy) {
  if (policy.written == nullptr) return policy.id;
  return fmt::format("{} ({})", policy.id, place_text(policy.written->place));
}

// Where a policy of this kind is asked with everything that the case knows.
Point last_point(const CompiledPolicy& policy, const TestCase& test) {
  if (policy.kind == Kind::tls) return Point::request;
  if (policy.headers_only) return Point::request;
  if (reports(policy)) return Point::download;
  return test.at ? **test.at : Point::response;
}

class Checker {
 public:
  Checker(const Program& program, bool apart, Diagnostics& found)
      : program_(program), apart_(apart), found_(found) {}

  void check(const TestCase& test) {
    if (test.policy && **test.policy != kNoPolicy) named(*test.policy, "policy", test);
    for (const auto& id : test.rehearsed) named(id, "rehearsed", test);
    for (const auto& id : test.reports) named(id, "reports", test);
    for (const auto& id : test.edits) named(id, "edits", test);
    for (const auto& id : test.without) find(id);
    const Ids ids = test.named();
    for (const auto& id : test.without) {
      const auto same = [&](const Spanned<std::string>& other) { return *other == *id; };
      if (std::any_of(ids.begin(), ids.end(), same)) {
        found_.error(id.place, fmt::format("'{}' is expected, and expected not to be", *id));
      }
    }
    if (apart_ && ids.empty() && test.without.empty()) {
      found_.error(test.place, "say which template the case is about",
                   "policy, reports, rehearsed, edits or without: ID");
    }
    if (test.because && !ids.empty()) because(*test.because, ids.front());
  }

 private:
  const CompiledPolicy* find(const Spanned<std::string>& id) {
    if (const CompiledPolicy* policy = program_.find(*id)) return policy;
    std::vector<std::string_view> known;
    std::string hint;
    for (const CompiledPolicy& policy : program_.policies()) {
      known.push_back(policy.id);
      if (policy.name == *id) hint = fmt::format("did you mean '{}'?", policy.id);
    }
    if (hint.empty()) hint = did_you_mean(*id, known);
    if (hint.empty()) hint = "sallyport policy list shows all";
    found_.error(id.place, fmt::format("there is no policy with the id '{}'", printable(*id)),
                 std::move(hint));
    return nullptr;
  }

  void named(const Spanned<std::string>& id, std::string_view key, const TestCase& test) {
    const CompiledPolicy* policy = find(id);
    if (policy == nullptr) return;
    if (const std::string_view right = key_of(*policy); right != key) {
      found_.error(
          id.place,
          policy->rehearse
              ? fmt::format("'{}' is in rehearsal", policy->id)
              : fmt::format("'{}' is a policy of kind {}{}", policy->id, to_string(policy->kind),
                            policy->headers_only ? " that edits header fields" : ""),
          fmt::format("write '{}: {}'", right, policy->id));
    }
    if ((policy->kind == Kind::app_discovery) != test.day.has_value()) {
      found_.error(id.place,
                   test.day ? "only app_discovery policies speak of a day"
                            : fmt::format("'{}' speaks of a day of an app", policy->id),
                   test.day ? "" : "add 'day: { users: 51 }'");
    }
    if (test.expect && key == "policy" && policy->action != **test.expect) {
      found_.error(id.place,
                   fmt::format("'{}' never decides '{}'", policy->id, to_string(**test.expect)),
                   fmt::format("it says 'then: {}'", to_string(policy->action)));
    }
  }

  static void add_asked(std::span<const Expression> parts, std::set<std::string_view>& asked) {
    for (const Expression& part : parts) {
      if (part.kind() == Expression::Kind::test) asked.insert(part.attribute().name);
      if (part.kind() != Expression::Kind::test) add_asked(part.parts(), asked);
    }
  }

  void because(const Ids& attributes, const Spanned<std::string>& id) {
    const CompiledPolicy* policy = program_.find(*id);
    if (policy == nullptr) return;
    std::set<std::string_view> asked;
    add_asked(policy->when, asked);
    for (const auto& one : attributes) {
      if (asked.contains(*one)) continue;
      std::string hint = did_you_mean(*one, {asked.begin(), asked.end()});
      if (hint.empty() && !asked.empty()) hint = fmt::format("it asks: {}", fmt::join(asked, ", "));
      found_.error(one.place,
                   fmt::format("'{}' does not ask for '{}'", policy->id, printable(*one)),
                   std::move(hint));
    }
  }

  const Program& program_;
  bool apart_;
  Diagnostics& found_;
};

// Everything that differs from what the case expects.
class Comparison {
 public:
  Comparison(const Program& program, const TestCase& test, const Activity& activity)
      : program_(program),
        test_(test),
        activity_(activity),
        happened_(judge_case(program, test, activity)) {}

  std::vector<Difference> differences() {
    decision();
    listed(test_.rehearsed, happened_.rehearsed, "rehearsed");
    listed(test_.reports, happened_.reports, "a report");
    listed(test_.edits, happened_.edits, "an edit of header fields");
    without();
    headers();
    because();
    return std::move(found_);
  }

 private:
  using Policies = std::vector<const CompiledPolicy*>;

  void decision() {
    if (test_.day) return;
    const Action action = test_.expect ? **test_.expect : Action::allow;
    const bool default_holds = !test_.policy || **test_.policy == kNoPolicy;
    const CompiledPolicy* wanted = default_holds ? nullptr : program_.find(**test_.policy);
    const bool right =
        test_.waits ? !happened_.final
                    : happened_.final && happened_.action == action && happened_.policy == wanted;
    if (right) return;
    std::string expected = "to wait";
    if (!test_.waits) {
      expected =
          fmt::format("{} by {}", to_string(action), wanted == nullptr ? "no policy" : wanted->id);
    }
    std::string got = "to wait for a later point";
    if (happened_.final) {
      got = fmt::format("{} by {} at {}", to_string(happened_.action),
                        happened_.policy == nullptr ? "no policy" : with_place(*happened_.policy),
                        to_string(happened_.point));
    }
    std::string why;
    if (wanted != nullptr && happened_.policy != wanted) {
      why = obstacle(*wanted, last_point(*wanted, test_), test_, activity_);
      if (why.empty() && happened_.policy != nullptr) {
        why = wanted->number > happened_.policy->number
                  ? fmt::format("{} holds too, and stands before", happened_.policy->id)
                  : fmt::format("{} decides earlier, at {}", happened_.policy->id,
                                to_string(happened_.point));
      }
    }
    found_.push_back({std::move(expected), std::move(got), std::move(why)});
  }

  static bool holds(const Policies& policies, const CompiledPolicy* one) {
    return std::find(policies.begin(), policies.end(), one) != policies.end();
  }

  void listed(const Ids& ids, const Policies& happened, std::string_view what) {
    for (const auto& id : ids) {
      const CompiledPolicy* policy = program_.find(*id);
      if (policy == nullptr || holds(happened, policy)) continue;
      std::string why = obstacle(*policy, last_point(*policy, test_), test_, activity_);
      if (why.empty() && happened_.policy != nullptr) {
        why = fmt::format("{} decides before it is asked", with_place(*happened_.policy));
      }
      found_.push_back({fmt::format("{} by {}", what, policy->id), "none", std::move(why)});
    }
  }

  void without() {
    for (const auto& id : test_.without) {
      const CompiledPolicy* policy = program_.find(*id);
      if (policy == nullptr) continue;
      std::string got;
      if (happened_.policy == policy) {
        // Told already where the decision itself is wrong.
        if (!found_.empty()) continue;
        got = "it decides";
      } else if (holds(happened_.rehearsed, policy)) {
        got = "it rehearses";
      } else if (holds(happened_.reports, policy)) {
        got = "it reports";
      } else if (holds(happened_.edits, policy)) {
        got = "it edits header fields";
      } else {
        continue;
      }
      found_.push_back({fmt::format("nothing by {}", policy->id), std::move(got),
                        policy->written ? place_text(policy->written->place) : std::string()});
    }
  }

  // What the edits come to: a later one replaces what an earlier one wrote.
  void headers() {
    for (const ExpectedHeader& expected : test_.headers) {
      std::optional<std::string> value;
      bool touched = false;
      for (const CompiledPolicy* policy : happened_.edits) {
        for (const std::string& name : policy->remove_headers) {
          if (!iequals(name, *expected.name)) continue;
          value.reset();
          touched = true;
        }
        for (const HeaderToAdd& add : policy->add_headers) {
          if (!iequals(add.name, *expected.name)) continue;
          value = add.value;
          touched = true;
        }
      }
      const auto shown = [](const std::optional<std::string>& text) {
        return text ? printable(*text) : std::string("removed");
      };
      if (touched && value == expected.value) continue;
      found_.push_back({fmt::format("{}: {}", *expected.name, shown(expected.value)),
                        touched ? fmt::format("{}: {}", *expected.name, shown(value))
                                : fmt::format("{} is left as it was", *expected.name),
                        {}});
    }
  }

  void because() {
    if (!test_.because || !found_.empty()) return;
    const CompiledPolicy* policy = program_.find(*test_.named().front());
    const Point point = policy == happened_.policy ? happened_.point : last_point(*policy, test_);
    const std::set<std::string_view> got = reasons(*policy, point, activity_);
    std::set<std::string_view> expected;
    for (const auto& one : *test_.because) expected.insert(*one);
    if (got == expected) return;
    found_.push_back({fmt::format("{} because of {}", policy->id, fmt::join(expected, ", ")),
                      got.empty() ? std::string("it holds always")
                                  : fmt::format("because of {}", fmt::join(got, ", ")),
                      policy->written ? place_text(policy->written->place) : std::string()});
  }

  const Program& program_;
  const TestCase& test_;
  const Activity& activity_;
  Happened happened_;
  std::vector<Difference> found_;
};

}  // namespace

Bench::Bench(std::shared_ptr<const Program> program, BenchOptions options)
    : program_(std::move(program)), options_(std::move(options)) {
  zones_[options_.zone] = TimeZone::find(options_.zone);
  for (const CompiledPolicy& policy : program_->policies()) {
    if (policy.written == nullptr || !policy.written->zone) continue;
    auto& zone = zones_[**policy.written->zone];
    if (zone == nullptr) zone = TimeZone::find(**policy.written->zone);
  }
  // The compiler has looked them up before.
  for (const auto& [name, zone] : zones_) CHECK(zone != nullptr);
}

Activity Bench::activity_of(const TestCase& test, Diagnostics& found) const {
  Ids ids = test.named();
  ids.insert(ids.end(), test.without.begin(), test.without.end());
  const CompiledPolicy* policy = ids.empty() ? nullptr : program_->find(*ids.front());
  const bool own = policy != nullptr && policy->written != nullptr && policy->written->zone;
  const std::string& zone = own ? **policy->written->zone : options_.zone;
  return make_activity(test.given, *zones_.find(zone)->second, found);
}

void Bench::check(const TestFile& file, Diagnostics& found) const {
  Checker checker(*program_, options_.apart, found);
  std::set<std::pair<std::uint32_t, std::uint32_t>> told;
  for (const TestCase& test : file.cases) {
    Diagnostics here;
    activity_of(test, here);
    // A fact of `defaults` or of a case with variations is wrong in each of them; said once.
    for (Diagnostic& one : here.sorted()) {
      if (told.emplace(one.place.line, one.place.column).second) found.add(std::move(one));
    }
    checker.check(test);
  }
}

const Program& Bench::program_for(const TestCase& test) {
  if (!options_.apart) return *program_;
  std::set<std::uint32_t> numbers;
  Ids ids = test.named();
  ids.insert(ids.end(), test.without.begin(), test.without.end());
  for (const auto& id : ids) {
    if (const CompiledPolicy* policy = program_->find(*id)) numbers.insert(policy->number);
  }
  std::vector<std::uint32_t> key(numbers.begin(), numbers.end());
  const auto known = apart_.find(key);
  if (known != apart_.end()) return known->second;
  std::vector<CompiledPolicy> policies;
  for (const std::uint32_t number : key) policies.push_back(program_->policies()[number]);
  return apart_.emplace(std::move(key), Program(std::move(policies))).first->second;
}

CaseResult Bench::run(const TestCase& test) {
  Diagnostics ignored;  // check() told them
  const Activity activity = activity_of(test, ignored);
  return {&test, Comparison(program_for(test), test, activity).differences()};
}

}  // namespace sallyport::policy
