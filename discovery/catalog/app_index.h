#pragma once
// Which app of the catalog a host, or a path on it, belongs to.
//
// A domain is "example.com" (itself and below), "*.example.com" (only below), or either with a
// path: "docs.google.com/forms". The longest host wins, then the longest path; a host without a
// path counts as the shortest path. So "docs.google.com/forms" beats "docs.google.com" and loses to
// "x.docs.google.com".
//
// How a path is compared, so that no spelling of it gets around an entry:
//   - On whole segments: "/forms" covers "/forms", "/forms/" and "/forms/d/1", not "/formsets".
//   - Without ASCII case, also where the server would tell "/Forms" apart.
//   - Without ";parameters" of a segment (RFC 3986 section 3.3).
//   - As http::normal_path spells it: escapes decoded, dot segments and double slashes resolved.
//     A domain's path has unreserved characters only, so it has no second spelling.
//
// Filled once, then only read, from any number of threads. No look-up allocates.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/catalog/host_index.h"

namespace sallyport::discovery {

// Of a domain's path.
inline constexpr std::size_t kMaxAppPath = 128;  // bytes
inline constexpr std::size_t kMaxAppPathSegments = 8;

class AppIndex {
 public:
  // Claims a domain for `app`. Returns the app that holds any of it already, where that is another
  // one; then nothing is changed. REQUIRES: a domain as canonical_domain() makes it.
  std::optional<std::uint32_t> claim(std::string_view domain, std::uint32_t app);

  static constexpr std::uint32_t kNone = HostIndex::kNone;
  struct Cover {
    std::uint32_t app = kNone;
    std::size_t size = 0;  // bytes of the domain's name, its path not counted
  };

  // What is known of a host while its path is not.
  Cover find(std::string_view host) const {
    const HostIndex::Cover cover = hosts_.find_cover(host);
    return {cover.value, cover.size};
  }

  // REQUIRES: a path as http::normal_path() spells it.
  Cover find(std::string_view host, std::string_view path) const;

 private:
  struct PathClaim {
    std::string path;  // "/forms", in lower case
    std::uint32_t itself = kNone;
    std::uint32_t below = kNone;
  };
  // The paths on one host.
  struct Paths {
    std::vector<PathClaim> claims;  // Sorted by path.
    std::size_t most_segments = 0;
  };
  class Folded;

  std::optional<std::uint32_t> claim_path(std::string_view host, std::string_view path,
                                          std::uint32_t app);
  static std::optional<std::uint32_t> find_path(const Paths& paths, const Folded& path,
                                                bool itself);

  HostIndex hosts_;       // Domains without a path, to apps; the names in path_hosts_ are flagged.
  HostIndex path_hosts_;  // Hosts of domains with one, to paths_.
  std::vector<Paths> paths_;
};

// A domain of an app in its one spelling: host canonical, path in lower case without a slash at its
// end. Nothing where it is none: a host of one label or an address, more than 16 labels, a path
// with anything but segments of [A-Za-z0-9._~-] or beyond the limits, or a bare "/".
std::optional<std::string> canonical_domain(std::string_view written);

}  // namespace sallyport::discovery
