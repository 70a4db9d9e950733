#include "base/http/multipart.h"

#include <algorithm>
#include <cstring>

#include "base/core/text.h"

namespace sallyport::http {
namespace {

constexpr std::size_t kMostPadding = 64;          // blanks behind a delimiter
constexpr std::size_t kWorkedAtOnce = 16 * 1024;  // bytes

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::size_t find_bytes(std::string_view in, std::string_view bytes, std::size_t from) {
  if (from >= in.size()) return in.npos;
  const void* const at = memmem(in.data() + from, in.size() - from, bytes.data(), bytes.size());
  return at == nullptr ? in.npos
                       : static_cast<std::size_t>(static_cast<const char*>(at) - in.data());
}

struct Parameter {
  std::string name;  // small letters
  std::string value;
  bool odd = false;  // not written as RFC 2045 section 5.1 has it
};

// The next of ";name=value". Nothing at the end.
bool take_parameter(std::string_view& rest, Parameter& out) {
  const std::size_t semicolon = rest.find(';');
  if (semicolon == rest.npos) return false;
  rest.remove_prefix(semicolon + 1);
  out = {};
  const std::size_t stop = std::min(rest.find_first_of("=;"), rest.size());
  const std::string_view name = rest.substr(0, stop);
  out.name = lower(trim(name));
  out.odd = !name.empty() && is_blank(name.back());
  if (stop == rest.size() || rest[stop] == ';') {
    rest.remove_prefix(stop);
    return true;
  }
  rest.remove_prefix(stop + 1);
  const std::string_view value = trim(rest);
  if (!value.starts_with('"')) {
    const std::string_view text = rest.substr(0, rest.find(';'));
    out.odd =
        out.odd || trim(text).size() != text.size() || text.find_first_of(" \t,\"'\\") != text.npos;
    out.value = trim(text);
    rest.remove_prefix(text.size());
    return true;
  }
  out.odd = out.odd || value.data() != rest.data();
  rest = value.substr(1);
  std::size_t i = 0;
  for (; i < rest.size() && rest[i] != '"'; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size()) {
      out.odd = true;  // Some undo it, some do not.
      ++i;
    }
    out.value += rest[i];
  }
  out.odd = out.odd || i == rest.size() || out.value.ends_with(' ');
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return true;
}

}  // namespace

std::string_view word_for(MultipartDoubt doubt) {
  static constexpr std::string_view kWords[kMultipartDoubts] = {
      "boundary parameter", "bare line feed", "padding",       "boundary inside a line",
      "longer line",        "odd field",      "no blank line", "part after the last",
      "no last delimiter",  "preamble"};
  return kWords[static_cast<std::size_t>(doubt)];
}

MultipartReader::MultipartReader(std::string_view content_type, MultipartSink& sink) : sink_(sink) {
  read_boundary(content_type);
}

void MultipartReader::read_boundary(std::string_view content_type) {
  std::string boundary;
  std::size_t named = 0;
  std::string_view rest = content_type;
  for (Parameter parameter; take_parameter(rest, parameter);) {
    // RFC 2231 writes a long value in parts, boundary*0=, or in a charset, boundary*=.
    if (parameter.name.starts_with("boundary*")) doubt(MultipartDoubt::parameter);
    if (parameter.name != "boundary") continue;
    if (named++ == 0) boundary = std::move(parameter.value);
    if (parameter.odd) doubt(MultipartDoubt::parameter);
  }
  // Some look for the word alone, wherever it stands: in the type, or in another's value.
  std::size_t words = 0;
  bool first_is_name = true;
  for (std::size_t i = 0; i < content_type.size(); ++i) {
    const std::string_view at = content_type.substr(i);
    if (!istarts_with(at, "boundary")) continue;
    const bool name = trim(at.substr(8)).starts_with('=');
    if (words == 0) first_is_name = first_is_name && name;
    words += name ? 1 : 0;
  }
  if (named > 1 || words != named || boundary.size() > 70 || !first_is_name) {
    doubt(MultipartDoubt::parameter);
  }
  if (boundary.empty() || boundary.size() > kLongestBoundary ||
      boundary.find_first_of("\r\n") != boundary.npos) {
    fail(MultipartFault::no_boundary);
    return;
  }
  token_ = "--" + boundary;
}

