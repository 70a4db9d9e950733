#pragma once
// Header fields in the order they came, in one buffer.
//
// INVARIANT: every name is a non-empty token (RFC 9110 section 5.6.2) and no value holds CR, LF or
// NUL or begins or ends with a blank. add() checks this, so that nothing built here can split a
// message.
//
// Views returned by this class live until the next change of the Headers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::http {

class Headers {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  // False, and nothing added, where the invariant would break or 64 KiB of text would be passed.
  // Blanks around the value are dropped.
  bool add(std::string_view name, std::string_view value);
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
  std::optional<std::string_view> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  std::size_t count(std::string_view name) const;
  // All values of that name joined with ", " (RFC 9110 section 5.3).
  std::string joined(std::string_view name) const;
  // Whether the comma-separated list under `name` holds `token` (ASCII case ignored).
  bool list_has(std::string_view name, std::string_view token) const;

  void clear();
  void reserve(std::size_t fields, std::size_t bytes);
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
    std::uint32_t value_size;
  };
  Field field(std::size_t index) const {
    const Entry& entry = entries_[index];
    const std::string_view text = text_;
    return {text.substr(entry.name, entry.name_size), text.substr(entry.value, entry.value_size)};
  }

  std::string text_;
  std::vector<Entry> entries_;
};

bool is_token(std::string_view text);        // RFC 9110 section 5.6.2
bool is_field_value(std::string_view text);  // RFC 9110 section 5.5, obs-text allowed, no CR LF NUL

}  // namespace sallyport::http
