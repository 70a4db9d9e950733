#include <fmt/format.h>
#include <unistd.h>

#include "proxy/app/replay_json.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/history_progress.h"
#include "proxy/cli/policy_options.h"
#include "proxy/cli/replay_text.h"

namespace sallyport::cli {

int policy_replay(const PolicyReplayOptions& options) {
  const auto loaded =
      load_policies_or_complain(options.common, options.policies, options.templates);
  if (!loaded) return kWrongInput;
  std::optional<Time> since;
  std::optional<Time> until = system_clock().now();
  if (!read_time(options.since, "--since", since) || !read_time(options.until, "--until", until)) {
    return kWrongInput;
  }
  if (*since >= *until) {
    complain("--since is not before --until");
    return kWrongInput;
  }
  // The configuration's own, for comparison.
  std::shared_ptr<const policy::Program> before;
  if (options.against == "in_force") {
    const auto in_force = load_policies_or_complain(options.common);
    if (!in_force) return kWrongInput;
    before = in_force->program;
  }
  const std::string& state =
      options.common.state.empty() ? loaded->config.state_directory : options.common.state;
  discovery::HistoryQuestion question{.since = *since, .until = *until};
  question.replay.examples = options.limit;
  question.replay.before = before.get();
  HistoryProgress progress;
  progress.follow(question);
  const auto history = discovery::judge_history(discovery::sqlite_history(app::store_file(state)),
                                                *loaded->program, question);
  progress.clear();
  if (!history) {
    complain(describe(history.error()));
    return kMachine;
  }
  if (!note_read(options.common, state, "policy replay", "", history->events)) return kMachine;
  say(options.format == "json" ? app::replay_json(*history, *loaded->program)
                               : replay_table(*history, *loaded->program));
  return kOk;
}

}  // namespace sallyport::cli
