#include "base/yaml/write.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport::yaml {
namespace {

bool is_collection(const Piece& piece) {
  return piece.kind == Node::Kind::list || piece.kind == Node::Kind::map;
}

// Whether the text may stand as it is in quotes, or in lines of a block.
bool is_showable(std::string_view text) {
  while (!text.empty()) {
    const Utf8Char next = decode_utf8(text);
    if (next.code == kNotUtf8 || is_steering(next.code) || next.code == 0xfeff) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

// Whether other readers of YAML take the plain word for something that is no text.
bool is_no_text_elsewhere(std::string_view text) {
  static constexpr std::string_view kWords[] = {"true", "false", "yes", "no", "on", "off", "y", "n"};
  const std::string small = lower(text);
  if (std::find(std::begin(kWords), std::end(kWords), small) != std::end(kWords)) return true;
  return text.find_first_not_of("0123456789+-.eExX_:") == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos && text.find('-', 1) == text.npos;
}

bool is_plain(std::string_view text, bool flow) {
  static constexpr std::string_view kNulls[] = {"~", "null", "Null", "NULL"};
  if (text.empty() || std::find(std::begin(kNulls), std::end(kNulls), text) != std::end(kNulls)) {
    return false;
  }
  if (!is_showable(text) || trim(text) != text) return false;
  if (text.starts_with("---") || text.starts_with("...")) return false;
  static constexpr std::string_view kNeverFirst = ",[]{}#&*!|>'\"%@`";
  if (kNeverFirst.find(text.front()) != std::string_view::npos) return false;
  const std::string_view flow_marks = ",?[]{}";
  if (std::string_view("-?:").find(text.front()) != std::string_view::npos &&
      (text.size() == 1 || text[1] == ' ' || flow)) {
    return false;
  }
  if (text.ends_with(':') || text.find(": ") != text.npos || text.find(" #") != text.npos) {
    return false;
  }
  return !flow || (text.find_first_of(flow_marks) == text.npos && text.find("::") == text.npos);
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Utf8Char next = decode_utf8(text);
    if (next.code == '"' || next.code == '\\') {
      out += '\\';
      out += static_cast<char>(next.code);
    } else if (next.code == '\n') {
      out += "\\n";
    } else if (next.code == '\t') {
      out += "\\t";
    } else if (next.code != kNotUtf8 && (is_steering(next.code) || next.code == 0xfeff)) {
      out += next.code < 0x100 ? fmt::format("\\x{:02x}", next.code)
                               : fmt::format("\\u{:04x}", next.code);
    } else {
      out += text.substr(0, next.size);
    }
    text.remove_prefix(next.size);
  }
  return out + '"';
}

std::string in_line(std::string_view text, bool quoted, bool flow) {
  if (is_plain(text, flow) && !(quoted && is_no_text_elsewhere(text))) return std::string(text);
  if (!is_showable(text)) return double_quoted(text);
  if (text.find_first_of("\"\\") == text.npos) return '"' + std::string(text) + '"';
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

bool has_comment_inside(const Piece& piece) {
  return !piece.after.empty() ||
         std::any_of(piece.parts.begin(), piece.parts.end(), [](const Piece& part) {
           return !part.before.empty() || !part.behind.empty() || has_comment_inside(part);
         });
}

void append_flow(std::string& out, const Piece& piece) {
  switch (piece.kind) {
    case Node::Kind::null:
      out += "null";
      return;
    case Node::Kind::scalar:
      out += in_line(piece.text, piece.quoted, true);
      return;
    case Node::Kind::list:
    case Node::Kind::map:
      break;
  }
  const bool list = piece.kind == Node::Kind::list;
  out += list ? "[" : piece.parts.empty() ? "{" : "{ ";
  bool first = true;
  for (const Piece& part : piece.parts) {
    if (!first) out += ", ";
    first = false;
    if (!list) out += in_line(part.key, false, true) + ": ";
    append_flow(out, part);
  }
  out += list ? "]" : piece.parts.empty() ? "}" : " }";
}

// Lines of a block scalar; "" where the text cannot be one, or need not.
std::string block_text(std::string_view text, std::size_t indentation, std::size_t room) {
  const bool ends = text.ends_with('\n');
  const std::string_view body = ends ? text.substr(0, text.size() - 1) : text;
  const bool lines = body.find('\n') != body.npos;
  if (body.empty() || body.ends_with('\n') || body.front() == ' ' || body.front() == '\n') return {};
  if (body.ends_with(' ') || (!lines && !ends && body.size() <= room)) return {};
  const std::string margin(indentation, ' ');
  std::string out;
  if (lines || (body.size() <= room && ends)) {
    out = ends ? "|" : "|-";
    for (const std::string_view line : split(body, '\n')) {
      if (!is_showable(line)) return {};
      out += line.empty() ? std::string("\n") : '\n' + margin + std::string(line);
    }
    return out;
  }
  if (!is_showable(body) || body.find("  ") != body.npos || body.find(' ') == body.npos) return {};
  // An expression or an address is no prose: it is easier to read in one piece.
  for (const std::string_view word : split(body, ' ')) {
    if (word.size() > kWidth / 2) return {};
  }
  out = ends ? ">" : ">-";
  std::string line;
  for (const std::string_view word : split(body, ' ')) {
    if (!line.empty() && indentation + line.size() + 1 + word.size() > kWidth) {
      out += '\n' + margin + line;
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(word);
  }
  return out + '\n' + margin + line;
}

class Writer {
 public:
  std::string write(const Piece& root) {
    if (is_collection(root) && !root.parts.empty()) {
      if (root.kind == Node::Kind::list) {
        outermost(root);
      } else {
        block(root, 0);
      }
    } else if (root.kind != Node::Kind::null) {
      comments(root.before, 0);
      value(root, 0, 0, false);
    }
    comments(root.after, 0);
    return std::move(out_);
  }

 private:
  void outermost(const Piece& root) {
    for (const Piece& item : root.parts) {
      if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
      list_item(item, 0, true);
    }
    if (!root.after.empty()) out_ += '\n';
  }

  void block(const Piece& piece, std::size_t indentation) {
    for (const Piece& part : piece.parts) {
      if (piece.kind == Node::Kind::list) {
        list_item(part, indentation, false);
      } else {
        comments(part.before, indentation);
        member(part, indentation);
      }
    }
    if (indentation > 0) comments(piece.after, indentation);
  }

  void member(const Piece& part, std::size_t indentation) {
    out_.append(indentation, ' ');
    const std::string key = in_line(part.key, false, false) + ':';
    out_ += key;
    value(part, indentation, indentation + key.size() + 1, true);
  }

  void list_item(const Piece& item, std::size_t indentation, bool outermost) {
    const bool opens = item.kind == Node::Kind::map && !item.parts.empty() &&
                       (outermost || !fits(item, indentation + 2) || item.parts.size() == 1);
    std::vector<std::string> above = item.before;
    if (opens) {
      if (!item.behind.empty()) above.push_back(item.behind);
      const auto& inner = item.parts.front().before;
      above.insert(above.end(), inner.begin(), inner.end());
    }
    if (!outermost) std::erase(above, std::string());
    comments(above, indentation);
    out_.append(indentation, ' ');
    out_ += '-';
    if (!opens) {
      value(item, indentation, indentation + 2, true);
      return;
    }
    // The first key stands behind the dash.
    const std::size_t dash = out_.size();
    for (const Piece& part : item.parts) {
      if (&part != &item.parts.front()) comments(part.before, indentation + 2);
      member(part, indentation + 2);
    }
    comments(item.after, indentation + 2);
    out_.replace(dash, indentation + 2, " ");
  }

  bool fits(const Piece& piece, std::size_t column) const {
    if (piece.block || has_comment_inside(piece)) return false;
    return column + write_flow(piece).size() <= kWidth;
  }

  // Whether a collection may stand in brackets behind its key or dash.
  bool may_flow(const Piece& piece, std::size_t column) const {
    if (piece.parts.empty()) return piece.after.empty();
    const bool of_collections = std::any_of(piece.parts.begin(), piece.parts.end(), is_collection);
    if (piece.kind == Node::Kind::list && of_collections) return false;
    return fits(piece, column);
  }

  // What stands behind a key or a dash, to the end of its last line. `column`: where it begins.
  void value(const Piece& piece, std::size_t indentation, std::size_t column, bool behind) {
    const std::string_view gap = behind ? " " : "";
    const auto end_line = [&] {
      if (!piece.behind.empty()) out_ += (behind ? "  " : "") + piece.behind;
      out_ += '\n';
    };
    if (piece.kind == Node::Kind::null) {
      end_line();
      return;
    }
    if (piece.kind == Node::Kind::scalar) {
      const std::string text = block_text(piece.text, indentation + 2, kWidth - std::min(kWidth, column));
      if (text.empty()) {
        out_ += gap;
        out_ += in_line(piece.text, piece.quoted, false);
        end_line();
        return;
      }
      // A comment may only stand in the first line, behind the indicator.
      const std::size_t first = text.find('\n');
      out_ += gap;
      out_ += text.substr(0, first);
      end_line();
      out_ += text.substr(first + 1) + '\n';
      return;
    }
    if (may_flow(piece, column)) {
      out_ += gap;
      append_flow(out_, piece);
      end_line();
      return;
    }
    if (piece.parts.empty()) {  // With a comment inside and nothing else.
      out_ += gap;
      append_flow(out_, piece);
      end_line();
      comments(piece.after, indentation + 2);
      return;
    }
    end_line();
    block(piece, behind ? indentation + 2 : indentation);
  }

  void comments(const std::vector<std::string>& lines, std::size_t indentation) {
    for (const std::string& line : lines) {
      if (!line.empty()) out_.append(indentation, ' ');
      out_ += line + '\n';
    }
  }

  std::string out_;
};

}  // namespace

std::string write(const Piece& root) { return Writer().write(root); }

std::string write_flow(const Piece& piece) {
  std::string out;
  append_flow(out, piece);
  return out;
}

}  // namespace sallyport::yaml
