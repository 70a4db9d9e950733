#pragma once
// The access log: JSON Lines in `<directory>/access.jsonl`, rotated by size to access.jsonl.1
// (newest) to access.jsonl.<keep> (oldest, then deleted).
//
// A failing write never stops anything: its events are counted in failures(), the reason is in
// trouble(), and every flush() tries to open the file again. A write that failed half-way is cut
// off again, so that a line is whole or absent.
//
// Thread rule: the scribe's, but reopen() may be called from every thread: it only asks.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "discovery/events/sink.h"

namespace sallyport::discovery {

struct FileSinkOptions {
  std::string directory;  // Must exist.
  std::string name = "access.jsonl";
  std::uint64_t rotate_at = 64 * 1024 * 1024;  // bytes; 0: never (logrotate does it)
  int keep = 8;                                // rotated files
};

class FileSink final : public Sink {
 public:
  // Does not open yet: the first write does, and its failure is a failure like any other.
  explicit FileSink(FileSinkOptions options);
  ~FileSink() override;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  void write(std::span<const Event> events) override;
  void flush() override;
  std::uint64_t failures() const override { return failures_; }
  std::string trouble() const override { return trouble_; }

  // After somebody renamed the file (logrotate): the next write opens the name anew.
  void reopen() { reopen_.store(true, std::memory_order_relaxed); }

  std::string path() const;

 private:
  bool open();
  void close();
  void rotate();
  bool append(std::size_t events);  // Writes buffer_, in one piece or not at all.
  void note(const char* what);

  const FileSinkOptions options_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::string buffer_;
  std::uint64_t failures_ = 0;
  std::string trouble_;
  std::atomic<bool> reopen_{false};
};

}  // namespace sallyport::discovery