void MultipartReader::feed(std::string_view bytes) {
  while (!bytes.empty() && state_ != State::failed) {
    const std::string_view piece = bytes.substr(0, kWorkedAtOnce);
    bytes.remove_prefix(piece.size());
    buffer_ += piece;
    work(false);
  }
}

void MultipartReader::end() {
  if (state_ == State::failed) return;
  work(true);
  if (state_ == State::failed) return;
  if (in_part_) end_part(false);
  if (!complete_) doubt(MultipartDoubt::no_last);
}

void MultipartReader::work(bool ended) {
  bool more = true;
  while (more && state_ != State::failed) {
    more = state_ == State::head ? read_head(ended) : read_data(ended);
  }
  buffer_.erase(0, state_ == State::failed ? buffer_.size() : begin_);
  begin_ = 0;
}

// Data, and what stands before the first and behind the last part. Whether a delimiter ended it.
bool MultipartReader::read_data(bool ended) {
  for (;;) {
    const std::size_t at = find_bytes(rest(), token_, scanned_);
    if (at == std::string::npos) break;
    const Delimiter found = look(at, ended);
    if (found.kind == Delimiter::Kind::none) {
      scanned_ = at + 1;
      continue;
    }
    scanned_ = at;
    emit(found.from);
    if (found.kind == Delimiter::Kind::undecided) return false;
    cross({found.kind, 0, found.end - found.from});
    return true;
  }
  const std::size_t size = rest().size();
  if (ended) {
    emit(size);
    return false;
  }
  // What may be the beginning of a delimiter stays, and the line break before it.
  const std::size_t kept = token_.size() + 1;
  if (size > kept) {
    scanned_ = std::max(scanned_, size - (token_.size() - 1));
    emit(size - kept);
  }
  return false;
}

// REQUIRES: the token stands at `at`.
MultipartReader::Delimiter MultipartReader::look(std::size_t at, bool ended) {
  const std::string_view all = rest();
  std::size_t from = at;
  const bool first = at == 0 && fresh_;
  if (!first) {
    if (at == 0 || all[at - 1] != '\n') {
      doubt(at > 0 && all[at - 1] == '\r' ? MultipartDoubt::bare_line_feed
                                          : MultipartDoubt::inside_line);
      return {};
    }
    from = at >= 2 && all[at - 2] == '\r' ? at - 2 : at - 1;
  }
  const Delimiter undecided{Delimiter::Kind::undecided, from, 0};
  std::size_t end = at + token_.size();
  const auto over = [&] { return end == all.size(); };

  bool last = false;
  if (!over() && all[end] == '-') {
    if (end + 1 == all.size() && !ended) return undecided;
    last = end + 1 < all.size() && all[end + 1] == '-';
    if (last) end += 2;
  }
  const std::size_t padded = end;
  while (!over() && is_blank(all[end]) && end - padded < kMostPadding) ++end;
  if (!ended && (over() || (all[end] == '\r' && end + 1 == all.size()))) return undecided;

  const bool padding = end > padded;
  bool line_feed = from + 1 == at;  // LF alone before it
  bool strange = false;
  if (over()) {
    strange = !last;
  } else if (all.substr(end).starts_with("\r\n")) {
    end += 2;
  } else if (all[end] == '\n') {
    line_feed = true;
    end += 1;
  } else {
    strange = true;
  }
  if (strange) doubt(over() ? MultipartDoubt::no_last : MultipartDoubt::longer_line);
  if (strange && !last && !over()) return {};  // Data, for most.
  if (padding) doubt(MultipartDoubt::padding);
  if (line_feed) doubt(MultipartDoubt::bare_line_feed);
  if (first && state_ == State::data) doubt(MultipartDoubt::no_blank_line);
  return {last ? Delimiter::Kind::last : Delimiter::Kind::part, from, end};
}

