#include "proxy/app/person_routes.h"

#include <filesystem>
#include <fmt/format.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/io/scheduling.h"
#include "discovery/store/query.h"
#include "discovery/store/sqlite_state_store.h"
#include "discovery/users/user_name.h"
#include "proxy/app/governance_page.h"
#include "proxy/app/person_erasure.h"
#include "proxy/app/person_export.h"
#include "proxy/app/read_audit_page.h"
#include "proxy/app/route_words.h"
#include "proxy/app/state_directory.h"
#include "proxy/app/user_pages.h"
#include "proxy/local/answer.h"

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

// While somebody is being erased.
class Erasing {
 public:
  explicit Erasing(bool& now) : now_(now) { now_ = true; }
  ~Erasing() { now_ = false; }
  Erasing(const Erasing&) = delete;
  Erasing& operator=(const Erasing&) = delete;

 private:
  bool& now_;
};

// False where it is no number. Nothing where it is not asked.
bool number_of(const Call& call, std::string_view name, std::optional<std::uint64_t>& into) {
  const std::string& asked = call.asked(name);
  if (!asked.empty()) into = parse_decimal(asked);
  return asked.empty() || into.has_value();
}

template <class Page>
std::string page_json(const Page& page) {
  std::string text = "{\"entries\":[";
  for (std::size_t i = 0; i < page.entries.size(); ++i) {
    text += i == 0 ? "\n" : ",\n";
    append_json(text, page.entries[i]);
  }
  text += "],\"next\":";
  return text + (page.next ? std::to_string(*page.next) : std::string("null")) + "}";
}

std::string json_of(const SeenUsers& seen) {
  std::string text = fmt::format("{{\"total\":{},\"users\":[", seen.total);
  for (const SeenUser& one : seen.users) {
    text += &one == seen.users.data() ? "\n" : ",\n";
    append_json(text, one);
  }
  return text + "]}";
}

}  // namespace

