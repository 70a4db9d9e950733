#pragma once
// YAML written in one layout, with the comments of the text that it came from.
//
//   yaml::Piece piece = yaml::piece_of(root);      // reorder, add, annotate
//   std::string text = yaml::write(piece);
//
// The layout: two spaces a level, dashes of lists under a key are indented, at most kWidth bytes a
// line where that can be had. A list of plain values and a mapping stand in brackets where they fit
// a line and hold no comment; a list of anything else is written an item a line. Quotes only where
// YAML wants them (and around numbers and booleans that stood in quotes). Long texts are folded,
// but for those with a word that is half a line long.
// Between the items of the outermost list stands an empty line.
//
// INVARIANT: parse(write(piece_of(root))) has the same nodes as root, and the same comments.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/node.h"

namespace sallyport::yaml {

inline constexpr std::size_t kWidth = 100;  // bytes of a line

// A node on its way to text.
struct Piece {
  Node::Kind kind = Node::Kind::null;
  std::string key;     // of a member of a mapping
  std::string text;    // scalar
  bool quoted = false; // it stood in quotes
  bool block = false;  // a mapping that gets a line for each key, however short it is
  std::vector<Piece> parts = {};  // list, map

  std::vector<std::string> before = {};  // comment lines above it, "# why"; "" is an empty line
  std::string behind = {};               // the comment at the end of its line
  std::vector<std::string> after = {};   // comment lines below its last part
};

Piece scalar(std::string text);
Piece scalar(std::string key, std::string text);

// With the comments of its source, each at what it speaks of: one on a line of its own at what
// follows it (or at the end of what it is indented like), one behind something at that.
Piece piece_of(const Node& root);

// Lines end with a line feed.
std::string write(const Piece& root);
// In one line: `{ user: ana, app: [box, dropbox] }`. Comments are left out.
std::string write_flow(const Piece& piece);

// Same kinds, keys, texts and order, wherever they stand.
bool same_nodes(const Node& a, const Node& b);

}  // namespace sallyport::yaml
