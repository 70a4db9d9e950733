#include "proxy/portal/pages.h"

#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/crypto/base64.h"
#include "proxy/local/answer.h"
#include "proxy/local/contact.h"
#include "proxy/local/markup.h"
#include "proxy/local/page_template.h"
#include "proxy/portal/qr_code.h"

namespace sallyport::portal {
namespace {

using local::Markup;
using local::Tone;

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

// One page being made: the words that fit what it is about, and what stands on every page.
class Sheet {
 public:
  Sheet(const Ticket* ticket, const Look& look, const Language& words)
      : ticket_(ticket), look_(look), words_(words) {
    names_.organisation = look.organisation;
    names_.gateway = look.gateway;
    names_.provider = look.provider;
    names_.most = kLongestReason;
    if (ticket_ == nullptr) return;
    names_.app = ticket_->app_name.empty() ? ticket_->app : ticket_->app_name;
    names_.host = ticket_->host;
    names_.user = ticket_->user;
  }

  Markup& body() { return body_; }
  std::string say(Word word) const { return words_.say(word, names_); }

  void paragraph(Word word) { body_.html("<p>").text(say(word)).html("</p>\n"); }
  void soft(Word word) { body_.html("<p class=\"soft\">").text(say(word)).html("</p>\n"); }

  // The author's words, where there are any, before ours.
  void lead(Word word) {
    if (ticket_ != nullptr && !ticket_->say.empty()) {
      body_.html("<p class=\"say\">").text(ticket_->say).html("</p>\n");
      soft(word);
    } else {
      paragraph(word);
    }
  }

  void begin_form(const Form& form) {
    body_.html("<form method=\"post\" accept-charset=\"utf-8\" autocomplete=\"off\"");
    body_.attribute("action", form.action).html(">\n<input type=\"hidden\" name=\"ticket\"");
    body_.attribute("value", form.sealed).html(">\n");
  }
  void end_form() { body_.html("</form>\n"); }

  void begin_buttons() { body_.html("<p class=\"buttons\">"); }
  // One below the other, all alike.
  void begin_choices() { body_.html("<p class=\"buttons choices\">"); }
  void end_buttons() { body_.html("</p>\n"); }
  // The first one is what the return key does.
  void button(std::string_view answer, Word word, bool main) {
    body_.html("<button type=\"submit\" name=\"answer\"").attribute("value", answer);
    if (main) {
      body_.html(" class=\"button\">");
    } else {
      body_.html(" class=\"button second\">");
    }
    body_.text(say(word)).html("</button>");
  }
  void link_button(std::string_view url, Word word, bool main) {
    body_.html("<a").link(url);
    if (main) {
      body_.html(" class=\"button\">");
    } else {
      body_.html(" class=\"button second\">");
    }
    body_.text(say(word)).html("</a>");
  }

  void fault(std::optional<Word> word) {
    if (!word) return;
    body_.html("<p class=\"fault\" id=\"fault\" role=\"alert\">").text(say(*word)).html("</p>\n");
  }

  void reason_field(Word label, Word hint, std::optional<Word> wrong, std::string_view typed) {
    body_.html("<p class=\"field\"><label for=\"reason\">").text(say(label)).html("</label>");
    body_.html("<textarea id=\"reason\" name=\"reason\" rows=\"3\" required maxlength=\"");
    body_.number(kLongestReason).html("\"");
    described(wrong);
    // A line end behind the tag is dropped when a page is read; the text may begin with one.
    body_.html(">\n").text(typed).html("</textarea>");
    body_.html("<span class=\"hint\" id=\"hint\">").text(say(hint)).html("</span></p>\n");
  }

  void code_field(std::optional<Word> wrong) {
    body_.html("<p class=\"field\"><label for=\"code\">").text(say("step_up.field"));
    body_.html("</label><input class=\"code\" id=\"code\" name=\"code\" type=\"text\"");
    body_.html(" inputmode=\"numeric\" autocomplete=\"one-time-code\" required maxlength=\"11\"");
    described(wrong);
    body_.html("><span class=\"hint\" id=\"hint\">").text(say("step_up.hint"));
    body_.html("</span></p>\n");
  }

  void facts() {
    if (ticket_ == nullptr) return;
    Markup rows;
    row(rows, "fact.app", ticket_->app_name);
    row(rows, "fact.address", ticket_->host);
    row(rows, "fact.user", ticket_->user);
    row(rows, "fact.policy", ticket_->policy);
    if (!ticket_->event.empty()) {
      rows.html("<dt>").text(say("fact.reference")).html("</dt><dd><code>");
      rows.text(ticket_->event).html("</code></dd>\n");
    }
    if (!rows.empty()) body_.html("<dl>\n").add(rows).html("</dl>\n");
  }

  http::Reply reply(int status, Tone tone, Word label, Word heading) {
    const std::string heading_text = say(heading);
    const std::string label_text = say(label);
    const Markup bottom = footer();
    const Markup logo = logo_picture();
    http::Headers extra;
    extra.add("Content-Security-Policy", kSecurityPolicy);
    extra.add("X-Frame-Options", "DENY");
    // With "no-referrer" a browser would say "Origin: null" when the form is sent.
    extra.add("Referrer-Policy", "same-origin");
    extra.add("Cross-Origin-Resource-Policy", "same-origin");
    extra.add("Vary", "Accept-Language");
    extra.add("Content-Language", words_.tag());
    return local::make_answer(status, kHtml,
                              local::render_page({.tone = tone,
                                                  .title = heading_text,
                                                  .label = label_text,
                                                  .heading = heading_text,
                                                  .body = body_.str(),
                                                  .footer = bottom.str(),
                                                  .language = words_.tag(),
                                                  .logo = logo.str()}),
                              extra);
  }

