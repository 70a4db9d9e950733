#pragma once
// One request of one person to the portal, for the parts of Portal.

#include <memory>
#include <string>
#include <string_view>

#include "proxy/portal/portal.h"

namespace sallyport::portal {

inline constexpr std::string_view kAnswerPath = "/answer";
inline constexpr std::string_view kAskPath = "/ask/";
inline constexpr std::string_view kSignInPath = "/sign-in/";
inline constexpr std::string_view kAgainPath = "/again/";

struct Portal::Visit {
  const http::RequestHead& request;
  const Visitor& visitor;
  std::string client;  // client_class()
  std::shared_ptr<const Look> look;
  const Language& words;  // of the look
  Time now;
};

}  // namespace sallyport::portal
