#pragma once
// The three things that may become of what an origin wrote: refused with our page, cut off,
// carried. Each is tried on both legs, at once and byte by byte; and always a next exchange shows
// whether anything of it was left on a connection. Header only.

#include <functional>
#include <gtest/gtest.h>
#include <string>

#include "tests/conformance/conversation.h"

namespace sallyport::testkit {

struct Setting {
  Leg leg = Leg::plain;
  std::string method = "GET";
  std::string fields;  // of the request
  std::string version = "1.1";
  std::size_t at_once = 0;  // bytes in each of the origin's says(); 0: all
  bool ends = false;        // the origin closes behind its words
  bool resets = false;      // ... or resets
};

struct Outcome {
  std::string
      heard;  // the client's reply as a line: "200; length 5 \"hello\"", "502", "incomplete"
  std::string event;         // "completed"
  bool reused = false;       // whether a next request went to the origin on the same connection
  bool client_open = false;  // whether a next request of the same client was answered
  std::string next;          // what that one heard
};

// One request, the origin's words, then another request on the same client connection (or a new
// one), which the origin answers honestly: whatever the first reply left behind must not be taken
// for its answer.
inline Outcome after(std::string_view words, const Setting& setting = {}) {
  Outcome outcome;
  Rig rig;
  const bool opened = setting.leg == Leg::opened;
  OriginServer& origin = opened ? rig.tls_origin("files.example") : rig.origin("files.example");
  Client client = rig.client();
  const std::string base = opened ? "/" : "http://files.example/";
  const auto open = [&](Client& one) {
    if (opened) {
      EXPECT_TRUE(one.opens("files.example:443", {.server_name = "files.example"}));
    }
  };
  open(client);
  client.says(setting.method + " " + base + "a HTTP/" + setting.version +
              "\r\nHost: files.example\r\n" + setting.fields + "\r\n");
  const std::string first = origin.heard();
  EXPECT_NE(first, "");
  const std::size_t first_connection = origin.connections();
  const std::size_t step =
      setting.at_once == 0 ? std::max<std::size_t>(words.size(), 1) : setting.at_once;
  for (std::size_t at = 0; at < words.size(); at += step) origin.says(words.substr(at, step));
  if (setting.ends) origin.ends();
  if (setting.resets) origin.resets();

  std::string heard = client.hears();
  // Interim replies are told apart from the final one.
  while (true) {
    const StrictRead read = StrictReader(heard).reply(setting.method, client.ended());
    if (!read.fault.empty()) {
      outcome.heard += "NOT STRICT: " + read.fault;
      break;
    }
    if (read.consumed == 0) {
      outcome.heard += heard.empty() ? "nothing" : "incomplete";
      break;
    }
    heard.erase(0, read.consumed);
    outcome.heard += read.status == 502 ? "502" : read.line;
    if (read.status >= 200 || read.status == 101) {
      if (!heard.empty()) outcome.heard += "; and behind it \"" + printable(heard) + "\"";
      break;
    }
    outcome.heard += "\n";
  }

  // The next exchange, of this client where it still may, else of another.
  const std::string next = "GET " + base + "next HTTP/1.1\r\nHost: files.example\r\n\r\n";
  outcome.client_open = !client.ended();
  Client another = outcome.client_open ? client : rig.client();
  if (!outcome.client_open) open(another);
  another.says(next);
  std::string reached;
  for (std::size_t i = 0; i < origin.connections(); ++i) {
    origin.turn_to(i);
    reached = origin.heard();
    if (reached.empty()) continue;
    outcome.reused = i < first_connection;
    origin.says("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhonest");
    break;
  }
  const StrictRead read = StrictReader(another.hears()).reply("GET", another.ended());
  outcome.next = read.fault.empty() ? read.line : "NOT STRICT: " + read.fault;
  rig.finish();
  if (rig.recorded().empty()) return outcome;
  outcome.event = to_string(rig.recorded().front().ending);
  return outcome;
}

inline void for_each_way(const Setting& given, std::string_view words,
                         const std::function<void(const Outcome&, const std::string& how)>& check) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    for (const std::size_t at_once : {std::size_t{0}, std::size_t{1}}) {
      if (at_once == 1 && words.size() > 1024) continue;
      Setting setting = given;
      setting.leg = leg;
      setting.at_once = at_once;
      check(after(words, setting), std::string(leg == Leg::plain ? "plain" : "opened") +
                                       (at_once == 1 ? ", byte by byte: " : ", at once: ") +
                                       printable(words.substr(0, 300)));
    }
  }
}

// The client gets our page, and the connection to the origin is gone.
inline void refused(const std::string& words, Setting setting = {}) {
  for_each_way(setting, words, [&](const Outcome& outcome, const std::string& how) {
    EXPECT_EQ(outcome.heard, "502") << how;
    EXPECT_EQ(outcome.event, "origin_failed") << how;
    EXPECT_FALSE(outcome.reused) << how;
    EXPECT_TRUE(outcome.client_open) << how;
    EXPECT_EQ(outcome.next, "200; length 6 \"honest\"") << how;
  });
}

// The reply's head was good and its body is not: the client sees an abrupt end.
inline void cut(const std::string& words, Setting setting = {}) {
  for_each_way(setting, words, [&](const Outcome& outcome, const std::string& how) {
    EXPECT_TRUE(outcome.heard == "incomplete" || outcome.heard == "nothing")
        << outcome.heard << "\n"
        << how;
    EXPECT_EQ(outcome.event, "origin_failed") << how;
    EXPECT_FALSE(outcome.client_open) << how;
    EXPECT_FALSE(outcome.reused) << how;
    EXPECT_EQ(outcome.next, "200; length 6 \"honest\"") << how;
  });
}

enum class Then { reused, fresh };

// Heard in one form; `then` says what becomes of the connection to the origin.
inline void carried(const std::string& words, const std::string& heard, Then then,
                    Setting setting = {}) {
  for_each_way(setting, words, [&](const Outcome& outcome, const std::string& how) {
    EXPECT_EQ(outcome.heard, heard) << how;
    EXPECT_EQ(outcome.event, "completed") << how;
    EXPECT_EQ(outcome.reused, then == Then::reused) << how;
    EXPECT_EQ(outcome.next, "200; length 6 \"honest\"") << how;
  });
}

inline const std::string kOk200 = "HTTP/1.1 200 OK\r\n";
inline const std::string kForged = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";

}  // namespace sallyport::testkit
