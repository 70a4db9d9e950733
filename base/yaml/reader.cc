#include "base/yaml/reader.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/clock.h"
#include "base/core/text.h"

namespace sallyport::yaml {
namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto size = parse_decimal(negative ? text.substr(1) : text);
  if (!size || *size > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
  const auto value = static_cast<std::int64_t>(*size);
  return negative ? -value : value;
}

std::string one_of(const std::vector<std::string_view>& words) {
  return fmt::format("one of: {}", fmt::join(words, ", "));
}

}  // namespace

MapReader::MapReader(const Node& node, Diagnostics& diagnostics, std::string_view what)
    : node_(node), diagnostics_(diagnostics), what_(what) {
  if (node.kind == Node::Kind::map || node.kind == Node::Kind::null) return;
  diagnostics_.error(node.place,
                     fmt::format("{} must be a mapping, not {}", what, to_string(node.kind)));
}

bool MapReader::has(std::string_view key) { return node(key) != nullptr; }

const Node* MapReader::node(std::string_view key) {
  known_.emplace_back(key);
  return node_.find(key);
}

const Node* MapReader::required(std::string_view key) {
  const Node* found = node(key);
  const bool is_mapping = node_.kind == Node::Kind::map || node_.kind == Node::Kind::null;
  if (!found && is_mapping) {
    diagnostics_.error(node_.place, fmt::format("{} needs '{}'", what_, key));
  }
  return found;
}

// The scalar under `key`; null where it is absent or, after a report, something else.
const Node* MapReader::scalar(std::string_view key, std::string_view wanted) {
  const Node* found = node(key);
  if (!found || found->kind == Node::Kind::scalar) return found;
  diagnostics_.error(found->place, fmt::format("'{}' of {} must be {}, not {}", key, what_, wanted,
                                               to_string(found->kind)));
  return nullptr;
}

void MapReader::refuse(const Node& node, std::string_view key, std::string_view wanted,
                       std::string hint) {
  diagnostics_.error(node.place,
                     fmt::format("'{}' of {} must be {}, not '{}'", key, what_, wanted, node.text),
                     std::move(hint));
}

Spanned<std::string> MapReader::text(std::string_view key, std::string fallback) {
  const Node* found = scalar(key, "text");
  if (!found) return {std::move(fallback), node_.place};
  return {found->text, found->place};
}

Spanned<std::string> MapReader::required_text(std::string_view key) {
  return required(key) ? text(key) : Spanned<std::string>{{}, node_.place};
}

bool MapReader::boolean(std::string_view key, bool fallback) {
  const Node* found = scalar(key, "true or false");
  if (!found) return fallback;
  if (found->text == "true") return true;
  if (found->text == "false") return false;
  const std::string word = lower(found->text);
  std::string hint;
  if (word == "yes" || word == "on" || word == "true" || word == "y" || word == "1") {
    hint = "write true";
  } else if (word == "no" || word == "off" || word == "false" || word == "n" || word == "0") {
    hint = "write false";
  }
  refuse(*found, key, "true or false", std::move(hint));
  return fallback;
}

std::int64_t MapReader::integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                                std::int64_t most) {
  const std::string wanted = fmt::format("a whole number from {} to {}", least, most);
  const Node* found = scalar(key, wanted);
  if (!found) return fallback;
  const auto value = parse_integer(found->text);
  if (value && *value >= least && *value <= most) return *value;
  refuse(*found, key, wanted);
  return fallback;
}

std::chrono::milliseconds MapReader::duration(std::string_view key,
                                              std::chrono::milliseconds fallback) {
  const Node* found = scalar(key, "a duration");
  if (!found) return fallback;
  if (const auto value = parse_duration(found->text)) return *value;
  refuse(*found, key, "a duration", "such as 250ms, 90s, 15m, 24h or 7d");
  return fallback;
}

std::uint64_t MapReader::bytes(std::string_view key, std::uint64_t fallback) {
  const Node* found = scalar(key, "a number of bytes");
  if (!found) return fallback;
  if (const auto value = parse_bytes(found->text)) return *value;
  refuse(*found, key, "a number of bytes", "such as 4096, 64 KiB or 2 GB");
  return fallback;
}

std::vector<Spanned<std::string>> MapReader::texts(std::string_view key) {
  const Node* found = node(key);
  if (!found) return {};
  return as_texts(*found, diagnostics_, fmt::format("'{}' of {}", key, what_));
}

std::optional<std::size_t> MapReader::word(std::string_view key,
                                           const std::vector<std::string_view>& words) {
  const Node* found = scalar(key, one_of(words));
  if (!found) return std::nullopt;
  const auto at = std::find(words.begin(), words.end(), found->text);
  if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  std::string hint = did_you_mean(found->text, words);
  if (hint.empty()) hint = one_of(words);
  diagnostics_.error(found->place,
                     fmt::format("'{}' of {} cannot be '{}'", key, what_, found->text),
                     std::move(hint));
  return std::nullopt;
}

void MapReader::each(std::string_view key, const std::function<void(const Node&)>& each) {
  const Node* found = node(key);
  if (!found || found->kind == Node::Kind::null) return;
  if (found->kind != Node::Kind::list) {
    diagnostics_.error(found->place, fmt::format("'{}' of {} must be a list, not {}", key, what_,
                                                 to_string(found->kind)));
    return;
  }
  for (const Node& item : found->items) each(item);
}

void MapReader::finish() {
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const auto& [key, value] : node_.entries) {
    if (std::find(known.begin(), known.end(), key.value) != known.end()) continue;
    diagnostics_.error(key.place, fmt::format("unknown key '{}' in {}", key.value, what_),
                       did_you_mean(key.value, known));
  }
}

std::vector<Spanned<std::string>> as_texts(const Node& node, Diagnostics& diagnostics,
                                           std::string_view what) {
  std::vector<Spanned<std::string>> texts;
  if (node.kind == Node::Kind::scalar) {
    texts.push_back({node.text, node.place});
  } else if (node.kind == Node::Kind::list) {
    for (const Node& item : node.items) {
      if (item.kind == Node::Kind::scalar) {
        texts.push_back({item.text, item.place});
      } else {
        diagnostics.error(item.place, fmt::format("an item of {} must be text, not {}", what,
                                                  to_string(item.kind)));
      }
    }
  } else {
    diagnostics.error(node.place, fmt::format("{} must be text or a list of texts, not {}", what,
                                              to_string(node.kind)));
  }
  return texts;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::uint64_t bytes;
  };
  static constexpr Unit kUnits[] = {
      {"", 1},
      {"B", 1},
      {"KB", 1'000},
      {"MB", 1'000'000},
      {"GB", 1'000'000'000},
      {"TB", 1'000'000'000'000},
      {"KiB", std::uint64_t{1} << 10},
      {"MiB", std::uint64_t{1} << 20},
      {"GiB", std::uint64_t{1} << 30},
      {"TiB", std::uint64_t{1} << 40},
  };
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto count = parse_decimal(text.substr(0, end));
  if (!count) return std::nullopt;
  const std::string_view written = trim(text.substr(end));
  for (const Unit& unit : kUnits) {
    if (!iequals(written, unit.name)) continue;
    if (*count > UINT64_MAX / unit.bytes) return std::nullopt;
    return *count * unit.bytes;
  }
  return std::nullopt;
}

}  // namespace sallyport::yaml