// The delimiter stands at the front of the buffer, and is left behind.
void MultipartReader::cross(const Delimiter& delimiter) {
  if (in_part_) end_part(true);
  if (complete_) doubt(MultipartDoubt::after_last);
  drop(delimiter.end);
  fresh_ = true;
  if (delimiter.kind == Delimiter::Kind::last) {
    complete_ = true;
    // What follows on its own line is epilogue: the line's end stands before it.
    state_ = State::epilogue;
    return;
  }
  if (parts_ == kMostParts) return fail(MultipartFault::too_many_parts);
  ++parts_;
  fields_.clear();
  field_.clear();
  lines_ = 0;
  head_bytes_ = 0;
  state_ = State::head;
}

// One line of a part's fields. Whether there was one.
bool MultipartReader::read_head(bool ended) {
  const std::string_view all = rest();
  const std::size_t feed = all.find('\n', scanned_);
  const bool open = feed == all.npos;  // The line has no end.
  const std::size_t next = open ? all.size() : feed + 1;
  if (head_bytes_ + next > kLargestHead) {
    fail(MultipartFault::head_too_large);
    return false;
  }
  if (open && !ended) {
    scanned_ = all.size();
    return false;
  }
  if (open && all.empty() && head_bytes_ == 0) {  // The delimiter was the end.
    --parts_;
    state_ = State::epilogue;
    return false;
  }
  if (all.starts_with(token_)) {
    fresh_ = true;
    const Delimiter found = look(0, true);
    if (found.kind != Delimiter::Kind::none) {
      doubt(MultipartDoubt::no_blank_line);
      if (begin_part()) cross(found);
      return true;
    }
  }
  std::string_view line = all.substr(0, feed);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  } else if (!open) {
    doubt(MultipartDoubt::bare_line_feed);
  }
  const bool blank = line.empty();
  head_bytes_ += next;
  if (++lines_ > kMostFields + 1) fail(MultipartFault::head_too_large);
  if (!blank) read_field(line);
  drop(next);
  if (state_ == State::failed) return false;
  if ((blank || open) && begin_part()) {
    state_ = State::data;
    fresh_ = true;
  }
  return !open;
}

void MultipartReader::read_field(std::string_view line) {
  if (is_blank(line.front())) {  // Folded (RFC 822): for some a part of the line before.
    doubt(MultipartDoubt::field);
    field_ += ' ';
    field_ += trim(line);
    return;
  }
  add_field();
  field_ = line;
}

void MultipartReader::add_field() {
  if (field_.empty()) return;
  for (char& c : field_) {
    const bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
    if (!control) continue;
    doubt(MultipartDoubt::field);
    c = ' ';
  }
  const std::string_view line = field_;
  const std::size_t colon = line.find(':');
  const std::string_view name = trim(line.substr(0, colon));
  if (colon == line.npos || !is_token(name) || name.size() != colon) doubt(MultipartDoubt::field);
  if (colon != line.npos && is_token(name)) {
    // Servers differ about the first and the last of two.
    if (fields_.has(name)) doubt(MultipartDoubt::field);
    if (!fields_.add(name, line.substr(colon + 1))) fail(MultipartFault::head_too_large);
  }
  field_.clear();
}

// Whether the fields allow it.
bool MultipartReader::begin_part() {
  add_field();
  if (state_ == State::failed) return false;
  in_part_ = true;
  sink_.part_begin(fields_);
  return true;
}

void MultipartReader::end_part(bool whole) {
  in_part_ = false;
  sink_.part_end(whole);
}

// The first bytes of the buffer are told, and left behind.
void MultipartReader::emit(std::size_t bytes) {
  if (bytes == 0) return;
  const std::string_view told = rest().substr(0, bytes);
  if (in_part_) {
    sink_.part_data(told);
  } else if (state_ == State::epilogue) {
    sink_.behind_last(told);
  } else if (state_ == State::preamble) {
    doubt(MultipartDoubt::preamble);
  }
  const std::size_t scanned = scanned_ - std::min(scanned_, bytes);
  drop(bytes);
  scanned_ = scanned;
  fresh_ = false;
}

void MultipartReader::drop(std::size_t bytes) {
  begin_ += bytes;
  scanned_ = 0;
}

void MultipartReader::fail(MultipartFault fault) {
  fault_ = fault;
  state_ = State::failed;
  if (in_part_) end_part(false);
}

}  // namespace sallyport::http
