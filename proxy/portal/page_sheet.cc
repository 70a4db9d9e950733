#include "proxy/portal/page_sheet.h"

#include "proxy/local/answer.h"
#include "proxy/local/contact.h"

namespace sallyport::portal {
namespace {

using local::Markup;
using local::Tone;

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

}  // namespace

PageSheet::PageSheet(const Ticket* ticket, const Look& look, const Language& words)
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

void PageSheet::paragraph(Word word) { body_.html("<p>").text(say(word)).html("</p>\n"); }

void PageSheet::soft(Word word) { body_.html("<p class=\"soft\">").text(say(word)).html("</p>\n"); }

void PageSheet::said(std::string_view text) {
  if (!text.empty()) body_.html("<p class=\"say\">").text(text).html("</p>\n");
}

void PageSheet::lead(Word word) {
  if (ticket_ != nullptr && !ticket_->say.empty()) {
    said(ticket_->say);
    soft(word);
  } else {
    paragraph(word);
  }
}

void PageSheet::begin_form(const Form& form) {
  body_.html("<form method=\"post\" accept-charset=\"utf-8\" autocomplete=\"off\"");
  body_.attribute("action", form.action).html(">\n<input type=\"hidden\" name=\"ticket\"");
  body_.attribute("value", form.sealed).html(">\n");
}

void PageSheet::end_form() { body_.html("</form>\n"); }

void PageSheet::begin_buttons() { body_.html("<p class=\"buttons\">"); }

void PageSheet::begin_choices() { body_.html("<p class=\"buttons choices\">"); }

void PageSheet::end_buttons() { body_.html("</p>\n"); }

void PageSheet::button(std::string_view answer, Word word, Weight weight) {
  body_.html("<button type=\"submit\" name=\"answer\"").attribute("value", answer);
  weigh(weight);
  body_.text(say(word)).html("</button>");
}

void PageSheet::link_button(std::string_view url, Word word, Weight weight) {
  body_.html("<a").link(url);
  weigh(weight);
  body_.text(say(word)).html("</a>");
}

void PageSheet::fault(std::optional<Word> word) {
  if (!word) return;
  body_.html("<p class=\"fault\" id=\"fault\" role=\"alert\">").text(say(*word)).html("</p>\n");
}

void PageSheet::reason_field(Word label, Word hint, std::optional<Word> wrong,
                             std::string_view typed) {
  body_.html("<p class=\"field\"><label for=\"reason\">").text(say(label)).html("</label>");
  body_.html("<textarea id=\"reason\" name=\"reason\" rows=\"3\" required maxlength=\"");
  body_.number(kLongestReason).html("\"");
  described(wrong);
  // A line end behind the tag is dropped when a page is read; the text may begin with one.
  body_.html(">\n").text(typed).html("</textarea>");
  body_.html("<span class=\"hint\" id=\"hint\">").text(say(hint)).html("</span></p>\n");
}

void PageSheet::code_field(std::optional<Word> wrong) {
  body_.html("<p class=\"field\"><label for=\"code\">").text(say("step_up.field"));
  body_.html("</label><input class=\"code\" id=\"code\" name=\"code\" type=\"text\"");
  body_.html(" inputmode=\"numeric\" autocomplete=\"one-time-code\" required maxlength=\"11\"");
  described(wrong);
  body_.html("><span class=\"hint\" id=\"hint\">").text(say("step_up.hint"));
  body_.html("</span></p>\n");
}

void PageSheet::reference(Markup& rows, std::string_view event) const {
  if (event.empty()) return;
  rows.html("<dt>").text(say("fact.reference")).html("</dt><dd><code>");
  rows.text(event).html("</code></dd>\n");
}

void PageSheet::only_these_facts(std::string_view event) {
  reference(more_, event);
  if (!more_.empty()) body_.html("<dl>\n").add(more_).html("</dl>\n");
}

void PageSheet::facts() {
  if (ticket_ == nullptr) return;
  Markup rows = more_;
  if (ticket_->app_name != ticket_->host) row(rows, "fact.app", ticket_->app_name);
  row(rows, "fact.address", ticket_->host);
  row(rows, "fact.user", ticket_->user);
  row(rows, "fact.policy", ticket_->rule);
  reference(rows, ticket_->event);
  if (!rows.empty()) body_.html("<dl>\n").add(rows).html("</dl>\n");
}

http::Reply PageSheet::reply(int status, Tone tone, Word label, Word heading) const {
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

void PageSheet::weigh(Weight weight) {
  if (weight == Weight::main) {
    body_.html(" class=\"button\">");
  } else {
    body_.html(" class=\"button second\">");
  }
}

void PageSheet::described(std::optional<Word> wrong) {
  if (wrong) {
    body_.html(" aria-invalid=\"true\" aria-describedby=\"fault hint\"");
  } else {
    body_.html(" aria-describedby=\"hint\"");
  }
}

void PageSheet::row(Markup& rows, Word name, std::string_view value) const {
  if (value.empty()) return;
  rows.html("<dt>").text(say(name)).html("</dt><dd><bdi>").text(value).html("</bdi></dd>\n");
}

Markup PageSheet::footer() const {
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

Markup PageSheet::logo_picture() const {
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

}  // namespace sallyport::portal
