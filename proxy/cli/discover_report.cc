#include "proxy/cli/discover_report.h"

#include "discovery/store/sqlite_store.h"
#include "discovery/usage/board_report.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/discover_book.h"
#include "proxy/cli/print_pdf.h"

namespace sallyport::cli {

namespace {

constexpr std::size_t kMostRows = 100'000;  // of a list that the report counts

int failed(const Error& error) {
  const bool unknown = error.kind == ErrorKind::not_found;
  complain(unknown ? error.detail : describe(error));
  return unknown ? kNo : kMachine;
}

}  // namespace

int discover_report(const BoardOptions& options) {
  std::string state;
  AskedBook asked;
  const CommonOptions& common = options.asked.common;
  if (const int code = open_book(common, state, asked); code != kOk) return code;
  const Time now = system_clock().now();
  discovery::ReportWords words = options.asked.words;
  words.limit = kMostRows;
  auto question = read_words(words, *asked.book, *asked.snapshot->users, now);
  if (!question) {
    complain(question.error());
    return kWrongInput;
  }
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(state));
  if (!store) return failed(store.error());
  question->store = store->get();
  const auto board = ask_board(*question);
  if (!board) return failed(board.error());
  // Persons are counted and never named, so who reads it is recorded only where one was asked for.
  const bool of_some = !words.user.empty() || !words.address.empty();
  if (of_some &&
      !note_read(common, state, "discover report", words.user, row_count(board->dashboard))) {
    return kMachine;
  }
  const std::string page = board_html(*board, now);
  const Result<void> done = options.format == "pdf"
                                ? print_pdf(page, options.output, options.browser)
                                : app::write_file(options.output, page, 0600);
  if (!done) return failed(done.error());
  say(options.output + "\n");
  return kOk;
}

}  // namespace sallyport::cli
