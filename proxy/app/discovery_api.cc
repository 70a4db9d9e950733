#include "proxy/app/discovery_api.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "base/io/scheduling.h"
#include "discovery/store/sqlite_store.h"
#include "discovery/usage/report_json.h"
#include "discovery/usage/report_words.h"
#include "proxy/app/route_words.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

namespace {

using admin::Call;
using admin::json_answer;
using admin::problem;
using discovery::ReportWords;

constexpr std::size_t kUsualRows = 100;
constexpr std::size_t kMostRows = 100'000;

// What the query of a route may have; lists are parted by commas.
constexpr std::string_view kQuery =
    "?since&until&app&category&tag&risk_score&has&lacks&query&user&group&address&country&device"
    "&source&more_than&less_than&sort&limit&by&reason";

std::vector<std::string> list_of(const Call& call, std::string_view name) {
  const std::string& asked = call.asked(name);
  std::vector<std::string> list;
  if (asked.empty()) return list;
  for (const std::string_view part : split(asked, ',')) list.emplace_back(part);
  return list;
}

// What is wrong, as a sentence, or the words.
std::expected<ReportWords, std::string> words_of(const Call& call) {
  ReportWords words;
  const auto kind = discovery::parse_report_kind(call.names.at(0));
  if (!kind) return std::unexpected("there is no report of that name");
  words.kind = *kind;
  if (call.names.size() > 1) words.name = call.names[1];
  const bool about_one = *kind == discovery::ReportKind::app;
  if (about_one && words.name.empty()) return std::unexpected("say which: app/ID");
  if (!words.name.empty() && !about_one && *kind != discovery::ReportKind::alternatives) {
    return std::unexpected("an app is named for app and alternatives alone");
  }
  words.since = call.asked("since");
  words.until = call.asked("until");
  words.apps = list_of(call, "app");
  words.categories = list_of(call, "category");
  words.tags = list_of(call, "tag");
  words.has = list_of(call, "has");
  words.lacks = list_of(call, "lacks");
  words.risk_score = call.asked("risk_score");
  words.query = call.asked("query");
  words.user = call.asked("user");
  words.group = call.asked("group");
  words.address = call.asked("address");
  words.country = call.asked("country");
  words.device = call.asked("device");
  words.source = call.asked("source");
  words.more_than = list_of(call, "more_than");
  words.less_than = list_of(call, "less_than");
  words.sort = call.asked("sort");
  const auto limit = limit_of(call, kUsualRows, kMostRows);
  if (!limit) return std::unexpected(limit.error());
  words.limit = *limit;
  return words;
}

void leave_out_persons(discovery::Report& report) {
  std::erase_if(report.tables, [](const discovery::ReportTable& table) {
    return !table.columns.empty() &&
           (table.columns.front() == "user" || table.columns.front() == "address");
  });
}

}  // namespace

DiscoveryApi::DiscoveryApi(admin::Api& api, Desk& desk, const Clock& clock, io::Worker& worker,
                           std::string state, ReadAuditor& auditor)
    : desk_(desk), clock_(clock), worker_(worker), state_(std::move(state)), auditor_(auditor) {
  for (const char* path : {"/api/v1/discovery/{}", "/api/v1/discovery/{}/{}"}) {
    api.on("GET", path + std::string(kQuery), [this](const Call& call) { return report(call); });
  }
}

Task<http::Reply> DiscoveryApi::report(const Call& call) {
  const auto words = words_of(call);
  if (!words) co_return problem(400, "Bad question", words.error());
  // A page is told to viewers without its tables of persons; a list of them not at all.
  const bool is_viewer = call.caller.role < admin::Role::analyst;
  const bool about_persons = !words->user.empty() || !words->address.empty();
  if (is_viewer && shows_persons(*words) && (about_persons || !is_page(words->kind))) {
    co_return problem(403, "Not yours to ask", "this report shows persons: it is for analysts");
  }
  const std::shared_ptr<const session::Snapshot> snapshot = desk_.material().snapshot;
  const std::shared_ptr<const discovery::AppTagOverlay> overlay = desk_.hand().overlay();
  const Time time = clock_.now();
  KeptReports::Make make = [words = *words, snapshot, overlay, time, is_viewer,
                            state = state_]() -> Result<ReportCache::Answer> {
    io::give_way();
    const discovery::AppBook book(snapshot->catalog, *overlay);
    auto question = read_words(words, book, *snapshot->users, time);
    if (!question) return fail(ErrorKind::invalid, Side::client, question.error());
    auto store = discovery::SqliteStore::open_for_reading(store_file(state));
    if (!store) return std::unexpected(store.error());
    question->store = store->get();
    auto answered = answer(words, *question, time);
    if (!answered) return std::unexpected(answered.error());
    if (is_viewer) leave_out_persons(*answered);
    return ReportCache::Answer{page_json(*answered), row_count(*answered)};
  };
  std::string what = is_viewer ? "viewer" : "analyst";
  for (const std::string& name : call.names) what += '\n' + name;
  std::string key = ReportCache::key_of(what, call.query, time);
  const ReportCache::Stamp stamp{snapshot, overlay};
  const auto told =
      co_await cache_.get(std::move(key), stamp, clock_, worker_, pool_, std::move(make));
  if (!told.ran) co_return problem(503, "Busy", "too many reports are asked for; try again");
  if (told.error && told.error->kind == ErrorKind::invalid && told.error->side == Side::client) {
    co_return problem(400, "Bad question", told.error->detail);
  }
  if (told.error && told.error->kind == ErrorKind::not_found) {
    co_return problem(404, "Not found", told.error->detail);
  }
  if (told.error) co_return problem(503, "Use cannot be read", describe(*told.error));
  if (shows_persons(*words) && !is_viewer) {
    const discovery::ReadNote note =
        note_of(call, "GET /api/v1/discovery/{}", words->user, told.answer->rows);
    const bool recorded = co_await auditor_.note(note);
    if (!recorded) co_return not_recorded();
  }
  co_return told.reply();
}

}  // namespace sallyport::app
