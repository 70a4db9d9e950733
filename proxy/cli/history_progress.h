#pragma once
// How far a look at the past is, and how long it still takes: a line on standard error that is
// written over each second, where that is a terminal; otherwise nothing.

#include <chrono>
#include <cstdint>
#include <string>

#include "discovery/history/history.h"

namespace sallyport::cli {

class HistoryProgress {
 public:
  HistoryProgress();

  // REQUIRES: it outlives the question.
  void follow(discovery::HistoryQuestion& question);
  // Takes the line away, before an answer is written.
  void clear();

  // "  250,000 of 1,000,000 events, 25 %, about 3s left"
  static std::string line(std::uint64_t done, std::uint64_t all, std::chrono::milliseconds passed);

 private:
  void write(const std::string& text);

  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace sallyport::cli
