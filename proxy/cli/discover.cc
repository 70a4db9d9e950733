#include "proxy/cli/discover.h"

#include <algorithm>
#include <fmt/format.h>

#include "discovery/store/sqlite_store.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/discover_book.h"
#include "proxy/cli/listing.h"
#include "proxy/cli/pseudonym_key.h"
#include "proxy/cli/report_text.h"

namespace sallyport::cli {
namespace {

using discovery::Report;
using discovery::ReportQuestion;
using std::chrono::days;

// What the answer does not know, for whoever reads it.
void tell_gaps(const ReportQuestion& question, const Report& report) {
  const discovery::UsageExtent& extent = report.extent;
  if (extent.since < question.since || extent.until > question.until) {
    complain(fmt::format("of months that are long past only all is known: this is from {} to {}",
                         discovery::day_text(extent.since),
                         discovery::day_text(extent.until - days(1))));
  }
  if (report.extent.uncounted > 0) {
    complain(fmt::format("{} kept events are not counted yet; the gateway does that while it runs",
                         report.extent.uncounted));
  }
  if (report.beyond_limits > 0) {
    complain(fmt::format("{} transactions are beyond the limits of their day, and shown as (other)",
                         report.beyond_limits));
  }
}

}  // namespace

int discover_queries(const DiscoverOptions& options) {
  Listing listing({"query", "what"});
  for (const auto& query : discovery::suggested_queries()) {
    listing.add({Listing::text(query.name), Listing::text(query.what)});
  }
  say(listing.render(options.format));
  return kOk;
}

int discover(const DiscoverOptions& options) {
  std::string state;
  AskedBook asked;
  if (const int code = open_book(options.common, state, asked); code != kOk) return code;
  const Time now = system_clock().now();
  auto question = read_words(options.words, *asked.book, *asked.snapshot->users, now);
  if (!question) {
    complain(question.error());
    return kWrongInput;
  }
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(state));
  if (!store) {
    complain(describe(store.error()));
    return kMachine;
  }
  question->store = store->get();
  Result<Report> report = answer(options.words, *question, now);
  if (!report) {
    const bool unknown = report.error().kind == ErrorKind::not_found;
    complain(unknown ? report.error().detail : describe(report.error()));
    return unknown ? kNo : kMachine;
  }
  if (shows_persons(options.words) &&
      !note_read(options.common, state, "discover", options.words.user, row_count(*report))) {
    return kMachine;
  }
  if (options.pseudonyms) {
    const auto pseudonyms = pseudonyms_of(state);
    if (!pseudonyms) return kMachine;
    pseudonymise(*report, *pseudonyms);
  }
  tell_gaps(*question, *report);
  say(is_page(options.words.kind) ? render_page(*report, options.format)
                                  : render_list(*report, options.format));
  const bool empty = std::ranges::all_of(
      report->tables, [](const discovery::ReportTable& table) { return table.rows.empty(); });
  return empty ? kNo : kOk;
}

}  // namespace sallyport::cli
