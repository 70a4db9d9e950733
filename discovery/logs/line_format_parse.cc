// From the text of a format to its pieces, or to everything that is wrong with it.

#include <algorithm>

#include "base/core/check.h"
#include "base/core/text.h"
#include "base/core/utf8.h"
#include "discovery/logs/line_pieces.h"
#include "discovery/logs/record_fields.h"

namespace sallyport::discovery {
namespace {

constexpr LineCodeRow kCodes[] = {
    {">Hs", LineCode::status},  // First, for whoever writes Hs: the nearest one is suggested.
    {"ts", LineCode::seconds},
    {"tu", LineCode::milliseconds},
    {"tl", LineCode::local_time},
    {"tg", LineCode::local_time},
    {"tr", LineCode::response_time},
    {">a", LineCode::client_address},
    {">p", LineCode::client_port},
    {"<a", LineCode::server_address},
    {"<p", LineCode::server_port},
    {"un", LineCode::user},
    {"ul", LineCode::signed_in_user},
    {"Ss", LineCode::result},
    {"Sh", LineCode::hierarchy},
    {"rm", LineCode::method},
    {">rm", LineCode::method},
    {"ru", LineCode::url, Escape::url},
    {">ru", LineCode::url, Escape::url},
    {"rp", LineCode::url_path, Escape::url},
    {">rp", LineCode::url_path, Escape::url},
    {">rs", LineCode::scheme},
    {">rd", LineCode::host},
    {">rP", LineCode::port},
    {"mt", LineCode::media_type},
    {"<st", LineCode::bytes_out},
    {">st", LineCode::bytes_in},
    {">h", LineCode::header},
    {"ssl::bump_mode", LineCode::bump_mode},
};

// The longest code that `text` begins with, or null.
const LineCodeRow* find_code(std::string_view text) {
  const LineCodeRow* found = nullptr;
  for (const LineCodeRow& row : kCodes) {
    if (text.starts_with(row.name) && (!found || row.name.size() > found->name.size()))
      found = &row;
  }
  return found;
}

class Parser {
 public:
  explicit Parser(const Spanned<std::string>& written)
      : text_(written.value), place_(written.place) {
    compiled_.text = text_;
    // Where the text stands in its file letter by letter, a diagnostic points at the letter.
    if (!place_.source || place_.line == 0) return;
    std::string_view source = place_.source->text;
    for (std::uint32_t line = 1; line < place_.line; ++line) {
      source.remove_prefix(std::min(source.find('\n'), source.size() - 1) + 1);
    }
    source = source.substr(0, source.find('\n'));
    std::size_t column = place_.column == 0 ? 0 : place_.column - 1;
    if (column < source.size() && (source[column] == '\'' || source[column] == '"')) ++column;
    if (column <= source.size() && source.substr(column).starts_with(text_)) {
      letter_by_letter_ = true;
      first_column_ = static_cast<std::uint32_t>(column + 1);
    }
  }

  Checked<LineFormat::Compiled> parse() {
    if (text_.size() > LineFormat::kMaxText) {
      error(0, 1, "a format has at most " + std::to_string(LineFormat::kMaxText) + " bytes");
    } else if (text_.find('%') == std::string::npos) {
      std::string hint = did_you_mean(text_, {"json", "squid"});
      if (hint.empty()) hint = "json, squid, or codes such as %ts %>a %un %rm %ru";
      error(0, text_.size(), "'" + std::string(text_) + "' is no format of a log", std::move(hint));
    } else {
      while (at_ < text_.size()) step();
      compiled_.after = std::move(literal_);
      if (in_quotes_) {
        error(quote_at_, 1, "this quote is never closed");
      }
    }
    if (diagnostics_.has_errors()) return std::unexpected(std::move(diagnostics_));
    return std::move(compiled_);
  }

 private:
  void error(std::size_t at, std::size_t length, std::string message, std::string hint = {}) {
    Place place = place_;
    if (letter_by_letter_) {
      place.column = first_column_ + static_cast<std::uint32_t>(at);
      place.length = static_cast<std::uint32_t>(std::max<std::size_t>(length, 1));
    }
    diagnostics_.error(place, std::move(message), std::move(hint));
  }

  void step() {
    const char c = text_[at_];
    if (c == '%') {
      if (text_.substr(at_).starts_with("%%")) {
        literal_ += '%';
        at_ += 2;
      } else {
        code();
      }
      return;
    }
    const Utf8Char next = decode_utf8(text_.substr(at_));
    if (next.code == kNotUtf8 || (c != '\t' && is_steering(next.code))) {
      error(at_, next.size, "a line holds no control character but tabs");
    } else if (c == '"') {
      in_quotes_ = !in_quotes_;
      quote_at_ = at_;
    } else if (c == '\\' && in_quotes_) {
      error(at_, 1, "a backslash between quotes would join what follows it",
            "values escape themselves; leave it out");
    }
    literal_ += text_.substr(at_, next.size);
    at_ += next.size;
  }

