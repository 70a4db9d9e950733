#include "discovery/imports/pairs.h"

#include "discovery/imports/scan.h"

namespace sallyport::discovery::imports {
namespace {

// The end of a text in quotes that begins behind its quote, or npos.
std::size_t end_of_quoted(std::string_view text, char quote) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i;
    }
  }
  return text.npos;
}

}  // namespace

bool PairReader::next(std::string_view& name, std::string_view& value) {
  const auto separates = [&](char c) { return c == style_.separator || c == ' '; };
  while (true) {
    while (!rest_.empty() && separates(rest_.front())) rest_.remove_prefix(1);
    std::size_t at = 0;
    while (at < rest_.size() && rest_[at] != style_.assign && !separates(rest_[at])) ++at;
    if (at == rest_.size()) return false;
    if (rest_[at] != style_.assign || at == 0) {  // a word between pairs
      rest_.remove_prefix(at + 1);
      continue;
    }
    name = rest_.substr(0, at);
    rest_.remove_prefix(at + 1);
    if (style_.separator != ' ' && rest_.starts_with(' ')) rest_ = trim(rest_);
    if (rest_.starts_with(style_.quote)) {
      const std::string_view inside = rest_.substr(1);
      // A quote that does not end is the line's, cut off.
      const std::size_t end = std::min(end_of_quoted(inside, style_.quote), inside.size());
      value = inside.substr(0, end);
      rest_ = inside.substr(std::min(end + 1, inside.size()));
      return true;
    }
    const std::size_t end = std::min(rest_.find(style_.separator), rest_.size());
    value = trim(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return true;
  }
}

std::size_t take_pairs(std::string_view line, const PairStyle& style,
                       std::span<const NamedRole> table, Fields& fields) {
  PairReader pairs(line, style);
  std::string_view name, value;
  std::size_t count = 0;
  for (; pairs.next(name, value); ++count) fields.set(table, name, value);
  return count;
}

bool Columns::take(std::string_view& rest, char separator, char quote) {
  if (size_ == kMost) return false;
  std::string_view& column = columns_[size_++];
  std::string_view ahead = rest;
  while (separator != ' ' && ahead.starts_with(' ')) ahead.remove_prefix(1);
  if (quote != '\0' && ahead.starts_with(quote)) {
    std::size_t end = 1;
    while (end < ahead.size() &&
           (ahead[end] != quote || (end + 1 < ahead.size() && ahead[end + 1] == quote))) {
      end += ahead[end] == quote ? 2 : 1;
    }
    if (end >= ahead.size()) return false;
    column = ahead.substr(1, end - 1);
    rest = ahead.substr(end + 1);
    while (separator != ' ' && rest.starts_with(' ')) rest.remove_prefix(1);
    return rest.empty() || rest.front() == separator;
  }
  const std::size_t end = std::min(rest.find(separator), rest.size());
  column = rest.substr(0, end);
  rest.remove_prefix(end);
  return true;
}

bool Columns::split(std::string_view line, char separator, char quote) {
  size_ = 0;
  if (separator == ' ') line = trim(line);
  if (line.empty()) return true;
  while (true) {
    if (!take(line, separator, quote)) return false;
    if (line.empty()) return true;
    line.remove_prefix(1);
    while (separator == ' ' && line.starts_with(' ')) line.remove_prefix(1);
    // A separator at the very end has an empty column behind it.
    if (line.empty()) return size_ < kMost && take(line, separator, quote);
  }
}

void take_columns(const Columns& columns, std::span<const ColumnRole> table, Fields& fields) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    fields.set(table[i].role, columns[table[i].column], i);
  }
}

bool SessionNames::key(std::string_view device, std::string_view session, std::uint64_t& out) {
  if (!read_number(session, out) || out == 0) return false;
  out ^= std::hash<std::string_view>()(device);
  return true;
}

void SessionNames::note(std::string_view device, std::string_view session, std::string_view host) {
  std::uint64_t id = 0;
  if (host.empty() || !key(device, session, id)) return;
  if (now_.size() >= kMost) {
    before_ = std::move(now_);
    now_.clear();
  }
  now_.insert_or_assign(id, host);
}

std::string_view SessionNames::take(std::string_view device, std::string_view session) {
  std::uint64_t id = 0;
  if (!key(device, session, id)) return {};
  taken_.clear();
  // The newest of both counts, and neither stays.
  for (auto* names : {&before_, &now_}) {
    const auto found = names->find(id);
    if (found == names->end()) continue;
    taken_ = std::move(found->second);
    names->erase(found);
  }
  return taken_;
}

}  // namespace sallyport::discovery::imports
