#pragma once
// What several routes of /api/v1 read and say alike.

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "proxy/admin/api.h"
#include "proxy/app/standing_book.h"
#include "proxy/session/snapshot.h"

namespace sallyport::app {

inline constexpr std::size_t kMostWho = 255;  // bytes of a name

http::Reply refused(const StandingBook::Refusal& refusal);

// The name that the directory has for somebody, by any of theirs; "" is nobody.
std::string canonical_user(const session::Snapshot& now, std::string_view user);

// ?limit=, from 1 to `most`, or what is wrong with it.
std::expected<std::size_t, std::string> limit_of(const admin::Call& call, std::size_t usual,
                                                 std::size_t most);

// A time (RFC 3339) or a span before now ("24h") of the query; false where it is neither. `into`
// stays where nothing was asked.
bool time_of(const admin::Call& call, std::string_view name, Time now, std::optional<Time>& into);

}  // namespace sallyport::app
