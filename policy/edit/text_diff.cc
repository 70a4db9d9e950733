#include "policy/edit/text_diff.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace sallyport::policy {
namespace {

constexpr std::size_t kContext = 3;  // lines

// Lines with their line feeds.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

void append(std::string& out, char mark, std::string_view line) {
  out += mark;
  if (line.ends_with('\n')) {
    out += line;
  } else {
    out += std::string(line) + "\n\\ No newline at end of file\n";
  }
}

// The line number of a range, which is the one before it where it is empty.
std::string range(std::size_t from, std::size_t count) {
  return fmt::format("{},{}", count == 0 ? from : from + 1, count);
}

}  // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const auto old_lines = lines_of(before);
  const auto new_lines = lines_of(after);
  const std::size_t most = std::min(old_lines.size(), new_lines.size());
  std::size_t same = 0;
  while (same < most && old_lines[same] == new_lines[same]) ++same;
  std::size_t tail = 0;
  while (tail < most - same &&
         old_lines[old_lines.size() - 1 - tail] == new_lines[new_lines.size() - 1 - tail]) {
    ++tail;
  }
  const std::size_t from = same - std::min(same, kContext);
  const std::size_t context = std::min(tail, kContext);
  const std::size_t old_end = old_lines.size() - tail;
  const std::size_t new_end = new_lines.size() - tail;
  std::string out =
      fmt::format("--- {}\n+++ {}\n@@ -{} +{} @@\n", name, name,
                  range(from, old_end + context - from), range(from, new_end + context - from));
  for (std::size_t i = from; i < same; ++i) append(out, ' ', old_lines[i]);
  for (std::size_t i = same; i < old_end; ++i) append(out, '-', old_lines[i]);
  for (std::size_t i = same; i < new_end; ++i) append(out, '+', new_lines[i]);
  for (std::size_t i = 0; i < context; ++i) append(out, ' ', old_lines[old_end + i]);
  return out;
}

}  // namespace sallyport::policy
