#pragma once
// Rows as text: a table for a terminal, JSON for machines, CSV for spreadsheets.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "discovery/store/query.h"

namespace sallyport::discovery {

enum class Format : std::uint8_t { table, json, csv };

std::optional<Format> parse_format(std::string_view word);

// table: a head line, then aligned columns; cells went through printable() and long ones are cut.
// json: an array with one object per line; a field that is not known is absent.
// csv: RFC 4180 with a head line and CRLF; cells went through printable(), so that a record is one
// line; one that a spreadsheet would take for a formula (it begins with = + - @, also in full
// width) gets a leading apostrophe.
// One row as json has it.
void append_json(std::string& out, const Row& row);
std::string render_rows(std::span<const Row> rows, Format format);

}  // namespace sallyport::discovery
