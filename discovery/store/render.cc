#include "discovery/store/render.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/core/text.h"
#include "base/json/writer.h"

namespace sallyport::discovery {
namespace {

// One column: its head, the widest that the table shows (0: not in the table), the cell, and what a
// person sees of it where that differs.
struct Column {
  std::string_view name;
  std::size_t widest;
  bool right;
  std::string (*cell)(const Row&);
  std::string (*shown)(const Row&) = nullptr;
};

std::string optional_word(const std::optional<policy::ActivityType>& type) {
  return type ? std::string(to_string(*type)) : std::string();
}

constexpr std::size_t kAll = 1000;  // never cut

constexpr Column kColumns[] = {
    {"id", kAll, false, [](const Row& row) { return row.id.to_string(); }},
    {"time", kAll, false, [](const Row& row) { return format_rfc3339(row.time); },
     [](const Row& row) { return format_rfc3339(row.time).substr(0, 19) + "Z"; }},
    {"kind", 0, false, [](const Row& row) { return std::string(to_string(row.kind)); }},
    {"user", 24, false, [](const Row& row) { return row.user; }},
    {"client", kAll, false, [](const Row& row) { return row.client.to_string(); }},
    {"app", 0, false, [](const Row& row) { return row.app_id; }},
    {"app_name", 20, false, [](const Row& row) { return row.app_name; }},
    {"host", 36, false, [](const Row& row) { return row.host; }},
    {"method", 8, false, [](const Row& row) { return row.method; }},
    {"path", 40, false, [](const Row& row) { return row.path; }},
    {"type", kAll, false, [](const Row& row) { return optional_word(row.type); }},
    {"action", kAll, false, [](const Row& row) { return std::string(to_string(row.action)); }},
    {"policy", 40, false, [](const Row& row) { return row.policy; }},
    {"status", kAll, true,
     [](const Row& row) { return row.status ? std::to_string(*row.status) : std::string(); }},
    {"bytes_in", kAll, true, [](const Row& row) { return std::to_string(row.bytes_in); },
     [](const Row& row) { return human_bytes(row.bytes_in); }},
    {"bytes_out", kAll, true, [](const Row& row) { return std::to_string(row.bytes_out); },
     [](const Row& row) { return human_bytes(row.bytes_out); }},
    {"ending", kAll, false, [](const Row& row) { return std::string(to_string(row.ending)); }},
    {"duration_us", 0, true, [](const Row& row) { return std::to_string(row.duration_us); }},
    {"uncommon", 0, false, [](const Row& row) { return row.uncommon; }},
};

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::size_t characters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues));
}

// At most `widest` characters, the last three dots where something was cut.
std::string cut(std::string text, std::size_t widest) {
  if (characters(text) <= widest) return text;
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (!continues(text[at]) && seen++ == widest - 3) break;
  }
  return text.substr(0, at) + "...";
}

std::string render_table(std::span<const Row> rows) {
  std::vector<std::vector<std::string>> lines;
  std::vector<std::size_t> widths;
  std::vector<const Column*> columns;
  std::vector<std::string> head;
  for (const Column& column : kColumns) {
    if (column.widest == 0) continue;
    columns.push_back(&column);
    std::string name;
    for (const char c : column.name) name += is_alpha(c) ? static_cast<char>(c & ~32) : ' ';
    widths.push_back(name.size());
    head.push_back(std::move(name));
  }
  lines.push_back(std::move(head));
  for (const Row& row : rows) {
    std::vector<std::string> line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto shown = columns[i]->shown != nullptr ? columns[i]->shown : columns[i]->cell;
      std::string cell = cut(printable(shown(row)), columns[i]->widest);
      if (cell.empty()) cell = "-";
      widths[i] = std::max(widths[i], characters(cell));
      line.push_back(std::move(cell));
    }
    lines.push_back(std::move(line));
  }
  std::string out;
  for (const std::vector<std::string>& line : lines) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string padding(widths[i] - characters(line[i]), ' ');
      if (i > 0) out += "  ";
      out += columns[i]->right ? padding + line[i] : line[i] + padding;
    }
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  return out;
}

std::string render_json(std::span<const Row> rows) {
  std::string out = "[";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += i == 0 ? "\n" : ",\n";
    append_json(out, rows[i]);
  }
  return out + (rows.empty() ? "]\n" : "\n]\n");
}

void append_csv(std::string& out, std::string_view cell) {
  // The last four are = + - @ in full width, which some spreadsheets take for the others.
  static constexpr std::string_view kFormula[] = {"=",      "+",      "-",      "@",
                                                  "\uff1d", "\uff0b", "\uff0d", "\uff20"};
  // What is left of line ends and tabs is no formula any more, and no line either.
  std::string text = printable(cell);
  for (const std::string_view sign : kFormula) {
    if (!text.starts_with(sign)) continue;
    text.insert(0, 1, '\'');
    break;
  }
  if (text.find_first_of(",;\"") == std::string::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string render_csv(std::span<const Row> rows) {
  std::string out;
  for (const Column& column : kColumns) {
    if (!out.empty()) out += ',';
    out += column.name;
  }
  out += "\r\n";
  for (const Row& row : rows) {
    bool first = true;
    for (const Column& column : kColumns) {
      if (!std::exchange(first, false)) out += ',';
      append_csv(out, column.cell(row));
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace

std::optional<Format> parse_format(std::string_view word) {
  if (word == "table") return Format::table;
  if (word == "json") return Format::json;
  if (word == "csv") return Format::csv;
  return std::nullopt;
}

void append_json(std::string& out, const Row& row) {
  JsonWriter json(out);
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.member(name, value);
  };
  json.begin_object();
  json.member("id", row.id.to_string());
  json.member("time", format_rfc3339(row.time));
  json.member("kind", to_string(row.kind));
  text("user", row.user);
  json.member("client", row.client.to_string());
  text("app", row.app_id);
  text("app_name", row.app_name);
  text("host", row.host);
  text("method", row.method);
  text("path", row.path);
  text("type", optional_word(row.type));
  json.member("action", to_string(row.action));
  text("policy", row.policy);
  if (row.status) json.member("status", *row.status);
  json.member("bytes_in", row.bytes_in);
  json.member("bytes_out", row.bytes_out);
  json.member("ending", to_string(row.ending));
  json.member("duration_us", row.duration_us);
  if (!row.uncommon.empty()) json.member("uncommon", row.uncommon);
  json.end_object();
}

std::string render_rows(std::span<const Row> rows, Format format) {
  switch (format) {
    case Format::table:
      return render_table(rows);
    case Format::json:
      return render_json(rows);
    case Format::csv:
      return render_csv(rows);
  }
  return {};
}

}  // namespace sallyport::discovery
