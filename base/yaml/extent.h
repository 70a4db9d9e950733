#pragma once
// How far the parts of a YAML text reach, to the byte, and the comments between them: what an
// editor needs to know and a reader does not.
//
//   const yaml::Extents extents(root);
//   extents.of(node).end                    // behind the value, a closing bracket, the last line
//
// REQUIRES: `root` is what parse() made, with a source. Lifetime: the root outlives the Extents.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/node.h"

namespace sallyport::yaml {

// Bytes [begin, end) of the source.
struct Extent {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Comment {
  std::size_t at = 0;         // of its '#'
  std::string text;           // "# why", without blanks at its end
  bool blank_before = false;  // the line above it is empty
  bool blank_after = false;   // the line below it is empty, or there is none
};

class Extents {
 public:
  explicit Extents(const Node& root);

  std::string_view text() const { return text_; }
  std::size_t offset(const Place& place) const;
  std::size_t line_begin(std::size_t offset) const;  // of the line that the byte is in
  std::size_t line_end(std::size_t offset) const;    // of its line feed, or the text's end

  Extent of(const Node& node) const;
  // From the key to the end of the value, or of the ':' where there is none.
  Extent of(const NodeEntry& entry) const;
  // Written in brackets or braces.
  bool is_flow(const Node& node) const;

  // In the order written.
  std::vector<Comment> comments() const;

 private:
  std::size_t scalar_end(std::size_t at, std::string_view value) const;
  // Of a block scalar ('|', '>'): behind its indicators.
  std::size_t header_end(std::size_t at) const;
  std::size_t block_scalar_end(std::size_t at, std::string_view value) const;
  // The first byte at or behind `at` that is no blank, line end, comma or comment.
  std::size_t skip_to_bracket(std::size_t at) const;
  void gather(const Node& node, std::vector<Extent>& scalars) const;
  void gather(std::size_t at, std::string_view value, std::vector<Extent>& scalars) const;

  const Node& root_;
  SourcePtr source_;
  std::string_view text_;
  std::vector<std::size_t> lines_;  // where each begins
};

}  // namespace sallyport::yaml
