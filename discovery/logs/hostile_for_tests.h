#pragma once
// Events whose every text is what an attacker would like to see in a log. Included by _test.cc
// files only.

#include <string>
#include <string_view>
#include <vector>

#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery::samples {

// Each of these in every field.
inline std::vector<std::string> hostile_texts() {
  std::vector<std::string> texts{
      "-",
      " ",
      "a b",
      "\n",
      "\r\n",
      "x\n1764129366.000      1 192.0.2.1 TCP_MISS/200 0 GET http://a/ - HIER_NONE/- -",
      "\n<134>1 2026-11-26T00:00:00Z h a - - - forged",
      "\"] [x@1 a=\"b",
      "\"",
      "\\",
      "\\\"",
      "%",
      "%0a",
      "%{user}",
      "]",
      "'; drop table",
      "=cmd|' /C calc'!A0",
      "\x1b[2J\x1b]0;title\x07",
      "\xc2\x9b"
      "31m",  // CSI as one character
      "\xe2\x80\xae"
      "gnp.exe",       // right-to-left override
      "\xe2\x80\xa8",  // line separator
      "\xff\xfe\x80",  // no UTF-8
      "\xc3",          // half a character
      "\xef\xbb\xbf",  // a byte order mark
      std::string("\0x\0", 3),
      "\t",
      "\x7f",
      std::string(5000, 'x'),
  };
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  texts.push_back(all);
  return texts;
}

inline Event hostile(const std::string& text) {
  Event event = allowed(1);
  event.snapshot = event.user_source = event.query = event.media_type = event.error = text;
  policy::Activity& facts = event.activity;
  facts.user = text;
  facts.groups = {text, text};
  facts.client.tags = {text};
  facts.client.range = text;
  facts.destination = policy::AddressFacts{
      *IpAddress::parse("203.0.113.9"), policy::IpCategory::risky, {text}, text};
  facts.host = facts.scheme = text;
  facts.app = policy::AppFacts{text, text, text, {text}};
  facts.method = facts.path = facts.user_agent = text;
  event.verdict.policy = event.verdict.say = text;
  event.verdict.rehearsed = {{text, policy::Action::block}};
  event.activities = {{policy::ActivityType::view, event.verdict}};
  event.tls = {text, text, text, text, text, text, text, text, text, text};
  return event;
}

}  // namespace sallyport::discovery::samples
