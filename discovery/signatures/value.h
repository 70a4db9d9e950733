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
  };
  Kind kind = Kind::lower;
  std::string argument;  // a path of JSON, a name, a text
};

struct ValuePiece {
  ValueSource source = ValueSource::literal;
  std::string name;      // the literal; a name; a path of JSON
  std::size_t path = 0;  // of `body` and `reply`: its index in the signature's selection
  std::vector<ValueStep> steps;
};

struct Value {
  using Text = std::vector<ValuePiece>;  // one after the other
  struct Choice;

  std::vector<Text> texts;               // the first that has a value counts
  bool together = false;                 // all of them count
  std::shared_ptr<const Choice> choice;  // instead of texts
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

// Whether something of it comes from one of these.
bool draws_on(const Value& value, ValueSource source);

// Whether it has no value where that has none.
bool draws_only_on(const Value& value, ValueSource source);

// Reads "{owner}/{repo}". On a fault an error at `written`, and no value.
std::optional<Value::Text> parse_value_text(const Spanned<std::string>& written,
                                            Diagnostics& found);

}  // namespace sallyport::discovery
