#pragma once
// Judges one activity as the session does, and keeps every step:
//
//   const Explanation why = explain(program, activity, {.lists = &sources.lists});
//   say(render_text(why, {}));
//
// Nothing of this runs while traffic is judged: it is asked for afterwards, with the activity and
// the program that judged it. So it walks every policy in plain order, without the index; a test
// holds it to what the Program decides.
//
// Pure; reads no file but the system's time zones. Slow beside Program: some 10 µs per policy.

#include <functional>
#include <map>
#include <string>

#include "policy/compile/compile.h"
#include "policy/eval/program.h"
#include "policy/explain/explanation.h"

namespace sallyport::policy {

// What became of the connection: it tells which questions were asked.
enum class Way : std::uint8_t {
  as_judged,  // what the policies say: one that is bypassed is not opened
  tunnel,     // it was not opened: asked at connect, and nowhere else
  opened,     // it was opened, or plain: what tls policies would say now changes nothing
};

struct ExplainOptions {
  Way way = Way::as_judged;
  Point until = Point::response;  // the last point that was asked
  bool fault_at_request = false;  // as Course::fault_at_request
  std::string zone = "UTC";       // of policies that name none (CompileOptions::zone)
  // For the entry of a list that matched; null: only the list is named.
  const std::map<std::string, SourcePtr, std::less<>>* lists = nullptr;
  // As of the sources that the program was compiled from (PolicySources::also_named).
  std::function<std::string(std::string_view)> also_named = nullptr;
  // What was known at connect, where that differs from what was known later: the app of a path is
  // the host's there, and a plain request has no address yet. Null: the same.
  const Activity* at_connect = nullptr;
  // What was answered, and who was suspended; null: nothing, nobody.
  const Standing* standing = nullptr;
};

// `activity` holds what is known in the end. What is known later than a point does not count there.
Explanation explain(const Program& program, const Activity& activity,
                    const ExplainOptions& options = {});

}  // namespace sallyport::policy
