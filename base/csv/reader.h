#pragma once
// Comma-separated values as RFC 4180 has them, and nothing else, with every place kept.
//
//   csv::Reader reader(source, found);
//   csv::Record record;
//   while (reader.next(record)) use(record);     // The first one is the header.
//   if (found.has_errors()) ...
//
// Strict, because a reader that guesses moves a value into another column: fields are separated by
// ',' and by nothing else; a field with a quote, a comma or a line break in it stands in quotes; a
// quote in it is written twice; nothing stands between a closing quote and the next comma; every
// record has as many fields as the first. Lines end in CR LF or in LF. A byte order mark in front,
// as spreadsheets write it, is skipped. Blanks belong to the field.
//
// A fault is reported with its place and costs its line, so that one reading shows all of them.
//
// Limits: see Limits. Pure; the source is kept alive by the places.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"

namespace sallyport::csv {

struct Limits {
  std::size_t text = std::size_t{32} << 20;  // bytes
  std::size_t records = 1'000'000;
  std::size_t fields = 64;                    // of a record
  std::size_t field = std::size_t{64} << 10;  // bytes
  std::size_t faults = 50;                    // After so many nothing more is read.
};

struct Field {
  std::string text;  // as meant: without its quotes, doubled ones single
  Place place;
  // Whether the text stands in the file byte by byte, so that a part of it has a place of its own.
  bool verbatim = true;

  // A part of the text with the place that is nearest to it.
  Spanned<std::string> part(std::size_t offset, std::size_t size) const;
  Spanned<std::string> whole() const { return {text, place}; }
};

struct Record {
  std::vector<Field> fields;
  Place place;  // its beginning
};

class Reader {
 public:
  Reader(SourcePtr source, Diagnostics& found, const Limits& limits = {});
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // The next record that is well-formed; false at the end.
  bool next(Record& record);

 private:
  enum class Step : unsigned char { more, last, faulty };

  bool read_record(Record& record);
  Step read_field(Record& record);
  Step read_quoted(Record& record);
  Step read_plain(Record& record);
  Step finish_field(Record& record, Field field);
  bool at_line_end() const;
  void take_line_end();
  void skip_line();
  void fault(const Place& place, std::string message, std::string hint = {});
  Place here(std::size_t length = 1) const;

  SourcePtr source_;
  std::string_view text_;
  Diagnostics& found_;
  Limits limits_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::size_t line_begin_ = 0;
  std::size_t width_ = 0;  // fields of the first record
  std::size_t records_ = 0;
  std::size_t faults_ = 0;
};

// The parts of a field between `separator`, without blanks around them; empty ones are left out.
std::vector<Spanned<std::string>> split_list(const Field& field, char separator);

}  // namespace sallyport::csv
