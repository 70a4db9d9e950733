#pragma once
// A JSON text (RFC 8259) walked once from front to back, value by value, without building a tree.
//
//   JsonCursor cursor(text);
//   const bool read = cursor.object([&](std::string_view key) {
//     if (key == "user") return cursor.string(user);
//     return cursor.skip();
//   }) && cursor.at_end();
//
// INVARIANT: a member that returns false has failed the whole walk; nothing is to be read after it.
// Strict: no comments, no trailing commas, no control characters in strings, no half surrogates,
// UTF-8 only, at most kMaxDepth levels. Lifetime: the text outlives the cursor.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport {

class JsonCursor {
 public:
  static constexpr int kMaxDepth = 32;

  explicit JsonCursor(std::string_view text) : rest_(text) {}

  // Calls `member(key)` for each member; it must consume the value, and return whether that went
  // well.
  template <class Member>
  bool object(Member member) {
    if (!open('{')) return false;
    for (bool first = true; !close('}'); first = false) {
      std::string key;
      if (!comma(first) || !string(key) || !take(':') || !member(std::string_view(key)))
        return false;
    }
    return true;
  }

  // Calls `element()` for each element; likewise.
  template <class Element>
  bool array(Element element) {
    if (!open('[')) return false;
    for (bool first = true; !close(']'); first = false) {
      if (!comma(first) || !element()) return false;
    }
    return true;
  }

  bool string(std::string& out);
  // Whole numbers without fraction or exponent, that fit.
  bool number(std::uint64_t& out);
  bool number(std::int64_t& out);
  bool number(double& out);  // Any number that a double can hold.
  bool boolean(bool& out);

  // One value of any kind.
  bool skip();
  // Likewise; `text` is the value as it stands there, escapes and all.
  bool raw(std::string_view& text);

  // What the next value begins like; `nothing` at the end and where no value begins so.
  enum class Kind : std::uint8_t { nothing, null, boolean, number, string, array, object };
  Kind next();

  // Bytes not read yet: where in the text the walk stands.
  std::size_t left() const { return rest_.size(); }

  // Nothing but blanks is left.
  bool at_end();

 private:
  bool open(char bracket);
  bool close(char bracket);  // Only where it stands here.
  bool comma(bool first);    // The comma before every element but the first.
  bool take(char c);
  bool take_word(std::string_view word);
  bool escape(std::string& out);
  bool hex4(std::uint32_t& out);
  std::string_view number_text();
  void blanks();

  std::string_view rest_;
  int depth_ = 0;
};

}  // namespace sallyport
