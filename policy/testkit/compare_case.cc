#include "policy/testkit/compare_case.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "base/core/text.h"
#include "policy/testkit/happened.h"
#include "policy/testkit/reasons.h"

namespace sallyport::policy {
namespace {

bool reports(const CompiledPolicy& policy) {
  return policy.kind == Kind::activity || policy.kind == Kind::app_discovery ||
         policy.kind == Kind::detection;
}

std::string with_place(const CompiledPolicy& policy) {
  if (policy.written == nullptr) return policy.id;
  return fmt::format("{} ({})", policy.id, place_text(policy.written->place));
}

// Where a policy of this kind is asked with everything that the case knows.
Point last_point(const CompiledPolicy& policy, const TestCase& test) {
  if (policy.kind == Kind::tls) return Point::request;
  if (policy.edits_only) return Point::request;
  if (reports(policy)) return Point::download;
  return test.at ? **test.at : Point::response;
}

std::string printable_lines(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return printable(text);
}

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
    shown();
    listed(test_.rehearsed, happened_.rehearsed, "rehearsed");
    listed(test_.reports, happened_.reports, "a report");
    tags();
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
      if (why.empty() && holds(happened_.granted, wanted)) {
        why = fmt::format("{} was answered ('grants'), so it is passed over", wanted->id);
      }
      if (why.empty() && happened_.policy != nullptr) {
        why = wanted->number > happened_.policy->number
                  ? fmt::format("{} holds too, and stands before", happened_.policy->id)
                  : fmt::format("{} decides earlier, at {}", happened_.policy->id,
                                to_string(happened_.point));
      }
    }
    found_.push_back({std::move(expected), std::move(got), std::move(why)});
  }

  // What somebody who is stopped reads, and where a page sends them. Told already where the
  // decision itself is wrong.
  void shown() {
    if (!found_.empty() || happened_.policy == nullptr) return;
    const CompiledPolicy& policy = *happened_.policy;
    const Policy* written = policy.written.get();
    const auto place = [&](const auto& key) {
      return written == nullptr ? std::string() : place_text(key ? key->place : written->place);
    };
    const auto compare = [&](const std::optional<ExpectedText>& expected, std::string_view key,
                             const std::string& got, std::string why) {
      if (!expected || expected->text.value_or("") == got) return;
      const auto line = [&](const std::string& text) {
        return text.empty() ? fmt::format("no '{}'", key)
                            : fmt::format("{}: {}", key, printable_lines(text));
      };
      found_.push_back({line(expected->text.value_or("")), line(got), std::move(why)});
    };
    compare(test_.say, "say", policy.say, written ? place(written->say) : "");
    compare(test_.redirect, "redirect", policy.redirect, written ? place(written->redirect) : "");
  }

  // As discovery/alerts/alert_raiser.cc: a host that is in no app gets no tag, and an app none that
  // it has.
  void tags() {
    if (!test_.tag_app) return;
    std::set<std::string_view> got, expected;
    for (const CompiledPolicy* policy : happened_.reports) {
      if (policy->tag_app.empty() || !activity_.app) continue;
      const std::vector<std::string>& has = activity_.app->tags;
      if (std::find(has.begin(), has.end(), policy->tag_app) == has.end()) {
        got.insert(policy->tag_app);
      }
    }
    for (const auto& tag : *test_.tag_app) expected.insert(*tag);
    if (got == expected) return;
    const auto line = [](const std::set<std::string_view>& tags) {
      return tags.empty() ? std::string("no tag") : fmt::format("tag {}", fmt::join(tags, ", "));
    };
    std::string why;
    if (!activity_.app) why = "the app is unknown, and only apps get tags";
    for (const CompiledPolicy* policy : happened_.reports) {
      if (why.empty() && got.contains(policy->tag_app) && !expected.contains(policy->tag_app)) {
        why = with_place(*policy);
      }
    }
    found_.push_back({line(expected), line(got), std::move(why)});
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
        got = "it changes how requests pass";
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
      const auto restricts = [&](const HeaderOnHosts& field) {
        return is_on(field.hosts, activity_.host);
      };
      // As proxy/session: the client's fields of what is restricted go before anything is written.
      for (const CompiledPolicy* policy : happened_.edits) {
        for (const HeaderOnHosts& field : policy->restrictions) {
          const auto same = [&](std::string_view name) { return iequals(name, *expected.name); };
          touched = touched || (restricts(field) && std::ranges::any_of(field.family, same));
        }
      }
      for (const CompiledPolicy* policy : happened_.edits) {
        for (const HeaderOnHosts& field : policy->restrictions) {
          if (restricts(field) && iequals(field.name, *expected.name)) value = field.value;
        }
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

std::vector<Difference> differences(const Program& program, const TestCase& test,
                                    const Activity& activity) {
  return Comparison(program, test, activity).differences();
}

std::vector<Difference> history_differences(const Program& program, const TestCase& test,
                                            std::span<const HistoryActivity> history,
                                            HistoryJudge* judge) {
  if (judge == nullptr) return {{"a history to be judged", "nobody here who could", {}}};
  std::vector<Difference> differences;
  const auto place = [](const CompiledPolicy& policy) {
    return policy.written ? place_text(policy.written->place) : std::string();
  };
  for (const auto& id : test.finds) {
    const CompiledPolicy* policy = program.find(*id);
    if (policy == nullptr || judge->find(*policy, history)) continue;
    const bool fed = std::any_of(history.begin(), history.end(), [&](const HistoryActivity& one) {
      return one.is_now && policy->judge(Point::download, one.activity).holds();
    });
    differences.push_back(
        {fmt::format("a finding of {}", policy->id), "none",
         fed ? place(*policy) : "nothing of what happens now matches its 'when'"});
  }
  for (const auto& id : test.without) {
    const CompiledPolicy* policy = program.find(*id);
    if (policy == nullptr || policy->kind != Kind::detection) continue;
    const auto finding = judge->find(*policy, history);
    if (!finding) continue;
    differences.push_back({fmt::format("nothing by {}", policy->id),
                           "a finding: " + printable_lines(*finding), place(*policy)});
  }
  return differences;
}

}  // namespace sallyport::policy
