#pragma once
// A value as signatures write it: texts with `{...}` in them, tried in order, or a choice by
// another value (conf/catalog/ACTIVITIES.md, "Values").

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"

namespace sallyport::discovery {

// Where a piece of a text comes from.
enum class ValueSource : std::uint8_t {
  literal,
  variable,  // of the host's or the path's pattern
  host,
  path,
  method,
  url,
  query,
  header,
  cookie,
  body,
  token,  // a claim of the bearer's JWT
  reply,
  reply_header,
  status,
  operation,
  raw,  // the request's body as it is
};

// What is done with a value behind a '|'.
struct ValueStep {
  enum class Kind : std::uint8_t {
    json,
    form,
    base64,
    percent,
    jwt,
    last,
    dir,
    before,
    after,
    lower,
    domain,
    mail,  // of the text of a mail: `to`
  };
  Kind kind = Kind::lower;
  std::string argument;  // a path of JSON, a name, a text
};

using ValueSources = std::uint16_t;  // a set of them
constexpr ValueSources set_of(ValueSource source) {
  return static_cast<ValueSources>(1U << static_cast<unsigned>(source));
}
// What is known once the reply's head is; its body is read later still.
constexpr ValueSources kOfReply = static_cast<ValueSources>(
    set_of(ValueSource::reply) | set_of(ValueSource::reply_header) | set_of(ValueSource::status));

struct ValuePiece {
  ValueSource source = ValueSource::literal;
  std::string name;      // the literal; a name; a path of JSON
  std::size_t path = 0;  // of body, reply and token: its index in the signature's selection
  std::vector<ValueStep> steps;
};

struct Value {
  using Text = std::vector<ValuePiece>;  // one after the other
  struct Choice;

  std::vector<Text> texts;               // the first that has a value counts
  bool together = false;                 // all of them count
  std::shared_ptr<const Choice> choice;  // instead of texts
  ValueSources draws = 0;                // where something of it comes from
  Place place;

  bool empty() const { return texts.empty() && choice == nullptr; }
};

struct Value::Choice {
  struct Line {
    std::string pattern;  // a glob, in small letters; "" is no value
    Value value;
  };
  Value of;
  std::vector<Line> lines;
};

// Whether something of it comes from there.
inline bool draws_on(const Value& value, ValueSource source) {
  return (value.draws & set_of(source)) != 0;
}

// Reads "{owner}/{repo}". On a fault an error at `written`, and no value.
std::optional<Value::Text> parse_value_text(const Spanned<std::string>& written,
                                            Diagnostics& found);

}  // namespace sallyport::discovery
