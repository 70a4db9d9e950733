#pragma once
// YAML as people write it, with every place kept. yaml-cpp stays behind parse(): its types appear
// in no header, its exceptions leave as diagnostics.
//
// What is accepted is plain YAML without surprises: one document, no aliases, anchors or tags, no
// duplicate keys, scalars keep their text ("no" is the text "no" until a reader asks for a
// boolean).
//
// Limits: 4 MiB of text, 64 levels, 200,000 nodes. More is a diagnostic, never an exhausted
// machine.

#include <string>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"

namespace sallyport::yaml {

struct NodeEntry;

struct Node {
  enum class Kind : unsigned char { null, scalar, list, map };
  using Entry = NodeEntry;

  Kind kind = Kind::null;
  Place place;
  std::string text;  // scalar: the text as meant (quotes and escapes resolved)
  bool quoted = false;
  std::vector<Node> items;     // list
  std::vector<Entry> entries;  // map, in the order written

  // The value under `key`, or null.
  const Node* find(std::string_view key) const;
};

// A key and its value. Apart from Node, because a pair wants both halves complete.
struct NodeEntry {
  Spanned<std::string> first;
  Node second;
};

std::string_view to_string(Node::Kind kind);  // "a list", "a mapping", "a value", "nothing"

// The document, or everything that is wrong with it. An empty document is a null node.
Checked<Node> parse(SourcePtr source);

inline constexpr std::size_t kMaxText = 4 * 1024 * 1024;  // bytes; what parse() takes

// The text of a file, at most one byte above `most`. A file that cannot be read is a diagnostic at
// line 0. Other formats with places (base/csv) are read with it too.
Checked<SourcePtr> read_source(const std::string& path, std::string shown_name = {},
                               std::size_t most = kMaxText);

// Reads a file and parses it. A file that cannot be read is a diagnostic at line 0.
Checked<Node> parse_file(const std::string& path, std::string shown_name = {});

}  // namespace sallyport::yaml
