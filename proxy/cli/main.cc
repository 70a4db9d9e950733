// The command line: what there is, in words with examples. The work is in the files beside this
// one.

#include <CLI/CLI.hpp>
#include <string>

#include "base/core/diagnostics.h"
#include "base/core/text.h"
#include "proxy/cli/accounts_commands.h"
#include "proxy/cli/catalog_commands.h"
#include "proxy/cli/check_history.h"
#include "proxy/cli/command_words.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/discover_commands.h"
#include "proxy/cli/discover_import_commands.h"
#include "proxy/cli/discover_output_commands.h"
#include "proxy/cli/gateway_view.h"
#include "proxy/cli/policy_commands.h"
#include "proxy/cli/users_commands.h"
#include "proxy/cli/webhook_calls.h"

using namespace sallyport::cli;

#ifdef SALLYPORT_JEMALLOC
// Read by jemalloc before main(): what was freed goes back to the system within a second, by
// threads of its own, so that it does so while nobody allocates.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
}
#endif

int main(int argc, char** argv) {
  CLI::App app{
      "Sallyport: an inline cloud-access broker. A forward proxy that opens TLS, knows apps, "
      "decides "
      "by policy and keeps what happened."};
  app.footer(
      with_codes("  sallyport run -c conf/sallyport.yaml\n"
                 "  sallyport check\n"
                 "  sallyport activities --user ana --since 1h\n"
                 "  sallyport COMMAND --help"));
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("sallyport 0.1.0"));
  int code = kOk;

  RunOptions run_options;
  CLI::App* run_command =
      app.add_subcommand("run", "Starts the gateway and shows activities until Ctrl-C");
  add_common(*run_command, run_options.common);
  run_command->add_flag("-q,--quiet", run_options.quiet, "No live log of activities");
  run_command
      ->add_option("--console-dir", run_options.console_directory,
                   "Serves the console's files from this folder; for whoever works on it")
      ->check(CLI::ExistingDirectory);
  run_command->footer(
      with_codes("  sallyport run\n  sallyport run -c /etc/sallyport/sallyport.yaml --quiet"));
  run_command->callback([&] { code = run(run_options); });

  CheckOptions check_options;
  CLI::App* check_command =
      app.add_subcommand("check", "Reads every file as `run` would and says all that is wrong");
  add_common(*check_command, check_options.common);
  check_command->add_option("--format", check_options.format, "text, or json for editors and CI")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  check_command->add_flag("--strict", check_options.strict, "Ends with 1 on warnings too");
  std::string check_span;
  check_command->add_option("--history", check_span,
                            "Warns of policies that matched nothing in the stored activities of "
                            "so long: 30d");
  check_command->footer(
      with_codes("  sallyport check\n  sallyport check -c conf/sallyport.yaml --strict\n"
                 "  sallyport check --format json | jq '.diagnostics[].message'\n"
                 "  sallyport check --history 30d"));
  check_command->callback([&] {
    code = check(check_options);
    if (code == kOk && !check_span.empty()) code = check_history(check_options.common, check_span);
  });

  CaOptions ca_options;
  CLI::App* ca_command = app.add_subcommand("ca", "The authority that signs what clients see");
  ca_command->require_subcommand(1);
  ca_command->footer(
      with_codes("  sallyport ca init\n  sallyport ca show\n"
                 "  sallyport ca export --format der -o ca.der\n  sallyport ca rotate"));
  const auto ca_action = [&](const char* name, const char* what, CaAction action) {
    CLI::App* sub = ca_command->add_subcommand(name, what);
    add_common(*sub, ca_options.common);
    sub->callback([&ca_options, &code, action] {
      ca_options.action = action;
      code = ca(ca_options);
    });
    return sub;
  };
  ca_action("init", "Makes a new authority where there is none", CaAction::init)
      ->footer(with_codes("  sallyport ca init --state var"));
  ca_action("show", "Subject, validity and fingerprint", CaAction::show)
      ->footer(with_codes("  sallyport ca show"));
  CLI::App* ca_export =
      ca_action("export", "Writes the certificate (never the key)", CaAction::export_pem);
  ca_export->add_option("--format", ca_options.format, "pem or der")
      ->check(CLI::IsMember({"pem", "der"}))
      ->capture_default_str();
  ca_export->add_option("-o,--out", ca_options.out, "A file instead of standard output");
  ca_export->footer(
      with_codes("  sallyport ca export > ca.pem\n  sallyport ca export --format der -o ca.der"));
  ca_action("rotate", "Keeps the present authority aside and makes a new one", CaAction::rotate)
      ->footer(with_codes(
          "  sallyport ca rotate        # with the gateway stopped; then distribute ca.pem anew"));

  ActivitiesOptions act;
  CLI::App* activities_command =
      app.add_subcommand("activities", "What happened: who, which app, from where, how much");
  add_common(*activities_command, act.common);
  add_reading(*activities_command, act.common);
  activities_command->add_option("--app", act.app, "An app's id or name");
  activities_command->add_option("--user", act.user, "A user; '' for those without one");
  activities_command->add_option("--ip", act.ip, "A client's address or prefix");
  activities_command->add_option("--host", act.host, "A host, or *.example.com");
  activities_command->add_option("--action", act.action,
                                 "What was done: login, upload, download, ...");
  activities_command->add_option(
      "--verdict", act.verdict,
      "allow, monitor, block, bypass; or how it ended: completed, refused, origin_failed, ...");
  activities_command->add_option("--policy", act.policy, "The policy that decided");
  activities_command->add_option("--since", act.since,
                                 "A time (RFC 3339), or a span before now: 90s, 15m, 24h, 7d");
  activities_command->add_option("--until", act.until, "Likewise");
  activities_command->add_option("--id", act.id, "One event, whole, as JSON");
  activities_command->add_option("--format", act.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  activities_command->add_option("-n,--limit", act.limit, "Rows at most")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  activities_command->add_flag("--oldest-first", act.oldest_first, "In the order of recording");
  activities_command->add_flag("-f,--follow", act.follow, "Goes on with what comes, until Ctrl-C");
  activities_command->footer(
      with_codes("  sallyport activities --since 1h\n"
                 "  sallyport activities --user ana --app dropbox --action upload\n"
                 "  sallyport activities --verdict block --since 24h --format csv > blocked.csv\n"
                 "  sallyport activities --ip 192.0.2.0/24 --follow\n"
                 "  sallyport activities --id 01JD...      # everything known of one"));
  activities_command->callback([&] { code = activities(act); });

  FilesOptions files_options;
  CLI::App* files_command = app.add_subcommand(
      "files", "The files that passed: what, where, whose, and whom they were opened to");
  add_common(*files_command, files_options.common);
  add_reading(*files_command, files_options.common);
  files_command->add_option("--app", files_options.app, "An app's id");
  files_command->add_option("--instance", files_options.instance, "A tenant, workspace or site");
  files_command->add_option("--instance-kind", files_options.instance_kind,
                            "corporate, personal or other");
  files_command->add_option("--id", files_options.id, "The app's own id of it");
  files_command->add_option("--name", files_options.name, "The name; * is any text");
  files_command
      ->add_option("--words", files_options.words,
                   "Whole words that stand in the name one after the other: 'salary report'; "
                   "given twice, either")
      ->allow_extra_args(false);
  files_command->add_flag(
      "--sensitive", files_options.sensitive,
      "Only names that say that something sensitive is in it (tags.file_names)");
  files_command->add_option("--name-tag", files_options.name_tag,
                            "What the name says: credentials, payroll, identity, ...");
  files_command->add_option("--extension", files_options.extension, "pdf, docx, ...");
  files_command->add_option("--family", files_options.family,
                            "document, spreadsheet, presentation, text, image, archive, "
                            "executable, key, folder, ...");
  files_command->add_option("--parent", files_options.parent,
                            "The folder that it lies in: its path, or the app's id; * is any text");
  files_command->add_option("--type", files_options.type,
                            "The media type that the bytes show; * is any text");
  files_command->add_option("--sha256", files_options.sha256, "The digest of the whole file");
  files_command->add_option("--scan-status", files_options.scan_status,
                            "completed, encrypted, corrupted, ...");
  files_command->add_option("--owner", files_options.owner,
                            "The account inside the app that put it there; * is any text");
  files_command->add_option("--owner-group", files_options.owner_group,
                            "A group that the owner's person is in (see: sallyport users)");
  files_command->add_option("--user", files_options.user, "Who did something with it last");
  files_command->add_option("--policy", files_options.policy,
                            "The name of a policy that decided on it");
  files_command->add_flag("--deleted", files_options.deleted,
                          "Only those that were deleted, or thrown into the trash");
  files_command->add_option("--sharing", files_options.sharing,
                            "unknown, internal, external or anyone, as last seen");
  files_command->add_option("--shared-with", files_options.shared_with,
                            "Somebody's address, a name as the app has it, or a domain");
  files_command->add_option("--not-shared-with", files_options.not_shared_with, "Likewise");
  files_command->add_option("--shared-with-group", files_options.group,
                            "A group, as the app names it");
  files_command->add_flag("--personal", files_options.personal,
                          "Only those shared with somebody's personal address");
  files_command->add_option("--since", files_options.since,
                            "By what was done since then: 24h, or a time (2026-11-23T00:00:00Z)");
  files_command->add_option("--until", files_options.until, "Likewise");
  files_command->add_option("--first-since", files_options.first_since,
                            "Only those that were first seen since then");
  files_command->add_option("--first-until", files_options.first_until, "Likewise");
  files_command->add_option("--changed-since", files_options.changed_since,
                            "Only those that were last uploaded, edited, renamed, moved or deleted "
                            "through the gateway since then");
  files_command->add_option("--changed-until", files_options.changed_until, "Likewise");
  files_command->add_option("--format", files_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  files_command->add_option("-n,--limit", files_options.limit, "Rows at most")
      ->capture_default_str();
  files_command->footer(with_codes(
      "  sallyport files --sharing anyone\n"
      "  sallyport files --name '*salar*' --app box --format csv\n"
      "  sallyport files --sensitive --sharing external\n"
      "  sallyport files --family executable --since 7d\n\n"
      "What only the app knows cannot be asked for here: when a file was made or changed "
      "elsewhere,\nits sensitivity label, whether it is in quarantine, and sharing that did "
      "not pass the gateway."));
  files_command->callback([&] { code = files(files_options); });

  ConsentsOptions consents_options;
  CLI::App* consents_command = app.add_subcommand(
      "consents", "Which apps asked people for rights (OAuth): how much, of whom, how common");
  add_common(*consents_command, consents_options.common);
  add_reading(*consents_command, consents_options.common);
  consents_command->add_option("--app", consents_options.app,
                               "Where rights are given: an app's id or name");
  consents_command->add_option("--client", consents_options.client,
                               "Who asks: the client's id, its name or its host; * is any text");
  consents_command->add_option("--level", consents_options.level, "low, medium or high");
  consents_command->add_option("--user", consents_options.user, "Who was asked; * is any text");
  consents_command->add_option("--since", consents_options.since,
                               "24h, or a time (2026-11-23T00:00:00Z)");
  consents_command->add_option("--until", consents_options.until, "Likewise");
  consents_command->add_option("--format", consents_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  consents_command->add_option("-n,--limit", consents_options.limit, "Rows at most")
      ->capture_default_str();
  consents_command->footer(with_codes(
      "  sallyport consents --level high\n"
      "  sallyport consents --app google_workspace --since 30d --format json\n"
      "  sallyport consents --client '*notes*'\n\n"
      "Common: rare is one user or fewer than 1 in 100 of those seen, uncommon fewer than "
      "1 in 10.\nIt knows what was asked for through the gateway: not what was granted "
      "elsewhere, nor what was taken back."));
  consents_command->callback([&] { code = consents(consents_options); });

  QuarantineOptions quarantine_options;
  CLI::App* quarantine_command =
      app.add_subcommand("quarantine", "Copies of blocked uploads, which only your key opens");
  add_common(*quarantine_command, quarantine_options.common);
  add_reading(*quarantine_command, quarantine_options.common);
  quarantine_command->add_option("--remove", quarantine_options.remove,
                                 "Takes these out, by the ids of their events");
  quarantine_command->add_option("--format", quarantine_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  quarantine_command->add_option("-n,--limit", quarantine_options.limit, "Rows at most")
      ->capture_default_str();
  quarantine_command->footer(
      with_codes("  sallyport quarantine\n"
                 "  sallyport quarantine --remove 01KB2M4Q7Z8X9Y0A1B2C3D4E5F\n"
                 "  openssl cms -decrypt -inform DER -inkey KEY.pem -in var/quarantine/ID.p7m\n\n"
                 "A policy keeps a copy with 'then: block, quarantine: true'; 'quarantine' in the "
                 "configuration\nsays whom it is for. What is opened is a MIME entity: its type, a "
                 "blank line, the bytes."));
  quarantine_command->callback([&] { code = quarantine(quarantine_options); });

  CLI::App* governance_command =
      app.add_subcommand("governance", "What people and policies did to users, apps and alerts");
  governance_command->require_subcommand(1);
  GovernanceOptions governance_options;
  CLI::App* governance_log_command =
      governance_command->add_subcommand("log", "Each action: who, what, to whom, until when, why");
  add_common(*governance_log_command, governance_options.common);
  governance_log_command->add_option(
      "--action", governance_options.action,
      "suspend, unsuspend, grant, 'revoke grant', 'tag app', ask ...");
  governance_log_command->add_option("--user", governance_options.user, "Whom it is about");
  governance_log_command->add_option("--app", governance_options.app, "An app's id, or a host");
  governance_log_command->add_option("--who", governance_options.who,
                                     "Who did it; of a policy: 'policy ID'");
  governance_log_command->add_option("--since", governance_options.since,
                                     "A time (RFC 3339), or a span before now: 90s, 15m, 24h, 7d");
  governance_log_command->add_option("--until", governance_options.until, "Likewise");
  governance_log_command->add_option("--format", governance_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  governance_log_command->add_option("-n,--limit", governance_options.limit, "Rows at most")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  governance_log_command->footer(
      with_codes("  sallyport governance log --user ana --since 7d\n"
                 "  sallyport governance log --action suspend --format json"));
  governance_log_command->callback([&] { code = governance_log(governance_options); });
  add_webhook_call_commands(*governance_command, code);

  CLI::App* store_command = app.add_subcommand("store", "What is kept, as a whole");
  store_command->require_subcommand(1);
  VerifyStoreOptions verify_store_options;
  CLI::App* store_verify_command = store_command->add_subcommand(
      "verify",
      "Whether the governance log and the record of reads are as they were written, and their "
      "heads");
  add_common(*store_verify_command, verify_store_options.common);
  store_verify_command->add_option("--head", verify_store_options.head,
                                   "A head that was printed earlier: it must be in the log");
  store_verify_command->add_option("--reads-head", verify_store_options.reads_head,
                                   "Likewise of the record of reads");
  store_verify_command->footer(with_codes(
      "  sallyport store verify\n"
      "  sallyport store verify --head 17:3fa9...   # as it, the gateway's log or status said\n"
      "Ends with 1 where an entry was changed, removed, inserted or moved."));
  store_verify_command->callback([&] { code = store_verify(verify_store_options); });

  AlertsOptions alerts_options;
  CLI::App* alerts_command =
      app.add_subcommand("alerts", "What policies raised alerts for, with its evidence");
  add_common(*alerts_command, alerts_options.common);
  add_reading(*alerts_command, alerts_options.common);
  alerts_command->add_option("--policy", alerts_options.policy, "A policy's id or name");
  alerts_command->add_option("--user", alerts_options.user, "A user; '' for alerts without one");
  alerts_command->add_option("--app", alerts_options.app,
                             "An app's id or name, or the domain of what is no known app");
  alerts_command
      ->add_option("--severity", alerts_options.severity,
                   "informational, low, medium or high, and what is higher")
      ->check(CLI::IsMember({"informational", "low", "medium", "high"}));
  alerts_command->add_option("--since", alerts_options.since,
                             "A time (RFC 3339), or a span before now: 90s, 15m, 24h, 7d");
  alerts_command->add_option("--until", alerts_options.until, "Likewise");
  alerts_command->add_option("--id", alerts_options.id, "One alert, whole, as JSON");
  alerts_command->add_option("--format", alerts_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  alerts_command->add_option("-n,--limit", alerts_options.limit, "Rows at most")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  alerts_command->add_flag("--oldest-first", alerts_options.oldest_first,
                           "In the order of raising");
  alerts_command->add_flag("-f,--follow", alerts_options.follow,
                           "Goes on with what comes, until Ctrl-C");
  alerts_command->add_flag("--days", alerts_options.days,
                           "Instead: how many each policy raised on each day, and how many its "
                           "daily limit kept back");
  alerts_command->footer(
      with_codes("  sallyport alerts --since 24h --severity medium\n"
                 "  sallyport alerts --user ana --format json\n"
                 "  sallyport alerts --policy mass-download --follow\n"
                 "  sallyport alerts --id 01JD...          # with the ids of the activities\n"
                 "  sallyport alerts --show open --assignee ben\n"
                 "  sallyport alerts show 01JD...          # evidence, history, what can be done\n"
                 "  sallyport alerts close 01JD... --as benign --reason confirmed_with_user\n"
                 "  sallyport alerts --days"));
  alerts_command
      ->add_option("--show", alerts_options.state,
                   "open, closed, read, unread, true_positive, benign or false_positive")
      ->check(CLI::IsMember(
          {"open", "closed", "read", "unread", "true_positive", "benign", "false_positive"}));
  alerts_command->add_option("--assignee", alerts_options.assignee,
                             "Only those that were given to this person; '' for nobody's");
  alerts_command->require_subcommand(0, 1);
  AlertShowOptions alert_show_options;
  CLI::App* alerts_show = alerts_command->add_subcommand(
      "show", "One alert: its evidence, its history, and what can be done next");
  add_common(*alerts_show, alert_show_options.common);
  add_reading(*alerts_show, alert_show_options.common);
  alerts_show->add_option("id", alert_show_options.id, "The alert's id")->required();
  alerts_show->add_option("--format", alert_show_options.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  alerts_show->footer(with_codes("  sallyport alerts show 01JG..."));
  alerts_show->callback([&] { code = show_alert(alert_show_options); });
  AlertStepOptions alert_step_options;
  const auto alert_step = [&](const std::string& name, const char* what) {
    CLI::App* sub = alerts_command->add_subcommand(name, what);
    add_common(*sub, alert_step_options.common);
    sub->add_option("ids", alert_step_options.ids, "Ids of alerts")->required();
    sub->add_option("--comment", alert_step_options.text, "What to say about it, kept with it");
    sub->add_option("--by", alert_step_options.by, "Who does it, for the record; default: you");
    sub->callback([&, name] {
      alert_step_options.step = name;
      code = handle_alerts(alert_step_options);
    });
    return sub;
  };
  alert_step("read", "Marks alerts as read")->footer(with_codes("  sallyport alerts read 01JG..."));
  alert_step("unread", "Marks alerts as not read")
      ->footer(with_codes("  sallyport alerts unread 01JG..."));
  CLI::App* alerts_close = alert_step("close", "Says what alerts were");
  alerts_close
      ->add_option("--as", alert_step_options.as,
                   "true_positive (it was so, and must not be), benign (it was so, and may be) or "
                   "false_positive (it was not so)")
      ->required()
      ->check(CLI::IsMember({"true_positive", "benign", "false_positive"}));
  alerts_close->add_option(
      "--reason", alert_step_options.reason,
      "benign: lower_severity, confirmed_with_user, test, other; false_positive: "
      "not_of_interest, too_many_alike, not_accurate, other");
  alerts_close->footer(with_codes(
      "  sallyport alerts close 01JG... --as true_positive --comment \"laptop taken in\"\n"
      "  sallyport alerts close 01JG... 01JH... --as benign --reason test"));
  alert_step("reopen", "Opens closed alerts again")
      ->footer(with_codes("  sallyport alerts reopen 01JG... --comment \"it came back\""));
  CLI::App* alerts_assign = alert_step("assign", "Gives alerts to somebody");
  alerts_assign->add_option("--to", alert_step_options.to, "To whom; left out: to nobody");
  alerts_assign->footer(with_codes("  sallyport alerts assign 01JG... --to ben"));
  CLI::App* alerts_comment = alert_step("comment", "Says something about alerts");
  alerts_comment->get_option("--comment")->required();
  alerts_comment->footer(
      with_codes("  sallyport alerts comment 01JG... --comment \"asked ana, waiting\""));
  ReceiverOptions receiver_options;
  CLI::App* receivers_command =
      alerts_command->add_subcommand("receivers", "Who gets alerts, and how that goes");
  add_common(*receivers_command, receiver_options.common);
  receivers_command->add_option("--format", receiver_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  receivers_command->footer(
      with_codes("  sallyport alerts receivers --format json\n"
                 "Ends with 1 where one fails or something was put aside."));
  receivers_command->callback([&] { code = alert_receivers(receiver_options); });
  const auto receiver_step = [&](const char* name, const char* what,
                                 int (*run_it)(const ReceiverOptions&)) {
    CLI::App* sub = alerts_command->add_subcommand(name, what);
    add_common(*sub, receiver_options.common);
    sub->add_option("name", receiver_options.name, "The receiver's name in alert_delivery")
        ->required();
    sub->callback([&, run_it] { code = run_it(receiver_options); });
    return sub;
  };
  receiver_step("test-receiver", "Sends a test alert, and shows what came back", &test_receiver)
      ->footer(with_codes("  sallyport alerts test-receiver soc"));
  CLI::App* deliver_command =
      receiver_step("deliver", "Tries a receiver that is waited for at once", &deliver_alerts);
  deliver_command->add_flag("--again", receiver_options.again,
                            "Also what it refused and was put aside");
  deliver_command->footer(with_codes("  sallyport alerts deliver soc --again"));
  alerts_command->callback([&] {
    if (alerts_command->get_subcommands().empty()) code = alerts(alerts_options);
  });

  UsersCommands users_commands;
  add_users_commands(app, users_commands, code);

  DiscoverCommands discover_commands;
  CLI::App& discover_command = add_discover_commands(app, discover_commands, code);
  DiscoverImportOptions discover_import_options;
  add_discover_import(discover_command, discover_import_options, code);
  DiscoverImportsOptions discover_imports_options;
  add_discover_imports(discover_command, discover_imports_options, code);
  DiscoverOutputs discover_outputs;
  add_discover_outputs(discover_command, discover_outputs, code);
  CatalogCommands catalog_commands;
  add_catalog_commands(app, discover_command, catalog_commands, code);

  CLI::App* tls_command = app.add_subcommand("tls", "Asks the judge of origins' certificates");
  tls_command->require_subcommand(1);
  tls_command->footer(
      with_codes("  sallyport tls verify --chain chain.pem --host www.example.com\n"
                 "  sallyport tls check www.example.com:443"));
  TlsVerifyOptions verify_options;
  CLI::App* verify_command = tls_command->add_subcommand(
      "verify", "Judges a PEM chain (leaf first) exactly as the gateway does");
  verify_command->add_option("--chain", verify_options.chain, "PEM file, the leaf first")
      ->required();
  verify_command
      ->add_option("--host", verify_options.host, "The name or address it must be good for")
      ->required();
  verify_command->add_option("--roots", verify_options.roots,
                             "PEM file with the trusted roots, instead of the system's");
  verify_command->add_option("--at", verify_options.at,
                             "The time to judge at (RFC 3339); default now");
  verify_command->add_option("--staple", verify_options.staple,
                             "DER file with an OCSP response, as if stapled");
  verify_command->footer(
      with_codes("  sallyport tls verify --chain chain.pem --host www.example.com\n"
                 "  sallyport tls verify --chain chain.pem --host www.example.com --roots ca.pem "
                 "--at 2026-12-24T00:00:00Z"));
  verify_command->callback([&] { code = tls_verify(verify_options); });
  TlsCheckOptions tls_check_options;
  CLI::App* tls_check_command =
      tls_command->add_subcommand("check", "Connects to an origin and judges what it shows");
  add_common(*tls_check_command, tls_check_options.common);
  tls_check_command->add_option("target", tls_check_options.target, "HOST or HOST:PORT")
      ->required();
  tls_check_command->add_option("--roots", tls_check_options.roots,
                                "PEM file with roots beside the configuration's");
  tls_check_command->footer(
      with_codes("  sallyport tls check www.example.com\n  sallyport tls check 127.0.0.1:8443"));
  tls_check_command->callback([&] { code = tls_check(tls_check_options); });

  CLI::App* bypass_command = app.add_subcommand("bypass", "Connections that are not opened");
  bypass_command->require_subcommand(1);
  bypass_command->footer(with_codes("  sallyport bypass suggestions"));
  BypassOptions bypass_options;
  CLI::App* suggestions =
      bypass_command->add_subcommand("suggestions",
                                     "Hosts whose clients keep refusing our certificates, as "
                                     "pinned apps do. Nothing is bypassed by itself");
  add_common(*suggestions, bypass_options.common);
  suggestions->add_option("--failures", bypass_options.failures, "At least so many refusals")
      ->capture_default_str();
  suggestions->add_option("--clients", bypass_options.clients, "By at least so many clients")
      ->capture_default_str();
  suggestions->footer(with_codes("  sallyport bypass suggestions --failures 10 --clients 3"));
  suggestions->callback([&] { code = bypass_suggestions(bypass_options); });

  CLI::App* geo_command =
      app.add_subcommand("geo", "Countries and autonomous systems of addresses");
  geo_command->require_subcommand(1);
  geo_command->footer(with_codes("  sallyport geo build\n  sallyport geo lookup 192.0.2.1"));
  GeoBuildOptions geo_build_options;
  CLI::App* geo_build_command = geo_command->add_subcommand(
      "build",
      "Makes a database of countries from Debian's package tor-geoipdb (its data, CC BY-SA; no Tor "
      "is installed) or from lists of yours, and writes it where the gateway looks");
  add_common(*geo_build_command, geo_build_options.common);
  CLI::Option* geo_from = geo_build_command->add_option(
      "--from", geo_build_options.from,
      "Lists of first,last,country, or a folder with Tor's geoip and geoip6");
  geo_build_command
      ->add_option(
          "--asn", geo_build_options.asn,
          "Makes a database of autonomous systems: lists of first,last,number,organisation")
      ->excludes(geo_from);
  geo_build_command->add_option("-o,--out", geo_build_options.out,
                                "A file instead of DIR/geo/country.mmdb or asn.mmdb");
  geo_build_command->footer(
      with_codes("  sallyport geo build\n  sallyport geo build --from /usr/share/tor\n"
                 "  sallyport geo build --asn asn-ipv4.csv asn-ipv6.csv"));
  geo_build_command->callback([&] { code = geo_build(geo_build_options); });
  GeoLookupOptions geo_lookup_options;
  CLI::App* geo_lookup_command = geo_command->add_subcommand(
      "lookup", "What policies would know of an address: place, network, range and tags");
  add_common(*geo_lookup_command, geo_lookup_options.common);
  geo_lookup_command->add_option("address", geo_lookup_options.addresses, "IPv4 or IPv6 addresses")
      ->required();
  geo_lookup_command->add_option("--format", geo_lookup_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  geo_lookup_command->footer(
      with_codes("  sallyport geo lookup 192.0.2.1 2001:db8::1 --format json"));
  geo_lookup_command->callback([&] { code = geo_lookup(geo_lookup_options); });
  GeoStatusOptions geo_status_options;
  CLI::App* geo_status_command = geo_command->add_subcommand(
      "status", "The databases, whether they can be used, and how old they are");
  add_common(*geo_status_command, geo_status_options.common);
  geo_status_command->add_option("--format", geo_status_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  geo_status_command->footer(with_codes("  sallyport geo status"));
  geo_status_command->callback([&] { code = geo_status(geo_status_options); });

  AppsOptions apps_options;
  CLI::App* apps_command = app.add_subcommand("apps", "The catalog, and tags of apps set by hand");
  apps_command->require_subcommand(1);
  apps_command->footer(
      with_codes("  sallyport apps list --tag unsanctioned\n"
                 "  sallyport apps explain box                   # how its risk score is made\n"
                 "  sallyport apps tag wetransfer sanctioned     # in force at once\n"
                 "  sallyport apps untag mega unsanctioned\n"
                 "  sallyport apps reset mega                    # as the files say\n"
                 "  sallyport apps export >> conf/tags/apps.yaml"));
  const auto apps_action = [&](const char* name, const char* what, AppsAction action) {
    CLI::App* sub = apps_command->add_subcommand(name, what);
    add_common(*sub, apps_options.common);
    sub->callback([&apps_options, &code, action] {
      apps_options.action = action;
      code = apps(apps_options);
    });
    return sub;
  };
  CLI::App* apps_list = apps_action("list", "The apps that are known", AppsAction::list);
  apps_list->add_option("--tag", apps_options.tag, "Only those with this tag");
  apps_list->add_option("--category", apps_options.category, "Only those of this category");
  apps_list->add_option("words", apps_options.words, "Only those whose id or name holds this");
  apps_list->add_option("--format", apps_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  apps_list->footer(
      with_codes("  sallyport apps list drop\n"
                 "  sallyport apps list --category generative_ai --format csv"));
  CLI::App* apps_explain = apps_action(
      "explain", "How an app's risk score is made; whose an address is", AppsAction::explain);
  apps_explain->add_option("app", apps_options.app, "The app's id, or an address in a range of its")
      ->required();
  apps_explain->add_option("--format", apps_options.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  apps_explain->footer(
      with_codes("  sallyport apps explain box\n"
                 "  sallyport apps explain 192.0.2.7"));
  AppsTestOptions apps_test_options;
  CLI::App* apps_test_command = apps_command->add_subcommand(
      "test", "Runs the requests that stand beside the signatures of activities");
  add_common(*apps_test_command, apps_test_options.common);
  apps_test_command->add_option("apps", apps_test_options.apps, "Ids of apps; none: all");
  apps_test_command->footer(
      with_codes("  sallyport apps test\n"
                 "  sallyport apps test dropbox slack"));
  apps_test_command->callback([&] { code = apps_test(apps_test_options); });
  const auto names_app = [&](CLI::App* sub, bool names_tag) {
    sub->add_option("app", apps_options.app, "The app's id")->required();
    if (names_tag) sub->add_option("tag", apps_options.new_tag, "The tag")->required();
    sub->add_option("--by", apps_options.by, "Who changes it, for the record; default: you");
  };
  CLI::App* apps_tag = apps_action("tag", "Gives an app a tag, in force at once", AppsAction::tag);
  names_app(apps_tag, true);
  apps_tag->footer(with_codes("  sallyport apps tag wetransfer sanctioned"));
  CLI::App* apps_untag = apps_action("untag", "Takes a tag from an app", AppsAction::untag);
  names_app(apps_untag, true);
  apps_untag->footer(with_codes("  sallyport apps untag mega unsanctioned"));
  CLI::App* apps_reset =
      apps_action("reset", "Takes back what was set by hand for an app", AppsAction::reset);
  names_app(apps_reset, false);
  apps_reset->footer(with_codes("  sallyport apps reset mega"));
  AppsImportOptions apps_import_options;
  add_apps_import(*apps_command, apps_import_options, code);
  apps_action("export", "What was set by hand, as YAML for tags.apps", AppsAction::export_)
      ->footer(with_codes("  sallyport apps export"));

  GrantsOptions grants_options;
  CLI::App* grants_command =
      app.add_subcommand("grants", "What people have answered, where a policy asked");
  add_common(*grants_command, grants_options.common);
  grants_command->require_subcommand(0, 1);
  grants_command->add_option("--user", grants_options.user, "Only those of this user");
  grants_command->add_option("--policy", grants_options.policy, "Only answers to this policy");
  grants_command->add_option("--format", grants_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  grants_command->footer(
      with_codes("  sallyport grants --user ana\n"
                 "  sallyport grants revoke 01JG...              # it is asked again at once"));
  CLI::App* grants_revoke =
      grants_command->add_subcommand("revoke", "Takes an answer back: it is asked again");
  add_common(*grants_revoke, grants_options.common);
  grants_revoke->add_option("id", grants_options.id, "The grant's id")->required();
  grants_revoke->add_option("--by", grants_options.by,
                            "Who takes it back, for the record; default: you");
  grants_revoke->footer(with_codes("  sallyport grants revoke 01JG..."));
  grants_revoke->callback([&] { code = revoke_grant(grants_options); });
  grants_command->callback([&] {
    if (grants_command->get_subcommands().empty()) code = grants(grants_options);
  });

  AccessRequestsOptions access_options;
  CLI::App* access_command = app.add_subcommand(
      "access-requests", "Who asked for access where a policy blocks, and what came of it");
  add_common(*access_command, access_options.common);
  access_command->require_subcommand(0, 1);
  access_command
      ->add_option("--show", access_options.state, "Only open, answered, granted or refused ones")
      ->check(CLI::IsMember({"open", "answered", "granted", "refused"}));
  access_command->add_option("--user", access_options.user,
                             "Only those of this user, by any of their names");
  access_command->add_option("--app", access_options.app,
                             "Only for this app, or the host of what is in none");
  access_command->add_option("--format", access_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  access_command->footer(
      with_codes("  sallyport access-requests --show open\n"
                 "  sallyport access-requests grant 01JG... --for 7d\n"
                 "  sallyport access-requests refuse 01JG... --say \"Please use Box.\""));
  const auto answers_access = [&](const char* name, const char* what) {
    CLI::App* sub = access_command->add_subcommand(name, what);
    add_common(*sub, access_options.common);
    sub->add_option("id", access_options.id, "The request's id")->required();
    sub->add_option("--by", access_options.by, "Who answers, for the record; default: you");
    return sub;
  };
  CLI::App* access_grant =
      answers_access("grant", "Lets the person pass that policy in that app, in force at once");
  access_grant->add_option("--for", access_options.lasts, "How long: 2h, 30d; default: 7d");
  access_grant->footer(with_codes("  sallyport access-requests grant 01JG... --for 30d"));
  access_grant->callback([&] { code = grant_access(access_options); });
  CLI::App* access_refuse =
      answers_access("refuse", "Refuses it; the person is told so when they ask again");
  access_refuse->add_option("--say", access_options.say, "Why, shown to the person");
  access_refuse->footer(
      with_codes("  sallyport access-requests refuse 01JG... --say \"Please use Box.\""));
  access_refuse->callback([&] { code = refuse_access(access_options); });
  access_command->callback([&] {
    if (access_command->get_subcommands().empty()) code = access_requests(access_options);
  });

  FactorsOptions factors_options;
  CLI::App* factors_command =
      app.add_subcommand("factors", "Who has set up an authenticator app as a second factor");
  add_common(*factors_command, factors_options.common);
  factors_command->require_subcommand(0, 1);
  factors_command->add_option("--format", factors_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  factors_command->footer(
      with_codes("  sallyport factors --format csv\n"
                 "  sallyport factors forget ana     # the phone is lost"));
  CLI::App* factors_forget = factors_command->add_subcommand(
      "forget", "Forgets a user's authenticator app, so that they set up another");
  add_common(*factors_forget, factors_options.common);
  factors_forget->add_option("user", factors_options.user, "The user, by any of their names")
      ->required();
  factors_forget->add_option("--by", factors_options.by,
                             "Who does it, for the record; default: you");
  factors_forget->footer(with_codes("  sallyport factors forget ana"));
  factors_forget->callback([&] { code = forget_factor(factors_options); });
  factors_command->callback([&] {
    if (factors_command->get_subcommands().empty()) code = factors(factors_options);
  });

  QuestionsOptions ask_options;
  CLI::App* ask_command =
      app.add_subcommand("ask", "Asks somebody at the portal: was this you, and was it intended?");
  add_common(*ask_command, ask_options.common);
  ask_command->add_option("user", ask_options.user, "The user, by any of their names")->required();
  ask_command->add_option("--about", ask_options.about, "The id of an event of theirs");
  ask_command->add_option("--alert", ask_options.alert,
                          "The id of an alert of theirs: asks about its last event, and the answer "
                          "goes into its history");
  ask_command->add_option("--say", ask_options.say, "What you want to know, in your words");
  ask_command->add_option("--for", ask_options.lasts, "How long it waits: 2h, 30d; default: 7d");
  ask_command->add_option("--by", ask_options.by, "Who asks, for the record; default: you");
  ask_command->footer(
      with_codes("  sallyport ask ana --about 01JG...\n"
                 "  sallyport ask ana --alert 01JG... --say \"We saw this from Rome.\"\n"
                 "  sallyport ask ana --say \"Did you ask us for a new password at nine?\""));
  ask_command->callback([&] { code = ask(ask_options); });

  QuestionsOptions questions_options;
  CLI::App* questions_command =
      app.add_subcommand("questions", "What people were asked, and what they said");
  add_common(*questions_command, questions_options.common);
  questions_command->require_subcommand(0, 1);
  questions_command->add_option("--user", questions_options.user,
                                "Only those to this user, by any of their names");
  questions_command
      ->add_option("--show", questions_options.state,
                   "Only open, answered, yes, mistake, not_me or expired ones")
      ->check(CLI::IsMember({"open", "answered", "yes", "mistake", "not_me", "expired"}));
  questions_command->add_option("--format", questions_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  questions_command->footer(
      with_codes("  sallyport questions --show not_me\n"
                 "  sallyport questions withdraw 01JG..."));
  CLI::App* questions_withdraw =
      questions_command->add_subcommand("withdraw", "Takes back a question that nobody answered");
  add_common(*questions_withdraw, questions_options.common);
  questions_withdraw->add_option("id", questions_options.id, "The question's id")->required();
  questions_withdraw->add_option("--by", questions_options.by,
                                 "Who takes it back, for the record; default: you");
  questions_withdraw->footer(with_codes("  sallyport questions withdraw 01JG..."));
  questions_withdraw->callback([&] { code = withdraw_question(questions_options); });
  questions_command->callback([&] {
    if (questions_command->get_subcommands().empty()) code = questions(questions_options);
  });

  SuspendOptions suspend_options;
  const auto suspends = [&](const char* name, const char* what) {
    CLI::App* sub = app.add_subcommand(name, what);
    add_common(*sub, suspend_options.common);
    sub->add_option("user", suspend_options.user, "The user, by any of their names")->required();
    CLI::Option* one_app = sub->add_option("--app", suspend_options.app, "In this app only");
    sub->add_flag("--sanctioned", suspend_options.sanctioned, "In sanctioned apps only")
        ->excludes(one_app);
    CLI::Option* step_up =
        sub->add_flag("--until-step-up", suspend_options.step_up,
                      "Only until they show a second factor; it is asked again after 8 hours");
    sub->add_flag("--until-sign-in", suspend_options.sign_in,
                  "Only until they sign in again: their sessions end, app by app")
        ->excludes(step_up);
    sub->add_option("--by", suspend_options.by, "Who does it, for the record; default: you");
    return sub;
  };
  CLI::App* suspend_command =
      suspends("suspend", "Lets a user do nothing, in force at once; before any policy");
  suspend_command->add_option("--for", suspend_options.lasts,
                              "How long: 2h, 7d; default: until it is lifted (--until-sign-in: "
                              "7d, at most 31d)");
  suspend_command->add_option("--reason", suspend_options.reason,
                              "Why, for the record; the user is not shown it");
  suspend_command->footer(
      with_codes("  sallyport suspend ana --for 2h --reason \"asked by security\"\n"
                 "  sallyport suspend ana --app salesforce\n"
                 "  sallyport suspend ana --until-sign-in --reason \"lost laptop\"\n"
                 "  sallyport suspend ana --until-step-up --for 8h\n"
                 "  sallyport suspend ana --sanctioned"));
  suspend_command->callback([&] { code = suspend(suspend_options); });
  CLI::App* unsuspend_command =
      suspends("unsuspend", "Lifts the suspensions of a user, or those of an app");
  unsuspend_command->footer(
      with_codes("  sallyport unsuspend ana\n"
                 "  sallyport unsuspend ana --until-step-up"));
  unsuspend_command->callback([&] { code = unsuspend(suspend_options); });
  CLI::App* suspensions_command = app.add_subcommand("suspensions", "Who is suspended, and why");
  add_common(*suspensions_command, suspend_options.common);
  suspensions_command->add_option("--format", suspend_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  suspensions_command->footer(with_codes("  sallyport suspensions --format csv"));
  suspensions_command->callback([&] { code = suspensions(suspend_options); });

  StatusOptions status_options;
  CLI::App* status_command =
      app.add_subcommand("status", "How the gateway that runs from the state directory fares");
  add_common(*status_command, status_options.common);
  status_command->add_option("--format", status_options.format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  status_command->footer(
      with_codes("  sallyport status\n  sallyport status --format json\n\n"
                 "1 where no gateway runs, where files are not in force as they are, or where the "
                 "store fails"));
  status_command->callback([&] { code = status(status_options); });

  StatusOptions gateway_options;
  CLI::App* gateway_command = app.add_subcommand(
      "gateway", "How long things take, faulty certificates, what is carried unopened");
  add_common(*gateway_command, gateway_options.common);
  gateway_command->add_option("--format", gateway_options.format, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  gateway_command->footer(with_codes("  sallyport gateway\n  sallyport gateway --format json"));
  gateway_command->callback([&] { code = gateway(gateway_options); });

  CommonOptions reload_options;
  CLI::App* reload_command = app.add_subcommand(
      "reload", "Has the gateway look at its files now, and says what came of it");
  add_common(*reload_command, reload_options);
  reload_command->footer(with_codes("  sallyport check && sallyport reload"));
  reload_command->callback([&] { code = reload(reload_options); });

  FeedsOptions feeds_options;
  CLI::App* feeds_command =
      app.add_subcommand("feeds", "Lists of addresses and hosts: size, age, what is wrong");
  add_common(*feeds_command, feeds_options.common);
  feeds_command->add_option("--format", feeds_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  feeds_command->footer(with_codes("  sallyport feeds\n\n1 where one is stale or unusable"));
  feeds_command->callback([&] { code = feeds(feeds_options); });

  RangesOptions ranges_options;
  CLI::App* ranges_command = app.add_subcommand(
      "ranges", "Your own ranges of addresses: category, tags, what they override");
  add_common(*ranges_command, ranges_options.common);
  ranges_command->add_option("WORDS", ranges_options.words,
                             "Only those whose name, tags or prefixes hold this");
  ranges_command->add_option("--format", ranges_options.format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  ranges_command->footer(with_codes("  sallyport ranges\n  sallyport ranges office --format csv"));
  ranges_command->callback([&] { code = ranges(ranges_options); });

  add_policy_commands(app, code);
  add_detect_commands(app, code);
  add_audit_commands(app, code);
  AccountsOptions accounts_options;
  add_accounts_commands(app, accounts_options, code);
  add_schema_command(app, code);

  std::string shell;
  CLI::App* completion_command =
      app.add_subcommand("completion", "A script that lets your shell complete sallyport's words");
  completion_command->add_option("shell", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion_command->footer(
      with_codes("  source <(sallyport completion bash)\n"
                 "  sallyport completion zsh > ~/.zfunc/_sallyport\n"
                 "  sallyport completion fish > ~/.config/fish/completions/sallyport.fish"));
  completion_command->callback([&] { code = completion(app, shell); });

  // CLI11 would only say that a subcommand is missing.
  std::vector<std::string> kept;
  const std::vector<CLI::App*> commands = app.get_subcommands([](CLI::App*) { return true; });
  for (const CLI::App* one : commands) kept.push_back(one->get_name());
  const std::vector<std::string_view> names(kept.begin(), kept.end());
  if (argc > 1 && argv[1][0] != '-' &&
      std::find(names.begin(), names.end(), argv[1]) == names.end()) {
    const std::string meant = sallyport::did_you_mean(argv[1], names);
    complain("there is no command '" + sallyport::printable(argv[1]) + "'" +
             (meant.empty() ? "" : "; " + meant) + "\nsee: sallyport --help");
    return kWrongInput;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kWrongInput;
  } catch (const std::exception& error) {
    complain(error.what());
    return kMachine;
  }
  return code;
}
