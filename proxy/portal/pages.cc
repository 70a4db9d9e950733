#include "proxy/portal/pages.h"

#include "base/core/utf8.h"
#include "base/crypto/base64.h"
#include "proxy/portal/page_sheet.h"
#include "proxy/portal/qr_code.h"

namespace sallyport::portal {
namespace {

using local::Tone;
using Weight = PageSheet::Weight;

std::optional<Word> words_of(FormFault fault) {
  switch (fault) {
    case FormFault::none:
      return std::nullopt;
    case FormFault::reason_missing:
      return Word("justify.missing");
    case FormFault::reason_too_long:
      return Word("justify.too_long");
    case FormFault::code_missing:
      return Word("step_up.missing");
    case FormFault::code_wrong:
      return Word("step_up.wrong");
    case FormFault::code_used:
      return Word("step_up.used");
    case FormFault::codes_held_up:
      return Word("step_up.held_up");
    case FormFault::choice_missing:
      return Word("ask_user.missing");
  }
  return std::nullopt;
}

int status_of(FormFault fault) {
  if (fault == FormFault::none) return 200;
  return fault == FormFault::codes_held_up ? 429 : 422;
}

// "2026-11-26 23:40 UTC": read alike in every language.
std::string minute_of(Time time) {
  const std::string text = format_rfc3339(time);
  return text.substr(0, 10) + ' ' + text.substr(11, 5) + " UTC";
}

http::Reply coach_page(const Form& form, PageSheet& page) {
  page.lead("coach.lead");
  page.soft("coach.note");
  page.begin_form(form);
  page.begin_buttons();
  page.button("back", "button.back", Weight::main);
  page.button("continue", "button.continue", Weight::second);
  page.end_buttons();
  page.end_form();
  page.facts();
  return page.reply(status_of(form.fault), Tone::warn, "coach.label", "coach.heading");
}

http::Reply justify_page(const Form& form, PageSheet& page) {
  page.lead("justify.lead");
  page.begin_form(form);
  page.fault(words_of(form.fault));
  page.reason_field("justify.field", "justify.hint", words_of(form.fault), form.typed);
  page.begin_buttons();
  page.button("continue", "button.continue", Weight::main);
  page.end_buttons();
  page.end_form();
  page.facts();
  return page.reply(status_of(form.fault), Tone::warn, "justify.label", "justify.heading");
}

http::Reply step_up_page(const Form& form, PageSheet& page) {
  page.lead("step_up.lead");
  if (form.takes_code) {
    page.begin_form(form);
    page.fault(words_of(form.fault));
    page.code_field(words_of(form.fault));
    page.begin_buttons();
    page.button("continue", "button.confirm", Weight::main);
    page.end_buttons();
    page.end_form();
  }
  if (!form.sign_in.empty()) {
    if (form.takes_code) {
      page.body().html("<p class=\"or\">").text(page.say("step_up.or")).html("</p>\n");
    }
    page.begin_buttons();
    page.link_button(form.sign_in, "step_up.provider",
                     form.takes_code ? Weight::second : Weight::main);
    page.end_buttons();
  }
  if (!form.takes_code && form.sign_in.empty()) page.paragraph("step_up.nothing");
  page.facts();
  return page.reply(status_of(form.fault), Tone::info, "step_up.label", "step_up.heading");
}

// "MZXW 6YTB OI": as people type it.
std::string in_groups(std::string_view key) {
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += ' ';
    out += key[i];
  }
  return out;
}

http::Reply enrol_page(const Form& form, PageSheet& page) {
  page.paragraph("enrol.lead");
  if (const auto picture = qr_code(form.otpauth, page.say("enrol.picture"))) {
    page.body().html("<p class=\"picture\">").add(*picture).html("</p>\n");
  }
  page.body().html("<p class=\"soft\">").text(page.say("enrol.key")).html(":</p>\n<pre>");
  page.body().text(in_groups(form.ticket.extra)).html("</pre>\n");
  page.begin_form(form);
  page.fault(words_of(form.fault));
  page.code_field(words_of(form.fault));
  page.begin_buttons();
  page.button("continue", "button.confirm", Weight::main);
  page.end_buttons();
  page.end_form();
  page.facts();
  return page.reply(status_of(form.fault), Tone::info, "enrol.label", "enrol.heading");
}

http::Reply notice_page(const Form& form, PageSheet& page) {
  page.lead("notice.lead");
  page.begin_form(form);
  page.begin_buttons();
  page.button("continue", "button.continue", Weight::main);
  page.end_buttons();
  page.end_form();
  page.facts();
  return page.reply(status_of(form.fault), Tone::info, "notice.label", "notice.heading");
}

http::Reply ask_user_page(const Form& form, PageSheet& page) {
  const Question& question = *form.question;
  page.said(question.say);
  if (!question.event.empty()) page.paragraph("ask_user.lead");
  page.fact("fact.app", question.app);
  page.fact("fact.what", question.what);
  if (question.when != Time{}) page.fact("fact.when", minute_of(question.when));
  page.fact("fact.user", question.user);
  page.only_these_facts(question.event);
  page.begin_form(form);
  page.fault(words_of(form.fault));
  // None of them stands out: the page must not answer for the person.
  page.begin_choices();
  page.button("yes", "ask_user.yes", Weight::second);
  page.button("mistake", "ask_user.mistake", Weight::second);
  page.button("no", "ask_user.no", Weight::second);
  page.end_buttons();
  page.end_form();
  page.soft("ask_user.note");
  return page.reply(status_of(form.fault), Tone::warn, "ask_user.label", "ask_user.heading");
}

http::Reply request_page(const Form& form, PageSheet& page) {
  page.paragraph("request_access.lead");
  page.begin_form(form);
  page.fault(words_of(form.fault));
  page.reason_field("request_access.field", "request_access.hint", words_of(form.fault),
                    form.typed);
  page.begin_buttons();
  page.button("continue", "button.send", Weight::main);
  page.end_buttons();
  page.end_form();
  page.facts();
  return page.reply(status_of(form.fault), Tone::info, "request_access.label",
                    "request_access.heading");
}

struct NoteWords {
  int status;
  Tone tone;
  Word label, heading, lead;
};

NoteWords words_of(Note note) {
  switch (note) {
    case Note::stopped:
      return {200, Tone::info, "done.label", "done.stopped.heading", "done.stopped.lead"};
    case Note::requested:
      return {200, Tone::info, "done.label", "done.requested.heading", "done.requested.lead"};
    case Note::answered:
      return {200, Tone::info, "done.label", "done.answered.heading", "done.answered.lead"};
    case Note::not_me:
      return {200, Tone::warn, "done.label", "done.answered.heading", "done.not_me.lead"};
    case Note::not_asked:
      return {200, Tone::info, "done.label", "done.not_asked.heading", "done.not_asked.lead"};
    case Note::continued:
      return {200, Tone::info, "done.label", "done.continued.heading", "done.continued.lead"};
    case Note::sign_in_again:
      return {403, Tone::info, "sign_in_again.label", "sign_in_again.heading",
              "sign_in_again.lead"};
    case Note::ticket:
      return {403, Tone::stop, "fault.label", "fault.ticket.heading", "fault.ticket.lead"};
    case Note::form:
      return {403, Tone::stop, "fault.label", "fault.form.heading", "fault.form.lead"};
    case Note::missing:
      return {404, Tone::warn, "fault.label", "fault.missing.heading", "fault.missing.lead"};
    case Note::method:
      return {405, Tone::warn, "fault.label", "fault.method.heading", "fault.method.lead"};
    case Note::busy:
      return {429, Tone::warn, "fault.label", "fault.busy.heading", "fault.busy.lead"};
    case Note::full:
      return {503, Tone::warn, "fault.label", "fault.full.heading", "fault.full.lead"};
    case Note::ours:
      return {503, Tone::warn, "fault.label", "fault.ours.heading", "fault.ours.lead"};
    case Note::provider:
      return {502, Tone::warn, "fault.label", "fault.provider.heading", "fault.provider.lead"};
  }
  return {404, Tone::warn, "fault.label", "fault.missing.heading", "fault.missing.lead"};
}

}  // namespace

