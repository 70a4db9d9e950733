// ask, questions: "was this you, and was it intended?", asked of people at the portal.

#include <fmt/format.h>

#include "base/core/text.h"
#include "proxy/app/question_routes.h"
#include "proxy/app/route_words.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

namespace {

using app::QuestionBook;

bool load(QuestionBook& book) {
  const Result<void> loaded = book.load(system_clock().now());
  if (!loaded) complain(describe(loaded.error()));
  return loaded.has_value();
}

}  // namespace

int ask(const QuestionsOptions& options) {
  if (options.about.empty() && options.say.empty() && options.alert.empty()) {
    complain("say what it is about: --about EVENT_ID, --alert ALERT_ID, --say TEXT, or several");
    return kWrongInput;
  }
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  const std::string who = who_does(options.by);
  std::string path =
      fmt::format("/api/v1/questions?user={}&by={}", url_encoded(options.user), url_encoded(who));
  if (!options.about.empty()) path += "&about=" + url_encoded(options.about);
  if (!options.alert.empty()) path += "&alert=" + url_encoded(options.alert);
  if (!options.say.empty()) path += "&say=" + url_encoded(options.say);
  if (!options.lasts.empty()) path += "&for=" + url_encoded(options.lasts);
  const auto told = told_by_gateway(ask_gateway(state, "POST", path),
                                    "asked; it is shown in the place of the next page they open");
  if (told) return *told;
  const auto now = snapshot_of(*config);
  if (now == nullptr) return kWrongInput;
  const auto lasts = app::question_lasts(options.lasts);
  if (!lasts) return say_refused(lasts.error());
  auto question =
      app::question_of(*now, state, options.user, {options.about, options.alert, options.say});
  if (!question) return say_refused(question.error());
  StateToChange here;
  if (!take_state(state, here)) return kMachine;
  QuestionBook book(*here.store);
  if (!load(book)) return kMachine;
  const auto asked =
      book.ask(std::move(*question), *lasts, who, system_clock().now(), options.alert);
  if (!asked) return say_refused(asked.error());
  say(std::string(kAtNextStart));
  return kOk;
}

int questions(const QuestionsOptions& options) {
  std::string state;
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  std::string user;
  if (!options.user.empty()) {
    const auto snapshot = snapshot_of(*config);
    if (snapshot == nullptr) return kWrongInput;
    user = app::canonical_user(*snapshot, options.user);
  }
  std::unique_ptr<discovery::StateStore> store;
  if (!open_for_reading(state, store)) return kMachine;
  Listing listing({"id", "state", "user", "app", "what", "event", "say", "asked", "by", "until",
                   "answered", "client", "alert"});
  if (store != nullptr) {
    QuestionBook book(*store);
    if (!load(book)) return kMachine;
    const Time now = system_clock().now();
    for (auto at = book.all().rbegin(); at != book.all().rend(); ++at) {
      const QuestionBook::Kept& kept = at->second;
      const portal::Question& question = kept.question;
      if (!options.user.empty() && question.user != user) continue;
      if (!app::has_question_state(kept, options.state, now)) continue;
      listing.add({Listing::text(question.id), Listing::text(app::state_of(kept, now)),
                   Listing::text(question.user), Listing::text(question.app),
                   Listing::text(question.what), Listing::text(question.event),
                   Listing::text(question.say), time_cell(kept.asked), Listing::text(kept.by),
                   time_cell(question.expires), time_cell(kept.answered),
                   Listing::text(kept.client), Listing::text(kept.alert)});
    }
  }
  say(listing.render(options.format));
  return kOk;
}

int withdraw_question(const QuestionsOptions& options) {
  std::string state;
  if (!config_of(options.common, state)) return kWrongInput;
  const std::string who = who_does(options.by);
  const auto told = told_by_gateway(
      ask_gateway(
          state, "DELETE",
          fmt::format("/api/v1/questions/{}?by={}", url_encoded(options.id), url_encoded(who))),
      "taken back");
  if (told) return *told;
  StateToChange here;
  if (!take_state(state, here)) return kMachine;
  QuestionBook book(*here.store);
  if (!load(book)) return kMachine;
  if (const auto refusal = book.withdraw(options.id, who, system_clock().now())) {
    return say_refused(*refusal);
  }
  say("taken back\n");
  return kOk;
}

}  // namespace sallyport::cli
