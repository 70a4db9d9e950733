#pragma once
// A log in a file, one line per event in a LineFormat. Rotated by size and by day to <path>.1
// (newest) ... <path>.<keep> (oldest, then deleted), or by logrotate: a file that was moved away,
// removed or cut is noticed before the next write, and the name is opened anew.
//
// A failing write never stops anything: its events are counted in failures(), the reason is in
// trouble(), and every flush() tries to open the file again. A write that failed half-way is cut
// off again, so that a line is whole or absent; the half line of a crash is ended when the file is
// opened.
//
// Thread rule: the scribe's, but reopen() may be called from every thread: it only asks.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/core/clock.h"
#include "discovery/events/sink.h"
#include "discovery/logs/event_choice.h"
#include "discovery/logs/line_format.h"

namespace sallyport::discovery {

struct FileSinkOptions {
  std::string path;  // Its directory must exist.
  LineFormat format = LineFormat::json();
  EventChoice only;
  std::uint64_t rotate_at = 64 * 1024 * 1024;  // bytes; 0: not by size
  bool daily = false;                          // at the first event of a day in UTC
  int keep = 8;                                // rotated files

  bool operator==(const FileSinkOptions&) const = default;
};

class FileSink final : public Sink {
 public:
  // Does not open yet: the first write does, and its failure is a failure like any other.
  explicit FileSink(FileSinkOptions options, const Clock& clock = system_clock());
  ~FileSink() override;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  void write(EventSpan events) override;
  void flush() override;
  std::uint64_t failures() const override { return failures_; }
  std::string trouble() const override { return trouble_; }

  // The next write opens the name anew, whatever was noticed: for SIGUSR1.
  void reopen() { reopen_.store(true, std::memory_order_relaxed); }

  const std::string& path() const { return options_.path; }

 private:
  using Day = std::chrono::sys_days;

  bool open();
  void close();
  // Whether the name still stands for what is open; takes over the size that others left.
  bool still_there();
  bool rotation_is_due(std::size_t more) const;
  void rotate();
  // Writes and empties buffer_; `first`: of a call of write(), which looks at the file again.
  void write_piece(std::size_t lines, bool first);
  bool append(std::size_t events);  // Writes buffer_, in one piece or not at all.
  void note(const char* what);
  Day today() const;

  const FileSinkOptions options_;
  const Clock& clock_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  Day day_;  // of what the open file holds
  std::string buffer_;
  std::uint64_t failures_ = 0;
  std::string trouble_;
  bool write_failed_ = false;  // the last one
  std::atomic<bool> reopen_{false};
};

}  // namespace sallyport::discovery
