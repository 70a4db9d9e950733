#include "proxy/cli/check_history.h"

#include <fmt/format.h>

#include "policy/model/policy.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/history_progress.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {

void warn_of_never_matched(const discovery::History& history, const policy::Program& program,
                           Diagnostics& found) {
  if (history.report.judged == 0) return;
  const std::string since = format_rfc3339(history.since).substr(0, 10);
  for (const policy::CompiledPolicy& one : program.policies()) {
    const policy::PolicyTally& tally = history.report.policies[one.number];
    const bool in_force = one.starts < history.until && one.expires > history.since;
    if (tally.matched > 0 || tally.not_kept > 0 || tally.not_seen > 0 || !in_force ||
        one.kind == policy::Kind::app_discovery || one.written == nullptr) {
      continue;
    }
    found.warning(one.written->place,
                  fmt::format("policy '{}' matched none of the {} events since {}", one.name,
                              history.report.judged, since),
                  "'sallyport policy explain' shows which condition fails");
  }
}

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
