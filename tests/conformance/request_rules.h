#pragma once
// The three things that may become of what a client wrote: refused, refused within its body,
// carried. Each is tried on both legs, at once and byte by byte, and with a second request behind
// it, which a smuggler would hide. Header only.

#include <functional>
#include <gtest/gtest.h>
#include <string>

#include "tests/conformance/conversation.h"

namespace sallyport::testkit {

inline const std::string kNext = "GET {t}next HTTP/1.1\r\nHost: files.example\r\n\r\n";
inline const std::string kPost = "POST {t}a HTTP/1.1\r\nHost: files.example\r\n";
inline const std::string kGet = "GET {t}a HTTP/1.1\r\nHost: files.example\r\n";
inline const std::string kNextArrived = "< 200\n> GET files.example/next\n< 200\n";

enum class On { both, plain };

inline void for_each_way(const std::string& payload, On on,
                         const std::function<void(Conversation&, const std::string& how)>& check) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    if (leg == Leg::opened && on == On::plain) continue;
    for (const std::size_t at_once : {std::size_t{0}, std::size_t{1}}) {
      if (at_once == 1 && payload.size() > 2048) continue;
      Conversation conversation(leg, {.at_once = at_once, .rig = {}});
      conversation.says(payload);
      check(conversation, std::string(leg == Leg::plain ? "plain" : "opened") +
                              (at_once == 1 ? ", byte by byte: " : ", at once: ") +
                              printable(payload.substr(0, 400)));
    }
  }
}

// Answered with `status`, both legs ended, no byte of it or of what follows at the origin, one
// event.
inline void refused(const std::string& payload, int status = 400, On on = On::both) {
  for_each_way(payload + kNext, on, [&](Conversation& conversation, const std::string& how) {
    EXPECT_EQ(conversation.finish(), "< " + std::to_string(status) + "\n< end\n") << how;
    EXPECT_EQ(endings(conversation.rig()), "connection refused\n") << how;
  });
}

// A body that goes wrong: the origin has nothing, or a message that plainly broke off.
inline void refused_within(const std::string& payload, int status = 400) {
  for_each_way(payload + kNext, On::both, [&](Conversation& conversation, const std::string& how) {
    std::string log = conversation.finish();
    const std::size_t broken = log.find("> incomplete\n");
    if (broken != std::string::npos) log.erase(broken, 13);
    EXPECT_EQ(log, "< " + std::to_string(status) + "\n< end\n") << how;
    EXPECT_EQ(endings(conversation.rig()), "exchange refused\n") << how;
  });
}

// Passed on in the one form, and the next request likewise.
inline void carried(const std::string& payload, const std::string& received, On on = On::both) {
  for_each_way(payload + kNext, on, [&](Conversation& conversation, const std::string& how) {
    EXPECT_EQ(conversation.finish(), "> " + received + "\n" + kNextArrived) << how;
    EXPECT_EQ(endings(conversation.rig()), "exchange completed\nexchange completed\n") << how;
  });
}

}  // namespace sallyport::testkit
