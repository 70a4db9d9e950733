#include "policy/edit/exception.h"

#include <algorithm>
#include <memory>

#include "base/yaml/extent.h"
#include "base/yaml/write.h"

namespace sallyport::policy {
namespace {

using yaml::Extents;
using yaml::Node;
using yaml::Piece;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Piece piece_of(const NewException& exception) {
  Piece piece;
  piece.kind = Node::Kind::map;
  for (const auto& [attribute, value] : exception.when) {
    piece.parts.push_back(yaml::scalar(attribute, value));
  }
  if (exception.reason) piece.parts.push_back(yaml::scalar("reason", *exception.reason));
  if (exception.expires) piece.parts.push_back(yaml::scalar("expires", *exception.expires));
  return piece;
}

Node node_of(const NewException& exception) {
  Node node;
  node.kind = Node::Kind::map;
  for (const Piece& part : piece_of(exception).parts) {
    Node value;
    value.kind = Node::Kind::scalar;
    value.text = part.text;
    node.entries.push_back({{part.key, {}}, std::move(value)});
  }
  return node;
}

struct Insertion {
  std::size_t at = 0;
  std::string text;
};

class Surgery {
 public:
  Surgery(const SourcePtr& file, const Node& root, const Node& policy)
      : text_(file->text), extents_(root), policy_(policy) {}

  std::optional<Insertion> insert(const std::string& item) const {
    const auto at = std::find_if(policy_.entries.begin(), policy_.entries.end(),
                                 [](const yaml::NodeEntry& one) { return *one.first == "except"; });
    if (at == policy_.entries.end()) return add_key(item);
    const Node& list = at->second;
    if (list.kind == Node::Kind::list && extents_.is_flow(list)) {
      if (list.items.empty()) return Insertion{extents_.of(list).begin + 1, item};
      return Insertion{extents_.of(list.items.back()).end, ", " + item};
    }
    if (list.kind == Node::Kind::list && !list.items.empty()) {
      return lines_behind(extents_.of(list.items.back()).end, {margin(list.place) + "- " + item});
    }
    return std::nullopt;
  }

 private:
  // Behind `when`, or where there is none at the end.
  Insertion add_key(const std::string& item) const {
    const yaml::NodeEntry* behind = &policy_.entries.back();
    for (const yaml::NodeEntry& entry : policy_.entries) {
      if (*entry.first == "when") behind = &entry;
    }
    const std::size_t end = extents_.of(*behind).end;
    if (extents_.is_flow(policy_)) return {end, ", except: [" + item + "]"};
    const std::string indentation = margin(policy_.entries.front().first.place);
    return lines_behind(end, {indentation + "except:", indentation + "  - " + item});
  }

  // Spaces to the column of a place.
  std::string margin(const Place& place) const {
    std::size_t column = place.column - 1;
    if (place.line == 1 && text_.starts_with(kByteOrderMark)) column -= kByteOrderMark.size();
    return std::string(column, ' ');
  }

  Insertion lines_behind(std::size_t at, const std::vector<std::string>& lines) const {
    const std::size_t line_end = extents_.line_end(at);
    const bool windows = line_end < text_.size() ? line_end > 0 && text_[line_end - 1] == '\r'
                                                 : text_.find("\r\n") != text_.npos;
    const std::string end = windows ? "\r\n" : "\n";
    std::string text;
    if (line_end == text_.size()) {
      for (const std::string& line : lines) text += end + line;
      return {line_end, text};
    }
    for (const std::string& line : lines) text += line + end;
    return {line_end + 1, text};
  }

  std::string_view text_;
  Extents extents_;
  const Node& policy_;
};

std::vector<std::string> comments_of(const Node& root) {
  std::vector<std::string> texts;
  for (yaml::Comment& one : Extents(root).comments()) texts.push_back(std::move(one.text));
  return texts;
}

// What the edited file must come to.
Node expected(Node root, std::size_t number, Node exception) {
  Node& policy = root.items[number];
  for (yaml::NodeEntry& entry : policy.entries) {
    if (*entry.first != "except") continue;
    entry.second.items.push_back(std::move(exception));
    return root;
  }
  Node list;
  list.kind = Node::Kind::list;
  list.items.push_back(std::move(exception));
  auto behind = std::find_if(policy.entries.begin(), policy.entries.end(),
                             [](const yaml::NodeEntry& one) { return *one.first == "when"; });
  if (behind != policy.entries.end()) ++behind;
  policy.entries.insert(behind, {{"except", {}}, std::move(list)});
  return root;
}

}  // namespace

Checked<std::string> add_exception(const SourcePtr& file, const Place& place,
                                   const NewException& exception) {
  Checked<Node> root = yaml::parse(file);
  if (!root) return std::unexpected(std::move(root.error()));
  const auto refuse = [&](std::string why) {
    Diagnostics found;
    found.error(place, std::move(why), "add it by hand: " + yaml::write_flow(piece_of(exception)));
    return std::unexpected(std::move(found));
  };
  std::size_t number = 0;
  while (number < root->items.size() && (root->items[number].place.line != place.line ||
                                         root->items[number].place.column != place.column)) {
    ++number;
  }
  if (number == root->items.size() || root->items[number].entries.empty()) {
    return refuse("there is no policy at this place any more");
  }
  const std::string item = yaml::write_flow(piece_of(exception));
  const auto insertion = Surgery(file, *root, root->items[number]).insert(item);
  if (!insertion) return refuse("the exceptions of this policy are no list that can be added to");
  std::string text = file->text;
  text.insert(insertion->at, insertion->text);

  const Checked<Node> edited =
      yaml::parse(std::make_shared<const Source>(Source{file->name, text}));
  if (!edited || comments_of(*edited) != comments_of(*root) ||
      !yaml::same_nodes(*edited, expected(*root, number, node_of(exception)))) {
    return refuse("the layout of this policy is too unusual to be edited");
  }
  return text;
}

}  // namespace sallyport::policy
