// What reports of counted use, and what is asked of one user, cost at the first ask: milliseconds
// of the processor, each asked of a store that was just opened. Nothing is kept in between but the
// system's cache of the file.
//
//   report_times FILE [TIMES]        # a store of fill_store, of a copy: it is brought up to date
//   first

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <time.h>
#include <vector>

#include "base/core/check.h"
#include "discovery/store/sqlite_store.h"
#include "discovery/usage/report.h"
#include "discovery/usage/users_seen.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;
using std::chrono::days;

double processor_ms() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

std::vector<std::string> top_apps(const std::string& path, const ReportQuestion& question) {
  auto store = SqliteStore::open_for_reading(path);
  CHECK(store.has_value());
  ReportQuestion asked = question;
  asked.store = store->get();
  const auto report = report_apps(asked);
  CHECK(report.has_value());
  std::vector<std::string> apps;
  for (const auto& row : report->tables[0].rows) apps.push_back(std::get<std::string>(row[0]));
  return apps;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: report_times FILE [TIMES [WORD]]\n");
    return 2;
  }
  const std::string path = argv[1];
  const int times = argc > 2 ? std::max(1, std::atoi(argv[2])) : 9;
  {
    SqliteOptions options{.path = path};
    options.max_age = {};
    options.max_bytes = 0;
    auto store = SqliteStore::open(options);
    CHECK(store.has_value());
    const double begun = processor_ms();
    int steps = 0;
    while (true) {
      const auto more = (*store)->retain(
          std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now()));
      CHECK(more.has_value());
      if (!*more) break;
      ++steps;
    }
    std::printf("brought up to date in %d steps, %.0f ms\n", steps, processor_ms() - begun);
  }
  const AppBook book(std::make_shared<const Catalog>(), AppTagOverlay());
  const Users users;
  std::mt19937_64 random(5);
  auto opened = SqliteStore::open_for_reading(path);
  CHECK(opened.has_value());
  const auto totals = (*opened)->totals();
  CHECK(totals.has_value() && totals->newest);
  const auto last = std::chrono::floor<days>(*totals->newest) + days(1);
  opened->reset();
  ReportQuestion question;
  question.book = &book;
  question.users = &users;
  question.until = last;
  question.since = last - days(30);
  const std::vector<std::string> apps = top_apps(path, question);
  const auto any_user = [&] {
    return "user" + std::to_string(random() % 10'000) + "@corp.example";
  };

  using Ask = std::function<void(SqliteStore&, ReportQuestion)>;
  const auto report = [](auto made) { CHECK(made.has_value()); };
  const std::pair<const char*, Ask> asks[] = {
      {"dashboard", [&](SqliteStore&, ReportQuestion q) { report(report_dashboard(q)); }},
      {"apps", [&](SqliteStore&, ReportQuestion q) { report(report_apps(q)); }},
      {"categories", [&](SqliteStore&, ReportQuestion q) { report(report_categories(q)); }},
      {"users", [&](SqliteStore&, ReportQuestion q) { report(report_by(q, UsageBy::user)); }},
      {"addresses",
       [&](SqliteStore&, ReportQuestion q) { report(report_by(q, UsageBy::address)); }},
      {"devices", [&](SqliteStore&, ReportQuestion q) { report(report_by(q, UsageBy::device)); }},
      {"countries",
       [&](SqliteStore&, ReportQuestion q) { report(report_by(q, UsageBy::country)); }},
      {"new", [&](SqliteStore&, ReportQuestion q) { report(report_new(q)); }},
      {"one app",
       [&](SqliteStore&, ReportQuestion q) {
         const std::string app = apps[random() % apps.size()];
         q.filter.apps.apps = {app};
         report(report_app(q, nullptr, app, Time()));
       }},
      {"the most used app",
       [&](SqliteStore&, ReportQuestion q) {
         q.filter.apps.apps = {apps[0]};
         report(report_app(q, nullptr, apps[0], Time()));
       }},
      {"apps of a user",
       [&](SqliteStore&, ReportQuestion q) {
         q.filter.user = any_user();
         report(report_apps(q));
       }},
      {"users seen",
       [&](SqliteStore& store, ReportQuestion q) {
         report(users_seen(store, {{.since = q.since, .until = q.until}, "", 100},
                           [](const UserSeen&) { return true; }));
       }},
      {"all of a user",
       [&](SqliteStore& store, ReportQuestion q) {
         std::size_t count = 0;
         report(store.read_past_of(any_user(), Time(q.since.time_since_epoch()),
                                   Time(q.until.time_since_epoch()),
                                   [&](const PastEvent&) { ++count; }));
       }},
      {"uploads of a user",
       [&](SqliteStore& store, ReportQuestion q) {
         Query query{.user = any_user(),
                     .type = policy::ActivityType::upload,
                     .since = Time(q.since.time_since_epoch())};
         report(store.query(query));
       }},
      {"activities of a user",
       [&](SqliteStore& store, ReportQuestion) { report(store.query({.user = any_user()})); }},
  };
  std::printf("%-24s", "ms of the processor");
  for (const int span : {7, 30, 90}) std::printf("  %3d days: best median worst", span);
  std::printf("\n");
  for (const auto& [name, ask] : asks) {
    if (argc > 3 && std::string(name).find(argv[3]) == std::string::npos) continue;
    std::printf("%-24s", name);
    for (const int span : {7, 30, 90}) {
      std::vector<double> took;
      for (int i = 0; i < times; ++i) {
        const double begun = processor_ms();
        auto store = SqliteStore::open_for_reading(path);
        CHECK(store.has_value());
        question.store = store->get();
        question.since = last - days(span);
        ask(**store, question);
        took.push_back(processor_ms() - begun);
      }
      std::ranges::sort(took);
      std::printf("       %7.1f %7.1f %7.1f", took[0], took[took.size() / 2], took.back());
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  return 0;
}
