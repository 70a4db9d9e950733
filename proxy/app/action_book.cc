#include "proxy/app/action_book.h"

#include <algorithm>
#include <array>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"

namespace sallyport::app {
namespace {

using discovery::StateEntry;
using Kept = ActionBook::Kept;
using State = ActionBook::State;

constexpr std::string_view kAction = "webhook_action";
constexpr std::array<std::string_view, 3> kStates = {"pending", "done", "failed"};

std::string cut(std::string text) {
  text = printable(text);
  if (text.size() <= ActionBook::kMostText) return text;
  text.resize(ActionBook::kMostText);
  drop_cut_character(text);
  return text + "...";
}

std::string text_of(const Kept& kept) {
  std::string text;
  JsonWriter json(text);
  const auto member = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.member(name, value);
  };
  json.begin_object();
  json.member("action", kept.call.action);
  json.member("state", to_string(kept.state));
  member("user", kept.call.user);
  member("app", kept.call.app);
  member("alert", kept.call.alert);
  member("reason", kept.call.reason);
  member("by", kept.call.by);
  json.member("at", format_rfc3339(kept.call.at));
  if (kept.state != State::pending) {
    json.member("ended", format_rfc3339(kept.ended));
    member("detail", kept.detail);
  }
  json.end_object();
  return text;
}

std::optional<Kept> read_kept(const StateEntry& entry) {
  Kept kept;
  kept.call.id = entry.key;
  std::string state, at, ended;
  JsonCursor cursor(entry.value);
  const bool read = cursor.object([&](std::string_view key) {
    if (key == "action") return cursor.string(kept.call.action);
    if (key == "state") return cursor.string(state);
    if (key == "user") return cursor.string(kept.call.user);
    if (key == "app") return cursor.string(kept.call.app);
    if (key == "alert") return cursor.string(kept.call.alert);
    if (key == "reason") return cursor.string(kept.call.reason);
    if (key == "by") return cursor.string(kept.call.by);
    if (key == "at") return cursor.string(at);
    if (key == "ended") return cursor.string(ended);
    if (key == "detail") return cursor.string(kept.detail);
    return cursor.skip();
  }) && cursor.at_end();
  const auto known = parse_action_state(state);
  const auto asked = parse_rfc3339(at);
  if (!read || !known || !asked || kept.call.action.empty()) return std::nullopt;
  kept.state = *known;
  kept.call.at = *asked;
  if (const auto time = parse_rfc3339(ended)) kept.ended = *time;
  return kept;
}

}  // namespace

std::string_view to_string(State state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<State> parse_action_state(std::string_view word) {
  const auto at = std::find(kStates.begin(), kStates.end(), word);
  if (at == kStates.end()) return std::nullopt;
  return static_cast<State>(at - kStates.begin());
}

Result<void> ActionBook::load(Time now) {
  auto entries = store_.entries(kAction, now);
  if (!entries) return pass_on(std::move(entries));
  for (const StateEntry& entry : *entries) {
    if (auto kept = read_kept(entry)) {
      calls_.insert_or_assign(entry.key, std::move(*kept));
    } else {
      log::warning("a call of a webhook action cannot be read and is left out: " + entry.key);
    }
  }
  return {};
}

std::size_t ActionBook::pending() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      calls_, [](const auto& one) { return one.second.state == State::pending; }));
}

Result<void> ActionBook::put(const Kept& kept, Time now) {
  StateEntry entry{std::string(kAction), kept.call.id, text_of(kept), kept.call.by, now, {}};
  if (kept.state != State::pending) entry.expires = now + kKept;
  return store_.put(std::span(&entry, 1));
}

std::expected<const Kept*, ActionBook::Refusal> ActionBook::ask(delivery::ActionCall call,
                                                                Time now) {
  for (const std::string* text : {&call.user, &call.app, &call.alert, &call.by}) {
    if (text->size() > 255) return std::unexpected(Refusal{400, "more than 255 bytes of a name"});
  }
  if (call.reason.size() > kMostText) {
    return std::unexpected(Refusal{400, "a reason has at most 1000 bytes"});
  }
  if (pending() >= most_pending_) {
    return std::unexpected(
        Refusal{409, std::to_string(most_pending_) + " calls wait already for their receivers"});
  }
  Kept kept;
  kept.call = std::move(call);
  kept.call.id = ids_.make(now).to_string();
  kept.call.at = now;
  if (const Result<void> done = put(kept, now); !done) {
    return std::unexpected(Refusal{503, "it could not be kept: " + describe(done.error())});
  }
  if (calls_.size() >= kMostKept + most_pending_) {
    const auto oldest = std::ranges::find_if(
        calls_, [](const auto& one) { return one.second.state != State::pending; });
    if (oldest != calls_.end()) calls_.erase(oldest);
  }
  std::string id = kept.call.id;
  return &calls_.insert_or_assign(std::move(id), std::move(kept)).first->second;
}

void ActionBook::tried(std::string_view id, std::string detail) {
  const auto at = calls_.find(id);
  if (at == calls_.end()) return;
  ++at->second.tries;
  at->second.detail = cut(std::move(detail));
}

Result<void> ActionBook::end(std::string_view id, State state, std::string detail, Time now) {
  const auto at = calls_.find(id);
  if (at == calls_.end()) return {};  // Erased meanwhile.
  Kept ended = at->second;
  ++ended.tries;
  ended.state = state;
  ended.detail = cut(std::move(detail));
  ended.ended = now;
  Result<void> kept = put(ended, now);
  if (kept) at->second = std::move(ended);
  return kept;
}

void ActionBook::drop(const std::function<bool(const Kept&)>& gone) {
  std::erase_if(calls_, [&](const auto& one) { return gone(one.second); });
}

void write_action_call(JsonWriter& json, const Kept& kept) {
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.member(name, value);
  };
  json.begin_object();
  json.member("id", kept.call.id);
  json.member("action", kept.call.action);
  json.member("state", to_string(kept.state));
  text("user", kept.call.user);
  text("app", kept.call.app);
  text("alert", kept.call.alert);
  text("reason", kept.call.reason);
  text("by", kept.call.by);
  json.member("at", format_rfc3339(kept.call.at));
  if (kept.state != State::pending) json.member("ended", format_rfc3339(kept.ended));
  json.member("tries", kept.tries);
  text("detail", kept.detail);
  json.end_object();
}

}  // namespace sallyport::app
