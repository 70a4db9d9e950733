#pragma once
// What lines are read as, one line of text for each, for tests:
// "2026-11-27T17:49:03.123Z 192.0.2.7 ana > https files.example.com 198.51.100.9:443 GET /a up 1
// down 2 total 3 200 allowed agent 'curl' type text/html"; of what is no record its name.

#include <string>
#include <string_view>

#include "discovery/imports/formats.h"

namespace sallyport::discovery::imports {

inline std::string record_text(const LogRecord& record) {
  std::string text = format_rfc3339(record.time);
  const auto add = [&](std::string_view what) { (text += ' ') += what; };
  const auto number = [&](std::string_view name, const std::optional<std::uint64_t>& value) {
    if (value) add(std::string(name) + ' ' + std::to_string(*value));
  };
  add(record.client ? record.client->to_string() : "-");
  add(record.user.empty() ? "-" : record.user);
  add(">");
  if (!record.scheme.empty()) add(record.scheme);
  if (!record.host.empty()) add(record.host);
  if (record.server) add(record.server->to_string());
  if (record.port != 0) add(":" + std::to_string(record.port));
  if (!record.method.empty()) add(record.method);
  if (!record.path.empty()) add(record.path);
  number("up", record.bytes_up);
  number("down", record.bytes_down);
  number("total", record.bytes_total);
  if (record.same_session) add("same session");
  if (record.status != 0) add(std::to_string(record.status));
  if (record.action == LogAction::allowed) add("allowed");
  if (record.action == LogAction::blocked) add("blocked");
  if (!record.user_agent.empty()) add("agent '" + std::string(record.user_agent) + "'");
  if (!record.content_type.empty()) add("type " + std::string(record.content_type));
  return text;
}

inline std::string reading_text(Reading reading) {
  return is_bad(reading) ? "bad: " + std::string(to_string(reading))
                         : std::string(to_string(reading));
}

inline TimeOptions times_for_tests() {
  return {nullptr, parse_rfc3339("2026-11-27T18:00:00Z").value()};
}

// One result for each line of `lines`.
inline std::string read_lines(LogFormat format, std::string_view lines,
                              ParserOptions options = {times_for_tests()}) {
  const auto parser = make_parser(format, options);
  std::string shown;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    LogRecord record;
    const Reading reading = parser->read(lines.substr(0, end), record);
    shown += reading == Reading::record ? record_text(record) : reading_text(reading);
    shown += '\n';
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return shown;
}

}  // namespace sallyport::discovery::imports
