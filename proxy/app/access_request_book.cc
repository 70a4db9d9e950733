#include "proxy/app/access_request_book.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"

namespace sallyport::app {

namespace {

using discovery::StateEntry;
using portal::AccessAnswer;
using portal::AccessRequest;
using State = AccessAnswer::State;
using Kept = AccessRequestBook::Kept;

constexpr std::string_view kAccessRequest = "access_request";
constexpr std::array<std::string_view, 4> kStates = {"", "waiting", "granted", "refused"};

void member(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value);
}

std::string text_of(const Kept& kept) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  const AccessRequest& asked = kept.asked;
  member(json, "user", asked.user);
  member(json, "client", asked.client);
  member(json, "address", asked.user.empty() ? asked.address.to_string() : "");
  member(json, "app", asked.app);
  member(json, "host", asked.host);
  member(json, "policy", asked.policy);
  member(json, "event", asked.event);
  member(json, "reason", asked.reason);
  if (kept.answer.state != State::waiting) {
    json.member("state", to_string(kept.answer.state));
    json.member("answered", format_rfc3339(kept.answer.at));
    member(json, "say", kept.answer.say);
    member(json, "who", kept.who);
    member(json, "grant", kept.grant);
    if (kept.answer.state == State::granted) {
      json.member("until", format_rfc3339(kept.answer.until));
    }
  }
  json.end_object();
  return text;
}

std::optional<Kept> read_kept(const StateEntry& entry) {
  Kept kept;
  std::string state, answered, until, address;
  JsonCursor cursor(entry.value);
  const bool read = cursor.object([&](std::string_view key) {
    AccessRequest& asked = kept.asked;
    if (key == "user") return cursor.string(asked.user);
    if (key == "client") return cursor.string(asked.client);
    if (key == "address") return cursor.string(address);
    if (key == "app") return cursor.string(asked.app);
    if (key == "host") return cursor.string(asked.host);
    if (key == "policy") return cursor.string(asked.policy);
    if (key == "event") return cursor.string(asked.event);
    if (key == "reason") return cursor.string(asked.reason);
    if (key == "state") return cursor.string(state);
    if (key == "answered") return cursor.string(answered);
    if (key == "until") return cursor.string(until);
    if (key == "say") return cursor.string(kept.answer.say);
    if (key == "who") return cursor.string(kept.who);
    if (key == "grant") return cursor.string(kept.grant);
    return cursor.skip();
  }) && cursor.at_end();
  if (!read) return std::nullopt;
  if (const auto parsed = IpAddress::parse(address)) kept.asked.address = *parsed;
  kept.id = entry.key;
  kept.asked.at = entry.at;
  kept.answer.state = State::waiting;
  kept.answer.at = entry.at;
  if (state.empty()) return kept;
  const auto known = parse_access_state(state);
  const auto at = parse_rfc3339(answered);
  if (!known || !at) return std::nullopt;
  kept.answer.state = *known;
  kept.answer.at = *at;
  if (const auto end = parse_rfc3339(until)) kept.answer.until = *end;
  return kept;
}

// Whose it is: of the user wherever they are; where nobody is known, of the client.
bool same_person(const AccessRequest& a, const AccessRequest& b) {
  return a.user == b.user && (!a.user.empty() || a.client == b.client);
}

bool same_wish(const AccessRequest& a, const AccessRequest& b) {
  return same_person(a, b) && a.policy == b.policy && a.app == b.app &&
         (!a.app.empty() || a.host == b.host);
}

std::string who_and_where(const AccessRequest& asked) {
  return fmt::format("{}, {}, policy {}", asked.user.empty() ? asked.client : asked.user,
                     asked.app.empty() ? asked.host : asked.app, asked.policy);
}

}  // namespace

std::string_view to_string(State state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<State> parse_access_state(std::string_view word) {
  const auto found = std::find(kStates.begin() + 1, kStates.end(), word);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<State>(found - kStates.begin());
}

Time end_of(const Kept& kept) {
  if (kept.answer.state == State::waiting) return kept.asked.at + AccessRequestBook::kWaits;
  return std::max(kept.answer.at + Time::duration(AccessRequestBook::kAnsweredLives),
                  kept.answer.until);
}

Result<void> AccessRequestBook::load(Time now) {
  auto entries = store_.entries(kAccessRequest, now);
  if (!entries) return pass_on(std::move(entries));
  for (const StateEntry& entry : *entries) {
    if (auto kept = read_kept(entry)) {
      requests_.insert_or_assign(entry.key, std::move(*kept));
    } else {
      log::warning("an access request cannot be read and is left out: " + entry.key);
    }
  }
  return {};
}

std::size_t AccessRequestBook::waiting_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      requests_, [](const auto& one) { return one.second.answer.state == State::waiting; }));
}

