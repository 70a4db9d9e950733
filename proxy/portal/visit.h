#pragma once
// One request of one person to the portal, for the parts of Portal.

#include <memory>
#include <string>
#include <string_view>

#include "proxy/portal/portal.h"

namespace sallyport::portal {

struct Portal::Visit {
  const http::RequestHead& request;
  const Visitor& visitor;
  std::string client;  // client_class()
  std::string prefix;  // "" under the reserved name, else kReservedPath
  std::shared_ptr<const Look> look;
  const Language& words;  // of the look
  Time now;
  std::string path(std::string_view rest) const { return prefix + std::string(rest); }
};

}  // namespace sallyport::portal
