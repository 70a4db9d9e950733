// Strings, numbers and words: the values that JsonSelector collects byte by byte.

#include <algorithm>
#include <cstring>

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/json/selector.h"

namespace sallyport {
namespace {

// The first quote or backslash, eight bytes at a time.
const char* find_string_end(const char* at, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kTops = 0x8080808080808080;
  const auto zero_bytes = [](std::uint64_t word) { return (word - kOnes) & ~word & kTops; };
  while (end - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    if ((zero_bytes(word ^ kOnes * '"') | zero_bytes(word ^ kOnes * '\\')) != 0) break;
    at += 8;
  }
  while (at != end && *at != '"' && *at != '\\') ++at;
  return at;
}

}  // namespace

void JsonSelector::begin_scalar(JsonValue::Kind kind) {
  kind_ = kind;
  in_key_ = false;
  cut_ = false;
  scratch_.clear();
  most_ = kLongestValue;
  const auto wanted = [&](NodeId node) { return wanted_.nodes_[node].path >= 0; };
  kept_ = std::any_of(matched_.begin(), matched_.end(), wanted);
}

const char* JsonSelector::string(const char* at, const char* end) {
  const char* const stop = find_string_end(at, end);
  if (stop != at) {
    settle_half();
    keep({at, static_cast<std::size_t>(stop - at)});
  }
  if (stop == end) return end;
  if (*stop == '\\') {
    state_ = State::escape;
    return stop + 1;
  }
  settle_half();
  if (in_key_) {
    end_key();
  } else {
    store_scalar();
    end_value();
  }
  return stop + 1;
}

// After the backslash. A letter that means nothing stands for itself, as JavaScript has it.
const char* JsonSelector::escape(const char* at) {
  if (*at == 'u') {
    unit_ = 0;
    digits_ = 0;
    state_ = State::unicode;
    return at + 1;
  }
  static constexpr std::string_view kLetters = "bfnrt";
  static constexpr std::string_view kMeant = "\b\f\n\r\t";
  settle_half();
  const std::size_t letter = kLetters.find(*at);
  keep(letter == std::string_view::npos ? std::string_view(at, 1) : kMeant.substr(letter, 1));
  state_ = State::string;
  return at + 1;
}

const char* JsonSelector::unicode(const char* at) {
  if (!is_hex(*at)) return fail(at);
  unit_ = unit_ << 4 | static_cast<std::uint32_t>(hex_value(*at));
  if (++digits_ < 4) return at + 1;
  state_ = State::string;
  const bool second = unit_ >= 0xdc00 && unit_ <= 0xdfff;
  if (second && half_ != 0) {
    keep_code(0x10000 + ((half_ - 0xd800) << 10) + (unit_ - 0xdc00));
    half_ = 0;
    return at + 1;
  }
  settle_half();
  if (unit_ >= 0xd800 && unit_ <= 0xdbff) {
    half_ = unit_;
  } else {
    keep_code(second ? 0xfffd : unit_);
  }
  return at + 1;
}

// RFC 8259 section 6.
const char* JsonSelector::number(const char* at, const char* end) {
  const char* const from = at;
  bool over = false;
  for (; at != end && !over; at += over ? 0 : 1) {
    const bool digit = is_digit(*at);
    const bool e = *at == 'e' || *at == 'E';
    switch (number_) {
      case Digits::minus:
        if (!digit) return fail(at);
        number_ = *at == '0' ? Digits::zero : Digits::whole;
        break;
      case Digits::zero:
      case Digits::whole:
        if (digit && number_ == Digits::zero) return fail(at);
        if (*at == '.') {
          number_ = Digits::dot;
        } else if (e) {
          number_ = Digits::e;
        } else {
          over = !digit;
        }
        break;
      case Digits::dot:
        if (!digit) return fail(at);
        number_ = Digits::fraction;
        break;
      case Digits::fraction:
        if (e) {
          number_ = Digits::e;
        } else {
          over = !digit;
        }
        break;
      case Digits::e:
        if (!digit && *at != '+' && *at != '-') return fail(at);
        number_ = digit ? Digits::exponent : Digits::sign;
        break;
      case Digits::sign:
        if (!digit) return fail(at);
        number_ = Digits::exponent;
        break;
      case Digits::exponent:
        over = !digit;
        break;
    }
  }
  keep({from, static_cast<std::size_t>(at - from)});
  if (over) {
    store_scalar();
    end_value();
  }
  return at;
}

const char* JsonSelector::word(const char* at) {
  if (*at != word_.front()) return fail(at);
  keep(word_.substr(0, 1));
  word_.remove_prefix(1);
  if (word_.empty()) {
    store_scalar();
    end_value();
  }
  return at + 1;
}

void JsonSelector::keep(std::string_view bytes) {
  if (!kept_ || cut_) return;
  const std::size_t room = most_ - scratch_.size();
  cut_ = bytes.size() > room;
  if (cut_ && !in_key_) dropped_ = true;
  scratch_ += bytes.substr(0, room);
}

void JsonSelector::keep_code(std::uint32_t code) {
  std::string text;
  append_utf8(text, code);
  keep(text);
}

// A first half of a surrogate pair that nothing fits to.
void JsonSelector::settle_half() {
  if (half_ == 0) return;
  half_ = 0;
  keep_code(0xfffd);
}

void JsonSelector::store_scalar() {
  if (!kept_) return;
  kept_ = false;
  if (cut_) drop_cut_character(scratch_);
  if (!mend_utf8(scratch_, kLongestValue)) cut_ = dropped_ = true;
  for (const NodeId node : matched_) {
    const int path = wanted_.nodes_[node].path;
    if (path < 0 || !take_room(static_cast<std::size_t>(path), scratch_.size())) continue;
    values_[static_cast<std::size_t>(path)].push_back({kind_, cut_, scratch_});
  }
}

}  // namespace sallyport
