// users reveal: who a pseudonym is.

#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/cursor.h"
#include "proxy/app/name_reveal.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

int users_reveal(const UsersRevealOptions& options) {
  if (trim(options.common.reason).empty()) {
    complain("--reason says why; it stays in the governance log");
    return kWrongInput;
  }
  std::string state;
  if (!config_of(options.common, state)) return kWrongInput;
  const std::string who = who_does(options.common.by);
  const auto reply =
      ask_gateway(state, "POST",
                  fmt::format("/api/v1/users/{}/reveal?by={}&reason={}", url_encoded(options.user),
                              url_encoded(who), url_encoded(options.common.reason)));
  if (reply) {
    if (reply->status != 200) {
      complain("not revealed: " + detail_of(*reply));
      return reply->status == 503 ? kMachine : kNo;
    }
    std::string name;
    JsonCursor cursor(reply->body);
    cursor.object(
        [&](std::string_view key) { return key == "name" ? cursor.string(name) : cursor.skip(); });
    say(printable(name) + "\n");
    return kOk;
  }
  if (reply.error().kind != ErrorKind::not_found) {
    complain(describe(reply.error()));
    return kMachine;
  }
  const auto names = app::open_names(state);
  if (!names) {
    complain(describe(names.error()));
    return kMachine;
  }
  if (*names == nullptr) {
    complain("not revealed: no names are hidden here");
    return kNo;
  }
  StateToChange taken;
  if (!take_state(state, taken)) return kMachine;
  const auto name = app::reveal_name(
      *taken.store, **names, {options.user, options.common.reason, who}, system_clock().now());
  if (!name) {
    complain("not revealed: " + name.error().detail);
    return name.error().side == Side::client ? kNo : kMachine;
  }
  if (!note_read(options.common, state, "users reveal", options.user, 1)) return kMachine;
  say(printable(*name) + "\n");
  return kOk;
}

}  // namespace sallyport::cli
