#pragma once
// One page of the portal being made: the words that fit what it is about, the parts that pages are
// put together of, and what stands on every one.
//
//   PageSheet page(&ticket, look, words);
//   page.lead("notice.lead");
//   page.begin_form(form), page.begin_buttons();
//   page.button("continue", "button.continue", PageSheet::Weight::main);
//   page.end_buttons(), page.end_form();
//   return page.reply(200, Tone::info, "notice.label", "notice.heading");
//
// INVARIANT: reply() sets the fields that keep a page from being framed, cached and scripted.

#include <optional>
#include <string>
#include <string_view>

#include "proxy/local/markup.h"
#include "proxy/local/page_template.h"
#include "proxy/portal/pages.h"

namespace sallyport::portal {

using local::Names;
using local::Word;

class PageSheet {
 public:
  enum class Weight : std::uint8_t { main, second };  // of a button

  // All three outlive the sheet. `ticket` null: nothing is known of what it is about.
  PageSheet(const Ticket* ticket, const Look& look, const Language& words);

  local::Markup& body() { return body_; }
  std::string say(Word word) const { return words_.say(word, names_); }

  void paragraph(Word word);
  void soft(Word word);
  // The author's words, where there are any, before ours.
  void lead(Word word);
  // What somebody wrote to the person; nothing where it is empty.
  void said(std::string_view text);
  // One more, which facts() shows first.
  void fact(Word name, std::string_view value) { row(more_, name, value); }
  void facts();
  // Those of fact() alone, and the event that it is about.
  void only_these_facts(std::string_view event);

  void begin_form(const Form& form);
  void end_form();
  void fault(std::optional<Word> word);
  void reason_field(Word label, Word hint, std::optional<Word> wrong, std::string_view typed);
  void code_field(std::optional<Word> wrong);

  void begin_buttons();
  void begin_choices();  // One below the other.
  void end_buttons();
  // The first one is what the return key does.
  void button(std::string_view answer, Word word, Weight weight);
  void link_button(std::string_view url, Word word, Weight weight);

  http::Reply reply(int status, local::Tone tone, Word label, Word heading) const;

 private:
  void weigh(Weight weight);
  void described(std::optional<Word> wrong);
  void row(local::Markup& rows, Word name, std::string_view value) const;
  void reference(local::Markup& rows, std::string_view event) const;
  local::Markup footer() const;
  local::Markup logo_picture() const;

  const Ticket* ticket_;
  const Look& look_;
  const Language& words_;
  Names names_;
  local::Markup body_;
  local::Markup more_;  // fact()
};

}  // namespace sallyport::portal
