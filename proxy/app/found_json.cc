#include "proxy/app/found_json.h"

#include "proxy/local/answer.h"

namespace sallyport::app {

void write_found(JsonWriter& json, const Diagnostics& found, std::string_view folder) {
  json.begin_array();
  for (const Diagnostic& one : found.sorted()) {
    std::string_view file = one.place.source ? std::string_view(one.place.source->name) : "";
    if (!folder.empty() && file.starts_with(folder)) file.remove_prefix(folder.size());
    json.begin_object();
    json.member("file", file);
    json.member("line", one.place.line);
    json.member("column", one.place.column);
    json.member("length", one.place.length);
    json.member("severity", one.severity == Severity::error ? "error" : "warning");
    json.member("message", one.message);
    json.member("hint", one.hint);
    json.end_object();
  }
  json.end_array();
}

http::Reply problem_with(int status, std::string_view title, const Diagnostics& found,
                         std::string_view folder) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("type", "about:blank");
  json.member("title", title);
  json.member("status", status);
  const auto sorted = found.sorted();
  std::string detail;
  if (!sorted.empty()) {
    const Diagnostic& first = sorted.front();
    detail = first.message;
    if (first.place.column > 0) {
      detail += " (line " + std::to_string(first.place.line) + ", column " +
                std::to_string(first.place.column) + ")";
    }
    if (!first.hint.empty()) detail += ": " + first.hint;
  }
  json.member("detail", detail);
  json.key("diagnostics");
  write_found(json, found, folder);
  json.end_object();
  return local::make_answer(status, "application/problem+json", text + "\n");
}

}  // namespace sallyport::app
