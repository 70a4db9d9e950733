#include "proxy/app/history_json.h"

#include "base/json/writer.h"

namespace sallyport::app {

namespace {

void members(JsonWriter& json, const PolicyHistory::Change& change) {
  json.member("commit", change.commit);
  json.member("time", format_rfc3339(change.at));
  json.member("author", change.author);
  json.member("subject", change.subject);
}

}  // namespace

std::string history_json(const std::string& file, const std::vector<PolicyHistory::Change>& changes,
                         std::size_t limit) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("file", file);
  json.key("history");
  json.begin_array();
  for (const PolicyHistory::Change& change : changes) {
    json.begin_object();
    members(json, change);
    json.end_object();
  }
  json.end_array();
  json.key("next");
  if (!changes.empty() && changes.size() >= limit) {
    json.string(changes.back().commit);
  } else {
    json.null();
  }
  json.end_object();
  return text;
}

std::string no_history_json(const std::string& file, const std::string& reason) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("file", file);
  json.key("history");
  json.null();
  json.member("reason", reason);
  json.key("next");
  json.null();
  json.end_object();
  return text;
}

std::string commit_json(const std::string& file, const PolicyHistory::Shown& shown) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("file", file);
  members(json, shown.change);
  json.member("message", shown.message);
  json.key("text");
  if (shown.text) {
    json.string(*shown.text);
  } else {
    json.null();
  }
  json.member("diff", shown.diff);
  json.end_object();
  return text;
}

}  // namespace sallyport::app
