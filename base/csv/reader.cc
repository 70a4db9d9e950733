// RFC 4180 section 2:
//
//   file = [header CRLF] record *(CRLF record) [CRLF]
//   record = field *(COMMA field)
//   field = escaped / non-escaped
//   escaped = DQUOTE *(TEXTDATA / COMMA / CR / LF / 2DQUOTE) DQUOTE
//   non-escaped = *TEXTDATA              ; no DQUOTE, no COMMA, no control byte
//
// We let a line end in LF alone, let TEXTDATA be any UTF-8 and tabs, and let no CR stand alone.

#include "base/csv/reader.h"

#include <fmt/format.h>
#include <utility>

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport::csv {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

std::string plural(std::size_t count) {
  return count == 1 ? "1 field" : fmt::format("{} fields", count);
}

}  // namespace

Spanned<std::string> Field::part(std::size_t offset, std::size_t size) const {
  Place there = place;
  if (verbatim) {
    there.column += static_cast<std::uint32_t>(offset);
    there.length = static_cast<std::uint32_t>(size == 0 ? 1 : size);
  }
  return {text.substr(offset, size), there};
}

Reader::Reader(SourcePtr source, Diagnostics& found, const Limits& limits)
    : source_(std::move(source)), text_(source_->text), found_(found), limits_(limits) {
  if (text_.size() > limits_.text) {
    found_.error({source_}, fmt::format("a file of more than {}", human_bytes(limits_.text)));
    text_ = {};
  }
  if (text_.starts_with(kByteOrderMark)) {
    at_ = line_begin_ = kByteOrderMark.size();
  }
  if (const std::size_t bad = find_not_utf8(text_); bad != std::string_view::npos) {
    Place place{source_};
    const std::string_view before = text_.substr(0, bad);
    place.line = 1;
    for (const char c : before) place.line += c == '\n';
    place.column = static_cast<std::uint32_t>(bad - (before.rfind('\n') + 1) + 1);
    found_.error(place, "a byte that is no UTF-8", "save the file as UTF-8");
    text_ = {};
    at_ = 0;
  }
}

bool Reader::next(Record& record) {
  while (at_ < text_.size()) {
    if (faults_ >= limits_.faults) {
      found_.error({source_}, "there is more that is wrong; the rest was not read");
      break;
    }
    if (++records_ > limits_.records) {
      found_.error(here(), fmt::format("more than {} records", limits_.records));
      break;
    }
    if (read_record(record)) return true;
  }
  at_ = text_.size();
  return false;
}

bool Reader::read_record(Record& record) {
  record.fields.clear();
  record.place = here();
  const bool empty = at_line_end();
  Step step = Step::more;
  while (step == Step::more) step = read_field(record);
  if (step == Step::faulty) {
    skip_line();
    return false;
  }
  take_line_end();
  const std::size_t got = record.fields.size();
  if (width_ == 0) width_ = got;
  if (got == width_ && !empty) return true;
  if (empty) {
    fault(record.place, "an empty line is no record");
  } else {
    fault(record.place, fmt::format("{} where the first line has {}", plural(got), width_),
          got > width_ ? "a field with ',' in it stands in quotes" : "");
  }
  return false;
}

Reader::Step Reader::read_field(Record& record) {
  if (record.fields.size() == limits_.fields) {
    fault(here(), fmt::format("more than {} fields", limits_.fields));
    return Step::faulty;
  }
  return at_ < text_.size() && text_[at_] == '"' ? read_quoted(record) : read_plain(record);
}

Reader::Step Reader::read_quoted(Record& record) {
  const Place opened = here();
  ++at_;
  Field field{.place = here()};
  const std::size_t begin = at_;
  while (true) {
    if (at_ == text_.size()) {
      fault(opened, "this quote is never closed");
      return Step::faulty;
    }
    const char c = text_[at_];
    if (c == '"') {
      if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') break;
      ++at_;
      field.verbatim = false;
    } else if (at_line_end()) {
      // A line break within: the field goes on below.
      field.verbatim = false;
      if (c == '\r') {
        field.text += '\r';
        ++at_;
      }
      line_begin_ = at_ + 1;
      ++line_;
    } else if (is_control(c)) {
      fault(here(), "a control byte in a field");
      return Step::faulty;
    }
    field.text += text_[at_++];
    if (field.text.size() > limits_.field) {
      fault(opened, fmt::format("a field of more than {}", human_bytes(limits_.field)));
      return Step::faulty;
    }
  }
  if (field.verbatim)
    field.place.length = static_cast<std::uint32_t>(std::max<std::size_t>(1, at_ - begin));
  if (!field.verbatim) field.place = opened;
  ++at_;
  if (at_ < text_.size() && text_[at_] != ',' && !at_line_end()) {
    fault(here(), "something stands behind a closing quote",
          "a quote inside of a field is written twice: \"\"");
    return Step::faulty;
  }
  return finish_field(record, std::move(field));
}

Reader::Step Reader::read_plain(Record& record) {
  Field field{.place = here()};
  const std::size_t begin = at_;
  while (at_ < text_.size() && text_[at_] != ',' && !at_line_end()) {
    const char c = text_[at_];
    if (c == '"') {
      fault(here(), "a quote inside of a field without quotes",
            "put the whole field in quotes and write this one twice");
      return Step::faulty;
    }
    if (c == '\r') {
      fault(here(), "a carriage return alone ends no line");
      return Step::faulty;
    }
    if (is_control(c)) {
      fault(here(), "a control byte in a field");
      return Step::faulty;
    }
    if (++at_ - begin > limits_.field) {
      fault(field.place, fmt::format("a field of more than {}", human_bytes(limits_.field)));
      return Step::faulty;
    }
  }
  field.text = text_.substr(begin, at_ - begin);
  field.place.length = static_cast<std::uint32_t>(std::max<std::size_t>(1, field.text.size()));
  return finish_field(record, std::move(field));
}

Reader::Step Reader::finish_field(Record& record, Field field) {
  record.fields.push_back(std::move(field));
  if (at_ == text_.size() || text_[at_] != ',') return Step::last;
  ++at_;
  return Step::more;
}

bool Reader::at_line_end() const {
  if (at_ == text_.size()) return false;
  return text_[at_] == '\n' ||
         (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
}

void Reader::take_line_end() {
  if (!at_line_end()) return;
  at_ += text_[at_] == '\r' ? 2 : 1;
  line_begin_ = at_;
  ++line_;
}

void Reader::skip_line() {
  while (at_ < text_.size() && !at_line_end()) ++at_;
  take_line_end();
}

void Reader::fault(const Place& place, std::string message, std::string hint) {
  ++faults_;
  found_.error(place, std::move(message), std::move(hint));
}

Place Reader::here(std::size_t length) const {
  return {source_, line_, static_cast<std::uint32_t>(at_ - line_begin_ + 1),
          static_cast<std::uint32_t>(length)};
}

std::vector<Spanned<std::string>> split_list(const Field& field, char separator) {
  std::vector<Spanned<std::string>> parts;
  for (const std::string_view part : split(field.text, separator)) {
    const std::string_view meant = trim(part);
    if (meant.empty()) continue;
    parts.push_back(
        field.part(static_cast<std::size_t>(meant.data() - field.text.data()), meant.size()));
  }
  return parts;
}

}  // namespace sallyport::csv
