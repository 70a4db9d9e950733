#pragma once
// Why policies came to what they came to: each policy in the order written, at each point where it
// was asked, with every condition, the fact that it looked at, and the place where it is written.
//
// explain.h makes it, render_text.h and render_json.h show it. Lifetime: it points into the Program
// that it was made of and dies with it; of the Activity it keeps nothing but texts.
//
// All texts of facts are safe for a terminal (printable()), and long ones are cut.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/core/spanned.h"
#include "policy/activity/attribute_table.h"
#include "policy/eval/compiled_policy.h"
#include "policy/eval/standing.h"
#include "policy/eval/verdict.h"
#include "policy/model/policy.h"

namespace sallyport::policy {

// What a condition came to, for people (Outcome has the sets behind it).
enum class Truth : std::uint8_t {
  held,
  failed,
  not_yet,  // the fact can still come
  unknown,  // the fact will not come: neither the condition nor its opposite holds
};

// One condition, or a group of them with what stands in it.
struct ConditionExplained {
  Condition::Kind kind = Condition::Kind::test;
  std::string name;     // the attribute; "all", "any" or "not"
  std::string written;  // its values: "upload", "[upload, share]"; "" for a group
  Place place;          // where it is written, also in a template's file
  Truth truth = Truth::failed;
  // Of a test: the attribute, what the activity holds ("" where there is nothing), and the value
  // that matched, where it stands: in the policy, in a template, or in a list.
  const Attribute* attribute = nullptr;
  std::string fact;
  std::optional<Spanned<std::string>> matched;
  std::vector<ConditionExplained> parts;  // of a group
};

struct ExceptionExplained {
  Place place;
  Truth truth = Truth::failed;  // held: the policy does not
  std::string reason;
  std::string expires;   // as written
  bool expired = false;  // so it holds no more
  std::vector<ConditionExplained> when;
};

// What a policy was in the answer to its question, at one point.
enum class Role : std::uint8_t {
  cannot_hold,  // false, unknown, or not in force
  waits,        // may still hold: those after it that would do something else wait for it
  decides,      // (in rehearsal: would have decided)
  held_back,    // holds, but one before it waits that would do something else
  applies,      // holds: it edits fields, or reports, or is a notice
  granted,      // holds or may, and is passed over: the person has answered it
  not_asked,    // one before it decided, or the question did not come up
};

enum class InForce : std::uint8_t { yes, not_begun, expired };

// A policy as it was at the points `from` to `to`, where nothing changed.
struct Look {
  Point from = Point::connect;
  Point to = Point::connect;
  Role role = Role::cannot_hold;
  Truth truth = Truth::failed;
  InForce in_force = InForce::yes;
  std::vector<ConditionExplained> when;
  std::vector<ExceptionExplained> except;
};

struct PolicyExplained {
  const CompiledPolicy* policy = nullptr;
  std::vector<Look> looks;                    // at least one; the last is what counted in the end
  std::optional<Grant> grant = std::nullopt;  // by which it was passed over
};

enum class Question : std::uint8_t {
  may,      // access, session: may it be done?
  opened,   // tls: is the connection opened?
  fault,    // tls: what about the fault of the origin's certificate?
  fields,   // session: how does it pass: header fields, rates?
  reports,  // activity: does it report?
};

// What the policies of one question said at one point.
struct Answer {
  Point point = Point::connect;
  Action action = Action::allow;
  const CompiledPolicy* policy = nullptr;  // null: the default
  bool final = true;                       // false: asked again at the next point
  // Why what it says was not done: it says bypass, but "it was opened before"; or "".
  std::string_view undone = {};
  std::vector<const CompiledPolicy*> waits;
};

struct QuestionExplained {
  Question question = Question::may;
  // At each point where it was asked, in that order; none for `fields` and `reports`, and where the
  // question did not come up.
  std::vector<Answer> answers;
  std::string_view not_asked;             // why it did not come up: "it is plain HTTP"; or ""
  std::vector<PolicyExplained> policies;  // in the order written
};

struct FactExplained {
  const Attribute* attribute = nullptr;
  std::variant<std::int64_t, std::string, std::vector<std::string>> value;
  std::string text;
  bool asked = false;  // some policy asks for it
};

struct Explanation {
  // What it came to, as Program::decide_whole gives it.
  Decision decision;
  Point until = Point::response;             // the last point that was asked
  std::vector<QuestionExplained> questions;  // those that have policies
  std::vector<FactExplained> facts;          // those that are known in the end, by name
  // Attributes that some policy asks for and that were not there in the end, by name.
  std::vector<const Attribute*> missing;
  std::size_t app_policies = 0;          // which are judged by what a day comes to
  std::optional<Suspension> suspension;  // that decided before any policy was asked
};

std::string_view to_string(Truth truth);
std::string_view to_string(Role role);
std::string_view to_string(Question question);

// "conf/policies/starter.yaml:17:5"; "" for no place.
std::string to_text(const Place& place);

}  // namespace sallyport::policy
