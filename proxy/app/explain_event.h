#pragma once
// Why an event was judged as it was: its facts from the store, judged again by the policies of the
// snapshot that judged it then (policy_archive.h), and held against what was recorded.
//
// Reads files and compiles: not on a worker, nor on the desk's thread.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/json/writer.h"
#include "discovery/events/event.h"
#include "policy/explain/explanation.h"
#include "policy/explain/render_text.h"
#include "proxy/app/policy_archive.h"

namespace sallyport::app {

// The policies as they are now, for events whose own are not kept.
struct PresentPolicies {
  PolicySetPtr set;
  std::shared_ptr<const policy::Program> program;
};

struct ExplainedEvent {
  discovery::Event event;  // with every fact that is kept
  PolicySetPtr set;
  std::shared_ptr<const policy::Program> program;
  policy::Explanation explanation;  // dies with `program`
  // "" where the policies are those of then; else why those of now were taken.
  std::string not_of_then;
  // How what was recorded differs from what comes out now, and why that may be; "" where it does
  // not.
  std::string difference;
};

// The record of the store in the state directory, and the facts that it has no field for.
// not_found: there is none.
Result<discovery::Event> read_event(const std::string& state, const Ulid& id);

// not_found: there is no such event. `present` is called where it is needed; what it fails with is
// passed on.
Result<ExplainedEvent> explain_event(const std::string& state, const Ulid& id,
                                     const std::function<Result<PresentPolicies>()>& present);

std::string render_text(const ExplainedEvent& explained, const policy::TextOptions& options);
// One object. `only`: the id of one policy, or "".
std::string render_json(const ExplainedEvent& explained, const std::string& only);

}  // namespace sallyport::app
