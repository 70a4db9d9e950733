#include "proxy/app/route_words.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/users/user_name.h"

namespace sallyport::app {

http::Reply refused(const StandingBook::Refusal& refusal) {
  return admin::problem(refusal.status, "Not done", refusal.detail);
}

std::string canonical_user(const session::Snapshot& now, std::string_view user) {
  const auto name = discovery::normal_user_name(user);
  return name ? now.users->canonical(*name) : std::string();
}

std::expected<std::size_t, std::string> limit_of(const admin::Call& call, std::size_t usual,
                                                 std::size_t most) {
  const std::string& asked = call.asked("limit");
  if (asked.empty()) return usual;
  const auto number = parse_decimal(asked);
  if (!number || *number == 0 || *number > most) {
    return std::unexpected(fmt::format("limit is from 1 to {}", most));
  }
  return static_cast<std::size_t>(*number);
}

bool time_of(const admin::Call& call, std::string_view name, Time now, std::optional<Time>& into) {
  const std::string& asked = call.asked(name);
  if (asked.empty()) return true;
  if (const auto span = parse_duration(asked)) {
    into = now - *span;
  } else {
    into = parse_rfc3339(asked);
  }
  return into.has_value();
}

}  // namespace sallyport::app
