#include "discovery/signatures/exchange_values.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/http/head.h"
#include "discovery/signatures/operation.h"
#include "discovery/signatures/prefix.h"
#include "discovery/signatures/value_steps.h"

namespace sallyport::discovery {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> one(std::string_view text) {
  if (text.empty()) return {};
  return {std::string(text)};
}

std::vector<std::string> named(const Fields& fields, std::string_view name) {
  std::vector<std::string> found;
  for (const auto& [key, value] : fields) {
    if (key == name && !value.empty()) found.push_back(value);
  }
  return found;
}

// A field of a form under the path that JSON would have: ["f.req"] is f.req.
std::string_view field_name(std::string_view path) {
  if (path.starts_with("[\"") && path.ends_with("\"]")) return path.substr(2, path.size() - 4);
  return path;
}

// A cookie of that name (RFC 6265 section 4.2.1), the first of all Cookie fields.
std::string_view find_cookie(const http::Headers& headers, std::string_view name) {
  for (const auto field : headers) {
    if (!iequals(field.name, "cookie")) continue;
    for (const std::string_view part : split(field.value, ';')) {
      const std::string_view cookie = trim(part);
      const std::size_t equals = cookie.find('=');
      if (equals != cookie.npos && cookie.substr(0, equals) == name) {
        return cookie.substr(equals + 1);
      }
    }
  }
  return {};
}

std::vector<std::string> texts_of(std::span<const JsonValue> values) {
  std::vector<std::string> texts;
  for (const JsonValue& value : values) {
    if (texts.size() == ExchangeValues::kMostValues) break;
    if (!value.text.empty()) texts.push_back(value.text);
  }
  return texts;
}

std::unique_ptr<JsonSelector> select(const JsonSelection& paths, std::string_view text) {
  auto selector = std::make_unique<JsonSelector>(paths);
  selector->feed(text);
  selector->end();
  return selector;
}

}  // namespace

