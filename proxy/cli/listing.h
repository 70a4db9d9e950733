#pragma once
// Rows for people and for programs: a table that fits its cells, a JSON array of objects, or CSV
// (RFC 4180). An empty cell is "-" in a table, absent in JSON, and nothing in CSV.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::cli {

class Listing {
 public:
  struct Cell {
    std::string text;
    bool number = false;  // `text` is a number: to the right in a table, without quotes in JSON.
    std::vector<std::string> list;  // Several texts; then `text` is not looked at.
  };
  static Cell text(std::string_view value);
  static Cell number(std::uint64_t value);
  static Cell degrees(double value);
  static Cell texts(std::vector<std::string> values);

  explicit Listing(std::vector<std::string> columns) : columns_(std::move(columns)) {}
  // REQUIRES: a cell for every column.
  void add(std::vector<Cell> row);

  // "table", "json" or "csv".
  std::string render(std::string_view format) const;

 private:
  std::string table() const;
  std::string json() const;
  std::string csv() const;

  std::vector<std::string> columns_;  // snake_case
  std::vector<std::vector<Cell>> rows_;
};

// What `append_json(out, value)` writes of each, as one JSON array with a value a line.
template <class Values>
std::string json_array(const Values& values) {
  std::string out = "[";
  for (const auto& value : values) {
    out += out.size() == 1 ? "\n" : ",\n";
    append_json(out, value);
  }
  return out + (out.size() == 1 ? "]\n" : "\n]\n");
}

}  // namespace sallyport::cli
