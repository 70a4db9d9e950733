#include "proxy/local/page_words.h"

#include "base/http/head.h"

namespace sallyport::local {
namespace {

PageWords words_of(PageKind kind, const PageFacts& facts, int status) {
  const std::string site = facts.host.empty() ? "the site" : facts.host;
  const std::string at_start = facts.host.empty() ? "The site" : facts.host;
  switch (kind) {
    case PageKind::blocked:
      return {Tone::stop, "Blocked by policy",
              "Access to " + (facts.app_name.empty() ? site : facts.app_name) + " was blocked",
              "A rule of your organisation does not allow this.", ""};
    case PageKind::origin_untrusted:
      return {Tone::stop, "Connection not secure", at_start + " could not prove who it is",
              "The gateway checked the certificate of this site and does not trust it, so nothing "
              "was sent there. Someone may be posing as the site, or its owner has made a mistake.",
              "This cannot be skipped here. Try again later, or tell the owner of the site."};
    case PageKind::origin_unreachable:
      if (status == 504) {
        return {Tone::warn, "No answer", at_start + " took too long to answer",
                "The gateway waited for this site and heard nothing in time.",
                "Try again in a moment. The site may be busy or down."};
      }
      return {Tone::warn, "No connection", at_start + " could not be reached",
              "The gateway tried to connect to this site and did not succeed.",
              "Check the address for a slip of the keyboard, or try again in a moment."};
    case PageKind::bad_request:
      return {Tone::warn, "Request not understood", "This request could not be passed on",
              "What arrived is not a request that the gateway can carry safely.", ""};
    case PageKind::misdirected:
      return {
          Tone::warn, "Wrong connection", "This request was meant for another site",
          "It came over a connection that was opened for a different name, so it was not passed "
          "on.",
          "Reloading the page usually helps."};
    case PageKind::not_allowed:
      return {Tone::stop, "Not reachable from here", "The gateway does not connect to " + site,
              "This address or port is outside of what the gateway may reach.", ""};
    case PageKind::auth_required:
      return {
          Tone::info, "Sign-in needed", "Please sign in to use the gateway",
          "Your browser or program did not say, in a way that the gateway accepts, who is asking.",
          "Reload the page and enter your name and password for the gateway."};
    case PageKind::sign_in_held_up:
      return {Tone::warn, "Too many failed sign-ins", "Signing in has to wait for a while",
              "The name or the password was wrong too often, so the gateway does not look at "
              "passwords for now.",
              "Try again later. A browser or a program may still send a password that is no longer "
              "right."};
    case PageKind::internal:
      return {Tone::warn, "Fault of the gateway", "Something went wrong on our side",
              "The gateway failed while it worked on this request. The site is not to blame.",
              "Try again in a moment."};
  }
  return {};
}

}  // namespace

PageWords page_words(PageKind kind, const PageFacts& facts, int status) {
  PageWords words = words_of(kind, facts, status);
  if (!facts.heading.empty()) {
    words = {words.tone, std::string(http::reason_phrase(status)), facts.heading, "", ""};
  }
  return words;
}

PageWords page_words_in(const Language& language, PageKind kind, const PageFacts& facts,
                        int status) {
  PageWords words = page_words(kind, facts, status);
  if (kind != PageKind::blocked || !facts.heading.empty()) return words;
  const Names names = names_of(facts);
  words.label = language.say("block.label", names);
  words.heading = language.say("block.heading", names);
  words.lead = language.say("block.lead", names);
  return words;
}

const Language& language_of(PageKind kind, const PageFacts& facts) {
  static const Language kEnglish;
  return kind == PageKind::blocked && facts.language != nullptr ? *facts.language : kEnglish;
}

Names names_of(const PageFacts& facts) {
  Names names;
  names.app = facts.app_name;
  names.host = facts.host;
  names.organisation = facts.organisation;
  names.gateway = facts.gateway_name;
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
