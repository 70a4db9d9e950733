#include "base/json/selector.h"

#include <algorithm>
#include <cstring>

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// What may stand before a text: a byte order mark, and what keeps a reply from being a script.
constexpr std::string_view kMark = "\xef\xbb\xbf";
constexpr std::string_view kGuards[] = {kMark,       ")]}'",      "for(;;);",
                                        "for (;;);", "while(1);", "while (1);"};

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

// How much at the front of `text` is ASCII, at least but for seven bytes.
std::size_t ascii_bytes(std::string_view text) {
  std::size_t at = 0;
  for (std::uint64_t word = 0; text.size() - at >= 8; at += 8) {
    std::memcpy(&word, text.data() + at, 8);
    if ((word & 0x8080808080808080) != 0) break;
  }
  return at;
}

// `text` as UTF-8 of at most `limit` bytes, whole characters; whether anything was left out.
bool make_utf8(std::string& text, std::size_t limit, bool broken_off) {
  if (broken_off) {  // Half a character at the end is no fault of the text.
    std::size_t tail = text.size();
    while (tail > 0 && text.size() - tail < 3 && (text[tail - 1] & 0xc0) == 0x80) --tail;
    if (tail > 0 && (text[tail - 1] & 0xc0) == 0xc0 &&
        find_not_utf8(std::string_view(text).substr(tail - 1)) != std::string_view::npos) {
      text.resize(tail - 1);
    }
  }
  const std::size_t plain = ascii_bytes(text);
  std::size_t bad = find_not_utf8(std::string_view(text).substr(plain));
  if (bad == std::string::npos) return false;
  bad += plain;
  std::string good = text.substr(0, bad);
  for (std::string_view rest = std::string_view(text).substr(bad); !rest.empty();) {
    const Utf8Char character = decode_utf8(rest);
    const std::string_view as = character.code == kNotUtf8 ? std::string_view("\xef\xbf\xbd")
                                                           : rest.substr(0, character.size);
    if (good.size() + as.size() > limit) {
      text = std::move(good);
      return true;
    }
    good += as;
    rest.remove_prefix(character.size);
  }
  text = std::move(good);
  return false;
}

}  // namespace

JsonSelector::JsonSelector(const JsonSelection& wanted)
    : wanted_(wanted), values_(wanted.size()), repeated_(wanted.nodes_.size()), matched_{0} {}

void JsonSelector::feed(std::string_view bytes) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const char* at = begin;
  if (state_ != State::done && state_ != State::failed) {
    for (Capture& capture : captures_) capture.from = begin;
    while (at != end && state_ != State::done && state_ != State::failed) at = step(at, end);
    for (Capture& capture : captures_) collect(capture, at);
    read_ += static_cast<std::uint64_t>(at - begin);
  }
  if (state_ == State::done && !std::all_of(at, end, is_blank)) trailing_ = true;
}

void JsonSelector::end() {
  if (state_ == State::done || state_ == State::failed) return;
  if (state_ == State::number && depth_ == 0 &&
      (number_ == Digits::zero || number_ == Digits::whole || number_ == Digits::fraction ||
       number_ == Digits::exponent)) {
    store_scalar();
    end_value();
    return;
  }
  const bool in_string =
      state_ == State::string || state_ == State::escape || state_ == State::unicode;
  if (in_string && !in_key_ && kept_) {
    half_ = 0;
    cut_ = true;
    store_scalar();
  }
  while (!captures_.empty()) {
    captures_.back().value.cut = true;
    end_capture(captures_.back());
  }
}

JsonFault JsonSelector::fault() const {
  if (state_ == State::done) return JsonFault::none;
  return state_ == State::failed ? fault_ : JsonFault::broken_off;
}

bool JsonSelector::repeated(std::size_t path) const {
  for (NodeId node = wanted_.paths_[path]; node != JsonSelection::kNone;
       node = wanted_.nodes_[node].parent) {
    if (repeated_[node]) return true;
  }
  return false;
}

