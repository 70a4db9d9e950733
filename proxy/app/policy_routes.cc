#include "proxy/app/policy_routes.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "base/core/file.h"
#include "base/core/log.h"
#include "base/core/text.h"
#include "base/io/scheduling.h"
#include "base/json/writer.h"
#include "discovery/store/sqlite_store.h"
#include "policy/model/policy.h"
#include "proxy/app/found_json.h"
#include "proxy/app/policy_files.h"
#include "proxy/app/policy_save.h"
#include "proxy/app/route_words.h"
#include "proxy/app/state_directory.h"
#include "proxy/local/answer.h"

namespace sallyport::app {

using admin::Call;
using admin::json_answer;
using admin::problem;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostMessage = 200;  // bytes
constexpr std::chrono::hours kUsualCount{7 * 24};
constexpr std::chrono::hours kMostCount{92 * 24};
constexpr std::chrono::seconds kCountHolds{60};

http::Reply no_folder() {
  return problem(404, "No policies", "the configuration names no folder of policies");
}

std::string text_of(const std::optional<Spanned<std::string>>& text) {
  return text ? **text : std::string();
}

void write_policy(JsonWriter& json, const policy::CompiledPolicy& one, std::string_view folder) {
  const policy::Policy& written = *one.written;
  std::string_view file = written.place.source ? std::string_view(written.place.source->name) : "";
  if (file.starts_with(folder)) file.remove_prefix(folder.size());
  const bool decides = one.kind == policy::Kind::access || one.kind == policy::Kind::tls ||
                       (one.kind == policy::Kind::session && !one.edits_only);
  json.begin_object();
  json.member("order", one.number + 1);
  json.member("id", one.id);
  json.member("name", one.name);
  json.member("kind", to_string(one.kind));
  if (decides) json.member("then", to_string(one.action));
  json.member("mode", to_string(one.rehearse ? policy::Mode::rehearse : policy::Mode::enforce));
  json.member("severity", to_string(one.severity));
  json.member("category", to_string(one.category));
  if (const std::string owner = text_of(written.owner); !owner.empty()) {
    json.member("owner", owner);
  }
  if (written.starts) json.member("starts", text_of(written.starts));
  if (written.expires) json.member("expires", text_of(written.expires));
  json.member("file", file);
  json.member("line", written.place.line);
  json.end_object();
}

}  // namespace

PolicyRoutes::PolicyRoutes(admin::Api& api, Desk& desk, discovery::StateStore& log,
                           const Clock& clock, io::Worker& worker, std::string state)
    : desk_(desk), log_(log), clock_(clock), worker_(worker), state_(std::move(state)) {
  api.on("GET", "/api/v1/policies", [this](const Call& call) { return list(call); });
  api.on("GET", "/api/v1/policies/matches?since&until",
         [this](const Call& call) { return matches(call); });
  api.on("GET", "/api/v1/policies/{}", [this](const Call& call) { return read(call); });
  api.on(
      "PUT", "/api/v1/policies/{}?dry_run&message&by",
      [this](const Call& call) { return write(call); }, admin::Api::Takes::body);
}

