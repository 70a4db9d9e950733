#include "proxy/app/inventory_routes.h"

#include <algorithm>
#include <set>

#include "base/core/text.h"
#include "base/io/scheduling.h"
#include "base/json/writer.h"
#include "discovery/consents/scope_levels.h"
#include "discovery/inventory/consent_inventory.h"
#include "discovery/inventory/file_inventory.h"
#include "discovery/inventory/instance_inventory.h"
#include "discovery/names/name_tags.h"
#include "discovery/store/sqlite_store.h"
#include "policy/activity/pack.h"
#include "proxy/app/file_page.h"
#include "proxy/app/route_words.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

using admin::Call;
using admin::json_answer;
using admin::problem;
using discovery::ConsentEntry;
using discovery::FileEntry;
using discovery::InstanceEntry;

namespace {

constexpr std::size_t kMostEntries = 100'000;  // that an inventory knows at once
constexpr std::size_t kUsualRows = 100;
constexpr std::size_t kMostRows = 10'000;
constexpr std::chrono::hours kUsualSpan{30 * 24};

std::string stamp(Time time) { return format_rfc3339(time).substr(0, 19); }

// What is empty is left out, as in the lists of commands.
void text(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value);
}

template <class Texts>
void texts(JsonWriter& json, std::string_view name, const Texts& values) {
  if (values.empty()) return;
  json.key(name);
  json.begin_array();
  for (const std::string& one : values) json.string(one);
  json.end_array();
}

bool is(const std::string& wanted, std::string_view value) {
  return wanted.empty() || iequals(wanted, value);
}

bool like(const std::string& pattern, std::string_view value) {
  return pattern.empty() || glob_match(lower(pattern), lower(value));
}

bool is_wanted(const Call& call, const FileEntry& entry) {
  const std::string& shared_with = call.asked("shared_with");
  const std::string& app = call.asked("app");
  return (is(app, entry.app) || is(app, entry.app_name)) &&
         is(call.asked("extension"), entry.extension) && is(call.asked("family"), entry.family) &&
         is(call.asked("sha256"), entry.sha256) && is(call.asked("id"), entry.id) &&
         is(call.asked("sharing"), to_string(entry.sharing)) &&
         like(call.asked("name"), entry.name) && like(call.asked("type"), entry.type) &&
         like(call.asked("owner"), entry.owner) && like(call.asked("user"), entry.last_user) &&
         (shared_with.empty() || entry.is_shared_with(shared_with)) &&
         (call.asked("policy").empty() || entry.policies.contains(call.asked("policy"))) &&
         (call.asked("deleted") != "true" || entry.deleted);
}

void write_file_entry(JsonWriter& json, const FileEntry& entry,
                      const std::vector<std::string>& tags) {
  json.begin_object();
  json.member("last_seen", stamp(entry.last));
  text(json, "app", entry.app);
  text(json, "app_name", entry.app_name);
  text(json, "name", entry.name);
  text(json, "type", entry.type);
  if (entry.size) json.member("size", *entry.size);
  if (entry.sharing != discovery::Sharing::unknown) {
    json.member("sharing", to_string(entry.sharing));
  }
  texts(json, "shared_with", entry.shared_domains);
  text(json, "owner", entry.owner);
  json.member("last_action", to_string(entry.last_action));
  text(json, "last_user", entry.last_user);
  json.member("uploads", entry.uploads);
  json.member("downloads", entry.downloads);
  json.member("stopped", entry.stopped);
  text(json, "sha256", entry.sha256);
  text(json, "instance", entry.instance);
  text(json, "id", entry.id);
  texts(json, "name_tags", tags);
  text(json, "path", entry.path);
  text(json, "parent", entry.parent);
  text(json, "family", entry.family);
  text(json, "scan_status", entry.scan_status);
  text(json, "instance_kind", entry.instance_kind);
  json.member("first_seen", stamp(entry.first));
  if (entry.changed) json.member("changed", stamp(*entry.changed));
  if (entry.deleted) json.member("deleted", "true");
  texts(json, "shared_users", entry.shared_users);
  texts(json, "shared_groups", entry.shared_groups);
  texts(json, "policies", entry.policies);
  json.end_object();
}

