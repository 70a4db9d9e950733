#pragma once
// The pages on which a person answers: what they look like and say. What is done with the answer is
// portal.h's.
//
// INVARIANT: a page holds no script and loads nothing, no other page may frame it, and its form
// goes to the host that it came from. Every text in it is escaped (proxy/local/markup.h), whoever
// wrote it: the ticket, the person, the operator or the translator. The state is the ticket in the
// form: no cookie is set or read.
//
// Pure: from any thread.

#include <optional>
#include <string>
#include <string_view>

#include "base/http/exchange.h"
#include "proxy/local/words.h"
#include "proxy/portal/grants.h"
#include "proxy/portal/questions.h"
#include "proxy/portal/ticket.h"

namespace sallyport::portal {

using local::Language;
using local::Languages;

struct Logo {
  enum class Type : std::uint8_t { png, svg };
  static constexpr std::size_t kLargest = 64 * 1024;  // bytes

  Type type = Type::png;
  std::string base64;

  // Nothing where the bytes are neither PNG nor SVG, or too many.
  static std::optional<Logo> read(std::string_view bytes);
};

// How the pages of one organisation look, from the configuration. Shared and immutable.
struct Look {
  std::string organisation;  // "Example Corp"; "" is "your organisation"
  std::string gateway;       // "proxy.corp.example"
  std::string contact;       // as local::PageFacts::contact
  std::string provider;      // how people call the account that they sign in with
  std::optional<Logo> logo;
  Languages languages;
};

inline constexpr std::size_t kLongestReason = 500;  // characters

// What was wrong with an answer, told beside its field.
enum class FormFault : std::uint8_t {
  none,
  reason_missing,
  reason_too_long,
  code_missing,
  code_wrong,
  code_used,
  codes_held_up,
  choice_missing,
};

struct Form {
  const Ticket& ticket;      // of a kind but sign_in
  std::string_view sealed;   // the same, as it goes into the form
  std::string_view action;   // where the form goes: a path of this host
  bool takes_code = true;    // step_up: an authenticator app is enrolled
  std::string_view sign_in;  // step_up: the path that leads to the provider; "" where there is none
  std::string_view otpauth;  // enrol: otpauth_uri()
  const Question* question = nullptr;  // ask_user: never null
  FormFault fault = FormFault::none;
  std::string_view typed;  // the reason, to be shown again
};
http::Reply form_page(const Form& form, const Look& look, const Language& words);

// What came of it.
enum class Note : std::uint8_t {
  stopped,        // 200
  requested,      // 200
  answered,       // 200
  not_me,         // 200: answered so
  not_asked,      // 200: somebody answered already, or nobody wants to know any more
  continued,      // 200
  sign_in_again,  // 403, and a link to the app
  ticket,         // 403: TicketFault, or spent
  form,           // 403: not sent from our page
  missing,        // 404
  method,         // 405
  busy,           // 429
  full,           // 503
  ours,           // 503
  provider,       // 502
};
// `ticket` null: nothing is known of what it is about.
http::Reply note_page(Note note, const Ticket* ticket, const Look& look, const Language& words);

// 403: at the provider somebody signed in as `name`, who is not whose session it is.
http::Reply somebody_else_page(std::string_view name, const Ticket& ticket, const Look& look,
                               const Language& words);

// What came of a request for access: waiting, granted or refused.
http::Reply access_page(const AccessAnswer& answer, const Ticket& ticket, const Look& look,
                        const Language& words);

}  // namespace sallyport::portal
