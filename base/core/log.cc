#include "base/core/log.h"

#include <atomic>
#include <cerrno>
#include <string>
#include <unistd.h>

#include "base/core/clock.h"
#include "base/core/text.h"

namespace sallyport::log {
namespace {

// The only state of the process that is not handed around: it is set once at start, and a log that
// had to be passed to every function would be used by none.
std::atomic<Level> threshold{Level::info};

constexpr std::size_t kMaxLine = 8 * 1024;  // bytes of the caller's text

constexpr std::string_view word(Level level) {
  switch (level) {
    case Level::debug:
      return "debug    ";
    case Level::info:
      return "info     ";
    case Level::warning:
      return "warning  ";
    case Level::error:
      return "error    ";
  }
  return "";
}

void write_line(Level level, std::string_view line) {
  if (level < threshold.load(std::memory_order_relaxed)) return;
  std::string out = format_rfc3339(system_clock().now());
  out += ' ';
  out += word(level);
  out += printable(line.substr(0, kMaxLine));
  if (line.size() > kMaxLine) out += "...";
  out += '\n';
  // One write, so that lines of several threads do not mix. What a full or broken pipe does not
  // take is lost: there is nobody left to tell.
  ssize_t written = 0;
  do {
    written = ::write(STDERR_FILENO, out.data(), out.size());
  } while (written < 0 && errno == EINTR);
}

}  // namespace

void set_level(Level level) { threshold.store(level, std::memory_order_relaxed); }
Level level() { return threshold.load(std::memory_order_relaxed); }

void debug(std::string_view line) { write_line(Level::debug, line); }
void info(std::string_view line) { write_line(Level::info, line); }
void warning(std::string_view line) { write_line(Level::warning, line); }
void error(std::string_view line) { write_line(Level::error, line); }

}  // namespace sallyport::log
