#include "base/core/diagnostics.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport {
namespace {

constexpr std::size_t kWholeLine = 120;   // Bytes; a line up to this length is shown whole.
constexpr std::size_t kBeforeCaret = 60;  // Bytes of a longer line that are shown before the caret.
constexpr std::size_t kMaxWord = 64;      // Bytes; longer words get no suggestion.

std::string_view name_of(const Place& place) {
  return place.source ? std::string_view(place.source->name) : std::string_view();
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Lines of texts, asked for in ascending order within each: then many diagnostics of a long file
// cost one walk through it.
class Lines {
 public:
  // The text of a line that counts from 1, without its end; empty where there is no such line.
  std::string_view find(const Place& place) {
    if (!place.source || place.line == 0) return {};
    if (place.source.get() != source_ || place.line < line_) {
      source_ = place.source.get();
      line_ = 1;
      rest_ = source_->text;
    }
    for (; line_ < place.line; ++line_) {
      const std::size_t end = rest_.find('\n');
      if (end == std::string_view::npos) {
        source_ = nullptr;
        return {};
      }
      rest_.remove_prefix(end + 1);
    }
    std::string_view text = rest_.substr(0, rest_.find('\n'));
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
  }

 private:
  const Source* source_ = nullptr;
  std::uint32_t line_ = 1;
  std::string_view rest_;  // from the beginning of that line
};

// Appends `bytes` as one cell per character, so that the caret below can count on it.
std::size_t append_cells(std::string& out, std::string_view bytes) {
  std::size_t cells = 0;
  while (!bytes.empty()) {
    const Utf8Char next = decode_utf8(bytes);
    if (next.code == kNotUtf8 || is_steering(next.code)) {
      out += '?';
    } else {
      out += bytes.substr(0, next.size);
    }
    bytes.remove_prefix(next.size);
    ++cells;
  }
  return cells;
}

// The line and the caret below it; the caret's line is left open for the hint.
void append_excerpt(std::string& out, std::string_view line, const Place& place) {
  // A place may stand just behind the line's last byte: "here something is missing".
  std::size_t caret = std::min<std::size_t>(place.column == 0 ? 0 : place.column - 1, line.size());
  while (caret > 0 && caret < line.size() && is_continuation(line[caret])) --caret;
  std::size_t begin = 0;
  std::size_t end = line.size();
  if (line.size() > kWholeLine) {
    begin = caret > kBeforeCaret ? caret - kBeforeCaret : 0;
    end = std::min(line.size(), begin + kWholeLine);
    while (begin > 0 && is_continuation(line[begin])) --begin;
    while (end < line.size() && is_continuation(line[end])) ++end;
  }
  std::size_t marked = std::min<std::size_t>(end, caret + std::max(1u, place.length));
  while (marked < end && is_continuation(line[marked])) ++marked;

  std::size_t indent = 0;
  if (begin > 0) {
    out += "...";
    indent += 3;
  }
  indent += append_cells(out, line.substr(begin, caret - begin));
  const std::size_t cells = append_cells(out, line.substr(caret, marked - caret));
  append_cells(out, line.substr(marked, end - marked));
  if (end < line.size()) out += "...";
  out += '\n';

  out.append(indent, ' ');
  out += '^';
  if (cells > 1) out.append(cells - 1, '~');
}

// Edits (insert, delete, replace, swap neighbours) between two words, but never more than `limit`
// + 1.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit || a.size() > kMaxWord || b.size() > kMaxWord) return limit + 1;
  using Row = std::array<std::size_t, kMaxWord + 1>;
  Row before{};  // two rows up
  Row above{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = to_lower(a[i - 1]) == to_lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && to_lower(a[i - 1]) == to_lower(b[j - 2]) &&
          to_lower(a[i - 2]) == to_lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = above;
    above = row;
  }
  return above[b.size()];
}

}  // namespace

void Diagnostics::error(const Place& place, std::string message, std::string hint) {
  add({place, std::move(message), std::move(hint), Severity::error});
}

void Diagnostics::warning(const Place& place, std::string message, std::string hint) {
  add({place, std::move(message), std::move(hint), Severity::warning});
}

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) ++errors_;
  list_.push_back(std::move(diagnostic));
}

void Diagnostics::append(Diagnostics other) {
  errors_ += other.errors_;
  list_.insert(list_.end(), std::make_move_iterator(other.list_.begin()),
               std::make_move_iterator(other.list_.end()));
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> list = list_;
  std::stable_sort(list.begin(), list.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tuple(name_of(a.place), a.place.line, a.place.column) <
           std::tuple(name_of(b.place), b.place.line, b.place.column);
  });
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.place.source == b.place.source && a.place.line == b.place.line &&
           a.place.column == b.place.column && a.message == b.message && a.hint == b.hint;
  };
  list.erase(std::unique(list.begin(), list.end(), same), list.end());
  return list;
}

std::string render(const Diagnostics& diagnostics) {
  std::string out;
  Lines lines;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    const Place& place = diagnostic.place;
    if (place.source) {
      out += printable(place.source->name);
      if (place.line > 0) out += ':' + std::to_string(place.line);
      if (place.line > 0 && place.column > 0) out += ':' + std::to_string(place.column);
      out += ": ";
    }
    out += diagnostic.severity == Severity::error ? "error: " : "warning: ";
    out += printable(diagnostic.message);
    out += '\n';

    const std::string_view line = lines.find(place);
    if (!line.empty()) append_excerpt(out, line, place);
    if (!diagnostic.hint.empty()) {
      out += line.empty() ? "  " : " ";
      out += printable(diagnostic.hint);
    }
    if (!line.empty() || !diagnostic.hint.empty()) out += '\n';
  }
  return out;
}

std::string_view find_nearest(std::string_view written,
                              const std::vector<std::string_view>& candidates) {
  const std::size_t limit = std::clamp<std::size_t>(written.size() / 3, 1, 3);
  std::size_t best = limit + 1;
  std::string_view nearest;
  for (const std::string_view candidate : candidates) {
    // One edit turns any single letter into any other; that is no likeness.
    if (written.size() < 2 || candidate.empty() || candidate == written) continue;
    const std::size_t edits = distance(written, candidate, limit);
    if (edits < best) {
      best = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view written,
                         const std::vector<std::string_view>& candidates) {
  const std::string_view nearest = find_nearest(written, candidates);
  if (nearest.empty()) return {};
  return "did you mean '" + std::string(nearest) + "'?";
}

}  // namespace sallyport
