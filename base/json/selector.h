#pragma once
// Takes the wanted values out of a JSON text (RFC 8259) that comes in pieces, without keeping the
// text: for bodies that belong to others and that are only looked at while they pass.
//
//   JsonSelector names(wanted);                  // a JsonSelection (selection.h)
//   names.feed(piece); ... names.end();
//   for (const JsonValue& value : names.values(email)) ...
//
// How the text is cut into pieces changes nothing. Values are told in the order of the text:
//   strings            unescaped; UTF-8, what is none becomes U+FFFD
//   numbers, booleans  as they are written
//   null               no value
//   objects, lists     as they are written, blanks and escapes included
//
// What may fool a reader is settled so that whoever reads the same text otherwise is not believed
// over us: of a member that is named twice both values are told, and repeated() says so. Inside
// strings everything is taken that any server takes (controls, unknown escapes, halves of
// surrogates); outside of them the grammar is strict, and the reading ends where it is broken.
// A byte order mark and the guards that replies are sent with against inclusion as scripts,
// )]}' and for(;;); and while(1);, are passed over. What follows the value is not read.
//
// Memory: at most kMostBytes for values (each counts as its bytes and kValueCost more) and
// kLongestValue for the one that is being read. Time is linear, whatever the text.
// INVARIANT: nothing throws but for want of memory. Lifetime: the selection outlives the selector.

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/selection.h"

namespace sallyport {

struct JsonValue {
  enum class Kind : std::uint8_t { string, number, boolean, object, array };
  Kind kind = Kind::string;
  bool cut = false;  // the value is longer; this is how it begins
  std::string text;
};

// Why a text's end was not reached.
enum class JsonFault : std::uint8_t {
  none,
  broken_off,  // it is JSON as far as it goes
  not_json,
  too_deep,
};

class JsonSelector {
 public:
  static constexpr std::size_t kDeepest = 1024;                // levels
  static constexpr std::size_t kMostValues = 1000;             // of one path
  static constexpr std::size_t kLongestValue = 1024 * 1024;    // bytes of a string or number
  static constexpr std::size_t kLongestStructure = 16 * 1024;  // bytes of an object or a list
  static constexpr std::size_t kMostBytes = 2 * 1024 * 1024;   // bytes of all values
  static constexpr std::size_t kValueCost = 48;                // bytes

  explicit JsonSelector(const JsonSelection& wanted);

  void feed(std::string_view bytes);
  // The text ends here. A string or a structure that it breaks off in is told as cut; a number or a
  // word is none.
  void end();

  // The values of the path with this index, those that have ended.
  std::span<const JsonValue> values(std::size_t path) const { return values_[path]; }
  // The first of them; "" where there is none.
  std::string_view first(std::size_t path) const {
    return values_[path].empty() ? std::string_view() : std::string_view(values_[path][0].text);
  }

  // Whether some object had a member on the way to this path's values more than once.
  bool repeated(std::size_t path) const;
  // Whether a limit kept a value, or a part of one, from being told.
  bool dropped() const { return dropped_; }
  // Whether something but blanks follows the value.
  bool trailing() const { return trailing_; }
  // Whether the value has ended: more bytes change nothing but trailing().
  bool complete() const { return state_ == State::done; }
  // `none` once the value is complete. Before end() a text that goes on is `broken_off`.
  JsonFault fault() const;
  // How many bytes were read up to the end of the value, or to the byte that is no JSON.
  std::uint64_t read() const { return read_; }

 private:
  using NodeId = JsonSelection::NodeId;
  enum class State : std::uint8_t {
    guard,           // before the first byte of JSON
    value,           // a value must follow
    value_or_close,  // after '['
    key,             // after ',' in an object
    key_or_close,    // after '{'
    colon,
    after_value,  // ',' or the end of the structure
    string,
    escape,
    unicode,
    number,
    word,
    done,
    failed,
  };
  enum class Digits : std::uint8_t { minus, zero, whole, dot, fraction, e, sign, exponent };
  // An object or list that some path goes through. Levels below one that none goes through have
  // no frame.
  struct Frame {
    std::size_t nodes = 0;  // where its nodes begin in nodes_
    std::size_t seen = 0;   // where the members that it had begin in seen_
    std::uint32_t index = 0;
  };
  // An object or list whose text is wanted, and has not ended.
  struct Capture {
    std::size_t path = 0;
    std::size_t depth = 0;
    const char* from = nullptr;  // in this piece
    JsonValue value;
  };

  // Each reads from `at`, which is no end, and tells where to go on.
  const char* step(const char* at, const char* end);
  const char* guard(const char* at);
  const char* value(const char* at);
  const char* after_value(const char* at);
  const char* string(const char* at, const char* end);
  const char* escape(const char* at);
  const char* unicode(const char* at);
  const char* number(const char* at, const char* end);
  const char* word(const char* at);
  const char* fail(const char* at, JsonFault fault = JsonFault::not_json);

  bool framed() const { return frames_.size() == depth_; }
  const char* open(bool object, const char* at);
  const char* close(const char* at);
  void match_element();
  void begin_key();
  void end_key();
  void end_value();

  void begin_scalar(JsonValue::Kind kind);
  void keep(std::string_view bytes);
  void keep_code(std::uint32_t code);
  void settle_half();
  void store_scalar();
  bool take_room(std::size_t path, std::size_t bytes);
  void collect(Capture& capture, const char* end);
  void end_capture(Capture& capture);

  const JsonSelection& wanted_;
  std::vector<std::vector<JsonValue>> values_;
  std::vector<bool> repeated_;  // by node
  std::size_t bytes_ = 0;
  bool dropped_ = false;
  bool trailing_ = false;

  State state_ = State::guard;
  JsonFault fault_ = JsonFault::none;
  std::uint64_t read_ = 0;
  std::string guard_;     // what has come of a guard
  bool guarded_ = false;  // a comma may follow it

  std::size_t depth_ = 0;
  std::bitset<kDeepest> objects_;  // by level: object or list
  std::vector<Frame> frames_;
  std::vector<NodeId> nodes_;    // that the frames stand for
  std::vector<NodeId> seen_;     // members that the frames' objects had
  std::vector<NodeId> matched_;  // what the value that comes next stands for
  std::vector<Capture> captures_;

  bool in_key_ = false;
  bool kept_ = false;  // whether the bytes of this string, number or word are collected
  bool cut_ = false;   // and whether they were too many
  JsonValue::Kind kind_ = JsonValue::Kind::string;
  std::string scratch_;
  std::size_t most_ = 0;  // bytes that scratch_ may hold
  std::uint32_t unit_ = 0;
  int digits_ = 0;          // of the escape \uXXXX, that have come
  std::uint32_t half_ = 0;  // a first half of a surrogate pair, or 0
  Digits number_ = Digits::minus;
  std::string_view word_;  // what must follow of true, false or null
};

}  // namespace sallyport
