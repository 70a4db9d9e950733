#pragma once
// Header fields in the order they came, in one buffer.
//
// INVARIANT: every name is a non-empty token (RFC 9110 section 5.6.2) and no value holds CR, LF or
// NUL or begins or ends with a blank. add() checks this, so that nothing built here can split a
// message.
//
// Views returned by this class live until the next change of the Headers.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/text.h"

namespace sallyport::http {

// A few bits of a field's name, the same in small and capital letters.
constexpr std::uint16_t name_key(std::string_view name) {
  if (name.empty()) return 0;
  const auto folded = [](char c) { return static_cast<unsigned char>(c) | 0x20U; };
  const std::uint32_t mixed =
      (static_cast<std::uint32_t>(name.size()) * 31 + folded(name.front())) * 961 +
      folded(name[name.size() / 2]) * 31 + folded(name.back());
  return static_cast<std::uint16_t>(mixed ^ (mixed >> 12));
}

class Headers {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };
  static constexpr std::size_t kMostText = 64 * 1024;  // bytes

  // False, and nothing added, where the invariant would break or 64 KiB of text would be passed.
  // Blanks around the value are dropped.
  bool add(std::string_view name, std::string_view value);
  // For a parser, which has looked at every byte: takes `block`, a message's lines, as one piece,
  // and makes fields of parts of it by add_within(), so that nothing is copied twice. `room` bytes
  // are kept for fields that are added later. REQUIRES: nothing was added; 64 KiB at most.
  void hold(std::string_view block, std::size_t room);
  // `name` (65,535 bytes at most) and `value` as parts of the block that was given to hold(), by
  // their places there. REQUIRES: they hold the invariant.
  void add_within(std::size_t name, std::size_t name_size, std::size_t value,
                  std::size_t value_size);
  // Removes every field of that name, then adds one.
  bool set(std::string_view name, std::string_view value);
  // Removes every field of that name; how many there were.
  std::size_t remove(std::string_view name);
  // Removes every field for which `drop` is true.
  template <class Drop>
  std::size_t remove_if(Drop drop) {
    std::size_t kept = 0;
    const std::size_t before = entries_.size();
    for (std::size_t i = 0; i < before; ++i) {
      if (!drop(field(i))) entries_[kept++] = entries_[i];
    }
    entries_.resize(kept);
    return before - kept;
  }

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  Field operator[](std::size_t index) const { return field(index); }

  // The first value of that name.
  std::optional<std::string_view> find(std::string_view name) const {
    return may_have(name) ? look_for(name) : std::nullopt;
  }
  bool has(std::string_view name) const { return find(name).has_value(); }
  std::size_t count(std::string_view name) const { return may_have(name) ? count_all(name) : 0; }
  // All values of that name joined with ", " (RFC 9110 section 5.3).
  std::string joined(std::string_view name) const;
  // Whether the comma-separated list under `name` holds `token` (ASCII case ignored).
  bool list_has(std::string_view name, std::string_view token) const;

  void clear();
  void reserve(std::size_t fields, std::size_t bytes);
  // Becomes a copy with room for one field more, of `bytes` in all.
  void copy_with_room(const Headers& from, std::size_t bytes);
  std::size_t text_size() const { return text_.size(); }

  class Iterator {
   public:
    Iterator(const Headers* headers, std::size_t index) : headers_(headers), index_(index) {}
    Field operator*() const { return headers_->field(index_); }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    const Headers* headers_;
    std::size_t index_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, entries_.size()}; }

 private:
  struct Entry {
    std::uint32_t name;
    std::uint32_t value;
    std::uint16_t name_size;
    std::uint16_t key;  // name_key() of the name: most of what is looked for is told apart by it
    std::uint32_t value_size;
  };
  // Calls see(entry) for the fields of that name until it returns false.
  template <class See>
  void each(std::string_view name, See see) const;
  bool put(std::string_view name, std::string_view value);
  void push(const Entry& entry);
  std::optional<std::string_view> look_for(std::string_view name) const;
  std::size_t count_all(std::string_view name) const;
  static constexpr std::uint64_t bit(std::uint16_t key) { return std::uint64_t{1} << (key & 63); }
  // False: no field of that name. Most of what is asked for is not there.
  bool may_have(std::string_view name) const { return (ever_ & bit(name_key(name))) != 0; }
  Field field(std::size_t index) const {
    const Entry& entry = entries_[index];
    const std::string_view text = text_;
    return {text.substr(entry.name, entry.name_size), text.substr(entry.value, entry.value_size)};
  }

  std::string text_;
  std::vector<Entry> entries_;
  std::uint64_t ever_ = 0;  // bits of all names that were ever added
};

// Names of fields that are looked for together. Most names that are not among them are told by one
// bit.
//
//   constexpr NameSet kHopByHop({"connection", "te"});      // in small letters
template <std::size_t N>
class NameSet {
 public:
  consteval explicit NameSet(const std::string_view (&names)[N]) {
    for (std::size_t i = 0; i < N; ++i) {
      names_[i] = names[i];
      bits_ |= bit(names[i]);
    }
  }
  bool has(std::string_view name) const {
    if ((bits_ & bit(name)) == 0) return false;
    for (const std::string_view one : names_) {
      if (iequals(one, name)) return true;
    }
    return false;
  }

 private:
  static constexpr std::uint64_t bit(std::string_view name) {
    return std::uint64_t{1} << (name_key(name) & 63);
  }
  std::array<std::string_view, N> names_;
  std::uint64_t bits_ = 0;
};

bool is_token(std::string_view text);            // RFC 9110 section 5.6.2
std::size_t token_bytes(std::string_view text);  // how many at its front may stand in a token
bool is_field_value(std::string_view text);  // RFC 9110 section 5.5, obs-text allowed, no CR LF NUL

}  // namespace sallyport::http
