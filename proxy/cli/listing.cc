#include "proxy/cli/listing.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/check.h"
#include "base/core/text.h"
#include "base/json/writer.h"

namespace sallyport::cli {

namespace {

std::string joined(const Listing::Cell& cell, std::string_view separator) {
  return cell.list.empty() ? cell.text : fmt::format("{}", fmt::join(cell.list, separator));
}

bool is_empty(const Listing::Cell& cell) { return cell.text.empty() && cell.list.empty(); }

std::size_t characters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
         }));
}

// What a spreadsheet would take for a formula is made a text.
void append_csv(std::string& out, std::string text, bool number) {
  constexpr std::string_view kFormula = "=+-@\t\r";
  if (!number && !text.empty() && kFormula.find(text.front()) != std::string_view::npos) {
    text.insert(0, 1, '\'');
  }
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  out += '"';
}

}  // namespace

Listing::Cell Listing::text(std::string_view value) { return {std::string(value), false, {}}; }
Listing::Cell Listing::number(std::uint64_t value) { return {std::to_string(value), true, {}}; }
Listing::Cell Listing::degrees(double value) { return {fmt::format("{}", value), true, {}}; }
Listing::Cell Listing::texts(std::vector<std::string> values) {
  return {{}, false, std::move(values)};
}

void Listing::add(std::vector<Cell> row) {
  CHECK(row.size() == columns_.size());
  rows_.push_back(std::move(row));
}

std::string Listing::render(std::string_view format) const {
  if (format == "json") return json();
  if (format == "csv") return csv();
  return table();
}

std::string Listing::table() const {
  std::vector<std::vector<std::string>> lines(1);
  std::vector<std::size_t> widths;
  for (const std::string& column : columns_) {
    std::string& head = lines.front().emplace_back();
    for (const char c : column) head += is_alpha(c) ? static_cast<char>(c & ~32) : ' ';
    widths.push_back(head.size());
  }
  for (const auto& row : rows_) {
    std::vector<std::string>& line = lines.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      line.push_back(is_empty(row[i]) ? "-" : printable(joined(row[i], ", ")));
      widths[i] = std::max(widths[i], characters(line.back()));
    }
  }
  std::string out;
  for (std::size_t n = 0; n < lines.size(); ++n) {
    for (std::size_t i = 0; i < lines[n].size(); ++i) {
      const std::string padding(widths[i] - characters(lines[n][i]), ' ');
      const bool right = !rows_.empty() && rows_.front()[i].number;
      out += i > 0 ? "  " : "";
      out += right ? padding + lines[n][i] : lines[n][i] + padding;
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  return out;
}

std::string Listing::json() const {
  std::string out = "[";
  for (std::size_t n = 0; n < rows_.size(); ++n) {
    out += n == 0 ? "\n" : ",\n";
    out += '{';
    bool first = true;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Cell& cell = rows_[n][i];
      if (is_empty(cell)) continue;
      if (!first) out += ',';
      first = false;
      JsonWriter(out).string(columns_[i]);
      out += ':';
      if (cell.number) {
        out += cell.text;
      } else if (cell.list.empty()) {
        JsonWriter(out).string(cell.text);
      } else {
        JsonWriter array(out);
        array.begin_array();
        for (const std::string& one : cell.list) array.string(one);
        array.end_array();
      }
    }
    out += '}';
  }
  return out + (rows_.empty() ? "]\n" : "\n]\n");
}

std::string Listing::csv() const {
  std::string out;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    out += i > 0 ? "," : "";
    append_csv(out, columns_[i], false);
  }
  out += "\r\n";
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += i > 0 ? "," : "";
      append_csv(out, joined(row[i], " "), row[i].number);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace sallyport::cli
