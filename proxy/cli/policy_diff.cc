#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "policy/edit/compare.h"
#include "proxy/app/policy_archive.h"
#include "proxy/app/policy_files.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/policy_edit_options.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {
namespace {

constexpr std::size_t kMostNamed = 10;  // snapshots in a message

struct Version {
  std::string name;  // "conf/policies", "snapshot 3f... (from 2026-11-26T09:30:00Z)"
  policy::PolicySources sources;
  policy::CompileOptions options;
  std::shared_ptr<const policy::Program> program;
};

std::optional<Version> compiled(Version side, Diagnostics found) {
  auto program = policy::compile(side.sources, side.options, found);
  if (!program) found.append(std::move(program.error()));
  if (found.has_errors()) {
    complain("the policies in " + side.name + " cannot be used:\n" + render(found));
    return std::nullopt;
  }
  side.program = std::move(*program);
  return side;
}

std::optional<Version> of_folder(const app::Config& config, const std::string& folder,
                                 const std::string& templates) {
  Diagnostics found;
  return compiled({.name = folder,
                   .sources = app::read_policy_sources(
                       folder, templates.empty() ? config.templates : templates, found),
                   .options = {config.policy_mode, config.policy_zone},
                   .program = nullptr},
                  std::move(found));
}

using Line = app::PolicyArchive::Line;

std::string text_of(const Line& line) {
  return fmt::format("snapshot {} (from {})", line.snapshot, format_rfc3339(line.from));
}

std::optional<Version> of_snapshot(const app::PolicyArchive& archive, const Line& line) {
  auto kept = archive.find(line.snapshot);
  if (!kept || !*kept) {
    complain(text_of(line) + ": " + (kept ? "its policies are not kept" : describe(kept.error())));
    return std::nullopt;
  }
  return compiled({.name = text_of(line),
                   .sources = std::move((*kept)->sources),
                   .options = (*kept)->options,
                   .program = nullptr},
                  {});
}

// The snapshot whose id begins like that, in its newest line; nothing after a message.
std::optional<Line> find_snapshot(const std::vector<Line>& lines, const std::string& written) {
  std::vector<Line> found;  // the newest first, each snapshot once
  const auto add = [](std::vector<Line>& to, const Line& line) {
    const auto same = [&](const Line& one) { return one.snapshot == line.snapshot; };
    if (std::none_of(to.begin(), to.end(), same)) to.push_back(line);
  };
  std::vector<Line> all;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    add(all, *line);
    if (!written.empty() && line->snapshot.starts_with(written)) add(found, *line);
  }
  if (found.size() == 1) return found.front();
  std::string text =
      found.empty() ? fmt::format("no policies of a snapshot '{}' are kept", printable(written))
                    : fmt::format("more than one snapshot begins with '{}'", printable(written));
  const std::vector<Line>& named = found.empty() ? all : found;
  if (!named.empty()) text += found.empty() ? "; the newest are:" : ":";
  for (std::size_t i = 0; i < named.size() && i < kMostNamed; ++i) {
    text += "\n  " + named[i].snapshot + "  from " + format_rfc3339(named[i].from);
  }
  complain(text);
  return std::nullopt;
}

// What is compared with: the snapshot that was asked for, else the folder `before`, else what is in
// force, which is what the archive got last.
std::optional<Version> earlier(const PolicyDiffOptions& options, const app::Config& config) {
  const std::string state =
      options.common.state.empty() ? config.state_directory : options.common.state;
  const app::PolicyArchive archive(app::policy_archive(state));
  if (!options.after.empty()) return of_folder(config, options.before, options.templates_before);
  const std::vector<Line> lines = archive.lines();
  if (!options.archive.empty()) {
    const auto line = find_snapshot(lines, options.archive);
    return line ? of_snapshot(archive, *line) : std::nullopt;
  }
  if (!lines.empty()) return of_snapshot(archive, lines.back());
  if (options.before.empty()) {
    complain("no gateway has run with the state directory " + state +
             " yet, so nothing is in force: name two folders");
    return std::nullopt;
  }
  return of_folder(config, config.policies, options.templates_before);
}

}  // namespace

int policy_diff(const PolicyDiffOptions& options) {
  Diagnostics found;
  const auto config = app::load_config(options.common.config, found);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  if (!options.archive.empty() && !options.after.empty()) {
    complain("--archive stands in the place of the first folder: name one folder, or none");
    return kWrongInput;
  }
  const std::string& later = !options.after.empty()    ? options.after
                             : !options.before.empty() ? options.before
                                                       : config->policies;
  const auto before = earlier(options, *config);
  if (!before) return kWrongInput;
  const auto after = of_folder(*config, later, options.templates_after);
  if (!after) return kWrongInput;
  const policy::Comparison comparison =
      policy::compare({*before->program, before->sources, before->options},
                      {*after->program, after->sources, after->options});
  if (options.format == "json") {
    say(to_json(comparison));
  } else {
    // Of two folders that were named, nobody need be told.
    if (options.after.empty()) say(fmt::format("from {} to {}\n", before->name, after->name));
    say(to_text(comparison));
  }
  return comparison.empty() ? kOk : kNo;
}

}  // namespace sallyport::cli
