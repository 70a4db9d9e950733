#include "proxy/app/unread_alerts.h"

#include <algorithm>

#include "base/io/scheduling.h"
#include "base/json/writer.h"
#include "discovery/alerts/sqlite_alert_store.h"

namespace sallyport::app {

UnreadAlerts::UnreadAlerts(admin::Api& api, std::string file, const AlertBook& book,
                           const Clock& clock, io::Worker& worker)
    : file_(std::move(file)), book_(book), clock_(clock), worker_(worker) {
  api.on("GET", "/api/v1/alerts/unread", [this](const admin::Call& call) { return count(call); });
}

Task<http::Reply> UnreadAlerts::count(const admin::Call&) {
  const std::uint64_t changes = book_.changes();
  const auto now = clock_.steady();
  if (!counted_.empty() && counted_changes_ == changes && now - counted_at_ < kHolds) {
    co_return admin::json_answer(counted_);
  }
  const std::vector<Ulid> read = book_.read();
  std::uint64_t unread = 0;
  std::optional<Time> newest;
  std::optional<Error> error;
  auto work = [&] {
    io::give_way();
    auto store = discovery::SqliteAlertStore::open_for_reading(file_);
    if (!store) {
      error = store.error();
      return;
    }
    const auto count =
        (*store)->count([&read](const Ulid& id) { return !std::ranges::binary_search(read, id); });
    if (!count) {
      error = count.error();
      return;
    }
    unread = count->alerts;
    if (!count->newest) return;
    const auto alert = (*store)->find(*count->newest);
    if (alert && *alert) newest = (*alert)->time;
  };
  const bool ran = co_await pool_.run(worker_.executor(), std::move(work));
  if (!ran) co_return admin::problem(503, "Busy", "too much is asked for at once; try again");
  if (error) co_return admin::problem(503, "The alerts cannot be read", error->detail);
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("unread", unread);
  json.key("newest");
  if (newest) {
    json.string(format_rfc3339(*newest));
  } else {
    json.null();
  }
  json.end_object();
  counted_ = text;
  counted_changes_ = changes;
  counted_at_ = now;
  co_return admin::json_answer(std::move(text));
}

}  // namespace sallyport::app
