#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/core/log.h"
#include "proxy/app/gateway.h"
#include "proxy/cli/commands.h"

namespace sallyport::cli {

namespace {

std::string guide(const app::Gateway& gateway, const app::Config& config,
                  const std::string& password) {
  const IpEndpoint proxy = gateway.proxy_addresses().front();
  const std::string shown = proxy.to_string();
  std::string text = "\nSallyport is running.\n\n";
  std::string all;
  for (const IpEndpoint& address : gateway.proxy_addresses())
    all += (all.empty() ? "" : ", ") + address.to_string();
  text += fmt::format("  proxy     {}\n", all);
  for (const IpEndpoint& address : gateway.tls_addresses()) {
    text += fmt::format("  with TLS  https://{}\n", address.to_string());
  }
  text += fmt::format("  PAC       http://{}/proxy.pac\n", shown);
  if (!gateway.admin_addresses().empty()) {
    text += fmt::format("  admin     {}/   (/healthz, /metrics)\n", gateway.admin_url());
    text += fmt::format("  console   {}/console/\n", gateway.admin_url());
  }
  if (!password.empty()) {
    text += fmt::format(
        "            sign in as {} with the password {}\n"
        "            It is shown this once, and changed at the first sign-in (lost: sallyport "
        "accounts reset {}).\n",
        app::Gateway::kFirstAccount, password, app::Gateway::kFirstAccount);
  }
  text += fmt::format("  CA        {}   (http://{}/ca.pem)\n\n", gateway.ca_file(), shown);
  text += "Try it:\n";
  text += fmt::format("  curl --proxy http://{} --cacert {} https://www.example.com/\n\n", shown,
                      gateway.ca_file());
  text += fmt::format(
      "Activities, as they happen (sallyport activities{} shows them later; Ctrl-C ends):\n",
      config.file == "conf/sallyport.yaml" ? "" : " -c " + config.file);
  return text;
}

}  // namespace

int run(const RunOptions& options) {
  Diagnostics warnings;
  auto config = app::load_config(options.common.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  if (!options.common.state.empty()) {
    config->state_directory = options.common.state;
    config->state_given = true;
  }
  config->console_directory = options.console_directory;
  if (config->anonymize_users) {
    const Result<app::NameCipherPtr> names = app::make_names(config->state_directory);
    if (!names) {
      complain("the key of names: " + describe(names.error()));
      return kMachine;
    }
  }
  app::Loader loader(*config);
  app::Loader::Outcome outcome = loader.look(system_clock().now());
  if (outcome.found.has_errors()) {
    complain("not started, because of what the files say:\n" + render(outcome.found));
    return kWrongInput;
  }
  warnings.append(std::move(outcome.found));
  if (!warnings.empty()) complain("warnings:\n" + render(warnings));

  // The authority's key and what was opened are in this memory: no core files, no other process's
  // ptrace.
  ::prctl(PR_SET_DUMPABLE, 0);

  // Before any thread: only sigwait() below takes these.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  app::Gateway::LiveLog live;
  if (!options.quiet) {
    live.fd = STDOUT_FILENO;
    live.colour = ::isatty(STDOUT_FILENO) ? discovery::Colour::ansi : discovery::Colour::none;
  }
  const std::string loaded = app::describe(loader.material());
  auto gateway = app::Gateway::open(std::move(loader), live);
  if (!gateway) {
    complain(describe(gateway.error()));
    return kMachine;
  }
  log::info("loaded " + loaded);
  if (!options.quiet) {
    const Result<std::string> password = (*gateway)->first_account();
    if (!password) {
      complain(describe(password.error()));
      return kMachine;
    }
    say(guide(**gateway, *config, *password));
  }
  (*gateway)->start();
  int signal = 0;
  while (sigwait(&signals, &signal) == 0) {
    if (signal == SIGHUP) {
      (*gateway)->reload();
    } else if (signal == SIGUSR1) {
      (*gateway)->reopen_logs();
    } else {
      break;
    }
  }
  log::info("draining; a second Ctrl-C ends at once");
  ::signal(SIGINT, SIG_DFL);
  // Only those that end it: what reload and logrotate send must not.
  sigdelset(&signals, SIGHUP);
  sigdelset(&signals, SIGUSR1);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*gateway)->stop();
  log::info("stopped");
  return kOk;
}

}  // namespace sallyport::cli
