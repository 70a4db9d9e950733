#include "proxy/app/grant_wish.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::app {

namespace {

constexpr std::chrono::hours kLongestAccess{24 * 366};

policy::Activity activity_of(const session::Snapshot& now, const Stopped& stopped) {
  policy::Activity activity;
  activity.at = stopped.at;
  if (!stopped.user.empty()) activity.user = std::string(stopped.user);
  activity.host = stopped.host;
  if (const auto host = Host::parse(stopped.host)) {
    activity.domain = now.suffixes->registrable(host->text());
  }
  activity.client.address = stopped.address;
  if (!stopped.app.empty()) {
    if (const discovery::App* app = now.catalog->find(stopped.app)) {
      activity.app = discovery::facts_of(*app, *now.hand_tags);
    }
  }
  return activity;
}

// To the millisecond, which an id tells.
Time time_of(const Ulid& id) {
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds * 256 + id.bytes[i];
  return Time(std::chrono::milliseconds(milliseconds));
}

}  // namespace

std::optional<policy::Grant> grant_wanted(const session::Snapshot& now,
                                          const policy::CompiledPolicy& policy,
                                          const Stopped& stopped) {
  return policy::grant_wanted(policy, activity_of(now, stopped));
}

SuspensionAnswer answer_wanted(const session::Snapshot& now, const policy::Standing& standing,
                               policy::Action asked, const Stopped& stopped,
                               std::string_view event) {
  policy::Activity activity = activity_of(now, stopped);
  if (const discovery::Person* person = now.people().find(stopped.user)) {
    activity.user_names = person->names;
  }
  const policy::Suspension* suspension = standing.find_asking(activity, asked);
  const auto id = discovery::parse_ulid(event);
  if (suspension == nullptr || !id) return {};
  if (time_of(*id) < std::chrono::floor<std::chrono::milliseconds>(suspension->from)) return {};
  return {suspension, policy::grant_wanted(*suspension, activity)};
}

std::expected<GrantWish, StandingBook::Refusal> access_wish(const session::Snapshot& now,
                                                            const portal::AccessRequest& asked,
                                                            std::string_view lasts, std::string who,
                                                            Time at) {
  using Refusal = StandingBook::Refusal;
  const auto span = parse_duration(lasts.empty() ? kUsualAccess : lasts);
  if (!span || *span < std::chrono::minutes(1) || *span > kLongestAccess) {
    return std::unexpected(
        Refusal{400, fmt::format("'{}' is no span from 1m to 366d: '2h', '7d'", printable(lasts))});
  }
  const policy::CompiledPolicy* policy = now.policy->find(asked.policy);
  if (policy == nullptr) {
    return std::unexpected(Refusal{
        409,
        fmt::format("the policy '{}' is gone: nothing is to be granted", printable(asked.policy))});
  }
  if (policy->action != policy::Action::block) {
    return std::unexpected(Refusal{
        409, fmt::format("the policy '{}' does not block any more: nothing is to be granted",
                         policy->id)});
  }
  auto wanted = grant_wanted(now, *policy, {asked.user, asked.address, asked.app, asked.host, at});
  if (!wanted) {
    return std::unexpected(Refusal{
        409, fmt::format("a policy of kind {} is passed by nobody; write an exception into it",
                         to_string(policy->kind))});
  }
  return GrantWish{std::move(*wanted), std::chrono::duration_cast<std::chrono::seconds>(*span),
                   asked.reason, std::move(who)};
}

}  // namespace sallyport::app