  std::size_t number() {
    std::size_t value = 0;
    const std::size_t from = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) {
      value = std::min<std::size_t>(value * 10 + static_cast<std::size_t>(text_[at_] - '0'), 9999);
      ++at_;
    }
    if (value > LineFormat::kMaxWidth) {
      error(from, at_ - from, "a width is at most " + std::to_string(LineFormat::kMaxWidth));
    }
    return value;
  }

  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // From a % on.
  void code() {
    const std::size_t begin = at_++;
    LinePiece piece;
    std::optional<Escape> escape;
    if (take('"')) {
      escape = Escape::quoted;
      if (!in_quotes_) {
        error(begin, 2, "this encoding is for values between quotes",
              "write \"%\"un\" or use no encoding");
      }
    } else if (take('[')) {
      escape = Escape::squid;
    } else if (take('#')) {
      escape = Escape::percent;
    } else if (take('\'') || take('/')) {
      error(begin, 2, "values are never written raw, nor for a shell",
            "leave the encoding out, or use \" [ or #");
    }
    piece.left = take('-');
    piece.zeros = at_ < text_.size() && text_[at_] == '0';
    piece.least = number();
    if (take('.')) {
      const std::size_t from = at_;
      piece.most = number();
      if (piece.most == 0) error(from, 1, "a number from 1 must follow the point of a width");
    }
    piece.before = std::move(literal_);
    literal_.clear();
    if (take('{')) {
      argument(begin, piece);
    } else {
      named(begin, piece);
    }
    if (escape) piece.escape = *escape;
    compiled_.pieces.push_back(std::move(piece));
  }

  void named(std::size_t begin, LinePiece& piece) {
    const LineCodeRow* row = find_code(text_.substr(at_));
    if (row == nullptr) return unknown(begin);
    at_ += row->name.size();
    piece.code = row->code;
    piece.escape = row->escape;
    if (row->code == LineCode::header) {
      error(begin, at_ - begin, "heads are not kept but for one field", "write %{User-Agent}>h");
    }
  }

  void unknown(std::size_t begin) {
    // What the author may have meant as one word.
    std::size_t end = at_;
    while (end < text_.size() &&
           (is_alpha(text_[end]) ||
            std::string_view("<>:_").find(text_[end]) != std::string_view::npos)) {
      ++end;
    }
    const std::string word(text_.substr(at_, end - at_));
    at_ = end;
    if (word.empty()) {
      return error(begin, 1, "a code must follow the percent sign", "%% is a percent sign");
    }
    std::vector<std::string_view> names;
    for (const LineCodeRow& row : kCodes) names.push_back(row.name);
    std::string hint = did_you_mean(word, names);
    if (hint.empty() && is_record_field(word)) hint = "did you mean %{" + word + "}?";
    error(begin, end - begin, "unknown code '%" + word + "'", std::move(hint));
  }

  // Behind %{.
  void argument(std::size_t begin, LinePiece& piece) {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) {
      at_ = text_.size();
      return error(begin, at_ - begin, "this brace is never closed");
    }
    const std::size_t from = at_;
    const std::string name(text_.substr(at_, end - at_));
    at_ = end + 1;
    if (text_.substr(at_).starts_with(">h")) {
      at_ += 2;
      piece.code = LineCode::header;
      if (!iequals(name, "User-Agent")) {
        error(from, name.size(), "'" + name + "' is not kept of a head",
              "of a request's fields only User-Agent is");
      }
      return;
    }
    if (!is_record_field(name)) {
      const auto fields = record_fields();
      std::string hint = did_you_mean(name, {fields.begin(), fields.end()});
      if (hint.empty()) hint = "a field of the JSON record, such as client.ip or policy";
      return error(from, name.size(), "the record has no field '" + name + "'", std::move(hint));
    }
    auto& known = compiled_.fields;
    const auto found = std::find(known.begin(), known.end(), name);
    piece.field = static_cast<std::size_t>(found - known.begin());
    if (found == known.end()) known.push_back(name);
  }

  const std::string_view text_;
  const Place place_;
  bool letter_by_letter_ = false;
  std::uint32_t first_column_ = 0;
  std::size_t at_ = 0;
  std::string literal_;
  bool in_quotes_ = false;
  std::size_t quote_at_ = 0;
  LineFormat::Compiled compiled_;
  Diagnostics diagnostics_;
};

}  // namespace

std::span<const LineCodeRow> line_codes() { return kCodes; }

LineFormat LineFormat::json() {
  auto compiled = std::make_shared<Compiled>();
  compiled->text = "json";
  compiled->json = true;
  return LineFormat(std::move(compiled));
}

LineFormat LineFormat::squid() {
  // squid.conf's own `logformat squid`.
  auto compiled =
      Parser({"%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt", {}}).parse();
  CHECK(compiled.has_value());
  compiled->text = "squid";
  return LineFormat(std::make_shared<const Compiled>(std::move(*compiled)));
}

Checked<LineFormat> LineFormat::parse(const Spanned<std::string>& written) {
  if (*written == "json") return json();
  if (*written == "squid") return squid();
  auto compiled = Parser(written).parse();
  if (!compiled) return std::unexpected(std::move(compiled.error()));
  return LineFormat(std::make_shared<const Compiled>(std::move(*compiled)));
}

}  // namespace sallyport::discovery
