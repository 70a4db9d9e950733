#include "discovery/catalog/app_index.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/core/check.h"
#include "base/core/host.h"
#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::ptrdiff_t kMaxDots = 15;

// "/forms" of "docs.google.com/forms"; "" where there is none.
std::string_view path_of(std::string_view domain) {
  const std::size_t slash = domain.find('/');
  return slash == std::string_view::npos ? std::string_view() : domain.substr(slash);
}

// "/Forms/" -> "/forms".
std::optional<std::string> canonical_path(std::string_view written) {
  if (written.ends_with('/')) written.remove_suffix(1);
  if (written.empty() || written.size() > kMaxAppPath) return std::nullopt;
  const auto segments = split(written.substr(1), '/');
  if (segments.size() > kMaxAppPathSegments) return std::nullopt;
  for (const std::string_view segment : segments) {
    if (segment.empty() || segment == "." || segment == "..") return std::nullopt;
    const bool unreserved = std::all_of(segment.begin(), segment.end(), [](char c) {
      return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
    });
    if (!unreserved) return std::nullopt;
  }
  return lower(written);
}

}  // namespace

std::optional<std::string> canonical_domain(std::string_view written) {
  const std::string_view path = path_of(written);
  std::string_view name = written.substr(0, written.size() - path.size());
  const bool only_below = name.starts_with("*.");
  if (only_below) name.remove_prefix(2);
  const auto host = Host::parse(name);
  if (!host || host->is_address()) return std::nullopt;
  const auto dots = std::count(host->text().begin(), host->text().end(), '.');
  if (dots < 1 || dots > kMaxDots) return std::nullopt;
  std::string domain = (only_below ? "*." : "") + host->text();
  if (!path.empty()) {
    const auto folded = canonical_path(path);
    if (!folded) return std::nullopt;
    domain += *folded;
  }
  return domain;
}

// The first segments of a request's path, spelled as claims are. No claim has more of them, nor
// more bytes.
class AppIndex::Folded {
 public:
  explicit Folded(std::string_view path) {
    std::size_t size = 0;
    while (!path.empty() && path.front() == '/' && segments_ < ends_.size()) {
      path.remove_prefix(1);
      std::string_view segment = path.substr(0, path.find('/'));
      path.remove_prefix(segment.size());
      segment = segment.substr(0, segment.find(';'));
      if (segment.empty()) continue;
      if (size + 1 + segment.size() > text_.size()) return;
      text_[size++] = '/';
      for (const char c : segment) text_[size++] = to_lower(c);
      ends_[segments_++] = size;
    }
  }

  std::size_t segments() const { return segments_; }
  std::string_view first(std::size_t segments) const { return {text_.data(), ends_[segments - 1]}; }

 private:
  std::array<char, kMaxAppPath> text_;
  std::array<std::size_t, kMaxAppPathSegments> ends_;
  std::size_t segments_ = 0;
};

std::optional<std::uint32_t> AppIndex::claim(std::string_view domain, std::uint32_t app) {
  const std::string_view path = path_of(domain);
  if (path.empty()) return hosts_.claim(domain, app);
  return claim_path(domain.substr(0, domain.size() - path.size()), path, app);
}

std::optional<std::uint32_t> AppIndex::claim_path(std::string_view host, std::string_view path,
                                                  std::uint32_t app) {
  const bool only_below = host.starts_with("*.");
  const std::string_view name = only_below ? host.substr(2) : host;
  const auto known = path_hosts_.find_pattern(name);
  const auto group = known ? *known : static_cast<std::uint32_t>(paths_.size());
  if (!known) {
    CHECK(!path_hosts_.claim(name, group));
    paths_.emplace_back();
    hosts_.flag(name);
  }
  Paths& paths = paths_[group];
  auto at =
      std::lower_bound(paths.claims.begin(), paths.claims.end(), path,
                       [](const PathClaim& claim, auto wanted) { return claim.path < wanted; });
  if (at == paths.claims.end() || at->path != path) {
    at = paths.claims.insert(at, {.path = std::string(path)});
  }
  const auto taken = [app](std::uint32_t by) { return by != kNone && by != app; };
  if (taken(at->below)) return at->below;
  if (!only_below && taken(at->itself)) return at->itself;
  at->below = app;
  if (!only_below) at->itself = app;
  paths.most_segments = std::max(
      paths.most_segments, static_cast<std::size_t>(std::count(path.begin(), path.end(), '/')));
  return std::nullopt;
}

std::optional<std::uint32_t> AppIndex::find_path(const Paths& paths, const Folded& path,
                                                 bool itself) {
  for (std::size_t n = std::min(path.segments(), paths.most_segments); n > 0; --n) {
    const auto at = std::lower_bound(
        paths.claims.begin(), paths.claims.end(), path.first(n),
        [](const PathClaim& claim, std::string_view wanted) { return claim.path < wanted; });
    if (at == paths.claims.end() || at->path != path.first(n)) continue;
    const std::uint32_t app = itself ? at->itself : at->below;
    if (app != kNone) return app;
  }
  return std::nullopt;
}

AppIndex::Cover AppIndex::find(std::string_view host, std::string_view path) const {
  const HostIndex::Cover cover = hosts_.find_cover(host);
  Cover longest{cover.value, cover.size};
  if (!cover.flagged) return longest;
  path_hosts_.each_cover(host, [&](std::uint32_t group, std::size_t size) {
    if (size < longest.size) return;
    const auto app = find_path(paths_[group], Folded(path), size == host.size());
    if (app) longest = {*app, size};
  });
  return longest;
}

}  // namespace sallyport::discovery