const char* JsonSelector::step(const char* at, const char* end) {
  switch (state_) {
    case State::string:
      return string(at, end);
    case State::escape:
      return escape(at);
    case State::unicode:
      return unicode(at);
    case State::number:
      return number(at, end);
    case State::word:
      return word(at);
    case State::guard:
      return guard(at);
    default:
      break;
  }
  if (is_blank(*at)) return at + 1;
  switch (state_) {
    case State::value_or_close:
      return *at == ']' ? close(at) : value(at);
    case State::key_or_close:
      if (*at == '}') return close(at);
      [[fallthrough]];
    case State::key:
      if (*at != '"') return fail(at);
      begin_key();
      return at + 1;
    case State::colon:
      if (*at != ':') return fail(at);
      state_ = State::value;
      return at + 1;
    case State::after_value:
      return after_value(at);
    default:
      return value(at);
  }
}

const char* JsonSelector::fail(const char* at, JsonFault fault) {
  state_ = State::failed;
  fault_ = fault;
  // What is open cannot be told from here on, as if the text broke off.
  for (; !captures_.empty(); end_capture(captures_.back())) {
    collect(captures_.back(), at);
    captures_.back().value.cut = true;
  }
  return at;
}

const char* JsonSelector::guard(const char* at) {
  if (guard_.empty() && is_blank(*at)) return at + 1;
  guard_ += *at;
  bool more = false;
  for (const std::string_view known : kGuards) {
    if (known == guard_) {
      guarded_ = known != kMark;
      if (guarded_) state_ = State::value;
      guard_.clear();
      return at + 1;
    }
    more = more || known.starts_with(guard_);
  }
  if (more) return at + 1;
  const bool first = guard_.size() == 1;
  const bool word = guard_ == "fa";
  guard_.clear();
  state_ = State::value;
  if (first) return at;
  if (!word) return fail(at);
  value("f");
  return at;
}

const char* JsonSelector::value(const char* at) {
  switch (*at) {
    case '{':
      return open(true, at);
    case '[':
      return open(false, at);
    case '"':
      begin_scalar(JsonValue::Kind::string);
      state_ = State::string;
      return at + 1;
    case 't':
    case 'f':
      begin_scalar(JsonValue::Kind::boolean);
      word_ = *at == 't' ? "rue" : "alse";
      keep({at, 1});
      state_ = State::word;
      return at + 1;
    case 'n':
      kept_ = false;
      word_ = "ull";
      state_ = State::word;
      return at + 1;
    case ',':
      if (!guarded_ || depth_ != 0) return fail(at);
      guarded_ = false;
      return at + 1;
    default:
      if (*at != '-' && !is_digit(*at)) return fail(at);
      begin_scalar(JsonValue::Kind::number);
      number_ = *at == '-' ? Digits::minus : *at == '0' ? Digits::zero : Digits::whole;
      keep({at, 1});
      state_ = State::number;
      return at + 1;
  }
}

const char* JsonSelector::after_value(const char* at) {
  const bool object = objects_[depth_ - 1];
  if (*at == ',') {
    if (!object && framed()) {
      ++frames_.back().index;
      match_element();
    }
    state_ = object ? State::key : State::value;
    return at + 1;
  }
  return *at == (object ? '}' : ']') ? close(at) : fail(at);
}

const char* JsonSelector::open(bool object, const char* at) {
  if (depth_ == kDeepest) return fail(at, JsonFault::too_deep);
  for (const NodeId node : matched_) {
    const int path = wanted_.nodes_[node].path;
    if (path < 0 || !take_room(static_cast<std::size_t>(path), 0)) continue;
    Capture& capture = captures_.emplace_back();
    capture.path = static_cast<std::size_t>(path);
    capture.depth = depth_;
    capture.from = at;
    capture.value.kind = object ? JsonValue::Kind::object : JsonValue::Kind::array;
  }
  if (framed() && !matched_.empty()) {
    frames_.push_back({nodes_.size(), seen_.size(), 0});
    nodes_.insert(nodes_.end(), matched_.begin(), matched_.end());
  }
  objects_[depth_++] = object;
  matched_.clear();
  if (!object && framed()) match_element();
  state_ = object ? State::key_or_close : State::value_or_close;
  return at + 1;
}

