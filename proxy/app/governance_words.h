#pragma once
// What an entry of the governance log says, in words for people.

#include <string>

#include "base/json/writer.h"
#include "discovery/store/governance_log.h"

namespace sallyport::app {

struct GovernanceWords {
  std::string action;  // "suspend", "revoke grant", "tag app", ...: see governance_words.cc
  std::string user;    // whom it is about; "" where it is about nobody
  std::string app;     // an app's id, a site or a host
  std::string policy;  // for which, or by which it was asked
  std::string why;     // the reason, or what was said
  std::string what;    // more of it: a tag, a state, an alert's id
};

// Values that are no JSON, or have other members, are told as far as they are understood.
GovernanceWords words_of(const discovery::GovernanceEntry& entry);

// Which entries to show. "" is all.
struct GovernanceFilter {
  std::string action;  // as in GovernanceWords
  std::string user;    // without ASCII case
  std::string app;     // likewise
  std::string who;     // likewise
  std::optional<Time> since;
  std::optional<Time> until;

  bool keeps(const discovery::GovernanceEntry& entry, const GovernanceWords& words) const;
};

}  // namespace sallyport::app
