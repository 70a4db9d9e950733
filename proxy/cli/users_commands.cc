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
                 "  sallyport users import --help"));
  add_import(*command, options.import, code);
  command->callback([command, &options, &code] {
    if (command->get_subcommands().empty()) code = users(options.list);
  });
}

}  // namespace sallyport::cli
