#pragma once
// recording.logs: where events go beside the store.
//
//   logs:
//     - file: access.jsonl
//     - { file: squid.log, format: squid, rotate_at: 100 MiB, daily: true, keep: 30 }
//
// Left out, there is one: access.jsonl, as JSON. An empty list is none.

#include <string>
#include <vector>

#include "base/yaml/reader.h"
#include "discovery/logs/sink_file.h"

namespace sallyport::app {

struct LogsConfig {
  // A path that is not absolute is a name in the log folder of the state directory.
  std::vector<discovery::FileSinkOptions> files{{.path = "access.jsonl"}};

  bool operator==(const LogsConfig&) const = default;
};

// `recording` is the section that holds the list.
void read_logs(yaml::MapReader& recording, LogsConfig& into);

}  // namespace sallyport::app
