#include "proxy/app/activity_routes.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "base/io/scheduling.h"
#include "discovery/events/decode.h"
#include "discovery/store/event_filter.h"
#include "discovery/store/render.h"
#include "discovery/store/sqlite_store.h"
#include "proxy/app/activity_filter.h"
#include "proxy/app/found_json.h"
#include "proxy/app/route_words.h"
#include "proxy/app/state_directory.h"
#include "proxy/local/answer.h"

namespace sallyport::app {

using admin::Call;
using admin::json_answer;
using admin::problem;
using discovery::Query;

namespace {

constexpr std::chrono::milliseconds kMostSearch{2'000};
constexpr std::string_view kConditions = "filter&user&app&host&ip&verb&verdict&policy&by&reason";

template <class Words>
std::string one_of(const Words& words) {
  std::string text;
  for (const std::string_view word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

// What the command line calls --user, --app, ...; the sentence where one cannot be asked.
std::expected<Query, std::string> conditions_of(const Call& call) {
  Query query;
  const auto text = [&](std::string_view name, std::optional<std::string>& into) {
    if (const std::string& asked = call.asked(name); !asked.empty()) into = asked;
  };
  text("user", query.user);
  text("app", query.app);
  text("host", query.host);
  text("policy", query.policy);
  if (query.user == "''") query.user = "";
  if (const std::string& ip = call.asked("ip"); !ip.empty()) {
    query.client = IpPrefix::parse(ip);
    if (!query.client) return std::unexpected("ip is an address or a prefix");
  }
  if (const std::string& verb = call.asked("verb"); !verb.empty()) {
    query.type = policy::parse_activity_type(verb);
    if (!query.type) {
      return std::unexpected("verb is one of: " + one_of(policy::activity_type_words()));
    }
  }
  if (const std::string& verdict = call.asked("verdict"); !verdict.empty()) {
    query.action = policy::parse_action(verdict);
    if (!query.action) query.ending = discovery::parse_ending(verdict);
    if (!query.action && !query.ending) {
      return std::unexpected("verdict is one of: " + one_of(policy::action_words()) +
                             "; or how it ended: completed, blocked, refused, client_closed, "
                             "origin_failed, timed_out, failed");
    }
  }
  return query;
}

// What `filter` asks; the answer where it is wrong. Null: nothing.
std::expected<std::shared_ptr<const ActivityFilter>, http::Reply> filter_of(const Call& call,
                                                                            const Desk& desk) {
  const std::string& text = call.asked("filter");
  if (trim(text).empty()) return nullptr;
  Checked<ActivityFilter> filter =
      ActivityFilter::parse(text, desk.material().policies->sources, desk.config().policy_zone);
  if (filter) return std::make_shared<const ActivityFilter>(std::move(*filter));
  return std::unexpected(problem_with(400, "Bad filter", filter.error()));
}

Time time_of_id(const Ulid& id) {
  std::uint64_t millis = 0;
  for (std::size_t i = 0; i < 6; ++i) millis = millis << 8 | static_cast<std::uint8_t>(id.bytes[i]);
  return Time(std::chrono::milliseconds(millis));
}

bool wants_csv(const Call& call) {
  return call.asked("format") == "csv" ||
         (call.asked("format").empty() && istarts_with(call.field("Accept"), "text/csv"));
}

}  // namespace

ActivityRoutes::ActivityRoutes(admin::Api& api, Desk& desk, LiveFeed& feed, const Clock& clock,
                               io::Worker& worker, std::string state, ReadAuditor& auditor)
    : desk_(desk),
      feed_(feed),
      clock_(clock),
      worker_(worker),
      state_(std::move(state)),
      auditor_(auditor) {
  const std::string conditions(kConditions);
  api.on("GET", "/api/v1/activities?" + conditions + "&since&until&after&limit&format",
         [this](const Call& call) { return list(call); });
  api.on("GET", "/api/v1/activities/live?" + conditions,
         [this](const Call& call) { return live(call); });
  api.on("GET", "/api/v1/activities/{}?by&reason", [this](const Call& call) { return one(call); });
}

Task<http::Reply> ActivityRoutes::list(const Call& call) {
  auto query = conditions_of(call);
  if (!query) co_return problem(400, "Bad query", query.error());
  const Time now = clock_.now();
  if (!time_of(call, "since", now, query->since) || !time_of(call, "until", now, query->until)) {
    co_return problem(400, "Bad query",
                      "since and until are times (RFC 3339) or spans before now (24h)");
  }
  const auto limit = limit_of(call, discovery::kDefaultRows, discovery::kMaxRows);
  if (!limit) co_return problem(400, "Bad query", limit.error());
  query->limit = *limit;
  if (const std::string& after = call.asked("after"); !after.empty()) {
    query->after = discovery::parse_ulid(after);
    if (!query->after) co_return problem(400, "Bad query", "after is what 'next' said");
  }
  const std::string& format = call.asked("format");
  if (!format.empty() && format != "json" && format != "csv") {
    co_return problem(400, "Bad query", "format is json or csv");
  }
  auto filter = filter_of(call, desk_);
  if (!filter) co_return std::move(filter.error());
  discovery::Search search;
  if (*filter) {
    (*filter)->narrow(*query);
    search.keeps = [kept = *filter](const discovery::Event& event) { return kept->keeps(event); };
  }
  std::vector<discovery::Row> rows;
  std::optional<Error> error;
  auto work = [&] {
    io::give_way();
    const auto end = clock_.steady() + kMostSearch;
    search.stop = [this, end] { return clock_.steady() >= end; };
    auto store = discovery::SqliteStore::open_for_reading(store_file(state_));
    if (!store) {
      error = store.error();
      return;
    }
    auto found = (*store)->search(*query, search);
    if (found) {
      rows = std::move(*found);
    } else {
      error = found.error();
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return problem(503, "Busy", "too many searches at once; try again");
  if (error) co_return problem(503, "The activities cannot be read", describe(*error));
  const discovery::ReadNote note =
      note_of(call, "GET /api/v1/activities", query->user.value_or(""), rows.size());
  const bool recorded = co_await auditor_.note(note);
  if (!recorded) co_return not_recorded();

  std::optional<Ulid> next;
  if (rows.size() == query->limit) {
    next = rows.back().id;
  } else if (search.stopped_at) {
    next = search.stopped_at;
  }
  if (wants_csv(call)) {
    http::Headers headers;
    headers.add("Content-Disposition", "attachment; filename=\"activities.csv\"");
    if (next) headers.add("X-Next", next->to_string());
    co_return local::make_answer(200, "text/csv; charset=utf-8",
                                 render_rows(rows, discovery::Format::csv), headers);
  }
  std::string text = "{\"activities\":";
  text += render_rows(rows, discovery::Format::json);
  text += ",\"next\":" + (next ? '"' + next->to_string() + '"' : "null");
  if (search.stopped_at) {
    text += ",\"searched_to\":\"" + format_rfc3339(time_of_id(*search.stopped_at)) + '"';
  }
  co_return json_answer(text + "}");
}

Task<http::Reply> ActivityRoutes::one(const Call& call) {
  const std::optional<Ulid> id = discovery::parse_ulid(call.names.at(0));
  if (!id) co_return problem(400, "Bad event id", "an event id has 26 letters and digits");
  std::optional<std::string> record;
  std::optional<Error> error;
  auto work = [&] {
    io::give_way();
    auto store = discovery::SqliteStore::open_for_reading(store_file(state_));
    if (!store) {
      error = store.error();
      return;
    }
    auto found = (*store)->find_record(*id);
    if (found) {
      record = std::move(*found);
    } else {
      error = found.error();
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return problem(503, "Busy", "too many searches at once; try again");
  if (error) co_return problem(503, "The activities cannot be read", describe(*error));
  if (!record) {
    co_return problem(404, "No such activity", "it may be older than what is kept");
  }
  const discovery::ReadNote note = note_of(call, "GET /api/v1/activities/{}", "", 1);
  const bool recorded = co_await auditor_.note(note);
  if (!recorded) co_return not_recorded();
  co_return json_answer(std::move(*record));
}

Task<http::Reply> ActivityRoutes::live(const Call& call) {
  auto query = conditions_of(call);
  if (!query) co_return problem(400, "Bad query", query.error());
  auto filter = filter_of(call, desk_);
  if (!filter) co_return std::move(filter.error());
  std::vector<std::string> app_ids;
  if (query->app) {
    app_ids.push_back(*query->app);
    for (const discovery::App& app : desk_.material().snapshot->catalog->apps()) {
      if (iequals(app.facts.name, *query->app)) app_ids.push_back(app.facts.id);
    }
  }
  const discovery::ReadNote note =
      note_of(call, "GET /api/v1/activities/live", query->user.value_or(""), 0);
  const bool recorded = co_await auditor_.note(note);
  if (!recorded) co_return not_recorded();
  auto wants = [query = *query, app_ids = std::move(app_ids),
                filter = *filter](const discovery::Event& event) {
    return discovery::matches(query, app_ids, event) && (!filter || filter->keeps(event));
  };
  // Who comes back is known by who they are and what they ask for.
  LiveFeed::Place place;
  if (!call.caller.name.empty()) {
    place.key = call.caller.name + '\n' + std::string(call.head->query());
    place.last = call.field("Last-Event-ID");
  }
  std::unique_ptr<http::Body> body =
      feed_.join(std::move(wants), call.caller.holds, std::move(place));
  if (body == nullptr) {
    co_return problem(503, "Busy",
                      fmt::format("{} watch already, which is the most", LiveFeed::kMostReaders));
  }
  http::Reply reply = local::make_answer(200, "text/event-stream", "");
  reply.body = std::move(body);
  co_return reply;
}

}  // namespace sallyport::app
