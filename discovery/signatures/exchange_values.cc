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

// The first of those that named() finds.
std::string_view first_named(const Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key == name && !value.empty()) return value;
  }
  return {};
}

// The first of those that texts_of() gives, or the last.
std::string_view first_text(std::span<const JsonValue> values, bool last = false) {
  std::string_view found;
  std::size_t count = 0;
  for (const JsonValue& value : values) {
    if (value.text.empty()) continue;
    found = value.text;
    if (!last || ++count == ExchangeValues::kMostValues) break;
  }
  return found;
}

std::vector<std::string> texts_of(std::span<const JsonValue> values) {
  std::vector<std::string> texts;
  for (const JsonValue& value : values) {
    if (texts.size() == ExchangeValues::kMostValues) break;
    if (!value.text.empty()) texts.push_back(value.text);
  }
  return texts;
}

// What it is where it stands in one place and cannot be a list; else null.
const ValuePiece* single(const Value& value) {
  constexpr ValueSources kMayBeLists = set_of(ValueSource::query) | set_of(ValueSource::body) |
                                       set_of(ValueSource::reply) | set_of(ValueSource::token);
  if (value.choice != nullptr || value.texts.size() != 1 || value.texts.front().size() != 1 ||
      (value.draws & kMayBeLists) != 0) {
    return nullptr;
  }
  const ValuePiece& piece = value.texts.front().front();
  return piece.steps.empty() ? &piece : nullptr;
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

void ExchangeValues::set_body(std::string_view body) {
  request_.body = body;
  body_read_ = false;
  form_.clear();
  part_.clear();
  operation_.reset();
  body_of_ = nullptr;
  body_.reset();
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

std::vector<std::string> ExchangeValues::mutations() {
  return mutations_of(request_, query(), form());
}

std::string ExchangeValues::find_operation() { return operation_of(request_, query(), form()); }

const JsonSelector* ExchangeValues::body_json(const Signature* of) {
  if (body_of_ != of) {
    body_ = select(of->body_paths, part_.empty() ? request_.body : std::string_view(part_));
    body_of_ = of;
  }
  return body_.get();
}

const JsonSelector* ExchangeValues::reply_json(const Signature* of) {
  if (of == nullptr || !reply_ || reply_->body.empty()) return nullptr;
  if (reply_of_ != of) {
    reply_json_ = select(of->reply_paths, reply_->body);
    reply_of_ = of;
  }
  return reply_json_.get();
}

const JsonSelector* ExchangeValues::token_json(const Signature* of) {
  if (of == nullptr || request_.headers == nullptr) return nullptr;
  if (!token_) {
    const std::string_view field = request_.headers->find("Authorization").value_or("");
    const bool bearer = istarts_with(field, "bearer ");
    token_ = bearer ? jwt_claims(trim(field.substr(7))) : std::string();
  }
  if (token_->empty()) return nullptr;
  if (token_of_ != of) {
    token_json_ = select(of->token_paths, *token_);
    token_of_ = of;
  }
  return token_json_.get();
}

std::span<const JsonValue> ExchangeValues::body_values(const ValuePiece& piece, const Signature* of,
                                                       bool& last_first) {
  if (of == nullptr) return {};
  const JsonSelector& json = *body_json(of);
  // Of a member that is named twice most readers take the last.
  last_first = json.repeated(piece.path) && piece.name.find("[]") == std::string::npos;
  return json.values(piece.path);
}

std::string_view ExchangeValues::first_of(const ValuePiece& piece, const Signature* of,
                                          const Variables& bound, std::string& room) {
  switch (piece.source) {
    case ValueSource::literal:
      return piece.name;
    case ValueSource::variable: {
      std::string_view last;
      for (const auto& [name, value] : bound) {
        if (name == piece.name) last = value;
      }
      return last;
    }
    case ValueSource::host:
      return request_.host;
    case ValueSource::path:
      return request_.path;
    case ValueSource::method:
      return request_.method;
    case ValueSource::url:
      room = "https://";
      room += request_.host;
      room += request_.path;
      if (!request_.query.empty()) (room += '?') += request_.query;
      return room;
    case ValueSource::query:
      return first_named(query(), piece.name);
    case ValueSource::header:
      if (request_.headers == nullptr) return {};
      return request_.headers->find(piece.name).value_or("");
    case ValueSource::cookie:
      if (request_.headers == nullptr) return {};
      return find_cookie(*request_.headers, piece.name);
    case ValueSource::body: {
      if (request_.body.empty()) return {};
      if (!form().empty()) return first_named(form(), field_name(piece.name));
      bool last = false;
      const std::span<const JsonValue> values = body_values(piece, of, last);
      return first_text(values, last);
    }
    case ValueSource::token: {
      const JsonSelector* json = token_json(of);
      return json == nullptr ? std::string_view() : first_text(json->values(piece.path));
    }
    case ValueSource::reply: {
      const JsonSelector* json = reply_json(of);
      return json == nullptr ? std::string_view() : first_text(json->values(piece.path));
    }
    case ValueSource::reply_header:
      if (!reply_ || reply_->headers == nullptr) return {};
      return reply_->headers->find(piece.name).value_or("");
    case ValueSource::status:
      if (!reply_) return {};
      room = std::to_string(reply_->status);
      return room;
    case ValueSource::operation:
      return operation();
    case ValueSource::raw:
      return request_.body;
  }
  return {};
}

// None where the piece has no value.
std::vector<std::string> ExchangeValues::piece(const ValuePiece& piece, const Signature* of,
                                               const Variables& bound) {
  std::vector<std::string> values;
  const bool of_body = piece.source == ValueSource::body && !request_.body.empty();
  if (piece.source == ValueSource::query) {
    values = named(query(), piece.name);
  } else if (of_body && !form().empty()) {
    values = named(form(), field_name(piece.name));
  } else if (of_body) {
    bool last_first = false;
    values = texts_of(body_values(piece, of, last_first));
    if (last_first) std::ranges::reverse(values);
  } else if (piece.source == ValueSource::token || piece.source == ValueSource::reply) {
    const JsonSelector* json = piece.source == ValueSource::token ? token_json(of) : reply_json(of);
    if (json != nullptr) values = texts_of(json->values(piece.path));
  } else {
    std::string room;
    values = one(first_of(piece, of, bound, room));
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
  return values;
}

std::string ExchangeValues::first_of(const Value::Text& text, const Signature* of,
                                     const Variables& bound) {
  std::string joined;
  std::string room;
  for (const ValuePiece& part : text) {
    const std::size_t before = joined.size();
    if (part.steps.empty()) {
      joined += first_of(part, of, bound, room);
    } else if (const auto values = piece(part, of, bound); !values.empty()) {
      joined += values.front();
    }
    if (joined.size() == before) return {};
  }
  return joined;
}

std::vector<std::string> ExchangeValues::values_of(const Value::Text& text, const Signature* of,
                                                   const Variables& bound) {
  if (text.size() == 1) return piece(text.front(), of, bound);
  return one(first_of(text, of, bound));
}

const Value* ExchangeValues::choose(const Value::Choice& choice, const Signature* of,
                                    const Variables& bound) {
  const std::string by = lower(first(choice.of, of, bound));
  for (const Value::Choice::Line& line : choice.lines) {
    if (line.pattern.empty() ? by.empty() : glob_match(line.pattern, by)) return &line.value;
  }
  return nullptr;
}

std::vector<std::string> ExchangeValues::all(const Value& value, const Signature* of,
                                             const Variables& bound) {
  if (value.choice != nullptr) {
    const Value* chosen = choose(*value.choice, of, bound);
    return chosen == nullptr ? std::vector<std::string>() : all(*chosen, of, bound);
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
  if (value.choice != nullptr) {
    const Value* chosen = choose(*value.choice, of, bound);
    return chosen == nullptr ? std::string() : first(*chosen, of, bound);
  }
  for (const Value::Text& text : value.texts) {
    std::string found = first_of(text, of, bound);
    if (!found.empty()) return found;
  }
  return {};
}

bool ExchangeValues::has(const Value& value, const Signature* of, const Variables& bound) {
  if (value.choice != nullptr) return !first(value, of, bound).empty();
  return std::ranges::any_of(value.texts, [&](const Value::Text& text) {
    std::string room;
    return text.size() == 1 && text.front().steps.empty()
               ? !first_of(text.front(), of, bound, room).empty()
               : !first_of(text, of, bound).empty();
  });
}

bool ExchangeValues::holds(const Condition& condition, const Signature* of,
                           const Variables& bound) {
  using Test = Condition::Test;
  if (condition.test == Test::present) return has(condition.value, of, bound);
  if (condition.test == Test::absent) return !has(condition.value, of, bound);
  const auto fits_one = [&](std::string_view value) {
    std::string small;
    if (std::ranges::any_of(value, [](char c) { return c >= 'A' && c <= 'Z'; })) {
      value = small = lower(value);
    }
    return std::ranges::any_of(
        condition.patterns, [&](const std::string& pattern) { return glob_match(pattern, value); });
  };
  // "" among the patterns is no value.
  const auto fits_none = [&] {
    return std::ranges::find(condition.patterns, "") != condition.patterns.end();
  };
  const auto fits = [&] {
    if (const ValuePiece* piece = single(condition.value)) {
      std::string room;
      const std::string_view value = first_of(*piece, of, bound, room);
      return value.empty() ? fits_none() : fits_one(value);
    }
    const std::vector<std::string> values = all(condition.value, of, bound);
    return values.empty() ? fits_none() : std::ranges::any_of(values, fits_one);
  };
  return fits() == (condition.test == Test::one_of);
}

}  // namespace sallyport::discovery
