#include "discovery/imports/line_layout.h"

#include <fmt/format.h>

#include "discovery/imports/parsers.h"
#include "discovery/imports/scan.h"
#include "discovery/imports/syslog_header.h"

namespace sallyport::discovery::imports {
namespace {

// The first of those that a format has counts.
constexpr NamedRole kCodes[] = {
    {"tl", Role::time},       {"tg", Role::time},         {">a", Role::client},
    {"un", Role::user},       {"ul", Role::user},         {"ue", Role::user},
    {"ui", Role::user},       {"ru", Role::url},          {">ru", Role::url},
    {"<ru", Role::url},       {"rs", Role::scheme},       {">rs", Role::scheme},
    {"rd", Role::host},       {">rd", Role::host},        {"ssl::>sni", Role::host},
    {"{host}>h", Role::host}, {"rP", Role::port},         {">rP", Role::port},
    {"<p", Role::port},       {"rp", Role::path},         {">rp", Role::path},
    {"<a", Role::server},     {"rm", Role::method},       {">rm", Role::method},
    {">st", Role::up},        {"<st", Role::down},        {"st", Role::total},
    {">Hs", Role::status},    {"<Hs", Role::status},      {"Hs", Role::status},
    {"Ss", Role::action},     {"mt", Role::content_type}, {"{user-agent}>h", Role::user_agent},
};

bool is_code_byte(char c) {
  return is_alpha(c) || is_digit(c) || c == '<' || c == '>' || c == ':' || c == '_';
}

}  // namespace

// The codes of a format, from its front.
class LayoutReader {
 public:
  LayoutReader(const Spanned<std::string>& written, Diagnostics& found)
      : written_(written), text_(written.value), found_(found) {}

  std::shared_ptr<const LineLayout> read() {
    auto layout = std::make_shared<LineLayout>();
    if (text_.size() > LineLayout::kMaxText) {
      error(0, 1, fmt::format("more than {} bytes", LineLayout::kMaxText));
      return nullptr;
    }
    layout->front_ = take_text();
    while (at_ < text_.size()) {
      const std::size_t begin = at_;
      LineLayout::Piece piece = take_code();
      piece.behind = take_text();
      if (piece.behind.empty() && at_ < text_.size()) {
        error(begin, at_ - begin, "nothing stands between this code and the next",
              "a blank, or anything else that tells where a value ends");
      }
      layout->pieces_.push_back(std::move(piece));
      if (layout->pieces_.size() > LineLayout::kMaxPieces) {
        error(begin, 1, fmt::format("more than {} codes", LineLayout::kMaxPieces));
        break;
      }
    }
    judge(*layout);
    return layout;
  }

 private:
  void error(std::size_t at, std::size_t size, std::string message, std::string hint = {}) {
    Place place = written_.place;
    place.column += static_cast<std::uint32_t>(at);
    place.length = static_cast<std::uint32_t>(std::max<std::size_t>(size, 1));
    found_.error(place, std::move(message), std::move(hint));
  }

  // Up to the next code; "%%" is a percent sign.
  std::string take_text() {
    std::string text;
    while (at_ < text_.size()) {
      if (text_[at_] == '%') {
        if (!text_.substr(at_).starts_with("%%")) break;
        ++at_;
      }
      text += text_[at_++];
    }
    return text;
  }

  // %[encoding][-][[0]width][.most][{argument}]code[{argument}]
  LineLayout::Piece take_code() {
    const std::size_t begin = at_++;
    LineLayout::Piece piece;
    piece.percent = true;
    if (at_ < text_.size() &&
        std::string_view("\"['#/").find(text_[at_]) != std::string_view::npos) {
      piece.percent = text_[at_] == '#' || text_[at_] == '[';
      ++at_;
    }
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '-' || text_[at_] == '.')) {
      ++at_;
    }
    std::string argument = take_argument();
    const std::size_t name = at_;
    while (at_ < text_.size() && is_code_byte(text_[at_])) ++at_;
    const std::string_view code = text_.substr(name, at_ - name);
    if (argument.empty()) argument = take_argument();
    if (code.empty()) {
      error(begin, at_ - begin, "a percent sign without a code", "%% is a percent sign");
      return piece;
    }
    if (code == "ts") piece.special = LineLayout::Special::seconds;
    if (code == "tu") piece.special = LineLayout::Special::fraction;
    const std::string full =
        argument.empty() ? std::string(code) : "{" + lower(argument) + "}" + std::string(code);
    for (std::size_t i = 0; i < std::size(kCodes); ++i) {
      if (kCodes[i].name != full) continue;
      piece.role = kCodes[i].role;
      piece.rank = static_cast<std::uint8_t>(i);
    }
    return piece;
  }

  std::string take_argument() {
    if (at_ >= text_.size() || text_[at_] != '{') return {};
    const std::size_t end = text_.find('}', at_);
    if (end == text_.npos) {
      error(at_, text_.size() - at_, "'{' without '}'");
      at_ = text_.size();
      return {};
    }
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return std::string(inside);
  }

  void judge(const LineLayout& layout) {
    bool time = false, destination = false;
    for (const LineLayout::Piece& piece : layout.pieces_) {
      time |= piece.special == LineLayout::Special::seconds || piece.role == Role::time;
      destination |=
          piece.role == Role::url || piece.role == Role::host || piece.role == Role::server;
    }
    if (!time) error(0, text_.size(), "the format has no time", "%ts.%03tu, or [%tl]");
    if (!destination) error(0, text_.size(), "the format tells no destination", "%ru");
  }

  const Spanned<std::string>& written_;
  const std::string_view text_;
  Diagnostics& found_;
  std::size_t at_ = 0;
};

