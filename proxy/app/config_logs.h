#pragma once
// recording.logs: where events go beside the store.
//
//   logs:
//     - file: access.jsonl
//     - { file: squid.log, format: squid, rotate_at: 100 MiB, daily: true, keep: 30 }
//     - { syslog: siem.example, transport: tls, roots: [siem-ca.pem], only: [blocked, refused] }
//
// Left out, there is one: access.jsonl, as JSON. An empty list is none.

#include <functional>
#include <string>
#include <vector>

#include "base/yaml/reader.h"
#include "discovery/logs/sink_file.h"
#include "proxy/export/syslog_sink.h"

namespace sallyport::app {

struct SyslogConfig {
  exporting::SyslogOptions options;  // HOSTNAME "-" stands for gateway.name
  std::vector<std::string> roots;    // TLS: PEM files; none: the system's roots

  bool operator==(const SyslogConfig&) const = default;
};

struct LogsConfig {
  // A path that is not absolute is a name in the log folder of the state directory.
  std::vector<discovery::FileSinkOptions> files{{.path = "access.jsonl"}};
  std::vector<SyslogConfig> syslogs;

  bool operator==(const LogsConfig&) const = default;
};

// `recording` is the section that holds the list; `in_folder` finds files that it names.
void read_logs(yaml::MapReader& recording,
               const std::function<std::string(const std::string&)>& in_folder, LogsConfig& into);

}  // namespace sallyport::app
