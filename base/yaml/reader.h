#pragma once
// Taking a mapping apart, key by key, with all faults reported at once.
//
//   yaml::MapReader map(node, diagnostics, "listener");
//   Spanned<std::string> address = map.text("address", "127.0.0.1");
//   auto workers = map.integer("workers", 0, 1, 256);
//   map.finish();                          // Every key that nobody asked for: "unknown key", did
//   you mean
//
// Each getter returns its default where the key is absent, and reports and returns the default
// where the value is of the wrong kind. So a caller reads everything and looks at diagnostics once.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml/node.h"

namespace sallyport::yaml {

class MapReader {
 public:
  // `what` names the thing in messages: "listener", "policy". A node that is not a mapping is
  // reported here; then every getter returns its default. A null node is an empty mapping.
  MapReader(const Node& node, Diagnostics& diagnostics, std::string_view what);

  // Marks the key as known, so that a misspelt one is answered with it.
  bool has(std::string_view key);
  // Marks the key as known; null where absent.
  const Node* node(std::string_view key);
  // As node(), and reports "listener needs 'address'" where absent.
  const Node* required(std::string_view key);

  Spanned<std::string> text(std::string_view key, std::string fallback = {});
  Spanned<std::string> required_text(std::string_view key);
  // true/false only; yes/no/on/off are refused with a hint.
  bool boolean(std::string_view key, bool fallback);
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                       std::int64_t most);
  std::chrono::milliseconds duration(std::string_view key, std::chrono::milliseconds fallback);
  // "64 KiB", "1 MiB", "2 GB", "17": bytes.
  std::uint64_t bytes(std::string_view key, std::uint64_t fallback);
  // One scalar or a list of scalars.
  std::vector<Spanned<std::string>> texts(std::string_view key);
  // One of `words`, as its index. Reports with a suggestion.
  std::optional<std::size_t> word(std::string_view key, const std::vector<std::string_view>& words);
  // Calls `each` for every item of the list under `key`. An absent key is an empty list.
  void each(std::string_view key, const std::function<void(const Node&)>& each);

  Diagnostics& diagnostics() { return diagnostics_; }
  const Place& place() const { return node_.place; }
  void finish();

 private:
  const Node* scalar(std::string_view key, std::string_view wanted);
  void refuse(const Node& node, std::string_view key, std::string_view wanted,
              std::string hint = {});

  const Node& node_;
  Diagnostics& diagnostics_;
  std::string what_;
  std::vector<std::string> known_;
};

// A list of scalars (or one scalar) as spanned texts.
std::vector<Spanned<std::string>> as_texts(const Node& node, Diagnostics& diagnostics,
                                           std::string_view what);
std::optional<std::uint64_t> parse_bytes(std::string_view text);

}  // namespace sallyport::yaml
