#pragma once
// The operating system and the kind of device, from hints first and the User-Agent second. What a
// browser has frozen is no fact: "Windows NT 10.0" (10 and 11), "Mac OS X 10_15_7" and "10.15"
// (every macOS since), "Android 10; K" (every Android), "OS 18_6" of Safari 26 and later.

#include <string>
#include <string_view>

#include "discovery/agent/agent_patterns.h"
#include "discovery/agent/client_hints.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {

struct SystemFacts {
  std::string os;
  std::string version;  // "" where it is not known
};

// `named` is what the patterns found in the User-Agent, `lowered` the User-Agent in lower case.
SystemFacts system_of(const ClientHints& hints, const NamedVersion& named,
                      std::string_view lowered);

policy::DeviceType device_of(const ClientHints& hints, std::string_view os,
                             std::string_view lowered);

}  // namespace sallyport::discovery
