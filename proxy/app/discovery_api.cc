#include "proxy/app/discovery_api.h"

#include <fmt/format.h>

#include "base/core/text.h"
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
  const std::shared_ptr<const session::Snapshot> now = desk_.material().snapshot;
  const std::shared_ptr<const discovery::AppTagOverlay> overlay = desk_.hand().overlay();
  const Time time = clock_.now();
  std::string text, wrong;
  std::optional<Error> error;
  std::uint64_t rows = 0;
  auto work = [&] {
    const discovery::AppBook book(now->catalog, *overlay);
    auto question = read_words(*words, book, *now->users, time);
    if (!question) {
      wrong = question.error();
      return;
    }
    auto store = discovery::SqliteStore::open_for_reading(store_file(state_));
    if (!store) {
      error = store.error();
      return;
    }
    question->store = store->get();
    const auto answered = answer(*words, *question, time);
    if (answered) {
      text = page_json(*answered);
      rows = row_count(*answered);
    } else {
      error = answered.error();
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return problem(503, "Busy", "too many reports are asked for; try again");
  if (!wrong.empty()) co_return problem(400, "Bad question", wrong);
  if (error && error->kind == ErrorKind::not_found) {
    co_return problem(404, "Not found", error->detail);
  }
  if (error) co_return problem(503, "Use cannot be read", describe(*error));
  if (shows_persons(*words)) {
    const discovery::ReadNote note = note_of(call, "GET /api/v1/discovery/{}", words->user, rows);
    const bool recorded = co_await auditor_.note(note);
    if (!recorded) co_return not_recorded();
  }
  co_return json_answer(std::move(text));
}

}  // namespace sallyport::app
