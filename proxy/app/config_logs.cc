#include "proxy/app/config_logs.h"

#include <algorithm>
#include <utility>

#include "discovery/events/decode.h"

namespace sallyport::app {

namespace {

using yaml::MapReader;
using yaml::Node;

discovery::EventChoice read_choice(MapReader& log) {
  discovery::EventChoice choice;
  for (const auto& word : log.texts("only")) {
    if (const auto ending = discovery::parse_ending(*word)) {
      choice.add(*ending);
      continue;
    }
    static const std::vector<std::string_view> kWords{
        "completed", "blocked", "refused", "client_closed", "origin_failed", "timed_out", "failed"};
    std::string hint = did_you_mean(*word, kWords);
    if (hint.empty()) hint = "blocked, refused, completed, client_closed, origin_failed, ...";
    log.diagnostics().error(word.place, "'" + *word + "' is no way for an event to end",
                            std::move(hint));
  }
  return choice;
}

discovery::LineFormat read_format(MapReader& log) {
  const auto written = log.text("format", "json");
  Checked<discovery::LineFormat> format = discovery::LineFormat::parse(written);
  if (format) return std::move(*format);
  log.diagnostics().append(std::move(format.error()));
  return discovery::LineFormat::json();
}

// A name in the log folder, or an absolute path: nothing that climbs out of the folder.
bool is_file(const std::string& path) {
  if (path.empty() || path.ends_with('/') || path == "." || path == "..") return false;
  return path.starts_with('/') || path.find('/') == std::string::npos;
}

void read_file_log(MapReader& log, LogsConfig& into) {
  discovery::FileSinkOptions file;
  const auto path = log.text("file");
  file.path = *path;
  file.format = read_format(log);
  file.only = read_choice(log);
  file.rotate_at = log.bytes("rotate_at", file.rotate_at);
  file.daily = log.boolean("daily", file.daily);
  file.keep = static_cast<int>(log.integer("keep", file.keep, 0, 1000));
  if (!is_file(*path)) {
    log.diagnostics().error(path.place, "'" + *path + "' is no file for a log",
                            "a name in the log folder, or an absolute path");
  }
  const bool twice = std::ranges::any_of(
      into.files, [&](const discovery::FileSinkOptions& other) { return other.path == file.path; });
  if (twice) {
    log.diagnostics().error(path.place, "two logs would write '" + *path + "'");
  }
  into.files.push_back(std::move(file));
}

}  // namespace

void read_logs(MapReader& recording, LogsConfig& into) {
  if (!recording.has("logs")) return;
  into.files.clear();
  recording.each("logs", [&](const Node& node) {
    MapReader log(node, recording.diagnostics(), "a log");
    if (log.required("file") == nullptr) return;
    read_file_log(log, into);
    log.finish();
  });
}

}  // namespace sallyport::app
