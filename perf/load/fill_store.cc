// A store as a large organisation fills it, for what is asked of one (perf/api_latency).
//
//   fill_store FILE EVENTS [USERS [DAYS]]        # activities.sqlite 10000000 10000 90
//
// Events lie evenly in the working hours of the days before today, of users with 20 apps of their
// own out of the first 1,000 of conf/catalog, by Zipf. Use is counted, too.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "base/core/check.h"
#include "base/core/id.h"
#include "discovery/store/sqlite_store.h"

namespace {

using namespace sallyport;
using namespace sallyport::discovery;

constexpr std::size_t kMostApps = 1000;
constexpr std::size_t kBatch = 512;

std::vector<std::string> app_ids() {
  std::vector<std::string> ids;
  const std::filesystem::path catalog =
      std::filesystem::path(SALLYPORT_SOURCE_DIR) / "conf/catalog";
  for (const auto& entry : std::filesystem::directory_iterator(catalog)) {
    if (std::filesystem::exists(entry.path() / "app.yaml")) {
      ids.push_back(entry.path().filename().string());
    }
  }
  std::ranges::sort(ids);
  std::mt19937_64 random(3);
  std::ranges::shuffle(ids, random);
  ids.resize(std::min(ids.size(), kMostApps));
  return ids;
}

class Organisation {
 public:
  Organisation(std::size_t users, std::size_t days, std::size_t events)
      : days_(days), events_(events), own_(users) {
    double sum = 0;
    for (std::size_t i = 0; i < apps_.size(); ++i) {
      sums_.push_back(sum += 1.0 / static_cast<double>(i + 1));
    }
    for (auto& own : own_) {
      for (int i = 0; i < 20; ++i) own.push_back(any_app());
    }
    first_ = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) -
             std::chrono::days(days);
  }

  Event next(std::size_t n) {
    const std::size_t day = n * days_ / events_;
    const std::size_t begin = day * events_ / days_;
    const std::size_t of_day = std::max<std::size_t>(1, events_ / days_);
    const auto micro = static_cast<std::int64_t>(9ull * 3600 * 1'000'000 * (n - begin) / of_day);
    const std::size_t user = random_() % own_.size();
    const std::string& app = apps_[own_[user][random_() % 20]];
    Event event;
    event.start = Time((first_ + std::chrono::days(day)).time_since_epoch()) +
                  std::chrono::hours(8) + std::chrono::microseconds(micro);
    event.id = ids_.make(event.start);
    event.duration_us = static_cast<std::int64_t>(2'000 + random_() % 90'000);
    event.connection_id = n / 8;
    event.intercepted = true;
    event.snapshot = "3f1c0ffee0ddba11";
    policy::Activity& facts = event.activity;
    facts.at = event.start;
    facts.point = policy::Point::response;
    facts.user = "user" + std::to_string(user) + "@corp.example";
    facts.groups = {"group" + std::to_string(user % 40), "staff"};
    const bool away = random_() % 20 == 0;
    facts.client.address =
        IpAddress::v4((away ? 0xac100000u : 0x0a000000u) + static_cast<std::uint32_t>(user));
    facts.client.country = away ? kCountries[user % std::size(kCountries)] : "DE";
    facts.client.isp = away ? "Mobile Example" : "Example Net";
    facts.client.category = away ? policy::IpCategory::none : policy::IpCategory::corporate;
    facts.host = "www." + app + ".example";
    facts.host_kind = policy::HostKind::app;
    facts.scheme = "https";
    facts.port = 443;
    facts.app = policy::AppFacts{app, app, "collaboration", {}};
    facts.agent = policy::AgentFacts{policy::ClientApp::browser,
                                     policy::DeviceType::desktop,
                                     {},
                                     user % 3 == 0 ? "firefox" : "chrome",
                                     "148",
                                     user % 5 == 0 ? "macos" : "windows",
                                     ""};
    facts.type = verb();
    const bool sends = *facts.type == policy::ActivityType::upload;
    facts.method = *facts.type == policy::ActivityType::view ? "GET" : "POST";
    facts.path = "/v1/items/" + std::to_string(random_() % 100'000);
    facts.status = 200;
    event.bytes_in = sends ? size() : random_() % 600;
    event.bytes_out = sends ? 300 : size();
    if (sends || *facts.type == policy::ActivityType::download) {
      facts.file = policy::FileFacts{"report-" + std::to_string(random_() % 5000) + ".pdf", "pdf",
                                     "application/pdf", sends ? event.bytes_in : event.bytes_out};
    }
    if (random_() % 100 == 0) {
      event.verdict.action = policy::Action::block;
      event.verdict.policy = "Unsanctioned apps are refused";
      event.ending = Ending::blocked;
      facts.status = 403;
    }
    event.activities = {{*facts.type, event.verdict}};
    return event;
  }

 private:
  static constexpr const char* kCountries[] = {"US", "FR", "PT", "BR", "IN", "GB", "PL"};

  std::size_t any_app() {
    const double at = std::uniform_real_distribution<double>(0, sums_.back())(random_);
    return static_cast<std::size_t>(std::ranges::lower_bound(sums_, at) - sums_.begin());
  }
  std::uint64_t size() { return static_cast<std::uint64_t>(std::exp(bytes_(random_))); }
  policy::ActivityType verb() {
    using enum policy::ActivityType;
    const std::uint64_t dice = random_() % 1000;
    return dice < 600   ? view
           : dice < 700 ? download
           : dice < 760 ? upload
           : dice < 860 ? edit
           : dice < 930 ? create
           : dice < 960 ? post
           : dice < 980 ? share
           : dice < 990 ? login
           : dice < 996 ? delete_
           : dice < 998 ? admin
                        : login_failed;
  }

  std::size_t days_, events_;
  std::mt19937_64 random_{1};
  UlidMaker ids_;
  std::vector<std::string> apps_ = app_ids();
  std::vector<double> sums_;
  std::vector<std::vector<std::size_t>> own_;
  std::normal_distribution<double> bytes_{9, 2};
  std::chrono::sys_days first_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: fill_store FILE EVENTS [USERS [DAYS]]\n");
    return 2;
  }
  const auto number = [&](int at, std::size_t otherwise) {
    return argc > at ? std::max<std::size_t>(1, std::strtoull(argv[at], nullptr, 10)) : otherwise;
  };
  const std::size_t events = number(2, 1), users = number(3, 10'000), days = number(4, 90);
  SqliteOptions options{.path = argv[1]};
  options.max_age = {};
  options.max_bytes = 0;
  auto store = SqliteStore::open(options);
  CHECK(store.has_value());
  Organisation organisation(users, days, events);
  std::vector<Event> batch;
  for (std::size_t n = 0; n < events;) {
    batch.clear();
    while (batch.size() < kBatch && n < events) batch.push_back(organisation.next(n++));
    CHECK((*store)->write(batch).has_value());
    if (n % (kBatch * 2000) == 0) std::fprintf(stderr, "%zu of %zu\r", n, events);
    if (n % (kBatch * 16) == 0) CHECK((*store)->retain(batch.back().start).has_value());
  }
  while (true) {
    const auto more = (*store)->retain(batch.back().start);
    CHECK(more.has_value());
    if (!*more) break;
  }
  std::fprintf(stderr, "%zu events in %s\n", events, argv[1]);
  return 0;
}
