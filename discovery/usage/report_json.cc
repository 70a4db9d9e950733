#include "discovery/usage/report_json.h"

#include "base/json/writer.h"

namespace sallyport::discovery {
namespace {

struct Member {
  JsonWriter& json;
  const std::string& name;

  void operator()(std::monostate) const {}
  void operator()(const std::string& text) const { json.member(name, text); }
  void operator()(std::uint64_t number) const { json.member(name, number); }
  void operator()(ReportBytes bytes) const { json.member(name, bytes.count); }
  void operator()(ReportShare share) const { json.member(name, share.of_one); }
  void operator()(Time time) const { json.member(name, format_rfc3339(time).substr(0, 16) + "Z"); }
  void operator()(const std::vector<std::string>& list) const {
    json.key(name);
    json.begin_array();
    for (const std::string& text : list) json.string(text);
    json.end_array();
  }
};

}  // namespace

std::string page_json(const Report& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("since", day_text(report.extent.since));
  json.member("until", day_text(report.extent.until - std::chrono::days(1)));
  for (const auto& [name, cell] : report.facts) std::visit(Member{json, name}, cell);
  for (const ReportTable& table : report.tables) {
    json.key(table.name);
    json.begin_array();
    for (const auto& row : table.rows) {
      json.begin_object();
      for (std::size_t i = 0; i < row.size(); ++i) {
        std::visit(Member{json, table.columns[i]}, row[i]);
      }
      json.end_object();
    }
    json.end_array();
  }
  json.member("uncounted_events", report.extent.uncounted);
  json.member("beyond_limits", report.beyond_limits);
  json.end_object();
  return out;
}

}  // namespace sallyport::discovery