const char* JsonSelector::close(const char* at) {
  if (framed()) {
    nodes_.resize(frames_.back().nodes);
    seen_.resize(frames_.back().seen);
    frames_.pop_back();
  }
  --depth_;
  while (!captures_.empty() && captures_.back().depth == depth_) {
    collect(captures_.back(), at + 1);
    end_capture(captures_.back());
  }
  end_value();
  return at + 1;
}

// What the element that comes next stands for.
void JsonSelector::match_element() {
  matched_.clear();
  const Frame& frame = frames_.back();
  for (std::size_t i = frame.nodes; i < nodes_.size(); ++i) {
    const JsonSelection::Node& node = wanted_.nodes_[nodes_[i]];
    if (node.each != JsonSelection::kNone) matched_.push_back(node.each);
    for (const auto& [index, element] : node.elements) {
      if (index == frame.index) matched_.push_back(element);
    }
  }
}

void JsonSelector::begin_key() {
  in_key_ = true;
  kept_ = framed();
  cut_ = false;
  scratch_.clear();
  most_ = wanted_.longest_name_;
  state_ = State::string;
}

// What the member's value stands for.
void JsonSelector::end_key() {
  matched_.clear();
  state_ = State::colon;
  if (!kept_ || cut_) return;
  const Frame& frame = frames_.back();
  for (std::size_t i = frame.nodes; i < nodes_.size(); ++i) {
    const auto& members = wanted_.nodes_[nodes_[i]].members;
    const auto member = members.find(std::string_view(scratch_));
    if (member == members.end()) continue;
    matched_.push_back(member->second);
    const auto seen = seen_.begin() + static_cast<std::ptrdiff_t>(frame.seen);
    if (std::find(seen, seen_.end(), member->second) != seen_.end()) {
      repeated_[member->second] = true;
    } else {
      seen_.push_back(member->second);
    }
  }
}

void JsonSelector::end_value() { state_ = depth_ == 0 ? State::done : State::after_value; }

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
  if (make_utf8(scratch_, kLongestValue, cut_)) cut_ = dropped_ = true;
  for (const NodeId node : matched_) {
    const int path = wanted_.nodes_[node].path;
    if (path < 0 || !take_room(static_cast<std::size_t>(path), scratch_.size())) continue;
    values_[static_cast<std::size_t>(path)].push_back({kind_, cut_, scratch_});
  }
}

// Whether one more value of the path may be kept; then its room is taken.
bool JsonSelector::take_room(std::size_t path, std::size_t bytes) {
  if (values_[path].size() == kMostValues || bytes_ + kValueCost + bytes > kMostBytes) {
    dropped_ = true;
    return false;
  }
  bytes_ += kValueCost + bytes;
  return true;
}

void JsonSelector::collect(Capture& capture, const char* end) {
  const std::string_view bytes(capture.from, static_cast<std::size_t>(end - capture.from));
  capture.from = end;
  JsonValue& value = capture.value;
  if (value.cut) return;
  const std::size_t room = std::min(kLongestStructure - value.text.size(), kMostBytes - bytes_);
  if (bytes.size() > room) value.cut = dropped_ = true;
  value.text += bytes.substr(0, room);
  bytes_ += std::min(bytes.size(), room);
}

// The innermost one.
void JsonSelector::end_capture(Capture& capture) {
  JsonValue& value = capture.value;
  const std::size_t before = value.text.size();
  const std::size_t most = std::min(kLongestStructure, before + (kMostBytes - bytes_));
  if (make_utf8(value.text, most, value.cut)) value.cut = dropped_ = true;
  bytes_ += value.text.size();
  bytes_ -= before;
  values_[capture.path].push_back(std::move(value));
  captures_.pop_back();
}

}  // namespace sallyport