struct Judged {
  std::string level;
  std::vector<std::string> unchecked;
};

Judged judge(const discovery::ScopeLevels* levels, const ConsentEntry& entry) {
  Judged judged;
  std::optional<discovery::PermissionLevel> most;
  for (const std::string& scope : entry.scopes) {
    const auto known = levels != nullptr ? levels->find(entry.app, scope) : std::nullopt;
    if (!known || !known->checked) judged.unchecked.push_back(scope);
    if (known && (!most || known->level > *most)) most = known->level;
  }
  judged.level = most ? word_for(*most) : std::string_view(entry.level);
  return judged;
}

bool is_wanted(const Call& call, const ConsentEntry& entry, const Judged& judged) {
  const std::string& client = call.asked("client");
  const std::string& app = call.asked("app");
  const std::string& user = call.asked("user");
  if (!is(app, entry.app) && !is(app, entry.app_name)) return false;
  if (!is(call.asked("level"), judged.level)) return false;
  if (!like(client, entry.client) && !like(client, entry.name) &&
      std::ranges::none_of(entry.hosts, [&](const auto& host) { return like(client, host); })) {
    return false;
  }
  return user.empty() ||
         std::ranges::any_of(entry.users, [&](const auto& one) { return like(user, one); });
}

void write_consent(JsonWriter& json, const ConsentEntry& entry, const Judged& judged,
                   std::size_t of_users) {
  json.begin_object();
  json.member("last_seen", stamp(entry.last));
  text(json, "app", entry.app.empty() ? entry.app_name : entry.app);
  text(json, "client", entry.client);
  text(json, "name", entry.name);
  texts(json, "publisher", entry.hosts);
  text(json, "level", judged.level);
  texts(json, "scopes", entry.scopes);
  json.member("users", entry.users.size());
  json.member("common", discovery::commonness(entry.users.size(), of_users));
  json.member("requests", entry.requests);
  json.member("stopped", entry.stopped);
  json.member("first_seen", stamp(entry.first));
  texts(json, "unchecked_scopes", judged.unchecked);
  texts(json, "user_names", entry.users);
  if (entry.admin) json.member("admin", "true");
  text(json, "last_user", entry.last_user);
  json.end_object();
}

bool is_wanted(const Call& call, const InstanceEntry& entry) {
  const std::string& app = call.asked("app");
  const std::string& user = call.asked("user");
  return (is(app, entry.app) || is(app, entry.app_name)) && is(call.asked("kind"), entry.kind) &&
         (user.empty() ||
          std::ranges::any_of(entry.users, [&](const auto& one) { return like(user, one); }));
}

void write_instance(JsonWriter& json, const InstanceEntry& entry) {
  json.begin_object();
  json.member("last_seen", stamp(entry.last));
  json.member("first_seen", stamp(entry.first));
  json.member("app", entry.app);
  json.member("app_name", entry.app_name);
  json.member("instance", entry.instance);
  text(json, "kind", entry.kind);
  json.member("users", entry.users.size());
  if (entry.more_users) json.member("more_users", true);
  texts(json, "user_names", entry.users);
  texts(json, "accounts", entry.accounts);
  json.member("activities", entry.activities);
  json.member("stopped", entry.stopped);
  json.member("uploads", entry.uploads);
  json.member("downloads", entry.downloads);
  json.member("bytes_in", entry.bytes_in);
  json.member("bytes_out", entry.bytes_out);
  json.end_object();
}

struct Span {
  Time since, until;
};