PersonRoutes::PersonRoutes(admin::Api& api, Desk& desk, io::Worker& worker, const Clock& clock,
                           std::string state, ReadAuditor& auditor, Books books)
    : desk_(desk),
      worker_(worker),
      clock_(clock),
      state_(std::move(state)),
      auditor_(auditor),
      books_(books) {
  api.on("GET", "/api/v1/governance?action&user&app&who&since&until&after&limit",
         [this](const Call& call) { return governance(call); });
  api.on("GET", "/api/v1/users/{}?since&until&by&reason",
         [this](const Call& call) { return user(call); });
  api.on("GET", "/api/v1/users/{}/export?by&reason",
         [this](const Call& call) { return export_one(call); });
  api.on("DELETE", "/api/v1/users/{}?by&reason", [this](const Call& call) { return erase(call); });
  api.on("GET", "/api/v1/users-seen?since&until&idle&app&group&limit&by&reason",
         [this](const Call& call) { return seen(call); });
  api.on("GET", "/api/v1/audit-reads?who&user&since&until&after&limit",
         [this](const Call& call) { return reads(call); });
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
  if (!number_of(call, "after", before)) {
    co_return problem(400, "Bad query", "after is the number of an entry");
  }
  std::string text;
  std::optional<Error> error;
  auto work = [&] {
    const auto page = read_log(hand_file(state_), filter, before, *limit);
    if (page) {
      text = page_json(*page);
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
  const std::vector<UserLink> links = desk_.config().user_links;
  std::string text, name;
  std::uint64_t rows = 0;
  bool known = false;
  std::optional<Error> error;
  auto work = [&] {
    auto page = read_user_page(state_, *users, call.names[0], *since, *until, now);
    if (page) {
      page->links = links_for(links, page->name);
      known = page->listed || page->picture.seen.count > 0;
      text = render_json(*page);
      name = page->name;
      rows = page->picture.seen.count;
    } else {
      error = page.error();
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return busy();
  if (error) co_return not_read(*error);
  const discovery::ReadNote note = note_of(call, "GET /api/v1/users/{}", name, rows);
  const bool recorded = co_await auditor_.note(note);
  if (!recorded) co_return not_recorded();
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
  const std::shared_ptr<const session::Snapshot> snapshot = desk_.material().snapshot;
  question.limit = *limit;
  KeptReports::Make make = [state = state_, snapshot, question]() -> Result<ReportCache::Answer> {
    io::give_way();
    auto found = read_users_seen(state, *snapshot->users, question);
    if (!found) return pass_on(std::move(found));
    return ReportCache::Answer{json_of(*found), found->users.size()};
  };
  std::string key = ReportCache::key_of("users-seen", call.query, now);
  const ReportCache::Stamp stamp{snapshot, nullptr};
  const auto told =
      co_await kept_.get(std::move(key), stamp, clock_, worker_, pool_, std::move(make));
  if (!told.ran) co_return busy();
  if (told.error) co_return not_read(*told.error);
  const discovery::ReadNote note = note_of(call, "GET /api/v1/users-seen", "", told.answer->rows);
  const bool recorded = co_await auditor_.note(note);
  if (!recorded) co_return not_recorded();
  co_return told.reply();
}

Task<http::Reply> PersonRoutes::reads(const Call& call) {
  ReadAuditFilter filter;
  filter.who = call.asked("who");
  if (const std::string& user = call.asked("user"); !user.empty()) {
    const discovery::Person* person = desk_.material().snapshot->users->find(user);
    filter.about =
        discovery::NameMatch(person != nullptr ? person->names : std::vector<std::string>{user});
  }
  const Time now = clock_.now();
  if (!time_of(call, "since", now, filter.since) || !time_of(call, "until", now, filter.until)) {
    co_return bad_times();
  }
  const auto limit = limit_of(call, discovery::kDefaultRows, discovery::kMaxRows);
  if (!limit) co_return problem(400, "Bad limit", limit.error());
  std::optional<std::uint64_t> before;
  if (!number_of(call, "after", before)) {
    co_return problem(400, "Bad query", "after is the number of an entry");
  }
  std::string text;
  std::optional<Error> error;
  auto work = [&] {
    const auto page = read_reads(read_audit_file(state_), filter, before, *limit);
    if (page) {
      text = page_json(*page);
    } else {
      error = page.error();
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return busy();
  if (error) co_return not_read(*error);
  co_return json_answer(std::move(text));
}

Task<http::Reply> PersonRoutes::export_one(const Call& call) {
  const auto users = desk_.material().snapshot->users;
  const auto person = person_of(*users, call.names.at(0));
  if (!person) co_return problem(400, "Bad name", person.error().detail);
  if (call.asked("by").size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  const Time now = clock_.now();
  std::string lines;
  bool too_much = false;
  Result<ExportCounts> counts;
  auto work = [&] {
    counts = export_person(state_, *users, *person, now, [&](std::string_view line) {
      too_much = lines.size() + line.size() >= kMostExport;
      if (too_much) return false;
      lines += line;
      lines += '\n';
      return true;
    });
  };
  const bool ran = co_await exporter_.run(worker_.executor(), std::move(work));
  if (!ran) co_return busy();
  if (too_much) {
    co_return problem(413, "Too much",
                      "write it into a file: sallyport users export NAME --output FILE");
  }
  if (!counts) co_return not_read(counts.error());
  std::uint64_t rows = 0;
  for (const auto& [type, count] : *counts) rows += count;
  const discovery::ReadNote note = note_of(call, "GET /api/v1/users/{}/export", person->name, rows);
  const bool recorded = co_await auditor_.note(note);
  if (!recorded) co_return not_recorded();
  if (rows == 0) co_return problem(404, "No such user", "nothing is kept of them");
  const std::string reason = discovery::audit_text(call.asked("reason"));
  std::string text = manifest_of(*person, *counts, call.asked("by"), reason, now) + "\n" + lines;
  co_return local::make_answer(200, "application/x-ndjson", std::move(text));
}

// What the desk itself holds and workers go by: first, so that it is in force before the stores
// are looked at.
Task<void> PersonRoutes::let_go(const discovery::PersonNames& person, const std::string& who) {
  std::vector<Ulid> grants;
  for (const auto& [id, kept] : books_.standing.book().grants()) {
    if (person.all.is(kept.grant->user)) grants.push_back(id);
  }
  for (const Ulid& id : grants) {
    const auto refusal = co_await books_.standing.revoke(id, who);
    if (refusal) log::warning("a grant of somebody who is erased stays: " + refusal->detail);
  }
  FactorKeeper& factors = books_.portal.factors();
  for (const FactorKeeper::Told& factor : factors.all()) {
    if (!person.all.is(factor.user)) continue;
    const auto gone = factors.forget(factor.user, who, clock_.now());
    if (!gone) log::warning("a second factor stays: " + describe(gone.error()));
  }
  const auto map = books_.addresses.map();
  for (const discovery::AddressEntry* entry : map->list(clock_.now())) {
    if (person.all.is(entry->user)) books_.addresses.remove(entry->prefix);
  }
  books_.addresses.look_after();
  // Before the store forgets them, so that none that ends meanwhile is written again.
  books_.actions.drop([&](const ActionBook::Kept& kept) { return person.all.is(kept.call.user); });
}

void PersonRoutes::drop(const discovery::PersonNames& person, const std::vector<Ulid>& alerts) {
  books_.portal.questions().drop(
      [&](const QuestionBook::Kept& kept) { return person.all.is(kept.question.user); },
      clock_.now());
  books_.portal.access().drop(
      [&](const AccessRequestBook::Kept& kept) { return person.all.is(kept.asked.user); });
  for (const Ulid& id : alerts) books_.alerts.drop(id);
}

Task<http::Reply> PersonRoutes::erase(const Call& call) {
  const auto users = desk_.material().snapshot->users;
  const auto person = person_of(*users, call.names.at(0));
  if (!person) co_return problem(400, "Bad name", person.error().detail);
  if (trim(call.asked("reason")).empty()) {
    co_return problem(400, "No reason", "'reason' says why; it stays in the governance log");
  }
  if (call.asked("by").size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  for (const auto& [id, kept] : books_.standing.book().suspensions()) {
    if (person->match.all.is(kept.suspension.user) && kept.suspension.until > clock_.now()) {
      co_return problem(409, "Not done",
                        "they are suspended, and to forget that would let them "
                        "back in: lift it first");
    }
  }
  if (erasing_) co_return problem(409, "Not done", "somebody is being erased already");
  const Erasing one_at_a_time(erasing_);
  const ErasureWish wish{call.asked("by"), "api", discovery::audit_text(call.asked("reason")),
                         clock_.now(), discovery::Vacuum::free};
  co_await let_go(person->match, wish.who);
  Result<PersonErased> erased;
  auto work = [&] { erased = erase_person(state_, *person, wish); };
  const bool ran = co_await eraser_.run(worker_.executor(), std::move(work));
  if (!ran) co_return busy();
  drop(person->match, erased ? erased->alert_ids : std::vector<Ulid>());
  if (!erased) {
    co_return problem(503, "Not whole", describe(erased.error()) + "; run it again");
  }
  log::info(fmt::format("somebody was erased: {} activities, {} alerts", erased->events.events,
                        erased->alerts));
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_members(json, *erased);
  json.member("scrubbed", erased->scrubbed);
  json.end_object();
  co_return json_answer(std::move(text));
}

}  // namespace sallyport::app
