#pragma once
// /api/v1/questions: "was this you, and was it intended?", asked of people by operators.
//
//   GET    /api/v1/questions       {"total": 2, "questions": [...]}, the newest first; ?user=ana,
//                                  ?state=open|answered|yes|mistake|not_me|expired, ?limit=1000
//   POST   /api/v1/questions       ?user=ana (any of their names), ?about=EVENT_ID and/or
//                                  ?say=..., ?for=7d, ?by=who. The event must be that user's. The
//                                  person is shown it in the place of the next page that they open.
//   DELETE /api/v1/questions/{id}  takes back one that nobody answered; ?by=who

#include <expected>
#include <string>
#include <string_view>

#include "base/json/writer.h"
#include "proxy/admin/api.h"
#include "proxy/app/desk.h"
#include "proxy/app/question_book.h"

namespace sallyport::app {

// All outlive the Api; `state` is the state directory.
void add_question_routes(admin::Api& api, QuestionBook& book, const Desk& desk, const Clock& clock,
                         const std::string& state);

// What is to be asked, with the event read from the store; or why it cannot be. For the command
// line too.
std::expected<portal::Question, StandingBook::Refusal> question_of(const session::Snapshot& now,
                                                                   const std::string& state,
                                                                   std::string_view user,
                                                                   std::string_view about,
                                                                   std::string_view say);
// "" is zero, which is QuestionBook::kUsual.
std::expected<std::chrono::seconds, StandingBook::Refusal> question_lasts(std::string_view lasts);

bool is_question_state(std::string_view word);  // and ""
bool has_question_state(const QuestionBook::Kept& kept, std::string_view word, Time now);

// {id, state, user, event, app, what, when, say, asked, by, until, answered, client}. What is empty
// is left out.
void write_question(JsonWriter& json, const QuestionBook::Kept& kept, Time now);

}  // namespace sallyport::app