std::optional<Span> span_of(const Call& call, Time now) {
  std::optional<Time> since, until;
  if (!time_of(call, "since", now, since) || !time_of(call, "until", now, until)) {
    return std::nullopt;
  }
  const Time to = until.value_or(now + std::chrono::hours(1));
  return Span{since.value_or(to - kUsualSpan), to};
}

http::Reply bad_span() {
  return problem(400, "Bad query",
                 "since and until are times (RFC 3339) or spans before now (24h)");
}

}  // namespace

InventoryRoutes::InventoryRoutes(admin::Api& api, Desk& desk, const Clock& clock,
                                 io::Worker& worker, std::string state, ReadAuditor& auditor)
    : desk_(desk), clock_(clock), worker_(worker), state_(std::move(state)), auditor_(auditor) {
  api.on("GET",
         "/api/v1/files?since&until&app&name&type&extension&family&sha256&id&sharing&shared_with"
         "&owner&user&policy&deleted&whole&limit&by&reason",
         [this](const Call& call) { return files(call); });
  api.on("GET", "/api/v1/consents?since&until&app&client&level&user&limit&by&reason",
         [this](const Call& call) { return consents(call); });
  api.on("GET", "/api/v1/instances?since&until&app&kind&user&limit&by&reason",
         [this](const Call& call) { return instances(call); });
}

namespace {

using Answer = ReportCache::Answer;

Result<void> read_all_files(discovery::SqliteStore& store, Time since, Time until,
                            discovery::FileInventory& inventory) {
  policy::Activity activity;
  return store.read_past(since, until, [&](const discovery::PastEvent& event) {
    if (!event.facts || !policy::unpack(*event.facts, activity)) return;
    inventory.add(activity, event.ending == discovery::Ending::blocked, event.policy);
  });
}

Result<Answer> make_files(const InventoryRoutes::Asked& asked, const std::string& state) {
  auto store = discovery::SqliteStore::open_for_reading(store_file(state));
  if (!store) return std::unexpected(store.error());
  discovery::FileInventory inventory(kMostEntries);
  Time read_from = asked.since;
  if (asked.call.asked("whole") == "true") {
    Result<void> read = read_all_files(**store, asked.since, asked.until, inventory);
    if (!read) return pass_on(std::move(read));
  } else {
    const auto read = read_file_page(
        **store, {.since = asked.since, .until = asked.until, .enough = 10 * asked.limit},
        inventory);
    if (!read) return std::unexpected(read.error());
    read_from = *read;
  }
  Answer answer;
  std::size_t total = 0;
  JsonWriter json(answer.text);
  json.begin_object();
  json.key("files");
  json.begin_array();
  for (const FileEntry* entry : inventory.sorted()) {
    if (!is_wanted(asked.call, *entry) || ++total > asked.limit) continue;
    ++answer.rows;
    std::vector<std::string> tags;
    if (asked.snapshot->file_names) {
      tags = asked.snapshot->file_names->find(entry->name, entry->extension);
    }
    write_file_entry(json, *entry, tags);
  }
  json.end_array();
  json.member("total", total);
  json.member("left_out", inventory.dropped());
  json.member("read_from", format_rfc3339(read_from));
  json.member("more", read_from > asked.since);
  json.end_object();
  return answer;
}

Result<Answer> make_consents(const InventoryRoutes::Asked& asked, const std::string& state) {
  auto store = discovery::SqliteStore::open_for_reading(store_file(state));
  if (!store) return std::unexpected(store.error());
  discovery::ConsentInventory inventory(kMostEntries);
  policy::Activity activity;
  Result<void> read =
      (*store)->read_past(asked.since, asked.until, [&](const discovery::PastEvent& event) {
        inventory.note_user(event.user);
        if (!event.facts || !policy::unpack(*event.facts, activity)) return;
        inventory.add(activity, event.ending == discovery::Ending::blocked);
      });
  if (!read) return pass_on(std::move(read));
  Answer answer;
  std::size_t total = 0;
  JsonWriter json(answer.text);
  json.begin_object();
  json.key("consents");
  json.begin_array();
  for (const ConsentEntry* entry : inventory.sorted()) {
    const Judged judged = judge(asked.snapshot->consent_scopes.get(), *entry);
    if (!is_wanted(asked.call, *entry, judged) || ++total > asked.limit) continue;
    ++answer.rows;
    write_consent(json, *entry, judged, inventory.users());
  }
  json.end_array();
  json.member("total", total);
  json.member("users_seen", inventory.users());
  json.member("left_out", inventory.dropped());
  json.end_object();
  return answer;
}

Result<Answer> make_instances(const InventoryRoutes::Asked& asked, const std::string& state) {
  auto store = discovery::SqliteStore::open_for_reading(store_file(state));
  if (!store) return std::unexpected(store.error());
  discovery::InstanceInventory inventory(kMostEntries);
  policy::Activity activity;
  const std::string& app = asked.call.asked("app");
  Result<void> read =
      (*store)->read_past(asked.since, asked.until, [&](const discovery::PastEvent& event) {
        if (!event.facts || event.app_id.empty()) return;
        if (!policy::unpack(*event.facts, activity) || !activity.app) return;
        // So that what is `untold` is of that app.
        if (!is(app, activity.app->id) && !is(app, activity.app->name)) return;
        inventory.add(activity, {.stopped = event.ending == discovery::Ending::blocked,
                                 .bytes_in = event.bytes_in,
                                 .bytes_out = event.bytes_out});
      });
  if (!read) return pass_on(std::move(read));
  Answer answer;
  std::size_t total = 0;
  JsonWriter json(answer.text);
  json.begin_object();
  json.key("instances");
  json.begin_array();
  for (const InstanceEntry* entry : inventory.sorted()) {
    if (!is_wanted(asked.call, *entry) || ++total > asked.limit) continue;
    ++answer.rows;
    write_instance(json, *entry);
  }
  json.end_array();
  json.member("total", total);
  json.member("untold", inventory.untold());
  json.member("left_out", inventory.dropped());
  json.end_object();
  return answer;
}

}  // namespace

