#include "discovery/usage/board_report.h"

namespace sallyport::discovery {
namespace {

struct Wanted {
  const char* factor;
  const char* words;
};
// What boards and auditors ask for first.
constexpr Wanted kWanted[] = {{"iso_27001", "ISO/IEC 27001"},
                              {"soc_2", "SOC 2"},
                              {"gdpr_statement", "a statement on the GDPR"},
                              {"encryption_at_rest", "encryption at rest"},
                              {"multi_factor_authentication", "a second factor at sign-in"}};

}  // namespace

Result<BoardReport> ask_board(const ReportQuestion& question) {
  BoardReport board;
  for (const BookedApp& app : question.book->apps()) {
    board.app_names.emplace(app.facts.id, app.facts.name);
  }
  const struct {
    Report BoardReport::* into;
    Result<Report> answer;
  } parts[] = {{&BoardReport::dashboard, report_dashboard(question)},
               {&BoardReport::leakage, report_leakage(question)},
               {&BoardReport::alternatives, report_alternatives(question, nullptr)},
               {&BoardReport::fresh, report_new(question)},
               {&BoardReport::inactive, report_inactive(question)}};
  for (const auto& part : parts) {
    if (!part.answer) return std::unexpected(part.answer.error());
    board.*part.into = *part.answer;
  }
  for (const Wanted& wanted : kWanted) {
    if (!is_factor(wanted.factor)) continue;
    ReportQuestion lacking = question;
    lacking.filter.apps.lacks.emplace_back(wanted.factor);
    const auto answer = report_apps(lacking);
    if (!answer) return std::unexpected(answer.error());
    board.lacks.push_back({wanted.factor, wanted.words, *answer});
  }
  return board;
}

}  // namespace sallyport::discovery
