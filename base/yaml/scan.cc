#include "base/yaml/scan.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/utf8.h"
#include "base/yaml/node.h"

namespace sallyport::yaml {
namespace {

// A bracket whose partner is farther away is underlined with one caret: scanning on for each of
// many brackets would make a long line cost its square.
constexpr std::size_t kMaxBracketed = 1024;  // bytes

// Marks that only matter to right-to-left scripts are text; what reorders, breaks or hides is not.
bool is_refused(std::uint32_t code) {
  if (code == '\t' || code == '\n' || code == 0x61c || code == 0x200e || code == 0x200f)
    return false;
  // Of no width at all: a word with one in it looks like another word.
  const bool no_width = code == 0x200b || code == 0x2060 || code == 0xfeff;
  return code == kNotUtf8 || no_width || is_steering(code);
}

// The offset behind the quote that ends the text begun at `offset`, or npos where `stop` comes
// first.
std::size_t behind_quoted(std::string_view text, std::size_t offset, char stop = '\n') {
  const char quote = text[offset];
  for (std::size_t at = offset + 1; at < text.size() && text[at] != stop; ++at) {
    if (text[at] == '\\' && quote == '"') {
      if (++at < text.size() && text[at] == stop) break;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 == text.size() || text[at + 1] != '\'') return at + 1;
      ++at;  // '' is a quote inside single quotes.
    }
  }
  return std::string_view::npos;
}

std::size_t behind_bracketed(std::string_view text, std::size_t offset) {
  const std::size_t end = std::min(text.size(), offset + kMaxBracketed);
  std::size_t depth = 0;
  char before =
      ',';  // The last character that is no blank: quotes only count where a value may begin.
  for (std::size_t at = offset; at < end && text[at] != '\n'; ++at) {
    const char c = text[at];
    if ((c == '"' || c == '\'') &&
        (before == ',' || before == ':' || before == '[' || before == '{')) {
      at = behind_quoted(text, at);
      if (at == std::string_view::npos) return at;
      --at;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      return at + 1;
    }
    if (c != ' ' && c != '\t') before = c;
  }
  return std::string_view::npos;
}

// Brackets that yaml-cpp would have to hold as tokens at once, because it tells nothing of a
// collection in brackets before it knows that no ':' makes it a key. Both are far over what
// kMaxDepth and kMaxNodes of parse.cc let pass: this is a rough count that only keeps memory in
// bounds.
constexpr std::size_t kMaxOpenBrackets = 10'000;
constexpr std::size_t kMaxFlowMarks = 600'000;

// The offset where there are too many of them, or npos.
std::size_t find_too_many_brackets(std::string_view text) {
  std::size_t depth = 0;
  std::size_t marks = 0;
  bool value_may_begin = true;  // Inside plain text brackets and quotes are letters.
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (value_may_begin && (c == '"' || c == '\'')) {
      const std::size_t end = behind_quoted(text, at, '\0');
      if (end == std::string_view::npos) break;  // yaml-cpp stops here as well.
      at = end - 1;
    } else if (value_may_begin && (c == '[' || c == '{')) {
      ++depth;
    } else if (depth > 0 && (c == ']' || c == '}')) {
      --depth;
    }
    if (std::string_view("[]{},").find(c) != std::string_view::npos &&
        (depth > 0 || c == ']' || c == '}')) {
      ++marks;
    }
    if (depth > kMaxOpenBrackets || marks > kMaxFlowMarks) return at;
    const bool keeps = c == ' ' || c == '\t' || c == '\r' || c == '[' || c == '{';
    if (!keeps) value_may_begin = std::string_view("\n:-,?]}").find(c) != std::string_view::npos;
  }
  return std::string_view::npos;
}

}  // namespace

bool check_text(const SourcePtr& source, Diagnostics& diagnostics) {
  const std::string_view text = source->text;
  if (text.size() > kMaxText) {
    diagnostics.error({source}, "the text is longer than 4 MiB", "split it into several files");
    return false;
  }
  // A byte order mark is one only at the beginning.
  const bool marked = text.starts_with("\xef\xbb\xbf");
  for (std::size_t at = marked ? 3 : 0; at < text.size();) {
    const Utf8Char next = decode_utf8(text.substr(at));
    if (next.code == '\r') {
      if (at + 1 < text.size() && text[at + 1] == '\n') {
        ++at;
        continue;
      }
      diagnostics.error(place_at(source, at), "a carriage return without a line feed",
                        "end lines as Unix or Windows does");
      return false;
    }
    if (is_refused(next.code)) {
      if (next.code == kNotUtf8) {
        diagnostics.error(place_at(source, at), "a byte that is no UTF-8",
                          "save the file as UTF-8");
      } else if (next.code == 0xfeff) {
        diagnostics.error(place_at(source, at), "a byte order mark inside the text",
                          "it is invisible; remove it");
      } else {
        diagnostics.error(place_at(source, at),
                          fmt::format("the invisible character U+{:04X}", next.code),
                          fmt::format("write it as \"\\u{:04x}\" if it is meant", next.code));
      }
      return false;
    }
    at += next.size;
  }
  if (const auto at = find_too_many_brackets(text); at != std::string_view::npos) {
    diagnostics.error(place_at(source, at), "too many brackets", "is a closing one missing?");
    return false;
  }
  return true;
}

std::uint32_t written_length(std::string_view text, std::size_t offset, std::string_view value) {
  if (offset >= text.size()) return 1;
  const char first = text[offset];
  std::size_t end = std::string_view::npos;
  if (first == '"' || first == '\'') {
    end = behind_quoted(text, offset);
  } else if (first == '[' || first == '{') {
    end = behind_bracketed(text, offset);
  } else if (!value.empty() && text.substr(offset).starts_with(value)) {
    // Only what stands on one line is written as it is meant, so there is no line break inside.
    end = offset + value.size();
  }
  return end == std::string_view::npos ? 1 : static_cast<std::uint32_t>(end - offset);
}

std::optional<std::size_t> find_indenting_tab(std::string_view text, std::size_t offset) {
  std::optional<std::size_t> tab;
  for (std::size_t at = std::min(offset, text.size()); at > 0 && text[at - 1] != '\n'; --at) {
    const char c = text[at - 1];
    if (c == '\t') {
      tab = at - 1;
    } else if (c == '-') {
      tab.reset();  // A tab behind a dash separates, and does not indent.
    } else if (c != ' ') {
      return std::nullopt;
    }
  }
  return tab;
}

bool is_open_quote(std::string_view text, std::size_t offset) {
  return offset < text.size() && (text[offset] == '"' || text[offset] == '\'') &&
         behind_quoted(text, offset, '\0') == std::string_view::npos;
}

std::optional<std::size_t> find_open_quote(std::string_view text, std::size_t from) {
  static constexpr std::string_view kBeforeValue = " \t\n,:[{-";
  for (std::size_t at = from; at < text.size(); ++at) {
    if (at > 0 && kBeforeValue.find(text[at - 1]) == std::string_view::npos) continue;
    if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (text[at] == '"' || text[at] == '\'') {
      const std::size_t end = behind_quoted(text, at, '\0');
      if (end == std::string_view::npos) return at;
      at = end - 1;
    }
  }
  return std::nullopt;
}

Place place_at(const SourcePtr& source, std::size_t offset) {
  const std::string_view before = std::string_view(source->text).substr(0, offset);
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0: the first line.
  return {source, static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n')),
          static_cast<std::uint32_t>(1 + offset - line_begin)};
}

}  // namespace sallyport::yaml
