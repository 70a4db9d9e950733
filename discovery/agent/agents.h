#pragma once
// What program asks, on what system and device, and whether it is a robot or outdated: read from
// User-Agent and client hints. Pure; the cache in front of it is agent_cache.h.
//
// In this order:
//   robots we know, then words that robots use of themselves ("bot", "crawler", "+https://")
//   native clients we know, then what names itself before any "Mozilla/"
//   browsers: the brand in client hints, else uap-core's patterns
// System and device: client hints, else uap-core's patterns, else plain words (device.h).
//
// Immutable after loading; all workers share one.
//
// Limits: of a User-Agent 1,024 bytes are looked at, of a hint field 512; a longer hint counts as
// not sent.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/core/diagnostics.h"
#include "discovery/agent/agent_patterns.h"
#include "discovery/agent/client_hints.h"
#include "discovery/agent/known_clients.h"
#include "discovery/agent/releases.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

constexpr std::size_t kMaxUserAgent = 1024;  // bytes
constexpr std::size_t kMaxHint = 512;        // bytes

// Where Agents come from; "" is none.
struct AgentFiles {
  std::string patterns;  // uap-core's regexes.yaml
  std::string clients;   // conf/agents/clients.yaml
  std::string releases;  // conf/agents/releases.yaml
};

class Agents {
 public:
  Agents() = default;  // knows nothing

  // False where no patterns were loaded: then nothing is known of any client.
  bool usable() const { return patterns_ != nullptr; }

  // Nothing where there is no User-Agent, or nothing is known. `now` is for what is outdated.
  std::optional<policy::AgentFacts> classify(const AgentClaims& claims, Time now) const;

  // What was read, in the order of AgentFiles.
  const std::vector<std::string>& files() const { return files_; }
  // "537 patterns, 190 clients" for the line at start.
  std::string describe() const;

 private:
  friend Checked<std::shared_ptr<const Agents>> load_agents(const AgentFiles& files,
                                                            Diagnostics& warnings);
  struct Program;
  Program program_of(const ClientHints& hints, std::string_view user_agent,
                     std::string_view lowered) const;

  std::shared_ptr<const AgentPatterns> patterns_;
  KnownClients clients_;
  Releases releases_;
  std::vector<std::string> files_;
};

// The claims as far as they are looked at: cut, and without the hints that are too long.
AgentClaims within_limits(const AgentClaims& claims);

// A patterns file that is not there is a warning: the package uap-core may be missing, and traffic
// goes on, with these facts unknown. Every other fault is an error.
Checked<std::shared_ptr<const Agents>> load_agents(const AgentFiles& files, Diagnostics& warnings);

}  // namespace sallyport::discovery