Result<void> AccessRequestBook::ask(const AccessRequest& asked) {
  // Whoever has waited for too long may ask again.
  std::erase_if(requests_, [&](const auto& one) { return end_of(one.second) <= asked.at; });
  std::size_t waiting = 0, of_nobody = 0, own = 0;
  for (const auto& [id, kept] : requests_) {
    if (kept.answer.state != State::waiting) continue;
    if (same_wish(kept.asked, asked)) return {};
    ++waiting;
    if (kept.asked.user.empty()) ++of_nobody;
    if (same_person(kept.asked, asked)) ++own;
  }
  if (waiting >= kMostWaiting || own >= kMostOfOne ||
      (asked.user.empty() && of_nobody >= kMostWaitingOfNobody)) {
    return fail(ErrorKind::limit, Side::ours, "too many access requests wait already");
  }
  // The event that led to it is unique, and sorts by time.
  std::string id = asked.event;
  if (id.empty()) id = std::to_string(asked.at.time_since_epoch().count());
  Kept kept{std::move(id), asked, {}, "", ""};
  kept.answer.state = State::waiting;
  kept.answer.at = asked.at;
  const StateEntry entry{
      std::string(kAccessRequest), kept.id, text_of(kept), asked.user, asked.at, end_of(kept)};
  Result<void> put = store_.put({&entry, 1});
  if (!put) return put;
  log::info("access is asked for: " + who_and_where(asked));
  const std::string key = kept.id;
  requests_.insert_or_assign(key, std::move(kept));
  return {};
}

AccessAnswer AccessRequestBook::find(const AccessRequest& asked, Time now) const {
  AccessAnswer newest;
  for (const auto& [id, kept] : requests_) {
    if (!same_wish(kept.asked, asked) || end_of(kept) <= now) continue;
    const AccessAnswer& answer = kept.answer;
    if (answer.state == State::waiting) return answer;
    if (newest.state == State::none || answer.at >= newest.at) newest = answer;
  }
  if (newest.state == State::refused && newest.at + kRefusalHolds <= now) return {};
  // Blocked in spite of it: the grant was taken back, or has ended.
  const bool void_by_now = newest.until <= now || asked.at > newest.at;
  if (newest.state == State::granted && void_by_now) return {};
  return newest;
}

std::expected<const Kept*, AccessRequestBook::Refusal> AccessRequestBook::waiting(
    std::string_view id) const {
  const auto found = requests_.find(id);
  if (found == requests_.end()) {
    return std::unexpected(
        Refusal{404, fmt::format("there is no access request '{}'", printable(id))});
  }
  const AccessAnswer& answer = found->second.answer;
  if (answer.state != State::waiting) {
    return std::unexpected(
        Refusal{409, fmt::format("it was {} already, by {}", to_string(answer.state),
                                 found->second.who.empty() ? "somebody" : found->second.who)});
  }
  return &found->second;
}

std::optional<AccessRequestBook::Refusal> AccessRequestBook::keep(Kept kept, Time now) {
  const StateEntry entry{
      std::string(kAccessRequest), kept.id, text_of(kept), kept.who, kept.asked.at, end_of(kept)};
  const Result<void> put = store_.put({&entry, 1});
  if (!put) return Refusal{503, "the answer could not be kept: " + put.error().detail};
  log::info(fmt::format("access is {} by {}: {}", to_string(kept.answer.state),
                        kept.who.empty() ? "somebody" : kept.who, who_and_where(kept.asked)));
  const std::string id = kept.id;
  requests_.insert_or_assign(id, kept);
  forget_old_answers(kept, now);
  return std::nullopt;
}

std::optional<AccessRequestBook::Refusal> AccessRequestBook::granted(std::string_view id,
                                                                     const policy::Grant& grant,
                                                                     std::string_view who,
                                                                     Time now) {
  const auto found = waiting(id);
  if (!found) return found.error();
  Kept kept = **found;
  kept.answer = {State::granted, "", now, grant.until};
  kept.grant = grant.id.to_string();
  kept.who = who;
  return keep(std::move(kept), now);
}

std::optional<AccessRequestBook::Refusal> AccessRequestBook::refuse(std::string_view id,
                                                                    std::string say,
                                                                    std::string_view who,
                                                                    Time now) {
  if (say.size() > kMostSay || printable(say) != say) {
    return Refusal{400, fmt::format("what is said is one line of at most {} bytes", kMostSay)};
  }
  const auto found = waiting(id);
  if (!found) return found.error();
  Kept kept = **found;
  kept.answer = {State::refused, std::move(say), now, Time{}};
  kept.who = who;
  return keep(std::move(kept), now);
}

void AccessRequestBook::drop(const std::function<bool(const Kept&)>& gone) {
  std::erase_if(requests_, [&](const auto& one) { return gone(one.second); });
}

void AccessRequestBook::forget_old_answers(const Kept& newest, Time now) {
  std::vector<const Kept*> all, own;
  for (const auto& [id, kept] : requests_) {
    if (kept.answer.state == State::waiting) continue;
    all.push_back(&kept);
    if (same_person(kept.asked, newest.asked)) own.push_back(&kept);
  }
  std::vector<const Kept*>& many = own.size() > kMostOfOne ? own : all;
  if (many.size() <= (&many == &own ? kMostOfOne : kMostAnswered)) return;
  const Kept* oldest =
      *std::ranges::min_element(many, {}, [](const Kept* one) { return one->answer.at; });
  const std::string id = oldest->id;
  const Result<void> removed = store_.remove(kAccessRequest, id, "", now);
  if (!removed) log::warning("an old access request is still kept: " + describe(removed.error()));
  requests_.erase(id);
}

}  // namespace sallyport::app
