#include "discovery/catalog/host_index.h"

#include <algorithm>

#include "base/core/check.h"

namespace sallyport::discovery {
namespace {

std::size_t count_labels(std::string_view host) {
  return static_cast<std::size_t>(std::count(host.begin(), host.end(), '.')) + 1;
}

// `host` without its leftmost label; "" for the last one.
std::string_view parent(std::string_view host) {
  const std::size_t dot = host.find('.');
  return dot == std::string_view::npos ? std::string_view() : host.substr(dot + 1);
}

}  // namespace

std::optional<std::uint32_t> HostIndex::claim(std::string_view pattern, std::uint32_t value) {
  CHECK(value != kNone);
  const bool only_below = pattern.starts_with("*.");
  const std::string_view base = only_below ? pattern.substr(2) : pattern;
  const auto taken = [value](std::uint32_t by) { return by != kNone && by != value; };

  const auto found = slots_.find(base);
  Slot slot = found == slots_.end() ? Slot() : found->second;
  if (taken(slot.below)) return slot.below;
  if (!only_below && taken(slot.itself)) return slot.itself;

  slot.below = value;
  if (!only_below) slot.itself = value;
  slots_.insert_or_assign(std::string(base), slot);
  most_labels_ = std::max(most_labels_, count_labels(base));
  return std::nullopt;
}

std::optional<std::uint32_t> HostIndex::find(std::string_view host) const {
  std::string_view suffix = host;
  for (std::size_t labels = count_labels(host); labels > most_labels_; --labels) {
    suffix = parent(suffix);
  }
  for (; !suffix.empty(); suffix = parent(suffix)) {
    const auto found = slots_.find(suffix);
    if (found == slots_.end()) continue;
    const Slot& slot = found->second;
    const std::uint32_t value = suffix.size() == host.size() ? slot.itself : slot.below;
    if (value != kNone) return value;
  }
  return std::nullopt;
}

}  // namespace sallyport::discovery