Fields read_form(std::string_view text) {
  Fields fields;
  for (std::size_t at = 0; at < text.size() && fields.size() < ExchangeValues::kMostFields;) {
    const std::size_t end = std::min(text.find('&', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    at = end + 1;
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    fields.emplace_back(decode_form(part.substr(0, equals)),
                        decode_form(part.substr(std::min(equals + 1, part.size()))));
  }
  return fields;
}

const Fields& ExchangeValues::query() {
  if (!query_) query_ = read_form(request_.query);
  return *query_;
}

const Fields& ExchangeValues::form() {
  read_body();
  return form_;
}

void ExchangeValues::read_body() {
  if (body_read_) return;
  body_read_ = true;
  const std::string type = http::media_type(request_.content_type);
  if (type == "application/x-www-form-urlencoded") {
    form_ = read_form(request_.body);
  } else if (type == "multipart/form-data") {
    for (BodyPart& part : read_parts(request_.body, request_.content_type)) {
      if (part.name.empty() || form_.size() == kMostFields) continue;
      const bool file = !part.file_name.empty();
      form_.emplace_back(std::move(part.name), file ? part.file_name : std::move(part.data));
    }
  } else if (type.starts_with("multipart/")) {
    for (BodyPart& part : read_parts(request_.body, request_.content_type)) {
      if (part.type != "application/json") continue;
      part_ = std::move(part.data);
      break;
    }
  }
}

const std::string& ExchangeValues::operation() {
  if (!operation_) operation_ = find_operation();
  return *operation_;
}

std::string ExchangeValues::find_operation() { return operation_of(request_, query(), form()); }

std::vector<std::string> ExchangeValues::body_values(const ValuePiece& piece, const Signature* of) {
  if (of == nullptr || request_.body.empty()) return {};
  if (!form().empty()) return named(form(), field_name(piece.name));
  if (body_of_ != of) {
    body_ = select(of->body_paths, part_.empty() ? request_.body : std::string_view(part_));
    body_of_ = of;
  }
  std::vector<std::string> texts = texts_of(body_->values(piece.path));
  // Of a member that is named twice most readers take the last.
  if (body_->repeated(piece.path) && piece.name.find("[]") == std::string::npos) {
    std::ranges::reverse(texts);
  }
  return texts;
}

std::vector<std::string> ExchangeValues::reply_values(const ValuePiece& piece,
                                                      const Signature* of) {
  if (of == nullptr || !reply_ || reply_->body.empty()) return {};
  if (reply_of_ != of) {
    reply_json_ = select(of->reply_paths, reply_->body);
    reply_of_ = of;
  }
  return texts_of(reply_json_->values(piece.path));
}

// Nothing where the piece has no value.
std::optional<std::vector<std::string>> ExchangeValues::piece(const ValuePiece& piece,
                                                              const Signature* of,
                                                              const Variables& bound) {
  std::vector<std::string> values;
  switch (piece.source) {
    case ValueSource::literal:
      values = one(piece.name);
      break;
    case ValueSource::variable:
      for (const auto& [name, value] : bound) {
        if (name == piece.name) values = one(value);
      }
      break;
    case ValueSource::host:
      values = one(request_.host);
      break;
    case ValueSource::path:
      values = one(request_.path);
      break;
    case ValueSource::method:
      values = one(request_.method);
      break;
    case ValueSource::url: {
      std::string url = "https://" + std::string(request_.host) + std::string(request_.path);
      if (!request_.query.empty()) url += '?' + std::string(request_.query);
      values = {std::move(url)};
      break;
    }
    case ValueSource::query:
      values = named(query(), piece.name);
      break;
    case ValueSource::header:
      if (request_.headers != nullptr) {
        values = one(request_.headers->find(piece.name).value_or(""));
      }
      break;
    case ValueSource::cookie:
      if (request_.headers != nullptr) values = one(find_cookie(*request_.headers, piece.name));
      break;
    case ValueSource::body:
      values = body_values(piece, of);
      break;
    case ValueSource::token:
      if (request_.headers != nullptr) {
        const std::string_view field = request_.headers->find("Authorization").value_or("");
        if (istarts_with(field, "bearer ")) values = jwt_claim(trim(field.substr(7)), piece.name);
      }
      break;
    case ValueSource::reply:
      values = reply_values(piece, of);
      break;
    case ValueSource::reply_header:
      if (reply_ && reply_->headers != nullptr) {
        values = one(reply_->headers->find(piece.name).value_or(""));
      }
      break;
    case ValueSource::status:
      if (reply_) values = {std::to_string(reply_->status)};
      break;
    case ValueSource::operation:
      values = one(operation());
      break;
  }
  for (const ValueStep& step : piece.steps) {
    std::vector<std::string> next;
    for (const std::string& value : values) {
      for (std::string& taken : take_step(step, value)) {
        if (next.size() < kMostValues && !taken.empty()) next.push_back(std::move(taken));
      }
    }
    values = std::move(next);
  }
  if (values.empty()) return std::nullopt;
  return values;
}

std::vector<std::string> ExchangeValues::values_of(const Value::Text& text, const Signature* of,
                                                   const Variables& bound) {
  if (text.size() == 1) return piece(text.front(), of, bound).value_or(std::vector<std::string>());
  std::string joined;
  for (const ValuePiece& part : text) {
    const auto values = piece(part, of, bound);
    if (!values) return {};
    joined += values->front();
  }
  return one(joined);
}

std::vector<std::string> ExchangeValues::all(const Value& value, const Signature* of,
                                             const Variables& bound) {
  if (value.choice != nullptr) {
    const std::string by = lower(first(value.choice->of, of, bound));
    for (const Value::Choice::Line& line : value.choice->lines) {
      const bool fits = line.pattern.empty() ? by.empty() : glob_match(line.pattern, by);
      if (fits) return all(line.value, of, bound);
    }
    return {};
  }
  std::vector<std::string> joined;
  for (const Value::Text& text : value.texts) {
    std::vector<std::string> values = values_of(text, of, bound);
    if (values.empty()) continue;
    if (!value.together) return values;
    for (std::string& one : values) {
      if (joined.size() < kMostValues) joined.push_back(std::move(one));
    }
  }
  return joined;
}

std::string ExchangeValues::first(const Value& value, const Signature* of, const Variables& bound) {
  std::vector<std::string> values = all(value, of, bound);
  return values.empty() ? std::string() : std::move(values.front());
}

bool ExchangeValues::holds(const Condition& condition, const Signature* of,
                           const Variables& bound) {
  const std::vector<std::string> values = all(condition.value, of, bound);
  const auto fits = [&] {
    for (const std::string& value : values) {
      const std::string text = lower(value);
      for (const std::string& pattern : condition.patterns) {
        if (glob_match(pattern, text)) return true;
      }
    }
    // "" among the patterns is no value.
    return values.empty() && std::ranges::find(condition.patterns, "") != condition.patterns.end();
  };
  switch (condition.test) {
    case Condition::Test::one_of:
      return fits();
    case Condition::Test::none_of:
      return !fits();
    case Condition::Test::present:
      return !values.empty();
    case Condition::Test::absent:
      return values.empty();
  }
  return false;
}

}  // namespace sallyport::discovery
