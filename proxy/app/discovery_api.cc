#include "proxy/app/discovery_api.h"

#include <fmt/format.h>
#include <time.h>

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

// The processor's time of this thread: how busy the machine is does not count.
ReportCache::Cost processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// What tells one answer from another. Spans end now, so it is one of its day.
std::string key_of(const Call& call, Time now, bool is_viewer) {
  std::string key = format_rfc3339(now).substr(0, 10) + (is_viewer ? "\nviewer" : "\nanalyst");
  for (const std::string& name : call.names) key += '\n' + name;
  for (const auto& [name, value] : call.query) {
    if (name != "by" && name != "reason") key += '\n' + name + '=' + value;
  }
  return key;
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

// What a report is made of, so that a thread of its own can make it.
struct DiscoveryApi::Question {
  ReportWords words;
  std::shared_ptr<const session::Snapshot> snapshot;
  std::shared_ptr<const discovery::AppTagOverlay> overlay;
  Time time;
  bool is_viewer = false;
  std::string key;

  ReportCache::Stamp stamp() const { return {snapshot, overlay}; }
};

struct DiscoveryApi::Made {
  ReportCache::Answer answer;
  std::string wrong;  // with the question
  std::optional<Error> error;
  ReportCache::Cost cost{};
};

DiscoveryApi::Made DiscoveryApi::make(const Question& asked, const std::string& state) {
  const ReportCache::Cost begun = processor_time();
  Made made;
  const discovery::AppBook book(asked.snapshot->catalog, *asked.overlay);
  auto question = read_words(asked.words, book, *asked.snapshot->users, asked.time);
  if (!question) {
    made.wrong = question.error();
    return made;
  }
  auto store = discovery::SqliteStore::open_for_reading(store_file(state));
  if (!store) {
    made.error = store.error();
    return made;
  }
  question->store = store->get();
  auto answered = answer(asked.words, *question, asked.time);
  if (!answered) {
    made.error = answered.error();
    return made;
  }
  if (asked.is_viewer) leave_out_persons(*answered);
  made.answer = {page_json(*answered), row_count(*answered)};
  made.cost = processor_time() - begun;
  return made;
}

// Makes an answer that is still given anew, behind it.
void DiscoveryApi::refresh(Question asked) {
  auto work = [cache = cache_, state = state_, &clock = clock_, asked] {
    Made made = make(asked, state);
    if (!made.wrong.empty() || made.error) return cache->give_up(asked.key);
    cache->put(asked.key, asked.stamp(), std::move(made.answer), made.cost, clock.steady());
  };
  if (!pool_.submit(std::move(work))) cache_->give_up(asked.key);
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
  const Time time = clock_.now();
  const Question asked{*words,    desk_.material().snapshot,    desk_.hand().overlay(), time,
                       is_viewer, key_of(call, time, is_viewer)};
  const ReportCache::Found found = cache_->find(asked.key, asked.stamp(), clock_.steady());
  if (found.make_anew) refresh(asked);
  std::shared_ptr<const ReportCache::Answer> told = found.answer;
  if (told == nullptr) {
    Made made;
    auto work = [&] { made = make(asked, state_); };
    const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
    if (!ran) co_return problem(503, "Busy", "too many reports are asked for; try again");
    if (!made.wrong.empty()) co_return problem(400, "Bad question", made.wrong);
    if (made.error && made.error->kind == ErrorKind::not_found) {
      co_return problem(404, "Not found", made.error->detail);
    }
    if (made.error) co_return problem(503, "Use cannot be read", describe(*made.error));
    told = std::make_shared<const ReportCache::Answer>(made.answer);
    cache_->put(asked.key, asked.stamp(), std::move(made.answer), made.cost, clock_.steady());
  }
  if (shows_persons(*words) && !is_viewer) {
    const discovery::ReadNote note =
        note_of(call, "GET /api/v1/discovery/{}", words->user, told->rows);
    const bool recorded = co_await auditor_.note(note);
    if (!recorded) co_return not_recorded();
  }
  http::Reply reply = json_answer(told->text);
  if (found.answer != nullptr) {  // RFC 9111 section 5.1
    reply.head.headers.add("Age", std::to_string(found.age.count()));
  }
  co_return reply;
}

}  // namespace sallyport::app
