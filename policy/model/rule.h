#pragma once
// A rule exactly as its author wrote it.
//
//   - name: customer data stays in sanctioned storage
//     when:
//       app.category: cloud_storage
//       activity: [upload, share]
//       not: { app.tag: sanctioned }
//     then: block
//     say: Please use the company share.
//
// The shape has been checked, the content has not: attributes may not exist, values may have the
// wrong type. compile() turns rules into a Program or into diagnostics, and nobody else may act on
// them. Each part keeps its place in the file, because diagnostics, explain and the console's
// editor point at it.
//
// INVARIANT: order matters between rules, never inside one. The first rule whose conditions all
// hold decides (policy/eval/program.h says when a condition holds).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/spanned.h"
#include "policy/activity/words.h"

namespace sallyport::policy {

// `rehearse` judges and records, but changes nothing.
enum class Mode : std::uint8_t { enforce, rehearse };

// How much an operator cares; for alerts and reports, never for the decision.
enum class RuleSeverity : std::uint8_t { informational, low, medium, high };

// One line under `when`, or a group of them.
struct Condition {
  enum class Kind : std::uint8_t {
    test,      // attribute: value, or attribute: [value, ...], which means any of them
    all,       // all: [ {...}, ... ]
    any,       // any: [ {...}, ... ]
    negation,  // not: {...}: holds when not all of its conditions hold
  };

  Kind kind = Kind::test;
  Spanned<std::string> attribute;            // test: its name; else the word "all", "any" or "not"
  std::vector<Spanned<std::string>> values;  // test: at least one
  std::vector<Condition> parts;              // all, any, negation: at least one
};

struct Rule {
  Spanned<std::string> name;    // Unique over all files; events and tests speak of it by this.
  std::vector<Condition> when;  // All must hold; no condition at all always holds.
  Spanned<Action> then;
  std::optional<Spanned<std::string>> say;  // Shown to the person who was stopped.
  Mode mode = Mode::enforce;
  std::optional<RuleSeverity> severity;
};

}  // namespace sallyport::policy
