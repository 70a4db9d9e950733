// audit reads: who read what is kept of persons; and whether the record of it is whole.

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

#include "base/core/text.h"
#include "discovery/store/sqlite_read_audit.h"
#include "discovery/users/user_directory.h"
#include "discovery/users/user_name.h"
#include "proxy/app/read_audit_page.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/command_words.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"
#include "proxy/cli/users_commands.h"

namespace sallyport::cli {
namespace {

constexpr int kMostTries = 5;  // while somebody reads

// Every name of a person, as the users files have them; of somebody unknown the one that was given.
std::vector<std::string> names_of(const CommonOptions& options, const std::string& user) {
  std::vector<std::string> names{user};
  Diagnostics warnings;
  if (::access(options.config.c_str(), R_OK) != 0) return names;
  auto config = app::load_config(options.config, warnings);
  if (!config) return names;
  if (!options.state.empty()) config->state_directory = options.state;
  const auto users = people_of(*config);
  if (users == nullptr) return names;
  if (const discovery::Person* person = users->find(user)) {
    names = person->names;
  } else {
    names = {users->canonical(user)};
  }
  return names;
}

Result<discovery::AuditCheck> check_reads(const std::string& file,
                                          const std::optional<discovery::GovernanceHead>& anchor) {
  auto audit = discovery::SqliteReadAudit::open_for_reading(file);
  if (!audit) return pass_on(std::move(audit));
  for (int left = kMostTries;; --left) {
    discovery::AuditCheck check(anchor);
    std::uint64_t after = 0;
    while (true) {
      const auto page = (*audit)->entries(after, discovery::SqliteReadAudit::kMostEntries);
      if (!page) return std::unexpected(page.error());
      if (page->empty()) break;
      for (const discovery::AuditEntry& entry : *page) check.take(entry);
      after = page->back().number;
    }
    const auto head = (*audit)->head();
    if (!head) return std::unexpected(head.error());
    // Somebody may have read in between, and what is old have gone.
    if (left > 0 && *head != check.head()) continue;
    check.finish();
    if (left > 0 && check.fault_count() > 0) continue;
    return check;
  }
}

}  // namespace

int audit_reads(const AuditReadsOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  app::ReadAuditFilter filter;
  filter.who = options.who;
  if (!options.user.empty()) {
    filter.about = discovery::NameMatch(names_of(options.common, options.user));
  }
  if (!read_time(options.since, "--since", filter.since) ||
      !read_time(options.until, "--until", filter.until)) {
    return kWrongInput;
  }
  std::vector<discovery::AuditEntry> shown;
  std::optional<std::uint64_t> before;
  while (shown.size() < options.limit) {
    auto page =
        app::read_reads(app::read_audit_file(*state), filter, before, options.limit - shown.size());
    if (!page) {
      complain(describe(page.error()));
      return kMachine;
    }
    std::ranges::move(page->entries, std::back_inserter(shown));
    before = page->next;
    if (!before) break;
  }
  if (options.format == "json") {
    std::string out = "[";
    for (const discovery::AuditEntry& entry : shown) {
      out += out.size() == 1 ? "\n" : ",\n";
      app::append_json(out, entry);
    }
    say(out + (shown.empty() ? "]\n" : "\n]\n"));
    return kOk;
  }
  Listing listing(
      {"number", "at", "who", "via", "what", "about", "question", "rows", "times", "reason"});
  for (const discovery::AuditEntry& entry : shown) {
    const discovery::ReadNote& note = entry.note;
    listing.add({Listing::number(entry.number), time_cell(entry.at), Listing::text(note.who),
                 Listing::text(note.via), Listing::text(note.what), Listing::text(note.about),
                 Listing::text(entry.emptied ? "(erased)" : note.question),
                 Listing::number(note.rows), Listing::number(entry.times),
                 Listing::text(note.reason)});
  }
  say(listing.render(options.format));
  return kOk;
}

int verify_reads(const std::string& state, const std::string& head) {
  std::optional<discovery::GovernanceHead> anchor;
  if (!head.empty()) {
    anchor = discovery::parse_governance_head(head);
    if (!anchor) {
      complain(
          "--reads-head is a number, a colon and 64 hexadecimal digits, as this command "
          "prints it");
      return kWrongInput;
    }
  }
  const std::string file = app::read_audit_file(state);
  if (::access(file.c_str(), F_OK) != 0) {
    if (!anchor) return kOk;
    complain("record of reads: it is not there, and entry " + std::to_string(anchor->number) +
             " was seen");
    return kNo;
  }
  const auto check = check_reads(file, anchor);
  if (!check) {
    complain(describe(check.error()));
    return kMachine;
  }
  if (check->fault_count() == 0) {
    say(fmt::format("the record of reads is whole; its head: {}\n", to_string(check->head())));
    return kOk;
  }
  for (const std::string& fault : check->faults()) complain("record of reads: " + fault);
  if (check->fault_count() > check->faults().size()) {
    complain(fmt::format("and {} faults more", check->fault_count() - check->faults().size()));
  }
  return kNo;
}

void add_audit_commands(CLI::App& app, int& code) {
  CLI::App* audit = app.add_subcommand("audit", "Who looked at what persons did");
  audit->require_subcommand(1);
  audit->footer(with_codes("  sallyport audit reads --user ana --since 30d"));
  auto options = std::make_shared<AuditReadsOptions>();
  CLI::App* reads = audit->add_subcommand(
      "reads", "Each look: who, by which command or route, at whom, how many rows, why");
  add_common(*reads, options->common);
  reads->add_option("--who", options->who, "The reader");
  reads->add_option("--user", options->user, "Whom it was about, by any of their names");
  reads->add_option("--since", options->since, "A time (RFC 3339), or a span before now");
  reads->add_option("--until", options->until, "Likewise");
  reads->add_option("--format", options->format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  reads->add_option("-n,--limit", options->limit, "Rows at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  reads->footer(
      with_codes("  sallyport audit reads --user ana --since 30d\n"
                 "  sallyport audit reads --who ben --format json"));
  reads->callback([options, &code] { code = audit_reads(*options); });
}

}  // namespace sallyport::cli
