#include "policy/edit/layout.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/yaml/extent.h"
#include "base/yaml/write.h"
#include "policy/compile/parse.h"
#include "policy/model/policy_keys.h"
#include "policy/testkit/case_keys.h"
#include "policy/testkit/read_cases.h"

namespace sallyport::policy {
namespace {

using yaml::Node;
using yaml::Piece;

// The places of keys among each other.
using Order = std::size_t (*)(std::string_view);

// Of a variation: facts, as they stand, before keys.
std::size_t variation_order(std::string_view key) {
  return is_case_key(key) ? 1 + case_key_order(key) : 0;
}

void put_in_order(Node& map, Order order) {
  std::stable_sort(map.entries.begin(), map.entries.end(),
                   [order](const yaml::NodeEntry& a, const yaml::NodeEntry& b) {
                     return order(*a.first) < order(*b.first);
                   });
}

void put_in_order(Piece& map, Order order) {
  std::stable_sort(map.parts.begin(), map.parts.end(),
                   [order](const Piece& a, const Piece& b) { return order(a.key) < order(b.key); });
}

// As it stands but for the order of keys.
Node in_order(Node root, bool cases) {
  for (Node& item : root.items) {
    put_in_order(item, cases ? case_key_order : key_order);
    for (auto& [key, value] : item.entries) {
      if (!cases || *key != "but") continue;
      for (Node& variation : value.items) put_in_order(variation, variation_order);
    }
  }
  return root;
}

Piece laid_out(const Node& root, bool cases) {
  Piece piece = yaml::piece_of(root);
  for (Piece& item : piece.parts) {
    item.block = true;
    put_in_order(item, cases ? case_key_order : key_order);
    for (Piece& key : item.parts) {
      if (!cases && key.key == "when") key.block = true;
      if (!cases || key.key != "but") continue;
      for (Piece& variation : key.parts) put_in_order(variation, variation_order);
    }
  }
  return piece;
}

// By its name, or by its first entry where it has none (standard input).
bool holds_cases(const SourcePtr& file, const Node& root) {
  if (file->name.ends_with(".test.yaml")) return true;
  if (root.items.empty() || root.items.front().kind != Node::Kind::map) return false;
  const Node& first = root.items.front();
  return first.find("case") != nullptr || first.find("defaults") != nullptr;
}

std::vector<std::string> comments_of(const Node& root) {
  std::vector<std::string> texts;
  for (yaml::Comment& one : yaml::Extents(root).comments()) texts.push_back(std::move(one.text));
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::string with_line_ends(const std::string& text, bool windows) {
  if (!windows) return text;
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

}  // namespace

Checked<std::string> lay_out(const SourcePtr& file) {
  Checked<Node> root = yaml::parse(file);
  if (!root) return std::unexpected(std::move(root.error()));
  Diagnostics found;
  const bool cases = holds_cases(file, *root);
  if (cases) {
    read_cases(file, found);
  } else {
    parse_policies(file, found);
  }
  if (found.has_errors()) return std::unexpected(std::move(found));

  const std::size_t first_end = file->text.find('\n');
  const bool windows =
      first_end != std::string::npos && first_end > 0 && file->text[first_end - 1] == '\r';
  std::string text = with_line_ends(yaml::write(laid_out(*root, cases)), windows);

  Checked<Node> again = yaml::parse(std::make_shared<const Source>(Source{file->name, text}));
  if (!again || !yaml::same_nodes(in_order(*root, cases), in_order(*again, cases)) ||
      comments_of(*root) != comments_of(*again)) {
    found.error({.source = file}, "this file cannot be laid out without a change of what it says",
                "a text or comment in it is written in an unusual way");
    return std::unexpected(std::move(found));
  }
  return text;
}

}  // namespace sallyport::policy
