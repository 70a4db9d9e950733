#include "proxy/local/page_words.h"

#include "base/http/head.h"

namespace sallyport::local {
namespace {

struct Row {
  Tone tone;
  Word label;
  Word heading;
  Word lead;
  std::optional<Word> next;
};

// It was there, and said something that cannot be passed on.
bool is_unusable(const std::optional<Word>& reason) {
  for (const Word one :
       {Word("reason.bad_reply"), Word("reason.weak_tls"), Word("reason.closed")}) {
    if (reason && reason->index() == one.index()) return true;
  }
  return false;
}

Row row_of(PageKind kind, const PageFacts& facts, int status) {
  switch (kind) {
    case PageKind::blocked:
      return {Tone::stop, "block.label", "block.heading", "block.lead", std::nullopt};
    case PageKind::origin_untrusted:
      return {Tone::stop, "untrusted.label", "untrusted.heading", "untrusted.lead",
              Word("untrusted.next")};
    case PageKind::origin_unreachable:
      if (status == 504) {
        return {Tone::warn, "silent.label", "silent.heading", "silent.lead", Word("silent.next")};
      }
      if (is_unusable(facts.reason)) {
        return {Tone::warn, "unusable.label", "unusable.heading", "unusable.lead",
                Word("unusable.next")};
      }
      return {Tone::warn, "unreachable.label", "unreachable.heading", "unreachable.lead",
              Word("unreachable.next")};
    case PageKind::bad_request:
      return {Tone::warn, "bad_request.label", "bad_request.heading", "bad_request.lead",
              std::nullopt};
    case PageKind::misdirected:
      return {Tone::warn, "misdirected.label", "misdirected.heading", "misdirected.lead",
              Word("misdirected.next")};
    case PageKind::not_allowed:
      return {Tone::stop, "not_allowed.label", "not_allowed.heading", "not_allowed.lead",
              std::nullopt};
    case PageKind::auth_required:
      return {Tone::info, "sign_in.label", "sign_in.heading", "sign_in.lead", Word("sign_in.next")};
    case PageKind::sign_in_held_up:
      return {Tone::warn, "held_up.label", "held_up.heading", "held_up.lead", Word("held_up.next")};
    case PageKind::internal:
      break;
  }
  return {Tone::warn, "internal.label", "internal.heading", "internal.lead", Word("internal.next")};
}

}  // namespace

PageWords page_words(const Language& language, PageKind kind, const PageFacts& facts, int status) {
  const Row row = row_of(kind, facts, status);
  if (!facts.heading.empty()) {
    return {row.tone, std::string(http::reason_phrase(status)), facts.heading, facts.lead, ""};
  }
  const Names names = names_of(facts);
  return {row.tone, language.say(row.label, names), language.say(row.heading, names),
          language.say(row.lead, names), row.next ? language.say(*row.next, names) : ""};
}

const Language& english() {
  static const Language kEnglish;
  return kEnglish;
}

const Language& language_of(const PageFacts& facts) {
  return facts.language != nullptr ? *facts.language : english();
}

Names names_of(const PageFacts& facts) {
  Names names;
  names.app = facts.app_name;
  names.host = facts.host;
  names.organisation = facts.organisation;
  names.gateway = facts.gateway_name;
  names.most = facts.number;
  return names;
}

std::string_view to_string(PageKind kind) {
  switch (kind) {
    case PageKind::blocked:
      return "blocked";
    case PageKind::origin_untrusted:
      return "origin_untrusted";
    case PageKind::origin_unreachable:
      return "origin_unreachable";
    case PageKind::bad_request:
      return "bad_request";
    case PageKind::misdirected:
      return "misdirected";
    case PageKind::not_allowed:
      return "not_allowed";
    case PageKind::auth_required:
      return "auth_required";
    case PageKind::sign_in_held_up:
      return "sign_in_held_up";
    case PageKind::internal:
      return "internal";
  }
  return "";
}

}  // namespace sallyport::local
