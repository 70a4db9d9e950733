#include "proxy/cli/history_progress.h"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

namespace sallyport::cli {

namespace {

// 1234567 -> "1,234,567"
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

}  // namespace

HistoryProgress::HistoryProgress()
    : terminal_(::isatty(STDERR_FILENO) == 1), begun_(system_clock().steady()) {}

void HistoryProgress::follow(discovery::HistoryQuestion& question) {
  if (!terminal_) return;
  question.tell = [this](std::uint64_t done, std::uint64_t all) {
    const auto passed =
        std::chrono::duration_cast<std::chrono::milliseconds>(system_clock().steady() - begun_);
    write("\r" + line(done, all, passed) + "\x1b[K");
    shown_ = true;
  };
}

void HistoryProgress::clear() {
  if (shown_) write("\r\x1b[K");
}

std::string HistoryProgress::line(std::uint64_t done, std::uint64_t all,
                                  std::chrono::milliseconds passed) {
  std::string text = fmt::format("  {} of {} events, {} %", grouped(done), grouped(all),
                                 all == 0 ? 100 : done * 100 / all);
  if (done == 0) return text;
  const auto left = static_cast<std::uint64_t>(passed.count()) * (all - std::min(done, all)) / done;
  const std::chrono::seconds seconds((left + 999) / 1000);
  return text + ", about " + format_duration(seconds) + " left";
}

void HistoryProgress::write(const std::string& text) {
  // A progress line that cannot be written is no loss.
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

}  // namespace sallyport::cli
