#include "proxy/cli/webhook_calls.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <expected>
#include <fmt/format.h>
#include <memory>
#include <thread>

#include "base/core/text.h"
#include "proxy/cli/command_words.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/flat_json.h"
#include "proxy/cli/gateway_client.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {
namespace {

struct CallOptions {
  CommonOptions common;
  std::string action, user, app, alert, reason, by, wait;
};
struct CallsOptions {
  CommonOptions common;
  std::string state, action, user;
  std::string format = "table";
  std::size_t limit = 100;
  bool actions = false;
};

constexpr std::chrono::milliseconds kPoll{200};

// The answer, or the exit code.
std::expected<std::string, int> ask(const std::string& state, std::string_view method,
                                    const std::string& path) {
  const Result<GatewayReply> reply = ask_gateway(state, method, path);
  if (!reply) {
    complain(reply.error().detail);
    return std::unexpected(reply.error().kind == ErrorKind::not_found ? kNo : kMachine);
  }
  if (reply->status != 200) {
    complain(detail_of(*reply));
    return std::unexpected(reply->status == 400 || reply->status == 404 ? kWrongInput : kMachine);
  }
  return reply->body;
}

void append(std::string& path, std::string_view name, const std::string& value) {
  if (value.empty()) return;
  path += fmt::format("{}{}={}", path.find('?') == std::string::npos ? '?' : '&', name,
                      url_encoded(value));
}

int not_understood() {
  complain("the gateway's answer is not understood; is it another version?");
  return kMachine;
}

int call_webhook(const CallOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  std::chrono::milliseconds patience{0};
  if (!options.wait.empty()) {
    const auto span = parse_duration(options.wait);
    if (!span) {
      complain("--wait '" + printable(options.wait) + "' is no span of time; write 30s");
      return kWrongInput;
    }
    patience = std::chrono::duration_cast<std::chrono::milliseconds>(*span);
  }
  std::string path = fmt::format("/api/v1/webhook-actions/{}/call", url_encoded(options.action));
  append(path, "user", options.user);
  append(path, "app", options.app);
  append(path, "alert", options.alert);
  append(path, "reason", options.reason);
  append(path, "by", who_does(options.by));
  const auto asked = ask(*state, "POST", path);
  if (!asked) return asked.error();
  const FlatJson made(*asked);
  const std::string id = made["id"];
  if (!made.fine() || id.empty()) return not_understood();
  const auto until = std::chrono::steady_clock::now() + patience;
  std::string word = made["state"];
  std::string detail;
  while (word == "pending" && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kPoll);
    const auto told = ask(*state, "GET", "/api/v1/webhook-calls/" + id);
    if (!told) return told.error();
    const FlatJson now(*told);
    if (!now.fine()) return not_understood();
    word = now["state"];
    detail = now["detail"];
  }
  say(fmt::format("{} {}: {}{}{}\n", options.action, id, word, detail.empty() ? "" : ": ",
                  printable(detail)));
  if (word == "failed") return kNo;
  if (word == "pending" && patience.count() == 0) {
    say("it is kept, and made soon: sallyport governance calls\n");
  }
  return word == "pending" && patience.count() > 0 ? kNo : kOk;
}

int list_actions(const CallsOptions& options, const std::string& state) {
  const auto body = ask(state, "GET", "/api/v1/webhook-actions");
  if (!body) return body.error();
  const FlatJson all(*body);
  if (!all.fine()) return not_understood();
  Listing listing({"name", "to", "needs", "description"});
  for (std::size_t i = 0; all.has(fmt::format("{}.name", i)); ++i) {
    const auto text = [&](const char* key) {
      return Listing::text(all[fmt::format("{}.{}", i, key)]);
    };
    listing.add({text("name"), text("to"), text("needs"), text("description")});
  }
  say(listing.render(options.format));
  return kOk;
}

int list_calls(const CallsOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  if (options.actions) return list_actions(options, *state);
  std::string path = fmt::format("/api/v1/webhook-calls?limit={}", options.limit);
  append(path, "state", options.state);
  append(path, "action", options.action);
  append(path, "user", options.user);
  const auto body = ask(*state, "GET", path);
  if (!body) return body.error();
  const FlatJson all(*body);
  if (!all.fine()) return not_understood();
  Listing listing({"id", "action", "state", "user", "app", "alert", "by", "at", "ended", "tries",
                   "reason", "detail"});
  for (std::size_t i = 0; all.has(fmt::format("calls.{}.id", i)); ++i) {
    const auto text = [&](const char* key) {
      return Listing::text(all[fmt::format("calls.{}.{}", i, key)]);
    };
    listing.add({text("id"), text("action"), text("state"), text("user"), text("app"),
                 text("alert"), text("by"), text("at"), text("ended"),
                 Listing::number(parse_decimal(all[fmt::format("calls.{}.tries", i)]).value_or(0)),
                 text("reason"), text("detail")});
  }
  say(listing.render(options.format));
  return kOk;
}

}  // namespace

void add_webhook_call_commands(CLI::App& governance, int& code) {
  auto call = std::make_shared<CallOptions>();
  CLI::App* call_command = governance.add_subcommand(
      "call", "Asks an app's own API for something, by a webhook action of the configuration");
  add_common(*call_command, call->common);
  call_command->add_option("action", call->action, "Its name in webhook_actions")->required();
  call_command->add_option("--user", call->user, "Whom it is about");
  call_command->add_option("--app", call->app, "An app's id");
  call_command->add_option("--alert", call->alert, "The alert because of which");
  call_command->add_option("--reason", call->reason, "Why; it stays in the governance log");
  call_command->add_option("--by", call->by, "Who does it; default the user of the shell");
  call_command->add_option("--wait", call->wait, "Waits so long for the result: 30s");
  call_command->footer(
      with_codes("  sallyport governance calls --actions\n"
                 "  sallyport governance call box-remove --user ana --reason 'left us' --wait 30s\n"
                 "Ends with 1 where it failed, or is not done by then; it goes on all the same."));
  call_command->callback([call, &code] { code = call_webhook(*call); });

  auto calls = std::make_shared<CallsOptions>();
  CLI::App* calls_command =
      governance.add_subcommand("calls", "Calls of webhook actions, and what became of them");
  add_common(*calls_command, calls->common);
  calls_command->add_option("--show", calls->state, "pending, done or failed")
      ->check(CLI::IsMember({"pending", "done", "failed"}));
  calls_command->add_option("--action", calls->action, "Only of this one");
  calls_command->add_option("--user", calls->user, "Whom they are about");
  calls_command->add_flag("--actions", calls->actions, "The actions that there are, instead");
  calls_command->add_option("--format", calls->format, "table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  calls_command->add_option("-n,--limit", calls->limit, "Rows at most")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  calls_command->footer(
      with_codes("  sallyport governance calls --show failed\n"
                 "  sallyport governance calls --actions"));
  calls_command->callback([calls, &code] { code = list_calls(*calls); });
}

}  // namespace sallyport::cli
