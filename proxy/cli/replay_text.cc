#include "proxy/cli/replay_text.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "policy/model/policy.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

namespace {

using discovery::AppFinding;
using discovery::AppReplayReport;
using discovery::format_day;
using policy::Change;
using policy::CompiledPolicy;
using policy::Effect;
using policy::PolicyTally;
using policy::ReplayExample;
using policy::ReplayReport;
using policy::ReplayTop;

constexpr std::size_t kLongestCell = 60;  // characters of a path or a name in a table

std::string shortened(std::string_view text) {
  // Bytes of one character stay together.
  if (text.size() <= kLongestCell) return std::string(text);
  std::size_t end = kLongestCell - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

constexpr std::pair<const char*, std::uint64_t PolicyTally::*> kCounts[] = {
    {"matched", &PolicyTally::matched},   {"decided", &PolicyTally::decided},
    {"reported", &PolicyTally::reported}, {"rehearsed", &PolicyTally::rehearsed},
    {"alerts", &PolicyTally::alerts},     {"newly_blocked", &PolicyTally::newly_blocked},
    {"not_kept", &PolicyTally::not_kept}, {"not_seen", &PolicyTally::not_seen},
};

bool by_days(const CompiledPolicy& policy) { return policy.kind == policy::Kind::app_discovery; }

std::string_view mode_of(const CompiledPolicy& policy) {
  return to_string(policy.rehearse ? policy::Mode::rehearse : policy::Mode::enforce);
}

Listing::Cell count_cell(std::uint64_t count) {
  return count == 0 ? Listing::Cell{{}, true, {}} : Listing::number(count);
}

void append_policies(std::string& out, const ReplayReport& report, const policy::Program& program) {
  Listing listing({"policy", "kind", "mode", "matched", "decided", "reported", "rehearsed",
                   "alerts", "newly_blocked", "not_kept", "not_seen"});
  bool any_by_days = false;
  bool not_kept = false;
  bool not_seen = false;
  for (const CompiledPolicy& policy : program.policies()) {
    const PolicyTally& tally = report.policies[policy.number];
    std::vector<Listing::Cell> row = {Listing::text(shortened(policy.name)),
                                      Listing::text(to_string(policy.kind)),
                                      Listing::text(mode_of(policy))};
    for (const auto& [name, count] : kCounts) row.push_back(count_cell(tally.*count));
    listing.add(std::move(row));
    any_by_days = any_by_days || by_days(policy);
    not_kept = not_kept || tally.not_kept > 0;
    not_seen = not_seen || tally.not_seen > 0;
  }
  out += "\n" + listing.render("table");
  if (not_kept) {
    out += "not kept: it asks for the query or for header fields, which are in no record\n";
  }
  if (not_seen) {
    out +=
        "not seen: it waits for what nobody saw, inside a bypassed connection or behind a block\n";
  }
  if (any_by_days) out += "of app_discovery policies the days (UTC) of apps are counted\n";
}

std::string what_it_would(const AppFinding& one, const CompiledPolicy& policy) {
  std::string text;
  const auto add = [&text](const std::string& more) { text += (text.empty() ? "" : ", ") + more; };
  if (one.tags) add("tag " + policy.tag_app);
  if (one.alert) add("alert");
  if (one.suppressed) add("no alert, by its limit");
  if (text.empty()) text = "nothing, it has the tag";
  return policy.rehearse ? "in rehearsal: " + text : text;
}

void append_apps(std::string& out, const AppReplayReport& report, const policy::Program& program) {
  if (report.left_out > 0) {
    out += fmt::format("{} uses of apps are not counted by day: there are too many\n",
                       report.left_out);
  }
  if (report.newest.empty()) return;
  Listing listing({"day", "app", "policy", "came_to", "would"});
  for (const AppFinding& one : report.newest) {
    const CompiledPolicy& policy = program.policies()[one.policy];
    listing.add({Listing::text(format_day(one.day)), Listing::text(shortened(one.name)),
                 Listing::text(shortened(policy.name)), Listing::text(one.why),
                 Listing::text(what_it_would(one, policy))});
  }
  out +=
      fmt::format("\napps by day, the newest {} of {}:\n", report.newest.size(), report.findings);
  out += listing.render("table");
}

void append_top(std::string& out, std::string_view what, const std::vector<ReplayTop>& rows,
                std::string_view nobody) {
  if (rows.empty()) return;
  Listing listing({std::string(what), "newly_blocked"});
  for (const ReplayTop& row : rows) {
    listing.add({Listing::text(row.name.empty() ? nobody : std::string_view(shortened(row.name))),
                 Listing::number(row.count)});
  }
  out += "\n" + listing.render("table");
}

void append_examples(std::string& out, Change change, const std::vector<ReplayExample>& examples) {
  if (examples.empty()) return;
  Listing listing({"event", "time", "user", "client", "app", "what", "then", "now"});
  const auto side = [](Effect effect, const std::string& policy) {
    return std::string(to_string(effect)) + (policy.empty() ? "" : ": " + shortened(policy));
  };
  for (const ReplayExample& one : examples) {
    listing.add({Listing::text(one.id.to_string()),
                 Listing::text(format_rfc3339(one.at).substr(0, 19)),
                 Listing::text(shortened(one.user)), Listing::text(one.client.to_string()),
                 Listing::text(shortened(one.app)),
                 Listing::text(
                     shortened((one.method.empty() ? "" : one.method + " ") + one.host + one.path)),
                 Listing::text(side(one.then, one.policy_then)),
                 Listing::text(side(one.now, one.policy_now))});
  }
  std::string title(to_string(change));
  for (char& c : title) c = c == '_' ? ' ' : c;
  out += "\n" + title + ", the newest:\n" + listing.render("table");
}

}  // namespace

std::string replay_table(const discovery::History& history, const policy::Program& program) {
  const ReplayReport& report = history.report;
  std::string out = fmt::format("{} to {}: {} events, {} judged by {}\n",
                                format_rfc3339(history.since).substr(0, 19),
                                format_rfc3339(history.until).substr(0, 19), history.events,
                                report.judged, program.describe());
  const std::pair<std::uint64_t, const char*> notes[] = {
      {history.refused, "not judged: the gateway refused them itself, whatever policies say"},
      {history.without_facts, "not judged: kept by a version that did not keep their facts"},
      {history.unreadable, "not judged: their facts cannot be read"},
      {report.unsure, "cannot be told: a policy that cannot be judged stands before what decides"},
  };
  for (const auto& [count, text] : notes) {
    if (count > 0) out += fmt::format("{} {}\n", count, text);
  }
  Listing changes({"change", "events"});
  for (std::size_t change = 0; change < policy::kChanges; ++change) {
    std::string title(to_string(static_cast<Change>(change)));
    for (char& c : title) c = c == '_' ? ' ' : c;
    changes.add({Listing::text(title), Listing::number(report.changes[change])});
  }
  out += "\n" + changes.render("table");
  append_policies(out, report, program);
  append_apps(out, history.apps, program);
  append_top(out, "user", report.users, "(nobody known)");
  append_top(out, "app", report.apps, "(none of the catalog)");
  for (std::size_t change = 0; change < policy::kChanges; ++change) {
    append_examples(out, static_cast<Change>(change), report.examples[change]);
  }
  return out;
}

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

}  // namespace sallyport::cli
