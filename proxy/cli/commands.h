#pragma once
// The subcommands. Each returns the exit code:
//   0 all is well   1 the answer is no (check failed, chain not accepted, nothing found to do)
//   2 the command line or a file that people wrote is wrong   3 the machine said no (files, ports,
//   store)

#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.h"

namespace CLI {
class App;
}

namespace sallyport::cli {

inline constexpr int kOk = 0;
inline constexpr int kNo = 1;
inline constexpr int kWrongInput = 2;
inline constexpr int kMachine = 3;

struct CommonOptions {
  std::string config = "conf/sallyport.yaml";
  std::string state;  // "" takes the configuration's

  // Of commands that show what persons did (audited.h).
  std::string reason, by;  // why, and who; "" is the user of this shell
  std::string asked;       // the other options as they were given
};

struct RunOptions {
  CommonOptions common;
  bool quiet = false;  // no live activity log
  bool log_json = false;
  std::string console_directory;  // where the console's files are read from; "": the embedded ones
};
int run(const RunOptions& options);

struct CheckOptions {
  CommonOptions common;
  std::string format = "text";
  bool strict = false;  // a warning is a no, too
};
int check(const CheckOptions& options);

enum class CaAction : unsigned char { init, show, export_pem, rotate };
struct CaOptions {
  CommonOptions common;
  CaAction action = CaAction::show;
  std::string format = "pem";  // export: pem | der
  std::string out;             // export: a file, or "" for standard output
};
int ca(const CaOptions& options);

struct ActivitiesOptions {
  CommonOptions common;
  std::string app, user, ip, action, verdict, host, policy, since, until, id;
  std::string format = "table";
  std::size_t limit = 100;
  bool follow = false;
  bool oldest_first = false;
};
int activities(const ActivitiesOptions& options);

struct FilesOptions {
  CommonOptions common;
  std::string app, instance, instance_kind, id, name, extension, family, type, sha256, scan_status;
  std::string parent, owner, owner_group, user, sharing, shared_with, not_shared_with, group;
  std::string policy, name_tag, since, until, changed_since, changed_until, first_since,
      first_until;
  std::vector<std::string> words;  // one of them
  bool personal = false;
  bool deleted = false;
  bool sensitive = false;
  std::string format = "table";
  std::size_t limit = 100;
};
int files(const FilesOptions& options);

struct ConsentsOptions {
  CommonOptions common;
  std::string app, client, level, user, since, until;
  std::string format = "table";
  std::size_t limit = 100;
};
int consents(const ConsentsOptions& options);

// Who may sign in at the console, and tokens of programs.
struct AccountsOptions {
  CommonOptions common;
  std::string name, role, by;
  bool off = false;  // totp: none is asked for any more
  std::string format = "table";
};
int accounts_list(const AccountsOptions& options);
int accounts_add(const AccountsOptions& options);
int accounts_remove(const AccountsOptions& options);
int accounts_role(const AccountsOptions& options);
int accounts_reset(const AccountsOptions& options);
int accounts_totp(const AccountsOptions& options);
int accounts_end(const AccountsOptions& options);
int accounts_token_list(const AccountsOptions& options);
int accounts_token_add(const AccountsOptions& options);
int accounts_token_remove(const AccountsOptions& options);

struct QuarantineOptions {
  CommonOptions common;
  std::vector<std::string> remove;  // event ids
  std::string format = "table";
  std::size_t limit = 100;
};
int quarantine(const QuarantineOptions& options);

struct UsersOptions {
  CommonOptions common;
  std::string user;  // any name of a person
  std::string group;
  std::string format = "table";
};
int users(const UsersOptions& options);

struct UsersShowOptions {
  CommonOptions common;
  std::string user;  // any name of a person
  std::string since, until;
  std::string format = "text";
};
int users_show(const UsersShowOptions& options);

struct UsersSeenOptions {
  CommonOptions common;
  std::string since, until, idle, app, group;
  std::string format = "table";
};
int users_seen(const UsersSeenOptions& options);

// Everything that is kept about one person.
struct UsersExportOptions {
  CommonOptions common;
  std::string user;    // any name of a person
  std::string output;  // a file, which must not exist; "-": standard output
};
int users_export(const UsersExportOptions& options);

// Takes away what is kept about one person, or says what that would be.
struct UsersEraseOptions {
  CommonOptions common;  // `reason` is required
  std::string user;      // any name of a person
  bool yes = false;      // do it
};
int users_erase(const UsersEraseOptions& options);

// Who a pseudonym is.
struct UsersRevealOptions {
  CommonOptions common;  // `reason` is required
  std::string user;      // a pseudonym
};
int users_reveal(const UsersRevealOptions& options);

// Who read what is kept of persons.
struct AuditReadsOptions {
  CommonOptions common;
  std::string who, user, since, until;  // only those
  std::string format = "table";
  std::size_t limit = 100;
};
int audit_reads(const AuditReadsOptions& options);

struct UsersImportOptions {
  std::string file;  // or ldap
  std::string ldap, base, filter, bind_dn, password_file, ca;
  bool start_tls = false, plain = false;
  std::string domain;  // NetBIOS
  std::string leavers = "leavers";
  std::string to;  // "": to standard output
  bool force = false;
  unsigned every = 0;  // seconds; 0: once
};
int users_import(const UsersImportOptions& options);

struct TlsVerifyOptions {
  std::string chain, host, roots, at, staple;
};
int tls_verify(const TlsVerifyOptions& options);

struct TlsCheckOptions {
  CommonOptions common;
  std::string target;
  std::string roots;
};
int tls_check(const TlsCheckOptions& options);

struct BypassOptions {
  CommonOptions common;
  std::uint64_t failures = 3;
  std::size_t clients = 1;
};
int bypass_suggestions(const BypassOptions& options);

// Country lists to a country database, or ASN lists to an ASN database.
struct GeoBuildOptions {
  CommonOptions common;
  std::vector<std::string> from;  // country lists, or folders with Tor's; none: Debian's package
  std::vector<std::string> asn;   // ASN lists
  std::string out;                // "": where the gateway looks
};
int geo_build(const GeoBuildOptions& options);

struct GeoLookupOptions {
  CommonOptions common;
  std::vector<std::string> addresses;
  std::string format = "table";
};
int geo_lookup(const GeoLookupOptions& options);

struct GeoStatusOptions {
  CommonOptions common;
  std::string format = "table";
};
int geo_status(const GeoStatusOptions& options);

struct AlertsOptions {
  CommonOptions common;
  std::string policy, user, app, severity, since, until, id;
  std::string format = "table";
  std::size_t limit = 100;
  bool follow = false;
  bool oldest_first = false;
  bool days = false;  // how many of each policy and day, instead
  std::string state;  // only those that are handled so
  std::optional<std::string> assignee;
};
int alerts(const AlertsOptions& options);

// What people make of alerts.
struct AlertStepOptions {
  CommonOptions common;
  std::vector<std::string> ids;
  std::string step;  // "close", ...
  std::string as, reason, text, to;
  std::string by;  // who; "" is the user of this shell
};
int handle_alerts(const AlertStepOptions& options);
// One alert with its evidence, its history and what can be done next; `format` text or json.
struct AlertShowOptions {
  CommonOptions common;
  std::string id;
  std::string format = "text";
};
int show_alert(const AlertShowOptions& options);

// Who gets alerts, and how that goes. `name`: of one receiver.
struct ReceiverOptions {
  CommonOptions common;
  std::string name;
  std::string format = "table";
  bool again = false;  // what was put aside too
};
int alert_receivers(const ReceiverOptions& options);
int test_receiver(const ReceiverOptions& options);
int deliver_alerts(const ReceiverOptions& options);

// What people and policies did, newest first.
struct GovernanceOptions {
  CommonOptions common;
  std::string action, user, app, who, since, until;  // only those
  std::string format = "table";
  std::size_t limit = 100;
};
int governance_log(const GovernanceOptions& options);

struct VerifyStoreOptions {
  CommonOptions common;
  std::string head;        // one that was printed earlier; "" is none
  std::string reads_head;  // likewise, of the record of reads
};
int store_verify(const VerifyStoreOptions& options);

enum class AppsAction : unsigned char { list, explain, tag, untag, reset, export_ };
struct AppsOptions {
  CommonOptions common;
  AppsAction action = AppsAction::list;
  std::string app, new_tag;          // what to explain or change
  std::string by;                    // who; "" is the user of this shell
  std::string tag, category, words;  // which to list
  std::string format = "table";
};
int apps(const AppsOptions& options);

struct GrantsOptions {
  CommonOptions common;
  std::string user, policy;  // only theirs, only its
  std::string format = "table";
  std::string id;  // which to take back
  std::string by;  // who; "" is the user of this shell
};
int grants(const GrantsOptions& options);
int revoke_grant(const GrantsOptions& options);

struct AccessRequestsOptions {
  CommonOptions common;
  std::string state, user, app;  // only those
  std::string format = "table";
  std::string id;     // which to answer
  std::string lasts;  // how long the grant holds; "" is 7d
  std::string say;    // to the person, where it is refused
  std::string by;     // as of GrantsOptions
};
int access_requests(const AccessRequestsOptions& options);
int grant_access(const AccessRequestsOptions& options);
int refuse_access(const AccessRequestsOptions& options);

struct FactorsOptions {
  CommonOptions common;
  std::string format = "table";
  std::string user;  // whose to forget
  std::string by;    // as of GrantsOptions
};
int factors(const FactorsOptions& options);
int forget_factor(const FactorsOptions& options);

struct QuestionsOptions {
  CommonOptions common;
  std::string user;   // who is asked; only theirs
  std::string about;  // an event's id
  std::string alert;  // an alert's id: the answer goes to it
  std::string say;
  std::string lasts;  // how long it waits; "" is 7d
  std::string state;  // only those
  std::string format = "table";
  std::string id;  // which to take back
  std::string by;  // as of GrantsOptions
};
int ask(const QuestionsOptions& options);
int questions(const QuestionsOptions& options);
int withdraw_question(const QuestionsOptions& options);

struct SuspendOptions {
  CommonOptions common;
  std::string user;
  std::string app;          // only there
  bool sanctioned = false;  // only in sanctioned apps
  bool step_up = false;     // until a second factor is shown
  bool sign_in = false;     // until the user signs in again
  std::string lasts;        // "2h"; "": until it is lifted, or as long as `sign_in` usually lasts
  std::string reason;
  std::string by;  // as of GrantsOptions
  std::string format = "table";
};
int suspend(const SuspendOptions& options);
int unsuspend(const SuspendOptions& options);
int suspensions(const SuspendOptions& options);

struct AppsTestOptions {
  CommonOptions common;
  std::vector<std::string> apps;  // none: all
};
// Runs the requests beside the catalog's signatures.
int apps_test(const AppsTestOptions& options);

struct StatusOptions {
  CommonOptions common;
  std::string format = "table";
};
int status(const StatusOptions& options);
int reload(const CommonOptions& options);

struct FeedsOptions {
  CommonOptions common;
  std::string format = "table";
};
int feeds(const FeedsOptions& options);

struct RangesOptions {
  CommonOptions common;
  std::string words;  // only those whose name, tags or prefixes hold them
  std::string format = "table";
};
int ranges(const RangesOptions& options);

// A script for the shell that completes the commands of `app` and their options.
int completion(const CLI::App& app, const std::string& shell);

// Shared by several: the state directory that options and configuration come to; nullopt after a
// message.
std::optional<std::string> state_directory(const CommonOptions& options);
// "90s" before now, or a time (RFC 3339); "" leaves `into` as it is. False after a message that
// names the option `what`.
bool read_time(const std::string& text, const char* what, std::optional<Time>& into);
// Writes "sallyport: ..." to standard error.
void complain(const std::string& text);
void say(const std::string& text);  // standard output

}  // namespace sallyport::cli
