#pragma once
// From what a page of the portal knew to the grant that would let its person pass.

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/app/access_request_book.h"
#include "proxy/app/standing_desk.h"
#include "proxy/session/snapshot.h"

namespace sallyport::app {

// Who was stopped, and where.
struct Stopped {
  std::string_view user;  // canonical; "" where nobody is known
  IpAddress address;
  std::string_view app;  // its id, or ""
  std::string_view host;
  Time at{};
};

// As policy::grant_wanted(), by the policies and apps of now.
std::optional<policy::Grant> grant_wanted(const session::Snapshot& now,
                                          const policy::CompiledPolicy& policy,
                                          const Stopped& stopped);

// The suspension that asked for an answer of that kind, and the grant that the answer is; null and
// nothing where none asks any more, or was made after `event`, which led to the page: who kept a
// page of an earlier one answers that alone.
struct SuspensionAnswer {
  const policy::Suspension* suspension = nullptr;  // of `standing`
  std::optional<policy::Grant> grant;
};
SuspensionAnswer answer_wanted(const session::Snapshot& now, const policy::Standing& standing,
                               policy::Action asked, const Stopped& stopped,
                               std::string_view event);

inline constexpr std::string_view kUsualAccess = "7d";

// The grant of what was asked for, for `lasts` ("" is kUsualAccess) and by `who`; or why there can
// be none.
std::expected<GrantWish, StandingBook::Refusal> access_wish(const session::Snapshot& now,
                                                            const portal::AccessRequest& asked,
                                                            std::string_view lasts, std::string who,
                                                            Time at);

}  // namespace sallyport::app
