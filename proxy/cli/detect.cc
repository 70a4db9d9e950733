// sallyport detect: what detections find in what happened.

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "discovery/alerts/daily_limits.h"
#include "discovery/history/detect_history.h"
#include "discovery/history/history.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/command_words.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/policy_commands.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {
namespace {

struct DetectReplayOptions {
  CommonOptions common;
  std::string policies, templates;  // folders; "" takes the configuration's
  std::string file;                 // lines of the JSON log, instead of the store
  std::string since = "30d", until;
  std::string detection;  // an id; "": all
  std::string user;
  std::string format = "table";
  std::size_t limit = 100;
};

std::string to_json(const policy::CompiledPolicy& detection, const discovery::Event& event,
                    const discovery::Finding& finding, bool suppressed) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("time", format_rfc3339(event.start));
  json.member("policy_id", detection.id);
  json.member("policy", detection.name);
  json.member("severity", to_string(detection.severity));
  json.member("category", to_string(detection.category));
  json.member("alert", detection.alerts_per_day != 0 && !detection.rehearse && !suppressed);
  if (suppressed) json.member("suppressed", true);
  json.member("user", event.activity.user.value_or(""));
  json.member("client", event.activity.client.address.to_string());
  json.member("app", event.activity.app ? event.activity.app->id : event.activity.host);
  json.member("event", event.id.to_string());
  json.member("count", finding.count);
  json.member("text", finding.text);
  json.end_object();
  return out;
}

int detect_replay(const DetectReplayOptions& options) {
  const auto loaded =
      load_policies_or_complain(options.common, options.policies, options.templates);
  if (!loaded) return kWrongInput;
  const policy::Program& program = *loaded->program;
  if (!program.has_detections()) {
    complain("there are no policies of kind detection");
    return kWrongInput;
  }
  if (!options.detection.empty()) {
    const policy::CompiledPolicy* one = program.find(options.detection);
    if (one == nullptr || one->kind != policy::Kind::detection) {
      complain(fmt::format("there is no detection with the id '{}'", printable(options.detection)));
      return kWrongInput;
    }
  }
  std::optional<Time> since;
  std::optional<Time> until = system_clock().now();
  if (!read_time(options.since, "--since", since) || !read_time(options.until, "--until", until)) {
    return kWrongInput;
  }
  const auto user = asked_user(options.common, options.user);
  if (!user) return kMachine;
  discovery::Detectors detectors(discovery::World::of_system());
  std::size_t told = 0;
  std::map<std::string, std::uint64_t> by_detection;
  discovery::DailyLimits limits;
  const auto each = [&](const policy::CompiledPolicy& detection, const discovery::Event& event,
                        const discovery::Finding& finding) {
    if (!options.detection.empty() && detection.id != options.detection) return;
    if (!options.user.empty() && event.activity.user.value_or("") != *user) return;
    ++by_detection[detection.id];
    const auto day = std::chrono::floor<std::chrono::days>(event.start);
    limits.take_changes();
    limits.forget_before(day - std::chrono::days(1));
    const bool suppressed = detection.alerts_per_day != 0 && !detection.rehearse &&
                            !limits.take(detection.id, day, detection.alerts_per_day);
    if (++told > options.limit && options.format != "json") return;
    if (options.format == "json") {
      say(to_json(detection, event, finding, suppressed) + "\n");
    } else {
      say(fmt::format("{}  {:<13} {}: {}{}\n", format_rfc3339(event.start),
                      detection.alerts_per_day == 0 ? std::string_view("behaviour")
                                                    : to_string(detection.severity),
                      printable(detection.name), printable(finding.text),
                      suppressed ? " (beyond alerts_per_day)" : ""));
    }
  };
  discovery::DetectedPast past;
  if (!options.file.empty()) {
    std::ifstream file(options.file);
    if (!file) {
      complain(fmt::format("{} cannot be read", options.file));
      return kMachine;
    }
    past = discovery::detect_in_log(file, loaded->program, detectors, each);
  } else {
    const std::string& state =
        options.common.state.empty() ? loaded->config.state_directory : options.common.state;
    auto store = discovery::sqlite_history(app::store_file(state))();
    if (!store) {
      complain(describe(store.error()));
      return kMachine;
    }
    // Findings are told as they are found; how many they will be nobody knows.
    if (!note_read(options.common, state, "detect replay", options.user, 0)) return kMachine;
    const auto looked =
        discovery::detect_in_store(**store, *since, *until, loaded->program, detectors, each);
    if (!looked) {
      complain(describe(looked.error()));
      return kMachine;
    }
    past = *looked;
  }
  if (past.unreadable > 0) {
    complain(past.first_unreadable > 0
                 ? fmt::format("{} lines are no records, line {} is the first", past.unreadable,
                               past.first_unreadable)
                 : fmt::format("{} events have no facts that can be read", past.unreadable));
  }
  if (options.format == "json") return kOk;
  if (told > options.limit) say(fmt::format("... and {} more\n", told - options.limit));
  say(fmt::format("\n{} activities, {} findings\n", past.events, told));
  for (const auto& [id, count] : by_detection) say(fmt::format("{:>8}  {}\n", count, id));
  const discovery::Detectors::Bytes bytes = detectors.bytes();
  say(fmt::format(
      "{} users remembered, {} bytes each; {} users, apps and addresses, {} bytes each\n",
      bytes.users, bytes.of_users / std::max<std::size_t>(1, bytes.users), detectors.subjects(),
      bytes.of_all / std::max<std::size_t>(1, detectors.subjects())));
  return kOk;
}

}  // namespace

void add_detect_commands(CLI::App& app, int& code) {
  CLI::App* detect = app.add_subcommand("detect", "Detections: what they find in what happened");
  detect->require_subcommand(1);
  detect->footer(
      with_codes("  sallyport policy list --kind detection\n"
                 "  sallyport detect replay --since 30d"));
  auto options = std::make_shared<DetectReplayOptions>();
  CLI::App* replay = detect->add_subcommand(
      "replay", "What the detections find in the stored activities; nothing is raised");
  add_common(*replay, options->common);
  add_reading(*replay, options->common);
  replay->add_option("--policies", options->policies,
                     "A folder of policies, instead of the configuration's");
  replay->add_option("--templates", options->templates, "Likewise of templates");
  replay->add_option("--file", options->file,
                     "Records of the JSON log, one a line, instead of the store");
  replay
      ->add_option("--since", options->since,
                   "A time (RFC 3339), or a span before now; what lies before is not learned from")
      ->capture_default_str();
  replay->add_option("--until", options->until, "Likewise; default now");
  replay->add_option("--detection", options->detection, "Only findings of this one (its id)");
  replay->add_option("--user", options->user, "Only findings about this user");
  replay->add_option("--format", options->format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  replay->add_option("-n,--limit", options->limit, "Findings in the table at most")
      ->capture_default_str();
  replay->footer(
      with_codes("  sallyport detect replay\n"
                 "  sallyport detect replay --policies drafts --detection mass-download\n"
                 "  sallyport detect replay --file activities.jsonl --format json"));
  replay->callback([options, &code] { code = detect_replay(*options); });
}

}  // namespace sallyport::cli
