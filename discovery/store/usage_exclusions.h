#pragma once
// Whose use is not counted, and of what: by the operator's wish, a works council's, a law's. Events
// are kept all the same; only counted use (usage.h) is without them, from when it was wished on.
//
// Kept in the store, so that whoever reads it counts what waits in the same way, and says what is
// left out.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/address.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

struct UsageExclusions {
  std::vector<std::string> users;   // by any of their names, without case
  std::vector<std::string> groups;  // likewise
  std::vector<std::string> apps;    // ids of the catalog
  std::vector<IpPrefix> addresses;  // of clients

  bool empty() const;
  bool operator==(const UsageExclusions&) const = default;

  // Of whom it is; `user` may be "".
  struct Whose {
    std::string_view user;
    std::span<const std::string> names;   // others of that person
    std::span<const std::string> groups;  // in small letters
    std::string_view app;                 // "": none
    const IpAddress* address = nullptr;   // null: not known
  };
  bool hold(const Whose& whose) const;
  bool hold(const policy::Activity& activity) const;

  // "user ana", "group works_council", "app box", "address 10.9.0.0/16"
  std::vector<std::string> lines() const;
  // False where it is no such line.
  bool add_line(std::string_view line);
};

}  // namespace sallyport::discovery
