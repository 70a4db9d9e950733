#pragma once
// Putting facts into bytes in the format of pack_format.h: for pack.cc, and for discovery/events,
// whose records are made of the same fields.

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::policy::packed {

class Packer {
 public:
  explicit Packer(std::string& out) : out_(out) {}

  void number(unsigned field, std::uint64_t value) {
    append(2 * kMostVarint, [&](char* to) { return put(put(to, field * 2), value); });
  }
  void number_or_none(unsigned field, std::uint64_t value) {
    if (value != 0) number(field, value);
  }
  template <class Word>
  void word(unsigned field, Word value) {
    number(field, static_cast<std::uint64_t>(value));
  }

  void text(unsigned field, std::string_view value) {
    append(2 * kMostVarint + value.size(), [&](char* to) {
      to = put(put(to, field * 2 + 1), value.size());
      std::memcpy(to, value.data(), value.size());
      return to + value.size();
    });
  }
  void text_or_none(unsigned field, std::string_view value) {
    if (!value.empty()) text(field, value);
  }
  void optional(unsigned field, const std::optional<std::string>& value) {
    if (value) text(field, *value);
  }

  void list(unsigned field, const std::vector<std::string>& values) {
    group(field, [&] {
      for (const std::string& value : values) bytes(value);
    });
  }
  void list_or_none(unsigned field, const std::vector<std::string>& values) {
    if (!values.empty()) list(field, values);
  }
  void optional(unsigned field, const std::optional<std::vector<std::string>>& values) {
    if (values) list(field, *values);
  }

  // Bytes that `fill` puts there: of a group, its fields; of a list, its items.
  template <class Fill>
  void group(unsigned field, const Fill& fill) {
    varint(field * 2 + 1);
    item(fill);
  }
  // One of a list.
  template <class Fill>
  void item(const Fill& fill) {
    const std::size_t at = out_.size();
    out_ += '\0';  // Its length, which is one byte nearly always.
    fill();
    std::uint64_t length = out_.size() - at - 1;
    if (length < 0x80) {
      out_[at] = static_cast<char>(length);
      return;
    }
    std::string counted;
    Packer(counted).varint(length);
    out_.replace(at, 1, counted);
  }

 private:
  static constexpr std::size_t kMostVarint = 10;  // bytes

  static char* put(char* to, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
    *to++ = static_cast<char>(value);
    return to;
  }
  // At most so many bytes; `fill` says where those end that it put there.
  template <class Fill>
  void append(std::size_t most, const Fill& fill) {
    const std::size_t at = out_.size();
    out_.resize_and_overwrite(at + most, [&](char* bytes, std::size_t) {
      return static_cast<std::size_t>(fill(bytes + at) - bytes);
    });
  }
  void varint(std::uint64_t value) {
    append(kMostVarint, [&](char* to) { return put(to, value); });
  }
  void bytes(std::string_view value) {
    append(kMostVarint + value.size(), [&](char* to) {
      to = put(to, value.size());
      std::memcpy(to, value.data(), value.size());
      return to + value.size();
    });
  }

  std::string& out_;
};

}  // namespace sallyport::policy::packed
