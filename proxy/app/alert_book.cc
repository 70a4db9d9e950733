#include "proxy/app/alert_book.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "discovery/events/decode.h"

namespace sallyport::app {

using discovery::Alert;
using discovery::AlertHandling;
using discovery::AlertResolution;
using discovery::AlertStep;
using discovery::StateEntry;

namespace {

constexpr std::string_view kHandling = "alert";

}  // namespace

Result<void> AlertBook::load(Time now) {
  if (store_ == nullptr) return {};
  auto entries = store_->entries(kHandling, now);
  if (!entries) return pass_on(std::move(entries));
  for (const StateEntry& entry : *entries) {
    const auto id = discovery::parse_ulid(entry.key);
    auto handling = discovery::parse_alert_handling(entry.value);
    if (id && handling) {
      handled_.insert_or_assign(*id, std::move(*handling));
    } else {
      log::warning("how an alert is handled cannot be read and is left out: " +
                   printable(entry.key));
    }
  }
  return {};
}

const AlertHandling& AlertBook::of(const Ulid& alert) const {
  static const AlertHandling kUntouched;
  const auto found = handled_.find(alert);
  return found == handled_.end() ? kUntouched : found->second;
}

std::vector<Ulid> AlertBook::read() const {
  std::vector<Ulid> ids;
  for (const auto& [id, handling] : handled_) {
    if (handling.read) ids.push_back(id);
  }
  return ids;
}

// The oldest that is closed; ids begin with the time.
bool AlertBook::make_room(Time now) {
  if (handled_.size() < kMost) return true;
  const auto oldest = std::ranges::find_if(
      handled_, [](const auto& one) { return one.second.resolution != AlertResolution::open; });
  if (oldest == handled_.end()) return false;
  const std::string id = oldest->first.to_string();
  if (const Result<void> removed = store_->remove(kHandling, id, "", now); !removed) return false;
  log::info("more alerts are handled than are remembered; forgotten: " + id);
  handled_.erase(oldest);
  ++changes_;
  return true;
}

std::expected<const AlertHandling*, AlertBook::Refusal> AlertBook::apply(const Alert& alert,
                                                                         const AlertStep& step) {
  const AlertHandling& before = of(alert.id);
  if (store_ == nullptr) return std::unexpected(Refusal{503, "nothing can be kept"});
  auto now = discovery::after(before, step);
  if (!now) return std::unexpected(Refusal{400, std::move(now.error())});
  if (*now == before) return &before;
  if (!handled_.contains(alert.id) && !make_room(step.at)) {
    return std::unexpected(Refusal{409, "too many alerts are open and touched; close some first"});
  }
  const std::string id = alert.id.to_string();
  const StateEntry entry{
      std::string(kHandling),
      id,
      to_json(*now),
      step.who,
      step.at,
      std::max(alert.time, step.at) + Time::duration(discovery::AlertStore::kAlertAge)};
  const Result<void> put = store_->put({&entry, 1});
  if (!put) return std::unexpected(Refusal{503, "it could not be kept: " + put.error().detail});
  log::info(fmt::format("alert {}: {}, by {}", id, printable(describe(step)),
                        step.who.empty() ? "somebody" : printable(step.who)));
  ++changes_;
  return &handled_.insert_or_assign(alert.id, std::move(*now)).first->second;
}

Result<std::vector<Alert>> find_alerts(discovery::AlertStore& store, discovery::AlertQuery query,
                                       const discovery::AlertStateFilter& filter,
                                       const AlertBook& book) {
  if (filter.keeps_all()) return store.query(query);
  const std::size_t wanted = std::min(query.limit, discovery::kMaxRows);
  query.limit = discovery::kMaxRows;
  std::vector<Alert> found;
  for (std::size_t looked = 0; looked < AlertBook::kMostLooked;) {
    auto page = store.query(query);
    if (!page) return page;
    looked += page->size();
    const bool last = page->size() < query.limit;
    if (!last) query.after = page->back().id;
    for (Alert& alert : *page) {
      if (found.size() == wanted) return found;
      if (filter.keeps(book.of(alert.id))) found.push_back(std::move(alert));
    }
    if (last) break;
  }
  return found;
}

void append_json(std::string& out, const Alert& alert, const AlertHandling& handling,
                 bool with_history) {
  JsonWriter json(out);
  json.begin_object();
  write_members(json, alert);
  write_members(json, handling, with_history);
  json.end_object();
}

}  // namespace sallyport::app
