// Files of strangers, packed or not: whatever they hold, reading them ends, within the limits, and
// the counts of the reports add up.

#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include "base/core/check.h"
#include "discovery/imports/import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery::imports;
  const int fd = ::memfd_create("log", MFD_CLOEXEC);
  CHECK(fd >= 0 && ::write(fd, data, size) == static_cast<ssize_t>(size));
  ImportOptions options;
  options.parser.times.now = Time(std::chrono::seconds(1'800'000'000));
  options.limits = {.bytes = 4 << 20, .ratio = 100, .free = 1 << 20, .members = 8};
  std::uint64_t records = 0;
  const auto reports = import_log("/proc/self/fd/" + std::to_string(fd), options,
                                  [&](const LogRecord&) { ++records; }, {});
  ::close(fd);
  CHECK(reports);
  std::uint64_t counted = 0;
  for (const ImportReport& report : *reports) {
    CHECK(report.bytes <= options.limits.bytes);
    CHECK(report.first_bad.size() <= options.examples);
    counted += report.records();
  }
  CHECK(counted == records);
  return 0;
}
