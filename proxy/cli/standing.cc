// grants, suspensions, suspend, unsuspend: what people have answered, and who may do nothing.

#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/users/user_name.h"
#include "proxy/app/names.h"
#include "proxy/app/standing_routes.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

namespace {

using app::StandingBook;
using policy::Suspension;

// What is kept, whether a gateway runs or not. False after a message.
struct Kept {
  std::unique_ptr<discovery::StateStore> store;
  std::unique_ptr<StandingBook> book;
};
bool read_kept(const std::string& state, Kept& kept) {
  if (!open_for_reading(state, kept.store)) return false;
  if (kept.store == nullptr) return true;
  kept.book = std::make_unique<StandingBook>(*kept.store);
  const Result<void> loaded = kept.book->load(system_clock().now());
  if (loaded) return true;
  complain(describe(loaded.error()));
  return false;
}

struct Here {
  StateToChange state;
  std::unique_ptr<StandingBook> book;
};
bool take_book(const app::Config& config, const std::string& state, Here& here) {
  const auto names = app::names_of(config);
  if (!names) complain(describe(names.error()));
  if (!names || !take_state(state, here.state)) return false;
  here.book = std::make_unique<StandingBook>(*here.state.store, *names);
  const Result<void> loaded = here.book->load(system_clock().now());
  if (!loaded) complain(describe(loaded.error()));
  return loaded.has_value();
}

std::string_view asks_of(const SuspendOptions& options) {
  if (options.step_up) return "step_up";
  return options.sign_in ? "sign_in_again" : "";
}

std::string reach_query(const SuspendOptions& options) {
  std::string query = "?by=" + url_encoded(who_does(options.by));
  if (!options.app.empty()) query += "&app=" + url_encoded(options.app);
  if (options.sanctioned) query += "&sanctioned=true";
  if (const std::string_view asks = asks_of(options); !asks.empty()) {
    query += "&asks=" + std::string(asks);
  }
  return query;
}

app::SuspensionWish wish_of(const SuspendOptions& options) {
  return {.user = options.user,
          .app = options.app,
          .sanctioned = options.sanctioned,
          .asks = asks_of(options),
          .lasts = options.lasts};
}

}  // namespace

int grants(const GrantsOptions& options) {
  std::string state;
  if (!config_of(options.common, state)) return kWrongInput;
  Kept kept;
  if (!read_kept(state, kept)) return kMachine;
  const Time now = system_clock().now();
  const auto asked = asked_user(options.common, options.user);
  if (!asked) return kMachine;
  const std::string user = discovery::normal_user_name(*asked).value_or("");
  Listing listing({"id", "policy", "action", "user", "app", "address", "from", "until", "reason"});
  if (kept.book) {
    for (auto at = kept.book->grants().rbegin(); at != kept.book->grants().rend(); ++at) {
      const policy::Grant& grant = *at->second.grant;
      if (grant.until <= now) continue;
      if (!options.user.empty() && grant.user != user) continue;
      if (!options.policy.empty() && grant.policy_id != options.policy) continue;
      listing.add({Listing::text(grant.id.to_string()), Listing::text(grant.policy_id),
                   Listing::text(to_string(grant.action)), Listing::text(grant.user),
                   Listing::text(grant.app.empty() ? grant.site : grant.app),
                   Listing::text(grant.address ? grant.address->to_string() : ""),
                   time_cell(grant.from), time_cell(grant.until),
                   Listing::text(at->second.reason)});
    }
  }
  say(listing.render(options.format));
  return kOk;
}

int revoke_grant(const GrantsOptions& options) {
  const auto id = discovery::parse_ulid(options.id);
  if (!id) {
    complain("'" + printable(options.id) + "' is no id of a grant");
    return kWrongInput;
  }
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  const std::string who = who_does(options.by);
  const auto told = told_by_gateway(
      ask_gateway(state, "DELETE", "/api/v1/grants/" + id->to_string() + "?by=" + url_encoded(who)),
      "taken back on every worker");
  if (told) return *told;
  Here here;
  if (!take_book(*config, state, here)) return kMachine;
  if (const auto refusal = here.book->revoke(*id, who, system_clock().now())) {
    return say_refused(*refusal);
  }
  say("taken back\n");
  return kOk;
}

int suspensions(const SuspendOptions& options) {
  std::string state;
  if (!config_of(options.common, state)) return kWrongInput;
  Kept kept;
  if (!read_kept(state, kept)) return kMachine;
  const Time now = system_clock().now();
  Listing listing({"id", "user", "reach", "app", "asks", "from", "until", "who", "reason"});
  if (kept.book) {
    for (const auto& [id, one] : kept.book->suspensions()) {
      const Suspension& suspension = one.suspension;
      if (suspension.until <= now) continue;
      const bool asks = suspension.action != policy::Action::block;
      listing.add({Listing::text(id.to_string()), Listing::text(suspension.user),
                   Listing::text(to_string(suspension.reach)), Listing::text(suspension.app),
                   Listing::text(asks ? to_string(suspension.action) : std::string_view()),
                   time_cell(suspension.from), time_cell(suspension.until), Listing::text(one.who),
                   Listing::text(one.reason)});
    }
  }
  say(listing.render(options.format));
  return kOk;
}

int suspend(const SuspendOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  std::string path = "/api/v1/suspensions/" + url_encoded(options.user) + reach_query(options);
  if (!options.lasts.empty()) path += "&for=" + url_encoded(options.lasts);
  if (!options.reason.empty()) path += "&reason=" + url_encoded(options.reason);
  const Result<GatewayReply> reply = ask_gateway(state, "PUT", path);
  if (const auto told = told_by_gateway(reply, "suspended on every worker")) {
    if (*told == kOk && reply->body.find("\"listed\":false") != std::string::npos) {
      complain("note: the list of users has nobody of that name");
    }
    return *told;
  }
  const auto now = snapshot_of(*config);
  if (now == nullptr) return kWrongInput;
  const Time at = system_clock().now();
  auto wanted = app::suspension_of(*now, wish_of(options), at);
  if (!wanted) return say_refused(wanted.error());
  Here here;
  if (!take_book(*config, state, here)) return kMachine;
  const auto made =
      here.book->suspend(std::move(*wanted), options.reason, who_does(options.by), at);
  if (!made) return say_refused(made.error());
  say(std::string(kAtNextStart));
  return kOk;
}

int unsuspend(const SuspendOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  const auto told = told_by_gateway(
      ask_gateway(state, "DELETE",
                  "/api/v1/suspensions/" + url_encoded(options.user) + reach_query(options)),
      "lifted on every worker");
  if (told) return *told;
  const auto now = snapshot_of(*config);
  if (now == nullptr) return kWrongInput;
  const Time at = system_clock().now();
  const auto meant = app::suspension_of(*now, wish_of(options), at);
  if (!meant) return say_refused(meant.error());
  std::optional<Suspension::Reach> reach;
  if (options.sanctioned || !options.app.empty()) reach = meant->reach;
  Here here;
  if (!take_book(*config, state, here)) return kMachine;
  const auto lifted = here.book->unsuspend(meant->user, reach, options.app, who_does(options.by),
                                           at, meant->action);
  if (!lifted) return say_refused(lifted.error());
  say("lifted\n");
  return kOk;
}

}  // namespace sallyport::cli
