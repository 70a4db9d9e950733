// factors: who has set up an authenticator app; forgetting one.

#include <fmt/format.h>

#include "base/core/text.h"
#include "proxy/app/factor_keeper.h"
#include "proxy/app/route_words.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

namespace {

bool load(app::FactorKeeper& factors) {
  const Result<void> loaded = factors.load(system_clock().now());
  if (!loaded) complain(describe(loaded.error()));
  return loaded.has_value();
}

}  // namespace

int factors(const FactorsOptions& options) {
  std::string state;
  if (!config_of(options.common, state)) return kWrongInput;
  std::unique_ptr<discovery::StateStore> store;
  if (!open_for_reading(state, store)) return kMachine;
  Listing listing({"user", "enrolled", "used", "wrong", "held_until"});
  if (store != nullptr) {
    app::FactorKeeper kept(*store, false);
    if (!load(kept)) return kMachine;
    for (const app::FactorKeeper::Told& one : kept.all()) {
      const bool held = one.held_until > system_clock().now();
      listing.add({Listing::text(one.user), time_cell(one.enrolled), time_cell(one.used),
                   Listing::number(one.wrong), time_cell(held ? one.held_until : Time{})});
    }
  }
  say(listing.render(options.format));
  return kOk;
}

int forget_factor(const FactorsOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  const std::string who = who_does(options.by);
  const auto told = told_by_gateway(
      ask_gateway(
          state, "DELETE",
          fmt::format("/api/v1/factors/{}?by={}", url_encoded(options.user), url_encoded(who))),
      "forgotten; they set up another at the next step_up");
  if (told) return *told;
  const auto now = snapshot_of(*config);
  if (now == nullptr) return kWrongInput;
  StateToChange here;
  if (!take_state(state, here)) return kMachine;
  app::FactorKeeper kept(*here.store, false);
  if (!load(kept)) return kMachine;
  const Result<bool> forgotten =
      kept.forget(app::canonical_user(*now, options.user), who, system_clock().now());
  if (!forgotten) {
    complain(describe(forgotten.error()));
    return kMachine;
  }
  if (!*forgotten) {
    complain(
        fmt::format("not done: '{}' has set up no authenticator app", printable(options.user)));
    return kNo;
  }
  say("forgotten; they set up another at the next step_up\n");
  return kOk;
}

}  // namespace sallyport::cli
