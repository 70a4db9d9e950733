// Which comment belongs to what.

#include <algorithm>
#include <limits>

#include "base/yaml/extent.h"
#include "base/yaml/write.h"

namespace sallyport::yaml {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// Something that a comment can be attached to: the root, an item of a list, a member of a mapping.
struct Anchor {
  Extent extent;
  std::size_t column = 0;  // from 1: of its dash or its key
  std::size_t parent = kNone;
  Piece* piece = nullptr;
  bool flow = false;            // its value stands in brackets
  bool block = false;           // its value is a collection that does not
  std::size_t inner_begin = 0;  // of the value
  std::size_t part_column = 0;  // of its value's parts
};

Piece bare(const Node& node, std::string_view text) {
  Piece piece;
  piece.kind = node.kind;
  piece.text = node.text;
  piece.quoted = node.quoted && !text.starts_with('|') && !text.starts_with('>');
  return piece;
}

class Attaching {
 public:
  explicit Attaching(const Node& root) : extents_(root) {
    root_ = build(root);
    const Extent whole = {0, extents_.text().size()};
    anchors_.push_back({.extent = whole, .column = 1, .piece = &root_});
    inside(root, 0);
    for (const Comment& comment : extents_.comments()) attach(comment);
  }

  Piece take() { return std::move(root_); }

 private:
  Piece build(const Node& node) {
    Piece piece = bare(node, extents_.text().substr(extents_.offset(node.place)));
    piece.parts.reserve(node.items.size() + node.entries.size());
    for (const Node& item : node.items) piece.parts.push_back(build(item));
    for (const NodeEntry& entry : node.entries) {
      piece.parts.push_back(build(entry.second));
      piece.parts.back().key = entry.first.value;
    }
    return piece;
  }

  // The value of `anchors_[owner]` and what is in it.
  void inside(const Node& node, std::size_t owner) {
    Piece& piece = *anchors_[owner].piece;
    const bool collection = node.kind == Node::Kind::list || node.kind == Node::Kind::map;
    anchors_[owner].inner_begin = extents_.offset(node.place);
    anchors_[owner].flow = extents_.is_flow(node);
    anchors_[owner].block = collection && !anchors_[owner].flow;
    anchors_[owner].part_column = node.place.column;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      add(extents_.of(node.items[i]),
          anchors_[owner].flow ? node.items[i].place.column : node.place.column, owner,
          piece.parts[i]);
      inside(node.items[i], anchors_.size() - 1);
    }
    for (std::size_t i = 0; i < node.entries.size(); ++i) {
      add(extents_.of(node.entries[i]), node.entries[i].first.place.column, owner, piece.parts[i]);
      inside(node.entries[i].second, anchors_.size() - 1);
    }
  }

  void add(Extent extent, std::size_t column, std::size_t owner, Piece& piece) {
    anchors_.push_back({.extent = extent, .column = column, .parent = owner, .piece = &piece});
  }

  // The last anchor that begins before `at`; 0, the root, where none does. Anchors stand in the
  // order in which they begin, outer ones first.
  std::size_t before(std::size_t at) const {
    const auto next =
        std::partition_point(anchors_.begin() + 1, anchors_.end(),
                             [at](const Anchor& one) { return one.extent.begin < at; });
    return static_cast<std::size_t>(next - anchors_.begin()) - 1;
  }

  void attach(const Comment& comment) {
    const std::size_t line = extents_.line_begin(comment.at);
    const std::string_view left = extents_.text().substr(line, comment.at - line);
    const bool alone = left.find_first_not_of(" \t-\xef\xbb\xbf") == std::string_view::npos;
    const std::size_t previous = before(comment.at);
    if (alone || previous == 0) {
      on_its_own(comment, previous, 1 + comment.at - line);
    } else {
      behind(comment, previous, line);
    }
  }

  // The innermost value in brackets around `at`, or kNone.
  std::size_t brackets_around(std::size_t anchor, std::size_t at) const {
    for (; anchor != kNone; anchor = anchors_[anchor].parent) {
      const Anchor& one = anchors_[anchor];
      if (one.flow && one.inner_begin < at && at < one.extent.end) return anchor;
    }
    return kNone;
  }

  void on_its_own(const Comment& comment, std::size_t previous, std::size_t column) {
    const std::size_t next = previous + 1;
    const bool has_next = next < anchors_.size();
    if (const std::size_t around = brackets_around(previous, comment.at); around != kNone) {
      if (has_next && anchors_[next].extent.begin < anchors_[around].extent.end) {
        above(next, comment);
      } else {
        below(around, comment);
      }
      return;
    }
    if (has_next && (previous == 0 || column <= anchors_[next].column)) {
      above(next, comment);
      return;
    }
    // Deeper than what follows: it belongs to what came before.
    std::size_t owner = previous;
    while (owner != 0 && !(anchors_[owner].block && anchors_[owner].part_column <= column)) {
      owner = anchors_[owner].parent;
    }
    if (has_next && anchors_[next].parent == owner) {
      above(next, comment);
    } else {
      below(owner, comment);
    }
  }

  void above(std::size_t anchor, const Comment& comment) {
    std::vector<std::string>& lines = anchors_[anchor].piece->before;
    const bool outermost = anchors_[anchor].parent == 0;
    if (outermost && comment.blank_before && !lines.empty() && !lines.back().empty()) {
      lines.emplace_back();
    }
    lines.push_back(comment.text);
    if (outermost && comment.blank_after) lines.emplace_back();
  }

  void below(std::size_t anchor, const Comment& comment) {
    std::vector<std::string>& lines = anchors_[anchor].piece->after;
    if (anchor == 0 && comment.blank_before && !lines.empty()) lines.emplace_back();
    lines.push_back(comment.text);
  }

  void behind(const Comment& comment, std::size_t previous, std::size_t line) {
    std::size_t chosen = previous;
    bool whole = false;
    for (std::size_t i = previous; i != 0 && anchors_[i].extent.begin >= line; --i) {
      if (anchors_[i].extent.end <= comment.at && !anchors_[i].block) chosen = i, whole = true;
    }
    if (!whole) {
      // Behind the bracket that closes what began further up.
      const std::string_view text = extents_.text();
      const std::size_t last = text.find_last_not_of(" \t", comment.at - 1);
      for (std::size_t i = previous; i != 0 && i != kNone; i = anchors_[i].parent) {
        if (anchors_[i].flow && anchors_[i].extent.end == last + 1) chosen = i;
      }
    }
    Piece& piece = *anchors_[chosen].piece;
    if (piece.behind.empty()) {
      piece.behind = comment.text;
    } else {
      piece.before.push_back(comment.text);
    }
  }

  Extents extents_;
  Piece root_;
  std::vector<Anchor> anchors_;
};

}  // namespace

Piece piece_of(const Node& root) { return Attaching(root).take(); }

Piece scalar(std::string text) {
  Piece piece;
  piece.kind = Node::Kind::scalar;
  piece.text = std::move(text);
  return piece;
}

Piece scalar(std::string key, std::string text) {
  Piece piece = scalar(std::move(text));
  piece.key = std::move(key);
  return piece;
}

bool same_nodes(const Node& a, const Node& b) {
  return a.kind == b.kind && a.text == b.text &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same_nodes) &&
         std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                    [](const NodeEntry& x, const NodeEntry& y) {
                      return x.first.value == y.first.value && same_nodes(x.second, y.second);
                    });
}

}  // namespace sallyport::yaml
