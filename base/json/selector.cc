#include "base/json/selector.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// What may stand before a text: a byte order mark, and what keeps a reply from being a script.
constexpr std::string_view kMark = "\xef\xbb\xbf";
constexpr std::string_view kGuards[] = {kMark,       ")]}'",      "for(;;);",
                                        "for (;;);", "while(1);", "while (1);"};

}  // namespace

JsonSelector::JsonSelector(const JsonSelection& wanted)
    : wanted_(wanted), values_(wanted.size()), repeated_(wanted.nodes_.size()) {
  // Most texts are small, and most of what is selected from them is not deep.
  frames_.reserve(4);
  nodes_.reserve(8);
  seen_.reserve(8);
  matched_.reserve(4);
  matched_.push_back(0);
}

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
  if (value.cut) drop_cut_character(value.text);
  if (!mend_utf8(value.text, most)) value.cut = dropped_ = true;
  bytes_ += value.text.size();
  bytes_ -= before;
  values_[capture.path].push_back(std::move(value));
  captures_.pop_back();
}

}  // namespace sallyport
