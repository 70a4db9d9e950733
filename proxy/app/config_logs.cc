#include "proxy/app/config_logs.h"

#include <algorithm>
#include <utility>

#include "base/core/host.h"
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

// A number of bytes within bounds.
std::size_t read_bytes(MapReader& log, std::string_view key, std::size_t fallback,
                       std::size_t least, std::size_t most) {
  const std::uint64_t bytes = log.bytes(key, fallback);
  if (bytes >= least && bytes <= most) return static_cast<std::size_t>(bytes);
  log.diagnostics().error(log.text(key).place, "'" + std::string(key) + "' is out of range",
                          std::to_string(least) + " to " + std::to_string(most) + " bytes");
  return fallback;
}

std::string read_word(MapReader& log, std::string_view key, const std::string& fallback,
                      std::size_t most) {
  const auto word = log.text(key, fallback);
  if (!discovery::is_syslog_word(*word, most)) {
    log.diagnostics().error(word.place, "'" + *word + "' cannot be " + std::string(key),
                            "1 to " + std::to_string(most) + " printable characters of ASCII");
  }
  return *word;
}

void read_message(MapReader& log, exporting::SyslogOptions& options) {
  discovery::SyslogFormat& format = options.format;
  if (const auto* written = log.node("format");
      written != nullptr && written->text == "structured") {
    format.structured = true;
  } else {
    format.line = read_format(log);
  }
  if (const auto facility = log.word("facility", discovery::facility_words())) {
    format.facility = static_cast<int>(*facility);
  }
  std::vector<std::string_view> severities = discovery::severity_words();
  severities.push_back("auto");
  if (const auto severity = log.word("severity", severities); severity && *severity < 8) {
    format.severity = static_cast<int>(*severity);
  }
  format.app_name = read_word(log, "app_name", format.app_name, 48);
  format.host_name = read_word(log, "host_name", format.host_name, 255);
  const auto id = log.text("structured_id", format.structured_id);
  format.structured_id = *id;
  if (!discovery::is_structured_id(*id)) {
    log.diagnostics().error(id.place, "'" + *id + "' is no id of structured data",
                            "name@number, with your private enterprise number");
  }
  // What receivers must and should take: RFC 5426 section 3.2, RFC 5425 section 4.3.1.
  const bool udp = options.transport == exporting::SyslogTransport::udp;
  format.most = read_bytes(log, "max_message", udp ? 2048 : 8192, 480, udp ? 65'000 : 1 << 20);
  options.queue = read_bytes(log, "queue", options.queue, 64 * 1024, std::size_t{1} << 30);
}

void read_trust(MapReader& log, const std::function<std::string(const std::string&)>& in_folder,
                SyslogConfig& syslog) {
  const bool tls = syslog.options.transport == exporting::SyslogTransport::tls;
  for (const auto& root : log.texts("roots")) syslog.roots.push_back(in_folder(*root));
  const auto name = log.text("server_name", syslog.options.host.in_authority());
  if (const auto host = Host::parse(*name)) {
    syslog.options.server_name = *host;
  } else if (!syslog.options.host.empty()) {
    log.diagnostics().error(name.place, "'" + *name + "' is no host name");
  }
  for (const std::string_view key : {"roots", "server_name"}) {
    if (tls || !log.has(key)) continue;
    log.diagnostics().error(log.node(key)->place, "'" + std::string(key) + "' is for TLS only",
                            "transport: tls");
  }
}

void read_syslog(MapReader& log, const std::function<std::string(const std::string&)>& in_folder,
                 LogsConfig& into) {
  SyslogConfig syslog;
  exporting::SyslogOptions& options = syslog.options;
  const auto transport = log.word("transport", {"udp", "tcp", "tls"});
  options.transport = static_cast<exporting::SyslogTransport>(transport.value_or(0));
  const auto to = log.text("syslog");
  // RFC 5426 section 3.3, RFC 6587 section 3.2 and RFC 5425 section 4.1.
  const bool tls = options.transport == exporting::SyslogTransport::tls;
  if (const auto authority = Authority::parse(*to, tls ? 6514 : 514)) {
    options.host = authority->host;
    options.port = authority->port;
  } else {
    log.diagnostics().error(to.place, "'" + *to + "' is no receiver",
                            "write siem.example, siem.example:6514 or 192.0.2.5:514");
  }
  read_message(log, options);
  read_trust(log, in_folder, syslog);
  options.only = read_choice(log);
  into.syslogs.push_back(std::move(syslog));
}

}  // namespace

void read_logs(MapReader& recording,
               const std::function<std::string(const std::string&)>& in_folder, LogsConfig& into) {
  if (!recording.has("logs")) return;
  into.files.clear();
  recording.each("logs", [&](const Node& node) {
    MapReader log(node, recording.diagnostics(), "a log");
    const bool to_file = log.has("file");
    if (to_file == log.has("syslog")) {
      log.diagnostics().error(node.place, to_file ? "a log has a 'file' or a 'syslog', not both"
                                                  : "a log needs 'file' or 'syslog'");
      return;
    }
    if (to_file) {
      read_file_log(log, into);
    } else {
      read_syslog(log, in_folder, into);
    }
    log.finish();
  });
}

}  // namespace sallyport::app
