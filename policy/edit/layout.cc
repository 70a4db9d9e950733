#include "policy/edit/layout.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/yaml/extent.h"
#include "base/yaml/write.h"
#include "policy/compile/parse.h"
#include "policy/model/policy_keys.h"

namespace sallyport::policy {
namespace {

using yaml::Node;
using yaml::Piece;

bool before(std::string_view a, std::string_view b) { return key_order(a) < key_order(b); }

// As it stands but for the order of a policy's keys.
Node in_order(Node root) {
  for (Node& policy : root.items) {
    std::stable_sort(policy.entries.begin(), policy.entries.end(),
                     [](const yaml::NodeEntry& a, const yaml::NodeEntry& b) {
                       return before(*a.first, *b.first);
                     });
  }
  return root;
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
  parse_policies(file, found);
  if (found.has_errors()) return std::unexpected(std::move(found));

  Piece piece = yaml::piece_of(*root);
  for (Piece& policy : piece.parts) {
    policy.block = true;
    std::stable_sort(policy.parts.begin(), policy.parts.end(),
                     [](const Piece& a, const Piece& b) { return before(a.key, b.key); });
    for (Piece& key : policy.parts) {
      if (key.key == "when") key.block = true;
    }
  }
  const std::size_t first_end = file->text.find('\n');
  const bool windows = first_end != std::string::npos && first_end > 0 &&
                       file->text[first_end - 1] == '\r';
  std::string text = with_line_ends(yaml::write(piece), windows);

  Checked<Node> again = yaml::parse(std::make_shared<const Source>(Source{file->name, text}));
  if (!again || !yaml::same_nodes(in_order(*root), in_order(*again)) ||
      comments_of(*root) != comments_of(*again)) {
    found.error({.source = file}, "this file cannot be laid out without a change of what it says",
                "a text or comment in it is written in an unusual way");
    return std::unexpected(std::move(found));
  }
  return text;
}

}  // namespace sallyport::policy