Task<http::Reply> InventoryRoutes::answer(const Call& call, std::string_view route, Make make) {
  const Time now = clock_.now();
  const auto span = span_of(call, now);
  if (!span) co_return bad_span();
  const auto limit = limit_of(call, kUsualRows, kMostRows);
  if (!limit) co_return problem(400, "Bad query", limit.error());
  Asked asked{call, desk_.material().snapshot, span->since, span->until, *limit};
  asked.call.head = nullptr;  // which ends with the call
  const std::string key = ReportCache::key_of(route, call.query, now);
  KeptReports::Make work = [make, asked = std::move(asked), state = state_] {
    io::give_way();
    return make(asked, state);
  };
  const ReportCache::Stamp stamp{desk_.material().snapshot, nullptr};
  const auto told = co_await cache_.get(key, stamp, clock_, worker_, pool_, std::move(work));
  if (!told.ran) co_return problem(503, "Busy", "too much is asked for at once; try again");
  if (told.error) {
    co_return problem(503, "The activities cannot be read", describe(*told.error));
  }
  const discovery::ReadNote note = note_of(call, route, call.asked("user"), told.answer->rows);
  const bool recorded = co_await auditor_.note(note);
  if (!recorded) co_return not_recorded();
  co_return told.reply();
}

Task<http::Reply> InventoryRoutes::files(const Call& call) {
  return answer(call, "GET /api/v1/files", make_files);
}

Task<http::Reply> InventoryRoutes::consents(const Call& call) {
  return answer(call, "GET /api/v1/consents", make_consents);
}

Task<http::Reply> InventoryRoutes::instances(const Call& call) {
  return answer(call, "GET /api/v1/instances", make_instances);
}

}  // namespace sallyport::app
