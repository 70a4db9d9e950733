// Look-ups of any host and path: they end, and say what the plainest reading of the rules says.
//
// Lines: claims ("example.com/forms"), an empty line, then look-ups ("host path").

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/check.h"
#include "base/core/text.h"
#include "discovery/catalog/app_index.h"

namespace {

using namespace sallyport;
using discovery::AppIndex;

// A request's path as claims are spelled, without any limit.
std::string fold(std::string_view path) {
  std::string folded;
  if (path.empty() || path.front() != '/') return folded;
  for (std::string_view segment : split(path.substr(1), '/')) {
    segment = segment.substr(0, segment.find(';'));
    if (!segment.empty()) folded += "/" + lower(segment);
  }
  return folded;
}

bool covers(const std::string& domain, std::string_view host, const std::string& path,
            std::pair<std::size_t, std::size_t>& length) {
  const std::size_t slash = domain.find('/');
  std::string_view name = std::string_view(domain).substr(0, slash);
  const std::string_view prefix =
      slash == std::string::npos ? std::string_view() : std::string_view(domain).substr(slash);
  const bool only_below = name.starts_with("*.");
  if (only_below) name.remove_prefix(2);
  const bool below = host.size() > name.size() && host.ends_with(name) &&
                     host[host.size() - name.size() - 1] == '.';
  if (!below && (only_below || host != name)) return false;
  if (!prefix.empty() && path != prefix && !path.starts_with(std::string(prefix) + "/")) {
    return false;
  }
  length = {name.size(), prefix.size()};
  return true;
}

// What the index walks over: names as Host::text() spells them.
bool is_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  for (const std::string_view label : split(host, '.')) {
    if (label.empty()) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto lines = split(std::string_view(reinterpret_cast<const char*>(data), size), '\n');
  AppIndex index;
  std::vector<std::pair<std::string, std::uint32_t>> claims;
  std::size_t at = 0;
  for (; at < lines.size() && !lines[at].empty() && at < 64; ++at) {
    const auto domain = discovery::canonical_domain(lines[at]);
    if (!domain) continue;
    CHECK(discovery::canonical_domain(*domain) == *domain);
    // Every third claim is for an app that has claims already.
    const auto app = static_cast<std::uint32_t>(at - at % 3);
    const auto other = index.claim(*domain, app);
    CHECK(!other || *other != app);
    if (!other) claims.emplace_back(*domain, app);
  }
  for (; at < lines.size(); ++at) {
    const std::size_t blank = lines[at].find(' ');
    const std::string_view host = lines[at].substr(0, blank);
    const std::string_view path =
        blank == std::string_view::npos ? std::string_view() : lines[at].substr(blank + 1);
    const AppIndex::Cover found = index.find(host, path);
    if (!is_name(host)) continue;
    std::pair<std::size_t, std::size_t> best;
    std::uint32_t expected = AppIndex::kNone;
    const std::string folded = fold(path);
    for (const auto& [domain, app] : claims) {
      std::pair<std::size_t, std::size_t> length;
      if (!covers(domain, host, folded, length)) continue;
      if (expected != AppIndex::kNone && length <= best) continue;
      best = length;
      expected = app;
    }
    CHECK(found.app == expected);
    CHECK(found.size == best.first);
    if (path.empty()) CHECK(index.find(host).app == expected);
  }
  return 0;
}
