#include "base/yaml/extent.h"

#include <algorithm>

namespace sallyport::yaml {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Behind the quote that ends what begins at `at`; the text's end where none does.
std::size_t quoted_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 == text.size() || text[at + 1] != '\'') return at + 1;
      ++at;
    }
  }
  return text.size();
}

// A plain text may go on over several lines; then each run of blanks in it is one in its value.
std::size_t plain_end(std::string_view text, std::size_t at, std::string_view value) {
  for (std::size_t i = 0; i < value.size() && at < text.size();) {
    if (is_blank(value[i])) {
      while (i < value.size() && is_blank(value[i])) ++i;
      while (at < text.size() && is_blank(text[at])) ++at;
    } else {
      ++i, ++at;
    }
  }
  return std::min(at, text.size());
}

}  // namespace

Extents::Extents(const Node& root) : root_(root), source_(root.place.source) {
  text_ = source_->text;
  lines_.push_back(0);
  for (std::size_t at = 0; at < text_.size(); ++at) {
    if (text_[at] == '\n') lines_.push_back(at + 1);
  }
}

std::size_t Extents::offset(const Place& place) const {
  if (place.line == 0 || place.line > lines_.size()) return 0;
  return std::min(text_.size(), lines_[place.line - 1] + (place.column > 0 ? place.column - 1 : 0));
}

std::size_t Extents::line_begin(std::size_t offset) const {
  return *std::prev(std::upper_bound(lines_.begin(), lines_.end(), offset));
}

std::size_t Extents::line_end(std::size_t offset) const {
  return std::min(text_.find('\n', offset), text_.size());
}

bool Extents::is_flow(const Node& node) const {
  const std::size_t at = offset(node.place);
  return (node.kind == Node::Kind::list || node.kind == Node::Kind::map) && at < text_.size() &&
         (text_[at] == '[' || text_[at] == '{');
}

std::size_t Extents::header_end(std::size_t at) const {
  return std::min(text_.size(), text_.find_first_not_of("+-0123456789", at + 1));
}

std::size_t Extents::block_scalar_end(std::size_t at, std::string_view value) const {
  const std::size_t header = line_end(at);
  const bool keeps = text_.substr(at, header_end(at) - at).find('+') != std::string_view::npos;
  const std::size_t value_first = value.find_first_not_of('\n');
  if (value_first == std::string_view::npos && !keeps) return header;
  // The value's own spaces stand behind the indentation.
  const std::size_t own =
      value_first == std::string_view::npos
          ? 0
          : std::min(value.size(), value.find_first_not_of(' ', value_first)) - value_first;
  std::size_t indentation = std::string_view::npos;
  std::size_t end = header;
  std::size_t line = header;
  while (line < text_.size()) {
    const std::size_t begin = line + 1;
    const std::size_t stop = line_end(begin);
    const std::size_t first = std::min(text_.find_first_not_of(' ', begin), stop);
    const bool empty = first == stop || text_[first] == '\r';
    if (!empty) {
      if (indentation == std::string_view::npos) {
        indentation = first - begin - std::min(own, first - begin);
      }
      if (first - begin < indentation) break;
    }
    if (!empty || keeps) end = std::min(stop, text_.size());
    line = stop;
  }
  if (end > at && end <= text_.size() && text_[end - 1] == '\r') --end;
  return end;
}

std::size_t Extents::scalar_end(std::size_t at, std::string_view value) const {
  if (at >= text_.size()) return text_.size();
  switch (text_[at]) {
    case '"':
    case '\'':
      return quoted_end(text_, at);
    case '|':
    case '>':
      return block_scalar_end(at, value);
    default:
      return plain_end(text_, at, value);
  }
}

std::size_t Extents::skip_to_bracket(std::size_t at) const {
  while (at < text_.size()) {
    if (text_[at] == '#') {
      at = line_end(at);
    } else if (is_blank(text_[at]) || text_[at] == ',') {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

Extent Extents::of(const Node& node) const {
  const std::size_t at = offset(node.place);
  switch (node.kind) {
    case Node::Kind::null:
      return {at, std::min(text_.size(), at + node.place.length)};
    case Node::Kind::scalar:
      return {at, scalar_end(at, node.text)};
    case Node::Kind::list:
    case Node::Kind::map:
      break;
  }
  std::size_t end = at;
  if (node.kind == Node::Kind::list && !node.items.empty()) end = of(node.items.back()).end;
  if (node.kind == Node::Kind::map && !node.entries.empty()) end = of(node.entries.back()).end;
  if (is_flow(node)) end = std::min(text_.size(), skip_to_bracket(std::max(end, at + 1)) + 1);
  return {at, end};
}

Extent Extents::of(const NodeEntry& entry) const {
  const std::size_t begin = offset(entry.first.place);
  std::size_t end = scalar_end(begin, entry.first.value);
  const std::size_t behind = text_.find_first_not_of(" \t", end);
  if (behind != std::string_view::npos && text_[behind] == ':') end = behind + 1;
  return {begin, std::max(end, of(entry.second).end)};
}

void Extents::gather(std::size_t at, std::string_view value, std::vector<Extent>& scalars) const {
  const std::size_t end = scalar_end(at, value);
  if (at < text_.size() && (text_[at] == '|' || text_[at] == '>')) {
    // A comment may stand behind the indicators.
    scalars.push_back({at, header_end(at)});
    scalars.push_back({std::min(end, line_end(at)), end});
  } else {
    scalars.push_back({at, end});
  }
}

void Extents::gather(const Node& node, std::vector<Extent>& scalars) const {
  if (node.kind == Node::Kind::scalar) gather(offset(node.place), node.text, scalars);
  for (const Node& item : node.items) gather(item, scalars);
  for (const NodeEntry& entry : node.entries) {
    gather(offset(entry.first.place), entry.first.value, scalars);
    gather(entry.second, scalars);
  }
}

std::vector<Comment> Extents::comments() const {
  std::vector<Extent> scalars;
  gather(root_, scalars);
  std::vector<Comment> found;
  const auto is_empty_line = [&](std::size_t begin) {
    const std::size_t first = text_.find_first_not_of(" \t\r", begin);
    return first == std::string_view::npos || text_[first] == '\n';
  };
  std::size_t next = 0;  // of `scalars`
  for (std::size_t at = 0; at < text_.size();) {
    if (next < scalars.size() && at >= scalars[next].begin) {
      at = std::max(at, scalars[next++].end);
      continue;
    }
    if (text_[at] != '#') {
      ++at;
      continue;
    }
    const std::size_t end = line_end(at);
    const std::size_t last = text_.find_last_not_of(" \t\r", end - 1);
    const std::size_t begin = line_begin(at);
    found.push_back({at, std::string(text_.substr(at, last + 1 - at)),
                     begin > 0 && is_empty_line(line_begin(begin - 1)),
                     end == text_.size() || is_empty_line(end + 1)});
    at = end;
  }
  return found;
}

}  // namespace sallyport::yaml
