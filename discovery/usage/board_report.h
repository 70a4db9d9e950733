#pragma once
// The executive report: all use in a span as a board reads it, on one page of HTML that needs
// nothing else (no script, no file, no network), reads in light and dark, and prints on A4.
//
//   Result<BoardReport> board = ask_board(question);
//   std::string page = board_html(*board, clock.now());
//
// Every plot has a table beside it or below it with the same figures.

#include <map>
#include <string>
#include <vector>

#include "discovery/usage/report.h"

namespace sallyport::discovery {

struct BoardReport {
  std::map<std::string, std::string> app_names;  // by id, of all that the catalog knows
  Report dashboard, leakage, alternatives, fresh, inactive;
  struct Lack {
    std::string factor;  // "iso_27001"
    std::string words;   // "ISO/IEC 27001"
    Report apps;         // in use, that are known to lack it
  };
  std::vector<Lack> lacks;
};

// REQUIRES: a question with a store; what it asks of users and apps holds for all of it.
Result<BoardReport> ask_board(const ReportQuestion& question);

std::string board_html(const BoardReport& board, Time made);

}  // namespace sallyport::discovery
