#pragma once
// What policy said about one activity, and why.

#include <string>
#include <vector>

#include "policy/activity/words.h"

namespace sallyport::policy {

struct Verdict {
  Action action = Action::allow;
  // The rule that decided, as its author named it; "" where no rule matched and the default holds.
  std::string policy;
  std::string say;               // The author's words for the person who was stopped, or "".
  Point point = Point::request;  // Where it was decided.
  // False: a rule that stands before what would decide still waits for a later point, so this is
  // only what would hold if none of those match. `action` is then allow.
  bool final = true;
  // Rules with `mode: rehearse` that would have decided, with what they would have done.
  struct Rehearsed {
    std::string policy;
    Action action = Action::allow;
  };
  std::vector<Rehearsed> rehearsed;

  bool stops() const { return final && action == Action::block; }
};

}  // namespace sallyport::policy
