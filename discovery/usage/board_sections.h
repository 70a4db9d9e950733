#pragma once
// The sections of the executive report, as HTML; "" where there is nothing to say. For the
// board_*.cc files.

#include "discovery/usage/board_parts.h"
#include "discovery/usage/board_report.h"

namespace sallyport::discovery::board {

// Bytes of uploads to apps that are not sanctioned.
std::uint64_t leaked(const BoardReport& board);

std::string tiles(const BoardReport& board);
std::string stands_out(const BoardReport& board);
std::string categories(const BoardReport& board);
std::string top_apps(const BoardReport& board);
std::string risk(const BoardReport& board);
std::string over_time(const BoardReport& board);
std::string leakage(const BoardReport& board);
std::string compliance(const BoardReport& board);
std::string fresh_apps(const BoardReport& board);
std::string idle_apps(const BoardReport& board);
std::string notes(const BoardReport& board);

}  // namespace sallyport::discovery::board
