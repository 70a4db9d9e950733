#pragma once
// What is known of an exchange at connect: who, from where, and what is addressed. One place for
// the path and for whoever asks what the path would know.

#include <optional>
#include <string>

#include "base/core/host.h"
#include "policy/activity/activity.h"
#include "proxy/session/snapshot.h"

namespace sallyport::session {

struct AtConnect {
  const std::optional<std::string>& user;  // normal (discovery/users/user_name.h)
  const IpAddress& client;
  const Host& host;
  const std::string& domain;  // now.suffixes->registrable(host), which callers may remember
  std::uint16_t port = 0;
  std::string scheme;
  Time at;
};

policy::Activity known_at_connect(const Snapshot& now, const AtConnect& exchange);

}  // namespace sallyport::session