Task<http::Reply> PolicyRoutes::list(const Call&) {
  const std::string folder = desk_.config().policies;
  const auto program = desk_.material().snapshot->policy;
  std::string text;
  auto work = [&] {
    io::give_way();
    JsonWriter json(text);
    json.begin_object();
    json.key("files");
    json.begin_array();
    Diagnostics ignored;
    std::vector<std::string> files;
    if (!folder.empty()) files = yaml_files(folder, false, ignored);
    for (const std::string& file : files) {
      const auto content = read_regular_file(file, kMostPolicyFile);
      if (!content) continue;
      const std::string name = fs::path(file).filename().string();
      const std::string tests = name.substr(0, name.size() - 5) + ".test.yaml";
      const auto count = std::ranges::count_if(program->policies(), [&](const auto& one) {
        return one.written->place.source && one.written->place.source->name == file;
      });
      json.begin_object();
      json.member("file", name);
      json.member("etag", unquoted(policy_tag(*content)));
      json.member("bytes", content->size());
      json.member("policies", count);
      std::error_code none;
      if (fs::exists(folder + "/" + tests, none)) json.member("tests", tests);
      json.end_object();
    }
    json.end_array();
    json.key("policies");
    json.begin_array();
    for (const policy::CompiledPolicy& one : program->policies()) {
      write_policy(json, one, folder + "/");
    }
    json.end_array();
    json.end_object();
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return problem(503, "Busy", "too much is asked for at once; try again");
  co_return json_answer(std::move(text));
}

Task<http::Reply> PolicyRoutes::matches(const Call& call) {
  const Time now = clock_.now();
  std::optional<Time> since, until;
  if (!time_of(call, "since", now, since) || !time_of(call, "until", now, until)) {
    co_return problem(400, "Bad query",
                      "since and until are times (RFC 3339) or spans before now (24h)");
  }
  const Time to = until.value_or(now);
  const Time from = since.value_or(to - kUsualCount);
  if (to <= from || to - from > kMostCount) {
    co_return problem(400, "Bad query", "a span of 92 days at most");
  }
  const std::string asked = call.asked("since") + "|" + call.asked("until");
  if (asked == counted_for_ && now - counted_at_ < kCountHolds) co_return json_answer(counted_);
  std::map<std::string, std::map<std::string, std::uint64_t>, std::less<>> counts;
  std::optional<Error> error;
  auto work = [&] {
    io::give_way();
    auto store = discovery::SqliteStore::open_for_reading(store_file(state_));
    if (!store) {
      error = store.error();
      return;
    }
    const Result<void> read = (*store)->read_past(from, to, [&](const discovery::PastEvent& one) {
      if (one.policy.empty()) return;
      ++counts[std::string(one.policy)][format_rfc3339(one.time).substr(0, 10)];
    });
    if (!read) error = read.error();
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return problem(503, "Busy", "too much is asked for at once; try again");
  if (error) co_return problem(503, "The activities cannot be read", describe(*error));
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("since", format_rfc3339(from));
  json.member("until", format_rfc3339(to));
  json.key("policies");
  json.begin_array();
  for (const auto& [name, days] : counts) {
    std::uint64_t total = 0;
    json.begin_object();
    json.member("name", name);
    json.key("days");
    json.begin_array();
    for (const auto& [day, count] : days) {
      total += count;
      json.begin_object();
      json.member("day", day);
      json.member("count", count);
      json.end_object();
    }
    json.end_array();
    json.member("total", total);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  counted_ = text;
  counted_for_ = asked;
  counted_at_ = now;
  co_return json_answer(std::move(text));
}

Task<http::Reply> PolicyRoutes::read(const Call& call) {
  const std::string folder = desk_.config().policies;
  if (folder.empty()) co_return no_folder();
  const std::string& name = call.names.at(0);
  if (!is_policy_file_name(name)) co_return problem(404, "No such file", "a file is NAME.yaml");
  Result<std::string> text;
  auto work = [&] { text = read_regular_file(folder + "/" + name, kMostPolicyFile); };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return problem(503, "Busy", "too much is asked for at once; try again");
  if (!text) {
    co_return problem(text.error().kind == ErrorKind::not_found ? 404 : 503, "Not read",
                      describe(text.error()));
  }
  const std::string tag = policy_tag(*text);
  http::Headers headers;
  headers.add("ETag", tag);
  const std::string_view accept = call.field("Accept");
  if (istarts_with(accept, "text/") || istarts_with(accept, "application/yaml")) {
    co_return local::make_answer(200, "text/yaml; charset=utf-8", std::move(*text), headers);
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("file", name);
  json.member("etag", unquoted(tag));
  json.member("text", *text);
  json.end_object();
  co_return local::make_answer(200, "application/json", out + "\n", headers);
}

Task<http::Reply> PolicyRoutes::write(const Call& call) {
  PolicySave wish;
  wish.folder = desk_.config().policies;
  if (wish.folder.empty()) co_return no_folder();
  wish.templates = desk_.config().templates;
  wish.name = call.names.at(0);
  wish.text = call.body;
  wish.at = clock_.now();
  wish.options = {desk_.config().policy_mode, desk_.config().policy_zone, wish.at};
  wish.author = call.asked("by");
  wish.message = call.asked("message");
  wish.before = desk_.material().snapshot->policy;
  wish.before_set = desk_.material().policies;
  const std::string& dry_run = call.asked("dry_run");
  if (!is_policy_file_name(wish.name)) {
    co_return problem(400, "Bad name", "a file is NAME.yaml of letters, digits, '.', '_', '-'");
  }
  if (!dry_run.empty() && dry_run != "true" && dry_run != "false") {
    co_return problem(400, "Bad query", "dry_run is true or false");
  }
  if (wish.message.size() > kMostMessage) {
    co_return problem(400, "Bad query", "message has 200 bytes at most");
  }
  if (wish.text.size() > kMostPolicyFile) co_return problem(413, "Too large", "512 KiB at most");
  wish.dry_run = dry_run == "true";
  wish.must_be_new = trim(call.field("If-None-Match")) == "*";
  if (const std::string_view match = trim(call.field("If-Match")); !match.empty()) {
    wish.if_match = '"' + unquoted(match) + '"';
  }
  if (writing_ && !wish.dry_run) co_return problem(409, "Not written", "another is being written");
  PolicySaved saved;
  if (!wish.dry_run) writing_ = true;
  auto work = [&] {
    io::give_way();
    save_policies(state_, wish, saved);
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!wish.dry_run) writing_ = false;
  if (!ran) co_return problem(503, "Busy", "too much is asked for at once; try again");
  if (saved.error) co_return problem(503, "Not written", describe(*saved.error));
  if (saved.refused == 412) {
    co_return problem(412, "Not written",
                      "the file is not as you saw it: somebody else has changed it. Read it again");
  }
  if (saved.refused == 428) {
    co_return problem(428, "Not written", "say what you saw: If-Match with its ETag");
  }
  if (saved.found.has_errors() && !wish.dry_run) {
    co_return problem_with(422, "Not written", saved.found, saved.trial);
  }
  Desk::Report report;
  if (saved.done) {
    std::string value;
    JsonWriter told(value);
    told.begin_object();
    told.member("change", wish.if_match.empty() ? "made" : "replaced");
    told.member("before", unquoted(wish.if_match));
    told.member("after", unquoted(policy_tag(wish.text)));
    told.end_object();
    const discovery::StateEntry entry{"policy_file",    wish.name,    std::move(value),
                                      call.asked("by"), clock_.now(), std::nullopt};
    const Result<void> kept = log_.put({&entry, 1});
    if (!kept) log::error("a change of policies has no entry: " + describe(kept.error()));
    report = co_await desk_.reload();
  }
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("file", wish.name);
  json.member("etag", unquoted(policy_tag(wish.text)));
  json.member("valid", !saved.found.has_errors());
  json.member("saved", saved.done);
  json.key("diagnostics");
  write_found(json, saved.found, saved.trial);
  if (saved.done) {
    json.member("snapshot", report.snapshot);
    json.member("in_force", std::ranges::find(report.faulty, "policies") == report.faulty.end());
    json.key("commit");
    if (saved.commit) {
      json.string(*saved.commit);
    } else {
      json.null();
      json.member("no_commit", saved.no_commit);
    }
  }
  json.end_object();
  co_return json_answer(std::move(text));
}

}  // namespace sallyport::app
