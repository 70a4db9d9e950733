#pragma once
// An exchange that somebody describes, with what the gateway would know of it: the same users,
// ranges, places, catalog and agents, asked by the same functions as on the path.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "policy/activity/activity.h"
#include "proxy/session/snapshot.h"

namespace sallyport::app {

// What is not said is derived, or assumed, or stays unknown. "" is not said.
struct StatedCase {
  std::string url;       // "https://host/path?query"; https where no scheme is written
  std::string user;      // any of their names
  std::string from;      // the client's address; else 127.0.0.1
  std::string to;        // the destination's; else unknown: nothing is looked up
  std::string method;    // else GET, or POST where there is a file
  std::string activity;  // else as requests are read
  std::string user_agent;
  std::string file_name, file_type;
  std::string file_size;             // "25 MB"
  std::string status;                // of the reply; else the case ends before it
  std::string at;                    // RFC 3339; else now
  std::vector<std::string> headers;  // "Name" or "Name: value"
};

struct CaseFacts {
  policy::Activity at_connect;
  policy::Activity whole;
  policy::Point until = policy::Point::request;
  std::string title;  // "POST https://mega.nz/upload, ana from 192.0.2.7"
  // Where each known fact comes from, by attribute: given, derived, assumed.
  std::map<std::string, std::string, std::less<>> sources;
};

// Every fault of what was stated, in one sentence each, joined by newlines.
Result<CaseFacts> facts_of(const StatedCase& stated, const session::Snapshot& now, Time at);

}  // namespace sallyport::app
