#pragma once
// Which requests a signature is for: patterns of hosts and of paths, and the variables that they
// bind (conf/catalog/ACTIVITIES.md, "Which requests"). Pure.

#include <array>
#include <compare>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::discovery {

// What patterns bound, by name. Few, so a list.
using Variables = std::vector<std::pair<std::string_view, std::string>>;

// The same for texts that differ in small and capital letters only; never 0.
std::uint32_t folded_hash(std::string_view text);

// A request's path, taken apart once for all patterns: segments, percent-decoded once, a slash at
// the end left off.
class PathSegments {
 public:
  static constexpr std::size_t kMost = 64;  // segments; a longer path fits no pattern
  static constexpr std::size_t kHashed =
      5;  // the first ones, by which most patterns are told apart

  // `path` without its query, in origin form; it outlives this where nothing in it is escaped.
  explicit PathSegments(std::string_view path);
  PathSegments(const PathSegments&) = delete;
  PathSegments& operator=(const PathSegments&) = delete;

  bool too_long() const { return too_long_; }
  const std::vector<std::string_view>& all() const { return segments_; }
  // folded_hash() of a segment; 0 where there is none. REQUIRES: index < kHashed.
  std::uint32_t hash(std::size_t index) const { return hashes_[index]; }
  // From `first` on, with slashes between them.
  std::string rest(std::size_t first) const;

 private:
  std::string decoded_;  // where something was escaped
  std::vector<std::string_view> segments_;
  std::array<std::uint32_t, kHashed> hashes_{};
  bool too_long_ = false;
};

class PathPattern {
 public:
  // "/drive/v3/files/{id}". The error is a sentence for its author.
  static std::expected<PathPattern, std::string> parse(std::string_view written);

  // Whether it covers the path.
  bool fits(const PathSegments& path) const;
  // Appends what it binds there. REQUIRES: fits(path).
  void bind(const PathSegments& path, Variables& bound) const;

  // The more exact one is less: from the left, text before text with a variable in it, before a
  // variable, before the rest.
  std::strong_ordering operator<=>(const PathPattern& other) const;
  bool operator==(const PathPattern& other) const { return (*this <=> other) == 0; }

  // How many segments it has, but for {rest...}, and whether that ends it.
  std::size_t fixed() const { return segments_.size() - (open() ? 1 : 0); }
  bool open() const { return !segments_.empty() && segments_.back().kind == Kind::rest; }
  // folded_hash() of a segment that is plain text; 0 where it may be several, or there is none.
  std::uint32_t text_hash(std::size_t index) const;
  // The names that match() binds.
  std::vector<std::string_view> variables() const;

 private:
  enum class Kind : std::uint8_t { text, mixed, any, rest };
  struct Segment {
    Kind kind = Kind::text;
    // text: all of it; mixed: what stands before, between and behind the variables; small letters
    std::vector<std::string> texts;
    std::vector<std::string> names;  // mixed; any and rest: one, or none
    std::size_t size() const;        // bytes of its texts
  };
  static std::expected<Segment, std::string> parse_segment(std::string_view written);
  static bool match_mixed(const Segment& segment, std::string_view text, Variables* bound);

  std::vector<Segment> segments_;
};

class HostPattern {
 public:
  // "api.example.com", "*.example.com", "{tenant}.example.com".
  static std::expected<HostPattern, std::string> parse(std::string_view written);

  bool fits(std::string_view host) const;
  // REQUIRES: fits(host).
  void bind(std::string_view host, Variables& bound) const;
  std::string_view variable() const { return name_; }

 private:
  enum class Kind : std::uint8_t { exact, below, one_label };
  Kind kind_ = Kind::exact;
  std::string before_;  // of the label that a variable stands in: text before it
  std::string name_;
  std::string rest_;  // the host, or what follows the first label or star, with its dot
};

}  // namespace sallyport::discovery
