#pragma once
// Files of foreign logs to records: unpacked, cut into lines, read in the format that they are in.
//
//   ImportOptions options;
//   options.parser.times.now = clock.now();
//   auto reports = import_log("access.log.gz", options, [&](const LogRecord& record) { ... }, {});
//
// Memory: what LogInput needs, the first lines until their format is known, and a line. A line
// longer than kMaxLine is counted and passed over. A text is given up where most of its lines are
// bad, once there are enough to say so: what was read till then has gone to the sink, so whoever
// keeps records keeps them only where no report has a fault, or imports into a place of its own.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "discovery/imports/formats.h"
#include "discovery/imports/log_input.h"

namespace sallyport::discovery::imports {

inline constexpr std::size_t kMaxLine = 64 * 1024;  // bytes

struct ImportOptions {
  LogFormat format = LogFormat::auto_;
  ParserOptions parser;
  InputLimits limits;
  std::size_t examples = 5;  // of bad lines
  bool quotes = true;        // what stands in those; without, their place alone
  bool digest = false;       // tell the texts' digests
};

// Of a text's beginning there is a digest too, so that a log that has grown is known again.
inline constexpr std::size_t kBeginning = 4096;  // bytes

struct BadLine {
  std::uint64_t line = 0;  // from 1
  Reading reason = Reading::shape;
  std::string text;  // its beginning, printable; "" without quotes
};

// What became of one text: a file, or a member of an archive.
struct ImportReport {
  std::string name;  // as it was given; "logs.zip:access.log", printable
  std::string packing;
  LogFormat format = LogFormat::auto_;  // auto_: it could not be told
  std::string why;                      // that format
  std::uint64_t bytes = 0;              // unpacked
  std::uint64_t lines = 0;              // but empty ones
  std::array<std::uint64_t, kReadings> readings{};
  std::vector<BadLine> first_bad;
  std::uint64_t without_zone = 0;  // records whose line names no time zone
  Time first{}, last{};            // of the records, where there are any
  // SHA-256 of the text, and of the first kBeginning bytes of it; "" where they were not asked for.
  std::string digest, beginning;
  std::string fault;  // why it was not read to its end, or is not to be used; or ""

  std::uint64_t records() const { return readings[static_cast<std::size_t>(Reading::record)]; }
  std::uint64_t aside() const { return readings[static_cast<std::size_t>(Reading::aside)]; }
  std::uint64_t bad() const;
};

using RecordSink = std::function<void(const LogRecord&)>;
// Called now and then with the bytes of the file read so far, and all of them (0: not known); false
// stops, which is a fault of the report.
using ImportProgress = std::function<bool(std::uint64_t done, std::uint64_t all)>;

// One report for each text. An error only where the file cannot be opened at all.
Result<std::vector<ImportReport>> import_log(const std::string& path, const ImportOptions& options,
                                             const RecordSink& sink,
                                             const ImportProgress& progress);

}  // namespace sallyport::discovery::imports
