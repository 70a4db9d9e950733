#include "proxy/cli/check_history.h"

#include <fmt/format.h>

#include "proxy/app/state_directory.h"
#include "proxy/cli/history_progress.h"
#include "proxy/cli/policy_options.h"
#include "proxy/cli/replay_text.h"

namespace sallyport::cli {

int check_history(const CommonOptions& options, const std::string& span) {
  const auto length = parse_duration(span);
  if (!length || length->count() <= 0) {
    complain("--history '" + span + "' is no span; write 30d or 24h");
    return kWrongInput;
  }
  const auto loaded = load_policies_or_complain(options);
  if (!loaded) return kWrongInput;
  const std::string& state = options.state.empty() ? loaded->config.state_directory : options.state;
  const Time now = system_clock().now();
  discovery::HistoryQuestion question{.since = now - *length, .until = now};
  question.replay.examples = 0;
  HistoryProgress progress;
  progress.follow(question);
  const auto history = discovery::judge_history(discovery::sqlite_history(app::store_file(state)),
                                                *loaded->program, question);
  progress.clear();
  if (!history) {
    complain(describe(history.error()));
    return kMachine;
  }
  Diagnostics found;
  warn_of_never_matched(*history, *loaded->program, found);
  if (!found.empty()) complain("warnings:\n" + render(found));
  say(fmt::format("{} of {} events of the last {} judged; {} of {} policies matched none\n",
                  history->report.judged, history->events, span, found.sorted().size(),
                  loaded->program->size()));
  return kOk;
}

}  // namespace sallyport::cli
