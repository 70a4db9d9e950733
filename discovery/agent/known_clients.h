#pragma once
// conf/agents/clients.yaml: programs and robots by a literal of their User-Agent.
//
//   native_clients:
//     curl: curl/
//     microsoft_teams: [teams/, teamsmobile]
//   robots:
//     googlebot: googlebot
//
// Case does not count. A literal counts only where no letter or digit stands before it, so "curl/"
// is not found in "pycurl/". What follows it is the version: "/7.88.1", " 7.88.1", "/v7.88.1". Of
// several the first in the file is taken, native clients and robots each.
//
// Limits: 2,000 literals of 3 to 64 printable ASCII bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/yaml/node.h"
#include "discovery/agent/atom_index.h"

namespace sallyport::discovery {

struct KnownClient {
  std::string_view name;  // lives as long as the KnownClients
  std::string version;    // digits and dots, or ""
};

class KnownClients {
 public:
  KnownClients() = default;  // knows none
  static Checked<KnownClients> read(const yaml::Node& file);

  // REQUIRES: `lowered` is in lower case.
  std::optional<KnownClient> find_native(std::string_view lowered) const;
  std::optional<KnownClient> find_robot(std::string_view lowered) const;
  std::size_t size() const { return natives_.names.size() + robots_.names.size(); }

 private:
  struct List {
    std::vector<std::string> names;    // [literal]
    std::vector<std::uint32_t> sizes;  // [literal], in bytes
    AtomIndex literals;

    std::optional<KnownClient> find(std::string_view lowered) const;
  };
  static List read_list(const yaml::Node& node, std::string_view key, Diagnostics& found);

  List natives_;
  List robots_;
};

// "7.88.1" of "/7.88.1-DEV (x86_64)", " v7.88.1", "7.88.1."; "" where no digit follows.
std::string version_at(std::string_view text);

}  // namespace sallyport::discovery
