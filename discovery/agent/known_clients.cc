#include "discovery/agent/known_clients.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "base/core/text.h"
#include "base/yaml/reader.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxLiterals = 2'000;  // 64 bytes each would pass AtomIndex's limit, so:
constexpr std::size_t kMaxLiteralBytes = 60'000;
constexpr std::size_t kMinLiteral = 3;  // bytes
constexpr std::size_t kMaxLiteral = 64;
constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxVersion = 32;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName && text.front() != '_' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; });
}

bool is_literal(std::string_view text) {
  return text.size() >= kMinLiteral && text.size() <= kMaxLiteral &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

}  // namespace

std::string version_at(std::string_view text) {
  if (!text.empty() && std::string_view("/ -_").find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  if (text.size() > 1 && (text.front() == 'v' || text.front() == 'V') && is_digit(text[1])) {
    text.remove_prefix(1);
  }
  std::size_t end = 0;
  while (end < text.size() && end < kMaxVersion && (is_digit(text[end]) || text[end] == '.')) ++end;
  if (end == 0 || !is_digit(text.front())) return {};
  while (text[end - 1] == '.') --end;
  return std::string(text.substr(0, end));
}

std::optional<KnownClient> KnownClients::List::find(std::string_view lowered) const {
  std::size_t best = names.size();
  std::size_t behind = 0;
  literals.scan(lowered, [&](std::uint32_t literal, std::size_t end) {
    if (literal >= best) return;
    const std::size_t begin = end - sizes[literal];
    if (begin > 0 && (is_alpha(lowered[begin - 1]) || is_digit(lowered[begin - 1]))) return;
    best = literal;
    behind = end;
  });
  if (best == names.size()) return std::nullopt;
  return KnownClient{names[best], version_at(lowered.substr(behind))};
}

std::optional<KnownClient> KnownClients::find_native(std::string_view lowered) const {
  return natives_.find(lowered);
}

std::optional<KnownClient> KnownClients::find_robot(std::string_view lowered) const {
  return robots_.find(lowered);
}

KnownClients::List KnownClients::read_list(const yaml::Node& node, std::string_view key,
                                           Diagnostics& found) {
  List list;
  if (node.kind == yaml::Node::Kind::null) return list;
  if (node.kind != yaml::Node::Kind::map) {
    found.error(node.place, fmt::format("'{}' is a mapping of names to literals", key),
                "such as 'curl: curl/'");
    return list;
  }
  std::vector<std::string> literals;
  std::set<std::string> seen;
  std::size_t bytes = 0;
  for (const auto& [name, value] : node.entries) {
    if (!is_name(*name)) {
      found.error(name.place, fmt::format("'{}' is no name", *name),
                  "letters a to z, digits and '_'");
    }
    for (const auto& written : yaml::as_texts(value, found, *name)) {
      if (!is_literal(*written)) {
        found.error(written.place, fmt::format("'{}' is no literal", *written),
                    fmt::format("{} to {} printable ASCII bytes", kMinLiteral, kMaxLiteral));
        continue;
      }
      std::string literal = lower(*written);
      if (!seen.insert(literal).second) {
        found.error(written.place, fmt::format("'{}' is written twice", literal));
        continue;
      }
      bytes += literal.size();
      list.names.push_back(*name);
      list.sizes.push_back(static_cast<std::uint32_t>(literal.size()));
      literals.push_back(std::move(literal));
    }
  }
  if (literals.size() > kMaxLiterals || bytes > kMaxLiteralBytes) {
    found.error(node.place, fmt::format("more than {} literals or {} bytes of them", kMaxLiterals,
                                        kMaxLiteralBytes));
    return list;
  }
  list.literals = AtomIndex(literals);
  return list;
}

Checked<KnownClients> KnownClients::read(const yaml::Node& file) {
  Diagnostics found;
  KnownClients clients;
  yaml::MapReader map(file, found, "clients");
  if (const yaml::Node* node = map.node("native_clients")) {
    clients.natives_ = read_list(*node, "native_clients", found);
  }
  if (const yaml::Node* node = map.node("robots")) {
    clients.robots_ = read_list(*node, "robots", found);
  }
  map.finish();
  if (found.has_errors()) return std::unexpected(std::move(found));
  return clients;
}

}  // namespace sallyport::discovery
