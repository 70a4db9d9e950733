#include "proxy/app/person_routes.h"

#include <filesystem>
#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/store/query.h"
#include "discovery/store/sqlite_state_store.h"
#include "discovery/users/user_name.h"
#include "proxy/app/governance_page.h"
#include "proxy/app/route_words.h"
#include "proxy/app/state_directory.h"
#include "proxy/app/user_pages.h"

namespace sallyport::app {

using admin::Call;
using admin::json_answer;
using admin::problem;

namespace {

constexpr std::size_t kUsualSeen = 1'000;
constexpr std::size_t kMostSeen = 100'000;

http::Reply busy() { return problem(503, "Busy", "too much is asked for at once; try again"); }
http::Reply bad_times() {
  return problem(400, "Bad query",
                 "since, until and idle are times (RFC 3339) or spans before now (24h)");
}
http::Reply not_read(const Error& error) {
  return problem(error.kind == ErrorKind::not_found ? 404 : 503, "Not read", describe(error));
}

Result<GovernancePage> read_log(const std::string& file, const GovernanceFilter& filter,
                                std::optional<std::uint64_t> before, std::size_t limit) {
  std::error_code none;
  if (!std::filesystem::exists(file, none)) return GovernancePage();
  auto store = discovery::SqliteStateStore::open_for_reading(file);
  if (!store) return pass_on(std::move(store));
  return read_governance(**store, filter, before, limit);
}

std::string json_of(const GovernancePage& page) {
  std::string text = "{\"entries\":[";
  for (std::size_t i = 0; i < page.entries.size(); ++i) {
    text += i == 0 ? "\n" : ",\n";
    append_json(text, page.entries[i]);
  }
  text += "],\"next\":";
  return text + (page.next ? std::to_string(*page.next) : std::string("null")) + "}";
}

std::string json_of(const std::vector<SeenUser>& seen, std::size_t limit) {
  std::string text = fmt::format("{{\"total\":{},\"users\":[", seen.size());
  for (std::size_t i = 0; i < std::min(limit, seen.size()); ++i) {
    text += i == 0 ? "\n" : ",\n";
    append_json(text, seen[i]);
  }
  return text + "]}";
}

}  // namespace

PersonRoutes::PersonRoutes(admin::Api& api, Desk& desk, io::Worker& worker, const Clock& clock,
                           std::string state)
    : desk_(desk), worker_(worker), clock_(clock), state_(std::move(state)) {
  api.on("GET", "/api/v1/governance?action&user&app&who&since&until&after&limit",
         [this](const Call& call) { return governance(call); });
  api.on("GET", "/api/v1/users/{}?since&until", [this](const Call& call) { return user(call); });
  api.on("GET", "/api/v1/users-seen?since&until&idle&app&group&limit",
         [this](const Call& call) { return seen(call); });
}

Task<http::Reply> PersonRoutes::governance(const Call& call) {
  GovernanceFilter filter{
      call.asked("action"), call.asked("user"), call.asked("app"), call.asked("who"), {}, {}};
  const Time now = clock_.now();
  if (!time_of(call, "since", now, filter.since) || !time_of(call, "until", now, filter.until)) {
    co_return bad_times();
  }
  const auto limit = limit_of(call, discovery::kDefaultRows, discovery::kMaxRows);
  if (!limit) co_return problem(400, "Bad limit", limit.error());
  std::optional<std::uint64_t> before;
  if (const std::string& after = call.asked("after"); !after.empty()) {
    before = parse_decimal(after);
    if (!before) co_return problem(400, "Bad query", "after is the number of an entry");
  }
  std::string text;
  std::optional<Error> error;
  auto work = [&] {
    const auto page = read_log(hand_file(state_), filter, before, *limit);
    if (page) {
      text = json_of(*page);
    } else {
      error = page.error();
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return busy();
  if (error) co_return not_read(*error);
  co_return json_answer(std::move(text));
}

Task<http::Reply> PersonRoutes::user(const Call& call) {
  const Time now = clock_.now();
  std::optional<Time> since = now - kUsualPages;
  std::optional<Time> until = now + std::chrono::hours(1);
  if (!time_of(call, "since", now, since) || !time_of(call, "until", now, until)) {
    co_return bad_times();
  }
  if (!discovery::normal_user_name(call.names.at(0))) {
    co_return problem(400, "Bad name", "that is no name of a user");
  }
  const auto users = desk_.material().snapshot->users;
  std::string text;
  bool known = false;
  std::optional<Error> error;
  auto work = [&] {
    const auto page = read_user_page(state_, *users, call.names[0], *since, *until, now);
    if (page) {
      known = page->listed || page->picture.seen.count > 0;
      text = render_json(*page);
    } else {
      error = page.error();
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return busy();
  if (error) co_return not_read(*error);
  if (!known) co_return problem(404, "No such user", "in no users file, and not seen in that time");
  co_return json_answer(std::move(text));
}

Task<http::Reply> PersonRoutes::seen(const Call& call) {
  const Time now = clock_.now();
  std::optional<Time> since = now - kUsualPages;
  std::optional<Time> until = now + std::chrono::hours(1);
  SeenQuestion question{{}, {}, {}, call.asked("app"), call.asked("group")};
  if (!time_of(call, "since", now, since) || !time_of(call, "until", now, until) ||
      !time_of(call, "idle", now, question.idle_since)) {
    co_return bad_times();
  }
  question.since = *since;
  question.until = *until;
  const auto limit = limit_of(call, kUsualSeen, kMostSeen);
  if (!limit) co_return problem(400, "Bad limit", limit.error());
  const auto users = desk_.material().snapshot->users;
  std::string text;
  std::optional<Error> error;
  auto work = [&] {
    const auto found = read_users_seen(state_, *users, question);
    if (found) {
      text = json_of(*found, *limit);
    } else {
      error = found.error();
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return busy();
  if (error) co_return not_read(*error);
  co_return json_answer(std::move(text));
}

}  // namespace sallyport::app
