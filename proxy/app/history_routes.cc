#include "proxy/app/history_routes.h"

#include "base/io/scheduling.h"
#include "proxy/app/history_json.h"
#include "proxy/app/policy_save.h"
#include "proxy/app/route_words.h"

namespace sallyport::app {

using admin::Call;
using admin::json_answer;
using admin::problem;

namespace {

constexpr std::size_t kUsualChanges = 50;

http::Reply busy() { return problem(503, "Busy", "too much is asked for at once; try again"); }

http::Reply no_folder() {
  return problem(404, "No policies", "the configuration names no folder of policies");
}

http::Reply no_file() { return problem(404, "No such file", "a file is NAME.yaml"); }

http::Reply not_read(const Error& error) {
  const bool unknown = error.kind == ErrorKind::not_found;
  return problem(unknown ? 404 : 503, "The history cannot be read", describe(error));
}

}  // namespace

HistoryRoutes::HistoryRoutes(admin::Api& api, Desk& desk, io::Worker& worker)
    : desk_(desk), worker_(worker) {
  api.on("GET", "/api/v1/policies/{}/history?after&limit",
         [this](const Call& call) { return list(call); });
  api.on("GET", "/api/v1/policies/{}/history/{}", [this](const Call& call) { return show(call); });
}

Task<http::Reply> HistoryRoutes::list(const Call& call) {
  const std::string folder = desk_.config().policies;
  if (folder.empty()) co_return no_folder();
  const std::string& name = call.names.at(0);
  if (!is_policy_file_name(name)) co_return no_file();
  const auto limit = limit_of(call, kUsualChanges, PolicyHistory::kMostChanges);
  if (!limit) co_return problem(400, "Bad query", limit.error());
  const std::string& after = call.asked("after");
  if (!after.empty() && !is_commit_name(after)) {
    co_return problem(400, "Bad query", "after is what 'next' said");
  }
  std::string text;
  std::optional<Error> error;
  auto work = [&] {
    io::give_way();
    const PolicyHistory history(folder);
    if (const std::string why = history.trouble(); !why.empty()) {
      text = no_history_json(name, why);
      return;
    }
    const auto changes = history.list(name, *limit, after);
    if (changes) {
      text = history_json(name, *changes, *limit);
    } else {
      error = changes.error();
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return busy();
  if (error) co_return not_read(*error);
  co_return json_answer(std::move(text));
}

Task<http::Reply> HistoryRoutes::show(const Call& call) {
  const std::string folder = desk_.config().policies;
  if (folder.empty()) co_return no_folder();
  const std::string& name = call.names.at(0);
  if (!is_policy_file_name(name)) co_return no_file();
  std::string text;
  std::string why;
  std::optional<Error> error;
  auto work = [&] {
    io::give_way();
    const PolicyHistory history(folder);
    why = history.trouble();
    if (!why.empty()) return;
    const auto shown = history.show(name, call.names.at(1));
    if (!shown) {
      error = shown.error();
    } else if (*shown) {
      text = commit_json(name, **shown);
    } else {
      why = "no such commit led to what is checked out";
    }
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return busy();
  if (error) co_return not_read(*error);
  if (!why.empty()) co_return problem(404, "No such commit", why);
  co_return json_answer(std::move(text));
}

}  // namespace sallyport::app
