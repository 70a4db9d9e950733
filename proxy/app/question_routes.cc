#include "proxy/app/question_routes.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <vector>

#include "base/core/text.h"
#include "discovery/alerts/sqlite_alert_store.h"
#include "discovery/events/decode.h"
#include "proxy/app/explain_event.h"
#include "proxy/app/route_words.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

namespace {

using admin::Call;
using admin::json_answer;
using admin::problem;
using Refusal = StandingBook::Refusal;

constexpr std::size_t kUsualShown = 1'000;
constexpr std::array<std::string_view, 6> kStates = {"open",    "answered", "yes",
                                                     "mistake", "not_me",   "expired"};

Task<http::Reply> list(const QuestionBook& book, const Desk& desk, const Clock& clock,
                       const Call& call) {
  const auto limit = limit_of(call, kUsualShown, QuestionBook::kMostKept + QuestionBook::kMostOpen);
  if (!limit) co_return problem(400, "Bad limit", limit.error());
  const std::string& state = call.asked("state");
  if (!is_question_state(state)) {
    co_return problem(400, "Bad state",
                      fmt::format("state is one of {}", fmt::join(kStates, ", ")));
  }
  const std::string& asked_user = call.asked("user");
  const std::string user = canonical_user(*desk.material().snapshot, asked_user);
  const Time now = clock.now();
  std::vector<const QuestionBook::Kept*> found;
  for (const auto& [id, kept] : book.all()) {
    if (!asked_user.empty() && kept.question.user != user) continue;
    if (has_question_state(kept, state, now)) found.push_back(&kept);
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("total", found.size());
  json.key("questions");
  json.begin_array();
  std::size_t left = *limit;
  for (auto one = found.rbegin(); one != found.rend() && left > 0; ++one, --left) {
    write_question(json, **one, now);
  }
  json.end_array();
  json.end_object();
  co_return json_answer(std::move(out));
}

Task<http::Reply> ask(QuestionBook& book, const Desk& desk, const Clock& clock,
                      const std::string& state, const Call& call) {
  const std::string& by = call.asked("by");
  if (by.size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  const auto lasts = question_lasts(call.asked("for"));
  if (!lasts) co_return refused(lasts.error());
  auto question = question_of(*desk.material().snapshot, state, call.asked("user"),
                              {call.asked("about"), call.asked("alert"), call.asked("say")});
  if (!question) co_return refused(question.error());
  const auto asked = book.ask(std::move(*question), *lasts, by, clock.now(), call.asked("alert"));
  if (!asked) co_return refused(asked.error());
  std::string out;
  JsonWriter json(out);
  write_question(json, *asked, clock.now());
  co_return json_answer(std::move(out));
}

Task<http::Reply> withdraw(QuestionBook& book, const Clock& clock, const Call& call) {
  const std::string& by = call.asked("by");
  if (by.size() > kMostWho) co_return problem(400, "Bad query", "'by' is too long");
  if (const auto refusal = book.withdraw(call.names.at(0), by, clock.now())) {
    co_return refused(*refusal);
  }
  co_return json_answer(fmt::format("{{\"total\": {}}}", book.all().size()));
}

std::expected<discovery::Alert, Refusal> alert_of(const session::Snapshot& now,
                                                  const std::string& state, const std::string& user,
                                                  std::string_view text) {
  const auto id = discovery::parse_ulid(text);
  if (!id) {
    return std::unexpected(Refusal{400, fmt::format("'{}' is no alert id", printable(text))});
  }
  auto store = discovery::SqliteAlertStore::open_for_reading(alerts_file(state));
  if (!store) return std::unexpected(Refusal{503, store.error().detail});
  auto alert = (*store)->find(*id);
  if (!alert) return std::unexpected(Refusal{503, alert.error().detail});
  if (!*alert) return std::unexpected(Refusal{404, "there is no alert " + id->to_string()});
  if (canonical_user(now, (*alert)->user) != user) {
    return std::unexpected(Refusal{
        409,
        fmt::format("that alert is of {}, not of {}",
                    (*alert)->user.empty() ? "nobody known" : printable((*alert)->user), user)});
  }
  return std::move(**alert);
}

}  // namespace

discovery::AlertStep step_of_answer(const QuestionBook::Kept& kept) {
  discovery::AlertStep step;
  step.kind = discovery::AlertStep::Kind::comment;
  step.text =
      fmt::format("asked by {}: \"{}\" (question {})", kept.by.empty() ? "somebody" : kept.by,
                  said_words(kept), kept.question.id);
  step.who = kept.question.user;
  step.at = kept.answered;
  return step;
}

std::expected<std::chrono::seconds, Refusal> question_lasts(std::string_view lasts) {
  if (lasts.empty()) return std::chrono::seconds(0);
  const auto span = parse_duration(lasts);
  if (!span || span->count() <= 0) {
    return std::unexpected(
        Refusal{400, fmt::format("'{}' is no span: '2h', '7d'", printable(lasts))});
  }
  return std::chrono::duration_cast<std::chrono::seconds>(*span);
}

std::expected<portal::Question, Refusal> question_of(const session::Snapshot& now,
                                                     const std::string& state,
                                                     std::string_view user,
                                                     const AskedAbout& about) {
  portal::Question question;
  question.user = canonical_user(now, user);
  question.say = about.say;
  if (question.user.empty()) {
    return std::unexpected(Refusal{400, fmt::format("'{}' is no name of a user", printable(user))});
  }
  std::optional<Ulid> id;
  if (!about.event.empty()) {
    id = discovery::parse_ulid(about.event);
    if (!id) {
      return std::unexpected(
          Refusal{400, fmt::format("'{}' is no event id", printable(about.event))});
    }
  }
  if (!about.alert.empty()) {
    const auto alert = alert_of(now, state, question.user, about.alert);
    if (!alert) return std::unexpected(alert.error());
    if (!id && !alert->events.empty()) id = alert->events.back();
  }
  if (!id) return question;
  const Result<discovery::Event> event = read_event(state, *id);
  if (!event) {
    const bool missing = event.error().kind == ErrorKind::not_found;
    // An alert outlives its evidence.
    if (missing && about.event.empty() && !about.say.empty()) return question;
    return std::unexpected(Refusal{missing ? 404 : 503, event.error().detail});
  }
  const std::optional<std::string>& who = event->activity.user;
  if (!who || canonical_user(now, *who) != question.user) {
    return std::unexpected(
        Refusal{409, fmt::format("that event is of {}, not of {}",
                                 who ? printable(*who) : "nobody known", question.user)});
  }
  tell_about(*event, question);
  return question;
}

bool is_question_state(std::string_view word) {
  return word.empty() || std::ranges::find(kStates, word) != kStates.end();
}

bool has_question_state(const QuestionBook::Kept& kept, std::string_view word, Time now) {
  if (word == "answered") return kept.said.has_value();
  return word.empty() || word == state_of(kept, now);
}

void write_question(JsonWriter& json, const QuestionBook::Kept& kept, Time now) {
  const portal::Question& question = kept.question;
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.member(name, value);
  };
  json.begin_object();
  json.member("id", question.id);
  json.member("state", state_of(kept, now));
  json.member("user", question.user);
  text("event", question.event);
  text("alert", kept.alert);
  text("app", question.app);
  text("what", question.what);
  if (question.when != Time{}) json.member("when", format_rfc3339(question.when));
  text("say", question.say);
  json.member("asked", format_rfc3339(kept.asked));
  text("by", kept.by);
  json.member("until", format_rfc3339(question.expires));
  if (kept.said) {
    json.member("answered", format_rfc3339(kept.answered));
    text("client", kept.client);
  }
  json.end_object();
}

void add_question_routes(admin::Api& api, QuestionBook& book, const Desk& desk, const Clock& clock,
                         const std::string& state) {
  api.on("GET", "/api/v1/questions?state&user",
         [&](const Call& call) { return list(book, desk, clock, call); });
  api.on("POST", "/api/v1/questions?user&about&alert&say&for&by",
         [&, state](const Call& call) { return ask(book, desk, clock, state, call); });
  api.on("DELETE", "/api/v1/questions/{}?by",
         [&](const Call& call) { return withdraw(book, clock, call); });
}

}  // namespace sallyport::app