std::optional<Logo> Logo::read(std::string_view bytes) {
  if (bytes.size() > kLargest) return std::nullopt;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return Logo{Type::png, base64_encode(bytes)};
  // An SVG in an <img> runs no script and loads nothing.
  const std::string_view front = bytes.substr(0, 1024);
  if (front.find("<svg") != std::string_view::npos && find_not_utf8(bytes) == bytes.npos) {
    return Logo{Type::svg, base64_encode(bytes)};
  }
  return std::nullopt;
}

http::Reply form_page(const Form& form, const Look& look, const Language& words) {
  PageSheet page(&form.ticket, look, words);
  switch (form.ticket.kind) {
    case TicketKind::coach:
      return coach_page(form, page);
    case TicketKind::justify:
      return justify_page(form, page);
    case TicketKind::step_up:
      return step_up_page(form, page);
    case TicketKind::enrol:
      return enrol_page(form, page);
    case TicketKind::notice:
      return notice_page(form, page);
    case TicketKind::ask_user:
      return ask_user_page(form, page);
    case TicketKind::request_access:
      return request_page(form, page);
    case TicketKind::sign_in:
      break;
  }
  return note_page(Note::ticket, nullptr, look, words);
}

http::Reply somebody_else_page(std::string_view name, const Ticket& ticket, const Look& look,
                               const Language& words) {
  PageSheet page(&ticket, look, words);
  page.paragraph("fault.somebody_else.lead");
  page.fact("fact.provider_user", name);
  page.facts();
  if (!ticket.return_url.empty()) {
    page.begin_buttons();
    page.link_button(ticket.return_url, "button.again", Weight::main);
    page.end_buttons();
  }
  return page.reply(403, Tone::stop, "fault.label", "fault.somebody_else.heading");
}