 private:
  void described(std::optional<Word> wrong) {
    if (wrong) {
      body_.html(" aria-invalid=\"true\" aria-describedby=\"fault hint\"");
    } else {
      body_.html(" aria-describedby=\"hint\"");
    }
  }

  void row(Markup& rows, Word name, std::string_view value) const {
    if (value.empty()) return;
    rows.html("<dt>").text(say(name)).html("</dt><dd><bdi>").text(value).html("</bdi></dd>\n");
  }

  Markup footer() const {
    Markup out;
    out.html("<p>");
    if (look_.gateway.empty()) {
      out.text(say("footer.unnamed"));
    } else {
      out.text(say("footer.named"));
    }
    if (!look_.contact.empty()) {
      const std::string url = local::contact_link(look_.contact, "", "");
      out.html(" ").text(say("footer.questions")).html(" <a").link(url).html(">");
      out.text(local::contact_text(look_.contact)).html("</a>");
    }
    out.html("</p>\n");
    return out;
  }

  Markup logo_picture() const {
    Markup out;
    if (!look_.logo) return out;
    out.html("<p class=\"logo\"><img");
    if (look_.logo->type == Logo::Type::png) {
      out.picture("image/png", look_.logo->base64);
    } else {
      out.picture("image/svg+xml", look_.logo->base64);
    }
    out.attribute("alt", look_.organisation).html("></p>\n");
    return out;
  }

  const Ticket* ticket_;
  const Look& look_;
  const Language& words_;
  Names names_;
  Markup body_;
};

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

http::Reply coach_page(const Form& form, Sheet& page) {
  page.lead("coach.lead");
  page.soft("coach.note");
  page.begin_form(form);
  page.begin_buttons();
  page.button("back", "button.back", true);
  page.button("continue", "button.continue", false);
  page.end_buttons();
  page.end_form();
  page.facts();
  return page.reply(status_of(form.fault), Tone::warn, "coach.label", "coach.heading");
}

http::Reply justify_page(const Form& form, Sheet& page) {
  page.lead("justify.lead");
  page.begin_form(form);
  page.fault(words_of(form.fault));
  page.reason_field("justify.field", "justify.hint", words_of(form.fault), form.typed);
  page.begin_buttons();
  page.button("continue", "button.continue", true);
  page.end_buttons();
  page.end_form();
  page.facts();
  return page.reply(status_of(form.fault), Tone::warn, "justify.label", "justify.heading");
}

http::Reply step_up_page(const Form& form, Sheet& page) {
  page.lead("step_up.lead");
  if (form.takes_code) {
    page.begin_form(form);
    page.fault(words_of(form.fault));
    page.code_field(words_of(form.fault));
    page.begin_buttons();
    page.button("continue", "button.confirm", true);
    page.end_buttons();
    page.end_form();
  }
  if (!form.sign_in.empty()) {
    if (form.takes_code) {
      page.body().html("<p class=\"or\">").text(page.say("step_up.or")).html("</p>\n");
    }
    page.begin_buttons();
    page.link_button(form.sign_in, "step_up.provider", !form.takes_code);
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

http::Reply enrol_page(const Form& form, Sheet& page) {
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
  page.button("continue", "button.confirm", true);
  page.end_buttons();
  page.end_form();
  page.facts();
  return page.reply(status_of(form.fault), Tone::info, "enrol.label", "enrol.heading");
}

http::Reply notice_page(const Form& form, Sheet& page) {
  page.lead("notice.lead");
  page.begin_form(form);
  page.begin_buttons();
  page.button("continue", "button.continue", true);
  page.end_buttons();
  page.end_form();
  page.facts();
  return page.reply(status_of(form.fault), Tone::info, "notice.label", "notice.heading");
}

http::Reply ask_user_page(const Form& form, Sheet& page) {
  page.lead("ask_user.lead");
  page.soft("ask_user.note");
  page.facts();
  page.begin_form(form);
  page.fault(words_of(form.fault));
  // None of them stands out: the page must not answer for the person.
  page.begin_choices();
  page.button("yes", "ask_user.yes", false);
  page.button("mistake", "ask_user.mistake", false);
  page.button("no", "ask_user.no", false);
  page.end_buttons();
  page.end_form();
  return page.reply(status_of(form.fault), Tone::warn, "ask_user.label", "ask_user.heading");
}

http::Reply request_page(const Form& form, Sheet& page) {
  page.paragraph("request_access.lead");
  page.begin_form(form);
  page.fault(words_of(form.fault));
  page.reason_field("request_access.field", "request_access.hint", words_of(form.fault),
                    form.typed);
  page.begin_buttons();
  page.button("continue", "button.send", true);
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
  Sheet page(&form.ticket, look, words);
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

http::Reply note_page(Note note, const Ticket* ticket, const Look& look, const Language& words) {
  Sheet page(ticket, look, words);
  const NoteWords said = words_of(note);
  page.paragraph(said.lead);
  if (ticket != nullptr && !ticket->return_url.empty() && note != Note::requested) {
    page.begin_buttons();
    if (note == Note::sign_in_again) {
      page.link_button(ticket->return_url, "sign_in_again.button", true);
    } else {
      page.link_button(ticket->return_url, "button.return", note != Note::stopped);
    }
    page.end_buttons();
  }
  return page.reply(said.status, said.tone, said.label, said.heading);
}

}  // namespace sallyport::portal
