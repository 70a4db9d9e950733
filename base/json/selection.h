#pragma once
// Which values of a JSON text are wanted: a set of paths, compiled once and then shared by any
// number of JsonSelectors (selector.h).
//
//   JsonSelection wanted;
//   const auto email = wanted.add("recipients[].email");   // the index of its values
//
//   path      what it selects
//   ""        the whole text
//   a.b       the member b of the member a
//   a[].b     the member b of every element of a;  [].b  where the list is the top
//   a[2]      the third element of a
//   ["@x.y"]  a member whose name holds other characters; \" and \\ are undone in it
// A bare name may hold any bytes but . [ ] and ". Names are compared byte for byte, after the
// escapes of the JSON text have been undone.
//
// INVARIANT: const once it is built, so any thread may read it.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport {

class JsonSelection {
 public:
  static constexpr std::size_t kMostPaths = 256;
  static constexpr std::size_t kMostSteps = 32;     // of one path
  static constexpr std::size_t kLongestName = 256;  // bytes

  struct Fault {
    std::size_t at = 0;  // offset in the path
    std::string what;    // "a name is missing", in words for its author
  };

  JsonSelection();

  // The index by which a selector tells this path's values: 0, 1, 2 ... A path that was added
  // before keeps its index. A path that is refused changes nothing.
  std::expected<std::size_t, Fault> add(std::string_view path);

  std::size_t size() const { return paths_.size(); }

 private:
  friend class JsonSelector;
  using NodeId = std::uint16_t;
  static constexpr NodeId kNone = 0xffff;
  static constexpr std::size_t kMostNodes = 4096;

  // A place in a text that some path goes through, or ends at. Node 0 is the whole text.
  struct Node {
    std::map<std::string, NodeId, std::less<>> members;
    std::vector<std::pair<std::uint32_t, NodeId>> elements;  // by index
    NodeId each = kNone;                                     // "[]"
    int path = -1;                                           // that ends here
    NodeId parent = kNone;
  };
  struct Step {
    enum class Kind : std::uint8_t { member, element, each } kind = Kind::member;
    std::string name;
    std::uint32_t index = 0;
  };
  static std::expected<std::vector<Step>, Fault> read(std::string_view path);
  NodeId& child(NodeId node, const Step& step);

  std::vector<Node> nodes_;
  std::vector<NodeId> paths_;  // where each ends
  std::size_t longest_name_ = 0;
};

}  // namespace sallyport
