#include "proxy/app/standing_desk.h"

#include <utility>

#include "base/io/signal.h"

namespace sallyport::app {

// Shared by the worker that waits and the desk that answers.
struct StandingDesk::Asked {
  io::Worker& from;
  GrantWish wish;
  Granted granted = std::unexpected(Refusal{503, "the gateway is ending"});
  io::Signal done;  // of `from`
};

Task<StandingDesk::Granted> StandingDesk::grant(GrantWish wish) {
  Granted made = book_.grant(std::move(wish.grant), wish.lasts, std::move(wish.reason),
                             std::move(wish.who), now());
  if (made) co_await publish_(book_.standing());
  co_return made;
}

Task<StandingDesk::Granted> StandingDesk::grant_from(io::Worker& from, GrantWish wish) {
  const auto asked = std::make_shared<Asked>(Asked{from, std::move(wish)});
  desk_.post([this, asked] {
    if (!start_(answer(asked))) asked->from.post([asked] { asked->done.notify(); });
  });
  co_await asked->done.wait();
  co_return std::move(asked->granted);
}

Task<void> StandingDesk::answer(std::shared_ptr<Asked> asked) {
  Granted granted = co_await grant(std::move(asked->wish));
  asked->granted = std::move(granted);
  asked->from.post([asked] { asked->done.notify(); });
}

Task<std::optional<StandingDesk::Refusal>> StandingDesk::revoke(Ulid id, std::string who) {
  std::optional<Refusal> refused = book_.revoke(id, who, now());
  if (!refused) co_await publish_(book_.standing());
  co_return refused;
}

Task<std::expected<policy::Suspension, StandingDesk::Refusal>> StandingDesk::suspend(
    policy::Suspension wanted, std::string reason, std::string who) {
  auto made = book_.suspend(std::move(wanted), std::move(reason), std::move(who), now());
  if (made) co_await publish_(book_.standing());
  co_return made;
}

Task<std::expected<std::size_t, StandingDesk::Refusal>> StandingDesk::unsuspend(
    std::string user, std::optional<policy::Suspension::Reach> reach, std::string app,
    policy::Action action, std::string who) {
  auto lifted = book_.unsuspend(user, reach, app, who, now(), action);
  // Where only some could be lifted, those are.
  const bool changed = lifted || lifted.error().status == 503;
  if (changed) co_await publish_(book_.standing());
  co_return lifted;
}

Task<void> StandingDesk::look_after() {
  if (book_.expire(now())) co_await publish_(book_.standing());
}

}  // namespace sallyport::app
