#include "policy/testkit/check_case.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "base/core/text.h"

namespace sallyport::policy {
namespace {

bool decides(const CompiledPolicy& policy) {
  return policy.kind == Kind::access || policy.kind == Kind::tls ||
         (policy.kind == Kind::session && !policy.edits_only);
}

bool reports(const CompiledPolicy& policy) {
  return policy.kind == Kind::activity || policy.kind == Kind::app_discovery ||
         policy.kind == Kind::detection;
}

// The key under which a case names it.
std::string_view key_of(const CompiledPolicy& policy, const TestCase& test) {
  if (policy.rehearse || test.rehearses()) return "rehearsed";
  if (decides(policy)) return "policy";
  return reports(policy) ? "reports" : "edits";
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
    for (const auto& id : test.finds) detection(id);
    for (const auto& id : test.without) find(id);
    for (const auto& id : test.grants) answered(id);
    const Ids ids = test.named();
    for (const auto& id : test.without) {
      const auto same = [&](const Spanned<std::string>& other) { return *other == *id; };
      if (std::any_of(ids.begin(), ids.end(), same)) {
        found_.error(id.place, fmt::format("'{}' is expected, and expected not to be", *id));
      }
    }
    if (apart_ && test.about().empty()) {
      found_.error(test.place, "say which template the case is about",
                   "policy, reports, finds, rehearsed, edits, grants or without: ID");
    }
    if (test.because && !ids.empty()) because(*test.because, ids.front());
    if (test.say) shows(test, *test.say, "say");
    if (test.redirect) shows(test, *test.redirect, "redirect");
    if (test.tag_app) tags(test);
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
    if (const std::string_view right = key_of(*policy, test); right != key) {
      found_.error(
          id.place,
          right == "rehearsed"
              ? fmt::format("'{}' is in rehearsal", policy->id)
              : fmt::format("'{}' is a policy of kind {}{}", policy->id, to_string(policy->kind),
                            policy->edits_only ? " that changes how it passes" : ""),
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

  void detection(const Spanned<std::string>& id) {
    const CompiledPolicy* policy = find(id);
    if (policy == nullptr || policy->kind == Kind::detection) return;
    found_.error(id.place,
                 fmt::format("'{}' is a policy of kind {}, which finds nothing", policy->id,
                             to_string(policy->kind)),
                 "only detections find something in what happened");
  }

  void answered(const Spanned<std::string>& id) {
    const CompiledPolicy* policy = find(id);
    if (policy == nullptr || can_be_granted(policy->action)) return;
    found_.error(id.place, fmt::format("nobody can be granted anything by '{}'", policy->id),
                 "coach, justify, step_up and notice ask; a block is passed by an operator's word");
  }

  void shows(const TestCase& test, const ExpectedText& text, std::string_view key) {
    if (!test.policy || **test.policy != kNoPolicy) return;
    found_.error(text.place, fmt::format("where no policy decides, there is no '{}'", key),
                 "it belongs to a case with 'policy: ID'");
  }

  void tags(const TestCase& test) {
    std::vector<std::string_view> known;
    std::string says;
    for (const auto& id : test.reports) {
      const CompiledPolicy* policy = program_.find(*id);
      if (policy == nullptr || policy->tag_app.empty()) continue;
      known.push_back(policy->tag_app);
      says = fmt::format("'{}' says 'tag_app: {}'", policy->id, policy->tag_app);
    }
    for (const auto& tag : *test.tag_app) {
      if (std::find(known.begin(), known.end(), *tag) != known.end()) continue;
      if (test.reports.empty()) {
        found_.error(tag.place, "say which policy tags the app", "add 'reports: ID'");
        return;
      }
      std::string hint = did_you_mean(*tag, known);
      if (hint.empty()) hint = says.empty() ? "they have no 'tag_app'" : says;
      found_.error(tag.place,
                   fmt::format("no policy that reports here tags an app '{}'", printable(*tag)),
                   std::move(hint));
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

}  // namespace

void check_case(const Program& program, const TestCase& test, bool apart, Diagnostics& found) {
  Checker(program, apart, found).check(test);
}

}  // namespace sallyport::policy
