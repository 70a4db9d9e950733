// `sallyport policy history`: the past of a file of policies, where their folder is a git
// repository; the API's .../history says the same.

#include "proxy/app/policy_history.h"

#include <filesystem>
#include <fmt/format.h>

#include "base/core/text.h"
#include "proxy/app/history_json.h"
#include "proxy/app/policy_save.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/policy_options.h"

namespace sallyport::cli {

namespace {

constexpr std::size_t kShortName = 12;  // digits of a commit in a table

int show_commit(const app::PolicyHistory& history, const std::string& file,
                const PolicyHistoryOptions& options) {
  const auto shown = history.show(file, options.commit);
  if (!shown) {
    complain(describe(shown.error()));
    return kMachine;
  }
  if (!*shown) {
    complain(fmt::format("'{}' is no commit that led to what is checked out", options.commit));
    return kNo;
  }
  const app::PolicyHistory::Shown& one = **shown;
  if (options.text && !one.text) {
    complain(fmt::format("there was no file {} then", file));
    return kNo;
  }
  if (options.text) {
    say(*one.text);
  } else if (options.format == "json") {
    say(app::commit_json(file, one) + "\n");
  } else {
    std::string out = fmt::format("commit {}\n{}  {}\n\n    {}\n", one.change.commit,
                                  format_rfc3339(one.change.at).substr(0, 19),
                                  printable(one.change.author), printable(one.change.subject));
    for (const std::string_view line : split(one.message, '\n')) {
      if (!one.message.empty()) out += fmt::format("    {}\n", printable(line));
    }
    if (!one.diff.empty()) out += "\n";
    for (const std::string_view line : split(one.diff, '\n')) out += printable(line) + "\n";
    if (one.diff.empty()) out.pop_back();
    say(out);
  }
  return kOk;
}

}  // namespace

int policy_history(const PolicyHistoryOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  const std::string file = std::filesystem::path(options.file).filename().string();
  if (!app::is_policy_file_name(file)) {
    complain(fmt::format("'{}' is no file of policies: NAME.yaml", options.file));
    return kWrongInput;
  }
  if (config->policies.empty()) {
    complain("the configuration names no folder of policies");
    return kWrongInput;
  }
  const app::PolicyHistory history(config->policies);
  if (const std::string why = history.trouble(); !why.empty()) {
    if (options.format == "json" && options.commit.empty()) {
      say(app::no_history_json(file, why) + "\n");
    } else {
      complain("no history: " + why);
    }
    return kNo;
  }
  if (!options.commit.empty()) return show_commit(history, file, options);
  const auto changes = history.list(file, options.limit, options.after);
  if (!changes) {
    complain(describe(changes.error()));
    return changes.error().kind == ErrorKind::not_found ? kNo : kMachine;
  }
  if (options.format == "json") {
    say(app::history_json(file, *changes, options.limit) + "\n");
    return kOk;
  }
  Listing listing({"commit", "time", "author", "subject"});
  for (const app::PolicyHistory::Change& one : *changes) {
    listing.add({Listing::text(one.commit.substr(0, kShortName)),
                 Listing::text(format_rfc3339(one.at).substr(0, 19)), Listing::text(one.author),
                 Listing::text(one.subject)});
  }
  say(listing.render("table"));
  return kOk;
}

}  // namespace sallyport::cli
