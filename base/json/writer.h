#pragma once
// JSON text (RFC 8259), appended to a string as it is said. What comes out is always valid: bytes
// that are no UTF-8 become U+FFFD, quotes and everything that steers a terminal or a reader
// (is_steering) are escaped, numbers that JSON does not know become null.
//
//   std::string out;
//   JsonWriter json(out);
//   json.begin_object();
//   json.member("user", user);
//   json.key("labels");
//   json.begin_array();
//   for (const auto& label : labels) json.string(label);
//   json.end_array();
//   json.end_object();                       // {"user":"ana","labels":["secret"]}
//
// INVARIANT: one writer writes one value. A call where JSON allows none of its kind (a value
// without its key, a second top value, an end that fits no beginning, more than 32 levels) is a
// CHECK: callers are our own code, never input. Lifetime: the string outlives the writer. Allocates
// nothing but that string.

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport {

// A key that stands in the source: that each of its bytes stands for itself in JSON is seen when it
// is compiled, and not again each time it is written.
class JsonKey {
 public:
  consteval JsonKey(
      const char* literal)  // NOLINT(google-explicit-constructor): as a literal is one.
      : text_(literal) {
    for (const char c : text_) {
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') throw "not a plain key";
    }
  }

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

class JsonWriter {
 public:
  static constexpr std::size_t kMaxDepth = 32;

  explicit JsonWriter(std::string& out) : out_(out) {}
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();

  void key(std::string_view key);  // Keys are the caller's to keep unique.
  void known_key(JsonKey key);     // The same, where each instruction counts.

  void string(std::string_view value);
  void number(std::integral auto value) {
    if constexpr (std::signed_integral<decltype(value)>) {
      signed_number(value);
    } else {
      unsigned_number(value);
    }
  }
  void number(bool) = delete;  // boolean()
  void number(double value);   // The shortest text that reads back as the same number.
  void boolean(bool value);
  void null();

  // key() and value in one.
  void member(std::string_view name, std::string_view value) { key(name), string(value); }
  // Without this one a literal would be taken for a bool.
  void member(std::string_view name, const char* value) { key(name), string(value); }
  void member(std::string_view name, std::integral auto value) { key(name), number(value); }
  void member(std::string_view name, double value) { key(name), number(value); }
  void member(std::string_view name, bool value) { key(name), boolean(value); }

  // Whether the one value has been written to its end.
  bool complete() const { return depth_ == 0 && begun_; }

 private:
  struct Level {
    bool object = false;
    bool empty = true;
    bool after_key = false;
  };

  Level& enter_key();
  void signed_number(std::int64_t value);
  void unsigned_number(std::uint64_t value);
  char next_value();    // Whether a value may stand here; the comma before it, or 0.
  void before_value();  // The same, and writes the comma.
  void begin(bool object);
  void end(bool object);
  // `before` and `after` stand outside of the quotes; 0: nothing.
  void append_quoted(std::string_view text, char before, char after);
  void append_escaped(std::string_view text);

  std::string& out_;
  std::array<Level, kMaxDepth> levels_{};
  std::size_t depth_ = 0;
  bool begun_ = false;
};

}  // namespace sallyport
