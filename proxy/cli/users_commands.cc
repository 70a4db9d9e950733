#include "proxy/cli/users_commands.h"

#include <CLI/CLI.hpp>

#include "proxy/cli/command_words.h"

namespace sallyport::cli {
namespace {

void add_import(CLI::App& users, UsersImportOptions& options, int& code) {
  CLI::App* command = users.add_subcommand(
      "import",
      "Makes a users file of a directory: LDAP, LDIF, JSON (Microsoft Graph, SCIM) or CSV. The "
      "gateway reads it again when it changes");
  command->add_option("file", options.file, "An export: its name ends in .ldif, .json or .csv");
  command->add_option("--ldap", options.ldap, "A directory: ldaps://dc1.corp.example");
  command->add_option("--base", options.base, "Below what people and groups are looked for");
  command->add_option("--filter", options.filter, "Only what this filter holds of (RFC 4515)");
  command->add_option("--bind-dn", options.bind_dn, "Who asks; left out: anybody");
  command->add_option("--password-file", options.password_file, "A file with that one's password");
  command->add_option("--ca", options.ca, "PEM file of whom to believe; left out: the system's");
  command->add_flag("--start-tls", options.start_tls, "Encrypt a connection to ldap://");
  command->add_flag("--plain", options.plain, "Send all unencrypted, the password too");
  command->add_option("--domain", options.domain, "People are also DOMAIN\\account");
  command
      ->add_option("--leavers", options.leavers,
                   "The group that disabled and expired accounts are put into; \"\": none")
      ->capture_default_str();
  command->add_option("--to", options.to, "The users file, CSV; left out: to standard output");
  command->add_flag("--force", options.force, "Write it also where more than half would go");
  command->add_option("--every", options.every, "Again and again, after so long: 15m")
      ->transform(
          CLI::AsNumberWithUnit(std::map<std::string, unsigned>{{"s", 1}, {"m", 60}, {"h", 3600}},
                                CLI::AsNumberWithUnit::CASE_SENSITIVE));
  command->footer(with_codes(
      "  sallyport users import people.ldif --domain CORP --to conf/users/users.csv\n"
      "  sallyport users import --ldap ldaps://dc1.corp.example --base dc=corp,dc=example \\\n"
      "      --bind-dn cn=reader,dc=corp,dc=example --password-file reader.password \\\n"
      "      --to conf/users/users.csv --every 15m"));
  command->callback([&options, &code] { code = users_import(options); });
}

void add_span(CLI::App& command, std::string& since, std::string& until) {
  command.add_option("--since", since, "From then on: a span before now or a time; default: 90d");
  command.add_option("--until", until, "Until then; default: now");
}

void add_show(CLI::App& users, UsersShowOptions& options, int& code) {
  CLI::App* command = users.add_subcommand(
      "show",
      "Everything known of one user: apps, addresses, countries, devices, administration, whom "
      "things were opened to, accounts of their own, alerts, suspensions");
  add_common(*command, options.common);
  add_reading(*command, options.common);
  command->add_option("user", options.user, "The user, by any of their names")->required();
  add_span(*command, options.since, options.until);
  command->add_option("--format", options.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer(
      with_codes("  sallyport users show ana\n"
                 "  sallyport users show ana@corp.example --since 7d --format json"));
  command->callback([&options, &code] { code = users_show(options); });
}

void add_seen(CLI::App& users, UsersSeenOptions& options, int& code) {
  CLI::App* command = users.add_subcommand(
      "seen",
      "Who was there, when first and last, and in how many apps: leavers who still are, "
      "accounts that nobody uses, by the directory's last logons too");
  add_common(*command, options.common);
  add_reading(*command, options.common);
  add_span(*command, options.since, options.until);
  command->add_option("--idle", options.idle, "Only who was not seen for so long: 30d");
  command->add_option("--app", options.app, "Only what was done in this app (its id)");
  command->add_option("--group", options.group, "Only who is in this group");
  command->add_option("--format", options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  command->footer(
      with_codes("  sallyport users seen --group leavers --since 7d\n"
                 "  sallyport users seen --app salesforce --since 180d --idle 30d"));
  command->callback([&options, &code] { code = users_seen(options); });
}

void add_export(CLI::App& users, UsersExportOptions& options, int& code) {
  CLI::App* command = users.add_subcommand(
      "export",
      "Everything that is kept of one person, one JSON object a line, the counts first: for who "
      "asks what is known of them");
  add_common(*command, options.common);
  add_reading(*command, options.common);
  command->add_option("user", options.user, "The person, by any of their names")->required();
  command->add_option("-o,--output", options.output, "A new file (0600), or - for standard output")
      ->required();
  command->footer(
      with_codes("  sallyport users export ana --output ana.jsonl --reason \"request 2026-114\"\n"
                 "  sallyport users export ana@corp.example --output - | jq -c 'select(.type == "
                 "\"alert\")'"));
  command->callback([&options, &code] { code = users_export(options); });
}

void add_erase(CLI::App& users, UsersEraseOptions& options, int& code) {
  CLI::App* command = users.add_subcommand(
      "erase",
      "Takes away what is kept of one person: activities, alerts, state, copies of uploads; says "
      "what that would be, and with --yes does it");
  add_common(*command, options.common);
  command->add_option("user", options.user, "The person, by any of their names")->required();
  command
      ->add_option("--reason", options.common.reason,
                   "Why: it stays in the governance log, without their name")
      ->required();
  command->add_option("--by", options.common.by, "Who does it; left out: the user of this shell");
  command->add_flag("--yes", options.yes, "Do it. It cannot be undone");
  command->footer(
      with_codes("  sallyport users erase ana --reason \"request 2026-115\"\n"
                 "  sallyport users erase ana --reason \"request 2026-115\" --yes"));
  command->callback([&options, &code] { code = users_erase(options); });
}

void add_reveal(CLI::App& users, UsersRevealOptions& options, int& code) {
  CLI::App* command = users.add_subcommand(
      "reveal", "Who a pseudonym is, where names are hidden (recording.anonymize_users)");
  add_common(*command, options.common);
  command->add_option("user", options.user, "The pseudonym")->required();
  command
      ->add_option("--reason", options.common.reason,
                   "Why: it stays in the governance log and in the record of reads")
      ->required();
  command->add_option("--by", options.common.by, "Who asks; left out: the user of this shell");
  command->footer(with_codes(
      "  sallyport users reveal psn-mzxw6ytboi2gk3tf@corp.example --reason \"case 2026-31\""));
  command->callback([&options, &code] { code = users_reveal(options); });
}

}  // namespace

void add_users_commands(CLI::App& app, UsersCommands& options, int& code) {
  CLI::App* command = app.add_subcommand(
      "users", "Who is known: names, groups, who signs in, who is at which address");
  add_common(*command, options.list.common);
  command->add_option("user", options.list.user, "Only this one, by any of their names");
  command->add_option("--group", options.list.group, "Only who is in this group");
  command->add_option("--format", options.list.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  command->footer(
      with_codes("  sallyport users\n  sallyport users ana@corp.example\n"
                 "  sallyport users --group finance --format csv > finance.csv\n"
                 "  sallyport users show ana\n  sallyport users seen --group leavers --since 7d\n"
                 "  sallyport users import --help"));
  add_import(*command, options.import, code);
  add_show(*command, options.show, code);
  add_seen(*command, options.seen, code);
  add_export(*command, options.export_one, code);
  add_erase(*command, options.erase, code);
  add_reveal(*command, options.reveal, code);
  command->callback([command, &options, &code] {
    if (command->get_subcommands().empty()) code = users(options.list);
  });
}

}  // namespace sallyport::cli
