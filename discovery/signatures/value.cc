#include "discovery/signatures/value.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "base/core/text.h"
#include "base/json/selection.h"

namespace sallyport::discovery {
namespace {

struct SourceWord {
  std::string_view word;
  ValueSource source;
  bool named;  // "query.NAME"
};

constexpr SourceWord kSources[] = {
    {"body", ValueSource::body, true},
    {"cookie", ValueSource::cookie, true},
    {"header", ValueSource::header, true},
    {"host", ValueSource::host, false},
    {"method", ValueSource::method, false},
    {"operation", ValueSource::operation, false},
    {"path", ValueSource::path, false},
    {"query", ValueSource::query, true},
    {"raw", ValueSource::raw, false},
    {"reply", ValueSource::reply, true},
    {"reply_header", ValueSource::reply_header, true},
    {"status", ValueSource::status, false},
    {"token", ValueSource::token, true},
    {"url", ValueSource::url, false},
};

struct StepWord {
  std::string_view word;
  ValueStep::Kind kind;
  bool argued;  // "json.PATH"
};

constexpr StepWord kSteps[] = {
    {"after", ValueStep::Kind::after, true},    {"base64", ValueStep::Kind::base64, false},
    {"before", ValueStep::Kind::before, true},  {"dir", ValueStep::Kind::dir, false},
    {"domain", ValueStep::Kind::domain, false}, {"form", ValueStep::Kind::form, true},
    {"json", ValueStep::Kind::json, true},      {"jwt", ValueStep::Kind::jwt, true},
    {"last", ValueStep::Kind::last, false},     {"lower", ValueStep::Kind::lower, false},
    {"mail", ValueStep::Kind::mail, true},      {"percent", ValueStep::Kind::percent, false},
};

bool is_variable(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; });
}

// Splits behind the first word: "query.a.b" -> "query", "a.b"; `body["x"]` and `body[].x` -> the
// word, and the rest with its bracket.
std::pair<std::string_view, std::string_view> split_word(std::string_view text) {
  const std::size_t end = text.find_first_of(".[");
  if (end == text.npos) return {text, {}};
  return {text.substr(0, end), text[end] == '.' ? text.substr(end + 1) : text.substr(end)};
}

class TextParser {
 public:
  TextParser(const Spanned<std::string>& written, Diagnostics& found)
      : written_(written), found_(found) {}

  std::optional<Value::Text> parse() {
    const std::string_view text = *written_;
    Value::Text pieces;
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t open = std::min(text.find('{', at), text.size());
      if (open > at) {
        pieces.push_back({ValueSource::literal, std::string(text.substr(at, open - at)), 0, {}});
      }
      if (open == text.size()) break;
      const std::size_t close = closing(text, open);
      if (close == text.npos) {
        return refuse("'{' is not closed", {});
      }
      auto piece = parse_braced(text.substr(open + 1, close - open - 1));
      if (!piece) return std::nullopt;
      pieces.push_back(std::move(*piece));
      at = close + 1;
    }
    return pieces;
  }

 private:
  // Quoted names of JSON may hold anything.
  static std::size_t closing(std::string_view text, std::size_t open) {
    bool quoted = false;
    for (std::size_t i = open; i < text.size(); ++i) {
      if (text[i] == '"') quoted = !quoted;
      if (text[i] == '}' && !quoted) return i;
    }
    return text.npos;
  }

  std::nullopt_t refuse(std::string message, std::string hint) {
    found_.error(written_.place, std::move(message), std::move(hint));
    return std::nullopt;
  }

  bool check_json_path(std::string_view path) {
    JsonSelection selection;
    const auto added = selection.add(path);
    if (added) return true;
    refuse(fmt::format("'{}' is no path in JSON: {}", path, added.error().what),
           "such as item.name, recipients[].email, [0].id or [\"@odata.type\"]");
    return false;
  }

  std::optional<ValuePiece> parse_braced(std::string_view inside) {
    const std::vector<std::string_view> parts = split_steps(inside);
    ValuePiece piece;
    const std::string_view first = trim(parts.front());
    const auto [word, rest] = split_word(first);
    const auto* source = std::ranges::find(kSources, word, &SourceWord::word);
    // "{token}" may well be a variable.
    if (source == std::end(kSources) || (source->named && rest.empty())) {
      if (!is_variable(first)) {
        std::vector<std::string_view> words;
        for (const SourceWord& one : kSources) words.push_back(one.word);
        return refuse(fmt::format("'{{{}}}' is nothing that a value comes from", first),
                      did_you_mean(word, words));
      }
      piece.source = ValueSource::variable;
      piece.name = first;
    } else {
      piece.source = source->source;
      if (!source->named && !rest.empty())
        return refuse(fmt::format("'{}' has no parts", word), "");
      piece.name = rest;
      const bool json = piece.source == ValueSource::body || piece.source == ValueSource::reply ||
                        piece.source == ValueSource::token;
      if (json && !check_json_path(rest)) return std::nullopt;
    }
    for (std::size_t i = 1; i < parts.size(); ++i) {
      auto step = parse_step(trim(parts[i]));
      if (!step) return std::nullopt;
      piece.steps.push_back(std::move(*step));
    }
    return piece;
  }

  // At '|', but not inside of quotes.
  static std::vector<std::string_view> split_steps(std::string_view text) {
    std::vector<std::string_view> parts;
    bool quoted = false;
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '"') quoted = !quoted;
      if (text[i] != '|' || quoted) continue;
      parts.push_back(text.substr(from, i - from));
      from = i + 1;
    }
    parts.push_back(text.substr(from));
    return parts;
  }

  std::optional<ValueStep> parse_step(std::string_view text) {
    const std::size_t end = std::min(text.find_first_of(".["), text.size());
    const std::string_view word = text.substr(0, end);
    const std::string_view rest =
        end < text.size() && text[end] == '.' ? text.substr(end + 1) : text.substr(end);
    const auto* known = std::ranges::find(kSteps, word, &StepWord::word);
    if (known == std::end(kSteps)) {
      std::vector<std::string_view> words;
      for (const StepWord& one : kSteps) words.push_back(one.word);
      return refuse(fmt::format("'{}' is nothing that is done with a value", word),
                    did_you_mean(word, words));
    }
    if (known->argued == rest.empty()) {
      return refuse(known->argued ? fmt::format("'{}' needs something behind it", word)
                                  : fmt::format("'{}' takes nothing behind it", word),
                    known->argued ? fmt::format("such as {}.name", word) : "");
    }
    const bool json = known->kind == ValueStep::Kind::json || known->kind == ValueStep::Kind::jwt;
    if (json && !check_json_path(rest)) return std::nullopt;
    if (known->kind == ValueStep::Kind::mail && rest != "to") {
      return refuse(fmt::format("'{}' is nothing that a mail has here", rest), "mail.to");
    }
    return ValueStep{known->kind, std::string(rest)};
  }

  const Spanned<std::string>& written_;
  Diagnostics& found_;
};

}  // namespace

std::optional<Value::Text> parse_value_text(const Spanned<std::string>& written,
                                            Diagnostics& found) {
  return TextParser(written, found).parse();
}

}  // namespace sallyport::discovery
