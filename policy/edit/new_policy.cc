#include "policy/edit/new_policy.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

#include "base/core/text.h"
#include "base/yaml/extent.h"
#include "base/yaml/write.h"
#include "policy/edit/policy_text.h"
#include "policy/model/policy_keys.h"

namespace sallyport::policy {
namespace {

using yaml::Node;
using yaml::Piece;

constexpr std::string_view kMappings[] = {"when", "add_headers", "restrict_tenants", "repeat",
                                          "per_day", "detect"};

bool is_mapping(std::string_view key) {
  return std::find(std::begin(kMappings), std::end(kMappings), key) != std::end(kMappings);
}

Piece value_of(std::string key, const std::string& text, bool parts_at_commas) {
  if (!parts_at_commas || text.find(',') == text.npos) return yaml::scalar(std::move(key), text);
  Piece list;
  list.kind = Node::Kind::list;
  list.key = std::move(key);
  for (const std::string_view part : split(text, ',')) {
    list.parts.push_back(yaml::scalar(std::string(trim(part))));
  }
  return list;
}

Piece& member(std::vector<Piece>& keys, std::string_view key) {
  for (Piece& one : keys) {
    if (one.key == key) return one;
  }
  keys.emplace_back();
  keys.back().kind = Node::Kind::map;
  keys.back().key = key;
  return keys.back();
}

}  // namespace

std::expected<std::string, std::string> to_yaml(const NewPolicy& policy) {
  std::vector<Piece> keys;
  if (!policy.id.empty()) keys.push_back(yaml::scalar("id", policy.id));
  if (!policy.name.empty()) keys.push_back(yaml::scalar("name", policy.name));
  keys.push_back(yaml::scalar("extends", "template/" + policy.extends));
  for (const auto& [path, value] : policy.set) {
    const std::size_t dot = path.find('.');
    const std::string key = path.substr(0, dot);
    if (key_order(key) == policy_keys().size()) {
      std::vector<std::string_view> names;
      for (const PolicyKey& one : policy_keys()) names.push_back(one.name);
      const std::string hint = did_you_mean(key, names);
      return std::unexpected(fmt::format("a policy has no key '{}'{}{}", printable(key),
                                         hint.empty() ? "" : ": ", hint));
    }
    if (key == "id" || key == "name" || key == "extends" || key == "except") {
      return std::unexpected(fmt::format("'{}' cannot be set like this", key));
    }
    if (is_mapping(key) != (dot != path.npos)) {
      return std::unexpected(
          is_mapping(key) ? fmt::format("write what of '{}' to set: '{}.NAME=VALUE'", key, key)
                          : fmt::format("'{}' has nothing inside that could be set", key));
    }
    if (dot == path.npos) {
      keys.push_back(value_of(key, value, key == "references" || key == "remove_headers"));
    } else {
      member(keys, key).parts.push_back(
          value_of(path.substr(dot + 1), value, key == "when" || key == "restrict_tenants"));
    }
  }
  return to_yaml(std::move(keys));
}

Checked<std::string> append_policy(const SourcePtr& file, const std::string& policy) {
  Checked<Node> root = yaml::parse(file);
  if (!root) return std::unexpected(std::move(root.error()));
  const std::string& text = file->text;
  const std::string end = text.find("\r\n") != text.npos ? "\r\n" : "\n";
  std::string margin;
  std::size_t at = text.size();
  if (root->kind == Node::Kind::list && !root->items.empty()) {
    const yaml::Extents extents(*root);
    if (extents.is_flow(*root)) {
      Diagnostics found;
      found.error(root->place, "a list in brackets cannot be added to", "write an item a line");
      return std::unexpected(std::move(found));
    }
    if (root->place.line != 1) margin.assign(root->place.column - 1, ' ');
    at = extents.line_end(extents.of(*root).end);
    // Comments that are indented below the last policy are its own.
    while (at < text.size()) {
      const std::size_t begin = at + 1;
      const std::size_t first = std::min(text.find_first_not_of(' ', begin), text.size());
      if (first == text.size() || text[first] != '#' || first - begin <= margin.size()) break;
      at = extents.line_end(begin);
    }
  }
  // An empty line before it, and the end of a last line that had none.
  std::string added = text.empty() ? "" : end;
  if (at == text.size() && !text.empty() && !text.ends_with('\n')) added += end;
  std::string_view rest = policy;
  while (!rest.empty()) {
    const std::size_t line_end = rest.find('\n');
    added += (line_end == 0 ? "" : margin) + std::string(rest.substr(0, line_end)) + end;
    rest.remove_prefix(line_end == rest.npos ? rest.size() : line_end + 1);
  }
  std::string out = text;
  out.insert(at < text.size() ? at + 1 : at, added);
  return out;
}

}  // namespace sallyport::policy
