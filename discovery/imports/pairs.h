#pragma once
// Taking lines of names and values, and of columns, apart. For the parsers of formats.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "discovery/imports/fields.h"

namespace sallyport::discovery::imports {

struct PairStyle {
  char assign = '=';
  char separator = ' ';  // blanks around it go too
  char quote = '"';      // a value in quotes holds separators; \ takes a quote along
};

// The pairs of a line: `a=1 b="x y" c=`. What is no pair is passed over.
class PairReader {
 public:
  PairReader(std::string_view line, const PairStyle& style) : rest_(line), style_(style) {}

  // False at the end. The value without its quotes, as it stands there.
  bool next(std::string_view& name, std::string_view& value);

 private:
  std::string_view rest_;
  const PairStyle style_;
};

// Puts the pairs of a line into `fields` by a table; how many pairs there were.
std::size_t take_pairs(std::string_view line, const PairStyle& style,
                       std::span<const NamedRole> table, Fields& fields);

// The columns of a line, at most kMost. A column in quotes holds separators; a quote in it is
// written twice, and stays so.
class Columns {
 public:
  static constexpr std::size_t kMost = 256;

  // False for more columns than kMost, and for a quote that does not end. With ' ' as separator
  // several are one.
  bool split(std::string_view line, char separator, char quote = '"');
  std::size_t size() const { return size_; }
  // "" where there is none.
  std::string_view operator[](std::size_t at) const {
    return at < size_ ? columns_[at] : std::string_view();
  }

 private:
  bool take(std::string_view& rest, char separator, char quote);

  std::array<std::string_view, kMost> columns_;
  std::size_t size_ = 0;
};

struct ColumnRole {
  std::size_t column;  // from 0
  Role role;
};
void take_columns(const Columns& columns, std::span<const ColumnRole> table, Fields& fields);

// The hosts of sessions, where one line names the host and a later one counts the bytes. Remembers
// the last 32,768 at least. Sessions are numbers of a device, which uses them again.
class SessionNames {
 public:
  void note(std::string_view device, std::string_view session, std::string_view host);
  // The session has ended: its host is forgotten. "" where none is known. Holds until the next
  // take().
  std::string_view take(std::string_view device, std::string_view session);

 private:
  static constexpr std::size_t kMost = 32'768;
  static bool key(std::string_view device, std::string_view session, std::uint64_t& out);

  std::unordered_map<std::uint64_t, std::string> now_, before_;
  std::string taken_;
};

}  // namespace sallyport::discovery::imports