http::Reply access_page(const AccessAnswer& answer, const Ticket& ticket, const Look& look,
                        const Language& words) {
  PageSheet page(&ticket, look, words);
  switch (answer.state) {
    case AccessAnswer::State::none:
      break;
    case AccessAnswer::State::waiting:
      page.paragraph("access.waiting.lead");
      page.fact("fact.asked", minute_of(answer.at));
      page.facts();
      return page.reply(200, Tone::info, "request_access.label", "access.waiting.heading");
    case AccessAnswer::State::granted:
      page.paragraph("access.granted.lead");
      if (!ticket.return_url.empty()) {
        page.begin_buttons();
        page.link_button(ticket.return_url, "button.return", Weight::main);
        page.end_buttons();
      }
      page.fact("fact.until", minute_of(answer.until));
      page.facts();
      return page.reply(200, Tone::info, "request_access.label", "access.granted.heading");
    case AccessAnswer::State::refused:
      page.said(answer.say);
      page.paragraph("access.refused.lead");
      page.fact("fact.answered", minute_of(answer.at));
      page.facts();
      return page.reply(200, Tone::stop, "request_access.label", "access.refused.heading");
  }
  return note_page(Note::ticket, &ticket, look, words);
}

http::Reply note_page(Note note, const Ticket* ticket, const Look& look, const Language& words) {
  PageSheet page(ticket, look, words);
  const NoteWords said = words_of(note);
  page.paragraph(said.lead);
  if (ticket != nullptr && !ticket->return_url.empty() && note != Note::requested) {
    page.begin_buttons();
    if (note == Note::sign_in_again) {
      page.link_button(ticket->return_url, "sign_in_again.button", Weight::main);
    } else {
      page.link_button(ticket->return_url, "button.return",
                       note == Note::stopped ? Weight::second : Weight::main);
    }
    page.end_buttons();
  }
  return page.reply(said.status, said.tone, said.label, said.heading);
}

}  // namespace sallyport::portal