Checked<std::shared_ptr<const LineLayout>> LineLayout::parse(const Spanned<std::string>& written) {
  Diagnostics found;
  auto layout = LayoutReader(written, found).read();
  if (found.has_errors()) return std::unexpected(std::move(found));
  return layout;
}

namespace {

// Blanks of a format stand for one or more of a line, because values are aligned.
bool take_text(std::string_view& rest, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (rest.empty() || rest.front() != text[i]) return false;
    rest.remove_prefix(1);
    if (text[i] != ' ') continue;
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    while (i + 1 < text.size() && text[i + 1] == ' ') ++i;
  }
  return true;
}

// Where a value ends that has `behind` behind it.
std::size_t value_end(std::string_view rest, std::string_view behind, Role role) {
  if (behind.empty()) return rest.size();
  const char stop = behind.front();
  if (role == Role::time && stop == ' ') {
    // "27/Nov/2026:17:49:03 +0000" has a blank inside.
    const std::size_t blank = rest.find(' ');
    return blank == rest.npos ? rest.size() : std::min(rest.find(' ', blank + 1), rest.size());
  }
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (stop == '"' && rest[i] == '\\') {
      ++i;
    } else if (rest[i] == stop && (behind.size() == 1 || stop == ' ' ||
                                   rest.substr(i).starts_with(behind.substr(
                                       0, std::min(behind.find(' '), behind.size()))))) {
      return i;
    }
  }
  return rest.npos;
}

std::string_view percent_decoded(std::string_view text, std::string& out) {
  if (text.find('%') == text.npos) return text;
  const std::size_t begin = out.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return std::string_view(out).substr(begin);
}

}  // namespace

bool LineLayout::take(std::string_view line, Fields& fields, std::string& decoded) const {
  // No more comes out than went in, so what was put there does not move; and the time is short.
  decoded.clear();
  decoded.reserve(line.size() + 64);
  std::string_view rest = line, seconds, fraction;
  if (!take_text(rest, front_)) return false;
  for (const Piece& piece : pieces_) {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    const std::size_t end = value_end(rest, piece.behind, piece.role);
    if (end == rest.npos) return false;
    std::string_view value = trim(rest.substr(0, end));
    rest.remove_prefix(end);
    if (!take_text(rest, piece.behind)) return false;
    if (piece.special == Special::seconds) seconds = value;
    if (piece.special == Special::fraction) fraction = value;
    if (piece.role == Role::user && piece.percent) value = percent_decoded(value, decoded);
    fields.set(piece.role, value, piece.rank);
  }
  if (!trim(rest).empty()) return false;
  if (!seconds.empty() && seconds.size() + fraction.size() < 60) {
    const std::size_t begin = decoded.size();
    decoded += seconds;
    if (!fraction.empty()) (decoded += '.') += fraction;
    fields.set(Role::time, std::string_view(decoded).substr(begin));
  }
  return true;
}

namespace {

class LayoutParser final : public LineParser {
 public:
  LayoutParser(const TimeOptions& times, std::shared_ptr<const LineLayout> layout)
      : LineParser(times), layout_(std::move(layout)) {}

  Reading read(std::string_view line, LogRecord& record) override {
    if (line.empty()) return Reading::aside;
    fields_.clear();
    if (!layout_->take(line, fields_, decoded_)) {
      const std::string_view message = read_syslog(line).message;
      if (message.size() == line.size()) return Reading::shape;
      fields_.clear();
      if (!layout_->take(message, fields_, decoded_)) return Reading::shape;
    }
    if (fields_.get(Role::url).starts_with("error:")) return Reading::aside;
    const std::string_view action = fields_.get(Role::action);
    const Reading reading = fields_.into(record, times_, destinations_);
    if (action.find("DENIED") != action.npos) {
      if (record.status == 407) return Reading::aside;  // a challenge, as of squid.cc
      record.action = LogAction::blocked;
    } else if (action.starts_with("TCP_")) {
      record.action = LogAction::allowed;
    }
    return reading;
  }

 private:
  const std::shared_ptr<const LineLayout> layout_;
  Fields fields_;
  DestinationReader destinations_;
  std::string decoded_;
};

}  // namespace

ParserPtr make_logformat(const TimeOptions& times, std::shared_ptr<const LineLayout> layout) {
  return std::make_unique<LayoutParser>(times, std::move(layout));
}

}  // namespace sallyport::discovery::imports
