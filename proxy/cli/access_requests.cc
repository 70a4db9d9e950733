// access-requests: who asked for access on a page that blocks; granting and refusing it.

#include <fmt/format.h>

#include "base/core/text.h"
#include "proxy/app/access_routes.h"
#include "proxy/app/grant_wish.h"
#include "proxy/app/route_words.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

namespace {

using app::AccessRequestBook;
using app::StandingBook;

// "grant" or "refuse".
std::string path_of(const AccessRequestsOptions& options, std::string_view what) {
  std::string path = fmt::format("/api/v1/access-requests/{}/{}?by={}", url_encoded(options.id),
                                 what, url_encoded(who_does(options.by)));
  if (!options.lasts.empty()) path += "&for=" + url_encoded(options.lasts);
  if (!options.say.empty()) path += "&say=" + url_encoded(options.say);
  return path;
}

bool load(AccessRequestBook& book, Time now) {
  const Result<void> loaded = book.load(now);
  if (!loaded) complain(describe(loaded.error()));
  return loaded.has_value();
}

}  // namespace

int access_requests(const AccessRequestsOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  app::AccessFilter filter{options.state, "", options.app};
  if (!options.user.empty()) {
    const auto now = snapshot_of(*config);
    if (now == nullptr) return kWrongInput;
    filter.user = app::canonical_user(*now, options.user);
    if (filter.user.empty()) {
      complain("'" + printable(options.user) + "' is no name of a user");
      return kWrongInput;
    }
  }
  std::unique_ptr<discovery::StateStore> store;
  if (!open_for_reading(state, store)) return kMachine;
  Listing listing({"id", "state", "user", "app", "policy", "reason", "at", "answered", "who",
                   "until", "say", "grant"});
  if (store != nullptr) {
    const Time now = system_clock().now();
    AccessRequestBook book(*store);
    if (!load(book, now)) return kMachine;
    for (auto at = book.all().rbegin(); at != book.all().rend(); ++at) {
      const AccessRequestBook::Kept& kept = at->second;
      if (!filter.keeps(kept, now)) continue;
      const portal::AccessRequest& asked = kept.asked;
      const bool waits = kept.answer.state == portal::AccessAnswer::State::waiting;
      listing.add({Listing::text(kept.id), Listing::text(app::to_string(kept.answer.state)),
                   Listing::text(asked.user.empty() ? asked.client : asked.user),
                   Listing::text(asked.app.empty() ? asked.host : asked.app),
                   Listing::text(asked.policy), Listing::text(asked.reason), time_cell(asked.at),
                   time_cell(waits ? Time{} : kept.answer.at), Listing::text(kept.who),
                   time_cell(kept.answer.until), Listing::text(kept.answer.say),
                   Listing::text(kept.grant)});
    }
  }
  say(listing.render(options.format));
  return kOk;
}

int grant_access(const AccessRequestsOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  const auto told = told_by_gateway(ask_gateway(state, "POST", path_of(options, "grant")),
                                    "granted, in force on every worker");
  if (told) return *told;
  const auto now = snapshot_of(*config);
  if (now == nullptr) return kWrongInput;
  StateToChange here;
  if (!take_state(state, here)) return kMachine;
  const Time at = system_clock().now();
  AccessRequestBook book(*here.store);
  StandingBook standing(*here.store);
  if (!load(book, at)) return kMachine;
  if (const Result<void> loaded = standing.load(at); !loaded) {
    complain(describe(loaded.error()));
    return kMachine;
  }
  const auto kept = book.waiting(options.id);
  if (!kept) return say_refused(kept.error());
  auto wish = app::access_wish(*now, (*kept)->asked, options.lasts, who_does(options.by), at);
  if (!wish) return say_refused(wish.error());
  const auto made =
      standing.grant(std::move(wish->grant), wish->lasts, wish->reason, wish->who, at);
  if (!made) return say_refused(made.error());
  if (const auto refusal = book.granted(options.id, *made, who_does(options.by), at)) {
    return say_refused(*refusal);
  }
  say(std::string(kAtNextStart));
  return kOk;
}

int refuse_access(const AccessRequestsOptions& options) {
  std::string state;
  if (!config_of(options.common, state)) return kWrongInput;
  const auto told =
      told_by_gateway(ask_gateway(state, "POST", path_of(options, "refuse")), "refused");
  if (told) return *told;
  StateToChange here;
  if (!take_state(state, here)) return kMachine;
  const Time at = system_clock().now();
  AccessRequestBook book(*here.store);
  if (!load(book, at)) return kMachine;
  if (const auto refusal = book.refuse(options.id, options.say, who_does(options.by), at)) {
    return say_refused(*refusal);
  }
  say("refused\n");
  return kOk;
}

}  // namespace sallyport::cli
