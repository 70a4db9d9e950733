#include "proxy/app/replay_routes.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/io/scheduling.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"
#include "proxy/app/found_json.h"
#include "proxy/app/policy_save.h"
#include "proxy/app/state_directory.h"
#include "proxy/local/answer.h"

namespace sallyport::app {

using admin::Call;
using admin::json_answer;
using admin::problem;

namespace {

constexpr std::string_view kPath = "/api/v1/policies/{}/replay";
constexpr std::string_view kUsualSpan = "7d";

struct Asked {
  std::string text, since, until, against;
};

// False where it is no object of these texts.
bool read_asked(std::string_view body, Asked& asked) {
  bool has_text = false;
  JsonCursor cursor(body);
  const bool read = cursor.object([&](std::string_view key) {
    if (key == "text" && !has_text) return has_text = cursor.string(asked.text);
    if (key == "since" && asked.since.empty()) return cursor.string(asked.since);
    if (key == "until" && asked.until.empty()) return cursor.string(asked.until);
    if (key == "against" && asked.against.empty()) return cursor.string(asked.against);
    return false;
  });
  return read && cursor.at_end() && has_text;
}

// A span before now, or a time.
std::optional<Time> time_of(const std::string& text, Time now) {
  if (const auto span = parse_duration(text)) return now - *span;
  return parse_rfc3339(text);
}

std::string link_of(const std::string& file, const std::string& id) {
  return "/api/v1/policies/" + file + "/replay/" + id;
}

}  // namespace

policy::PolicySources with_text(policy::PolicySources sources, const std::string& folder,
                                const std::string& name, std::string text) {
  const std::string path = folder + "/" + name;
  auto source = std::make_shared<const Source>(Source{path, std::move(text)});
  const auto at = std::ranges::lower_bound(
      sources.policies, path, {},
      [](const SourcePtr& one) -> const std::string& { return one->name; });
  if (at != sources.policies.end() && (*at)->name == path) {
    *at = std::move(source);
  } else {
    sources.policies.insert(at, std::move(source));
  }
  return sources;
}

ReplayRoutes::ReplayRoutes(admin::Api& api, Desk& desk, const Clock& clock, io::Worker& worker,
                           std::string state, ReadAuditor& auditor)
    : desk_(desk),
      clock_(clock),
      worker_(worker),
      state_(std::move(state)),
      auditor_(auditor),
      jobs_(clock) {
  const std::string path(kPath);
  api.on("POST", path, [this](const Call& call) { return start(call); }, admin::Api::Takes::body);
  api.on("GET", path + "/{}?by&reason", [this](const Call& call) { return look(call); });
  api.on("DELETE", path + "/{}", [this](const Call& call) { return give_up(call); });
}

Task<http::Reply> ReplayRoutes::start(const Call& call) {
  const std::string folder = desk_.config().policies;
  if (folder.empty()) {
    co_return problem(404, "No policies", "the configuration names no folder of policies");
  }
  const std::string& name = call.names.at(0);
  if (!is_policy_file_name(name) || name.ends_with(".test.yaml")) {
    co_return problem(400, "Bad name",
                      "a file of policies is NAME.yaml; tests (NAME.test.yaml) decide nothing");
  }
  Asked asked;
  if (!read_asked(call.body, asked)) {
    co_return problem(400, "Bad body",
                      "an object with 'text' and, where wanted, 'since', 'until', 'against', "
                      "each a text");
  }
  if (asked.text.size() > kMostPolicyFile) {
    co_return problem(413, "Too large", "512 KiB at most");
  }
  if (asked.against.empty()) asked.against = "in_force";
  if (asked.against != "in_force" && asked.against != "recorded") {
    co_return problem(400, "Bad body", "against is in_force or recorded");
  }
  const Time now = clock_.now();
  const auto since = time_of(asked.since.empty() ? std::string(kUsualSpan) : asked.since, now);
  const auto until = asked.until.empty() ? now : time_of(asked.until, now);
  if (!since || !until || *since >= *until) {
    co_return problem(400, "Bad body",
                      "since and until are times (RFC 3339) or spans before now (24h), since "
                      "the earlier");
  }
  ReplayJobs::Wish wish;
  wish.file = name;
  wish.since = *since;
  wish.until = *until;
  wish.open = discovery::sqlite_history(store_file(state_));
  if (asked.against == "in_force") wish.before = desk_.material().snapshot->policy;
  Diagnostics found;
  const auto kept = desk_.material().policies;  // As they are now, whatever is read meanwhile.
  auto work = [&] {
    io::give_way();
    auto program = policy::compile(with_text(kept->sources, folder, name, std::move(asked.text)),
                                   kept->options, found);
    if (program) {
      wish.program = std::move(*program);
    } else {
      found.append(std::move(program.error()));
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return problem(503, "Busy", "too much is asked for at once; try again");
  if (!wish.program) co_return problem_with(422, "Not replayed", found, folder + "/");
  const auto id = jobs_.start(std::move(wish));
  if (!id) {
    http::Reply reply = problem(429, "Busy", "two replays are at work, which is the most");
    reply.head.headers.add("Retry-After", "5");
    co_return reply;
  }
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("id", *id);
  json.member("since", format_rfc3339(*since));
  json.member("until", format_rfc3339(*until));
  json.member("against", asked.against);
  json.key("diagnostics");  // warnings
  write_found(json, found, folder + "/");
  json.end_object();
  http::Headers headers;
  headers.add("Location", link_of(name, *id));
  co_return local::make_answer(202, "application/json", text + "\n", headers);
}

Task<http::Reply> ReplayRoutes::look(const Call& call) {
  auto seen = jobs_.find(call.names.at(1));
  if (!seen || seen->file != call.names[0]) {
    co_return problem(404, "No such replay", "it may be over for longer than it is kept");
  }
  if (seen->state == ReplayJobs::State::done) {
    // It names persons and what they did.
    const discovery::ReadNote note =
        note_of(call, "GET /api/v1/policies/{}/replay/{}", "", seen->events);
    const bool recorded = co_await auditor_.note(note);
    if (!recorded) co_return not_recorded();
  }
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("state", to_string(seen->state));
  json.member("done", seen->done);
  json.member("of", seen->of);
  if (!seen->failure.empty()) json.member("failure", seen->failure);
  json.end_object();
  if (seen->state == ReplayJobs::State::done) {
    text.pop_back();
    text += ",\"result\":" + std::string(trim(seen->result)) + "}";
  }
  co_return json_answer(std::move(text));
}

Task<http::Reply> ReplayRoutes::give_up(const Call& call) {
  const auto seen = jobs_.find(call.names.at(1));
  if (!seen || seen->file != call.names[0] || !jobs_.remove(call.names[1])) {
    co_return problem(404, "No such replay", "it may be over for longer than it is kept");
  }
  co_return json_answer("{}");
}

}  // namespace sallyport::app
