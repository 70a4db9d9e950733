#pragma once
// /api/v1/questions: "was this you, and was it intended?", asked of people by operators.
//
//   GET    /api/v1/questions       {"total": 2, "questions": [...]}, the newest first; ?user=ana,
//                                  ?state=open|answered|yes|mistake|not_me|expired, ?limit=1000
//   POST   /api/v1/questions       ?user=ana (any of their names), ?about=EVENT_ID, ?alert=ALERT_ID
//                                  and/or ?say=..., ?for=7d, ?by=who. Event and alert must be that
//                                  user's; of an alert it is about the last event. The person is
//                                  shown it in the place of the next page that they open; the
//                                  answer goes into the alert's history.
//   DELETE /api/v1/questions/{id}  takes back one that nobody answered; ?by=who

#include <expected>
#include <string>
#include <string_view>

#include "base/json/writer.h"
#include "discovery/alerts/handling.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"
#include "proxy/app/question_book.h"

namespace sallyport::app {

// All outlive the Api; `state` is the state directory.
void add_question_routes(admin::Api& api, QuestionBook& book, const Desk& desk, const Clock& clock,
                         const std::string& state);

struct AskedAbout {
  std::string_view event;  // ids; "": none
  std::string_view alert;
  std::string_view say;
};
// What is to be asked, with event and alert read from their stores; or why it cannot be. For the
// command line too.
std::expected<portal::Question, StandingBook::Refusal> question_of(const session::Snapshot& now,
                                                                   const std::string& state,
                                                                   std::string_view user,
                                                                   const AskedAbout& about);

// What somebody said, as a step in the history of the alert that they were asked about.
discovery::AlertStep step_of_answer(const QuestionBook::Kept& kept);
// "" is zero, which is QuestionBook::kUsual.
std::expected<std::chrono::seconds, StandingBook::Refusal> question_lasts(std::string_view lasts);

bool is_question_state(std::string_view word);  // and ""
bool has_question_state(const QuestionBook::Kept& kept, std::string_view word, Time now);

// {id, state, user, event, alert, app, what, when, say, asked, by, until, answered, client}. What
// is empty is left out.
void write_question(JsonWriter& json, const QuestionBook::Kept& kept, Time now);

}  // namespace sallyport::app
