#pragma once
// What a client sends, told as what happened: which requests an origin received, read strictly, and
// what the client heard. The oracle of the conformance tests. Header only.
//
//   transcript("POST {t}a HTTP/1.1\r\nHost: files.example\r\n\r\n", Leg::plain)
//     > POST files.example/a; length 0
//     < 200
//   A message that is no whole one is "> incomplete", one in a strange form "> NOT STRICT: why";
//   the proxy's end of the connection is "< end".
//
// Every request that the origin received is answered with 200, and the number of requests, their
// paths and the events of the proxy are compared: `transcript` adds a line "! ..." where they do
// not agree.

#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/strict_reader.h"
#include "tests/kit/rig.h"

namespace sallyport::testkit {

enum class Leg { plain, opened };  // absolute-form requests to the proxy; inside CONNECT and TLS

struct Saying {
  std::size_t at_once = 0;  // bytes in each says(); 0: all
  RigOptions rig;
};

class Conversation {
 public:
  explicit Conversation(Leg leg, Saying saying = {})
      : saying_(std::move(saying)), leg_(leg), rig_(saying_.rig) {
    origin_ = leg == Leg::plain ? &rig_.origin("files.example") : &rig_.tls_origin("files.example");
    client_ = std::make_unique<Client>(rig_.client());
    if (leg == Leg::opened) {
      opened_ = client_->opens("files.example:443", {.server_name = "files.example"});
      EXPECT_TRUE(opened_);
    }
  }

  // "{t}" stands for what a request target begins with.
  std::string target_filled(std::string_view text) const {
    std::string out;
    while (true) {
      const std::size_t at = text.find("{t}");
      out += text.substr(0, at);
      if (at == std::string_view::npos) return out;
      out += leg_ == Leg::plain ? "http://files.example/" : "/";
      text.remove_prefix(at + 3);
    }
  }

  void says(std::string_view text) {
    const std::string all = target_filled(text);
    const std::size_t step = saying_.at_once == 0 ? all.size() : saying_.at_once;
    for (std::size_t at = 0; at < all.size(); at += step) client_->says(all.substr(at, step));
    exchange_until_quiet();
  }

  void exchange_until_quiet() {
    for (int round = 0; round < 64; ++round) {
      const bool client_moved = listen_to_client();
      const bool origin_moved = listen_to_origin();
      if (!origin_moved && !client_moved) return;
    }
    log_ += "! never quiet\n";
  }

  // Ends everything and compares with the events.
  std::string finish() {
    for (const std::string& left : unread_) {
      if (!left.empty()) log_ += "> incomplete\n";
    }
    if (!unheard_.empty()) log_ += "< incomplete\n";
    if (client_ended()) log_ += "< end\n";
    rig_.finish();
    if (!by_hand_) compare_with_events();
    return log_;
  }

  bool client_ended() const { return client_->ended(); }
  Rig& rig() { return rig_; }
  OriginServer& origin() { return *origin_; }
  // For what needs other words than says(). The events are then the test's own to compare.
  Client& client() {
    by_hand_ = true;
    return *client_;
  }

 private:
  bool listen_to_origin() {
    bool moved = false;
    rig_.settle();
    unread_.resize(origin_->connections());
    for (std::size_t i = 0; i < origin_->connections(); ++i) {
      origin_->turn_to(i);
      unread_[i] += origin_->heard();
      while (!unread_[i].empty()) {
        const StrictRead read = StrictReader(unread_[i]).request();
        if (!read.fault.empty()) {
          log_ += "> NOT STRICT: " + read.fault + "\n";
          unread_[i].clear();
          break;
        }
        if (read.consumed == 0) break;
        unread_[i].erase(0, read.consumed);
        log_ += "> " + read.line + "\n";
        received_.push_back(read.target);
        origin_->says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        moved = true;
      }
    }
    return moved;
  }

  bool listen_to_client() {
    const std::string fresh = client_->hears();
    unheard_ += fresh;
    while (!unheard_.empty()) {
      const StrictRead read = StrictReader(unheard_).reply("GET", client_ended());
      if (!read.fault.empty()) {
        log_ += "< NOT STRICT: " + read.fault + "\n";
        unheard_.clear();
        break;
      }
      if (read.consumed == 0) break;
      unheard_.erase(0, read.consumed);
      log_ += "< " + std::to_string(read.status) + "\n";
    }
    return !fresh.empty();
  }

  void compare_with_events() {
    std::vector<std::string> recorded;
    for (const discovery::Event& event : rig_.recorded()) {
      if (event.kind != discovery::EventKind::exchange ||
          event.ending != discovery::Ending::completed) {
        continue;
      }
      recorded.push_back(event.activity.path.value_or(""));
    }
    std::size_t paths = 0;
    for (const std::string& target : received_) {
      const std::string path = target.substr(0, target.find('?'));
      if (paths >= recorded.size() || recorded[paths] != path) {
        log_ += "! received " + path + " without its event\n";
      }
      ++paths;
    }
    if (recorded.size() > received_.size()) log_ += "! events of requests that nobody received\n";
  }

  Saying saying_;
  Leg leg_;
  Rig rig_;
  OriginServer* origin_ = nullptr;
  std::unique_ptr<Client> client_;
  bool opened_ = false;
  bool by_hand_ = false;
  std::string log_;
  std::vector<std::string> unread_;  // of each connection to the origin
  std::string unheard_;
  std::vector<std::string> received_;  // targets, in the order of their arrival
};

inline std::string transcript(std::string_view payload, Leg leg, Saying saying = {}) {
  Conversation conversation(leg, std::move(saying));
  conversation.says(payload);
  return conversation.finish();
}

inline constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

inline std::string get(const std::string& target, const std::string& host,
                       const std::string& fields = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n";
}

// "GET files.example/a" of what an origin received, or "".
inline std::string received(OriginServer& origin) {
  const std::string heard = origin.heard();
  if (heard.empty()) return {};
  const StrictRead read = StrictReader(heard).request();
  return read.fault.empty() ? read.line : "NOT STRICT: " + read.fault;
}

// The events that are left, without times and numbers: "exchange completed /a".
inline std::string endings(const Rig& rig) {
  std::string text;
  for (const discovery::Event& event : rig.recorded()) {
    text += std::string(to_string(event.kind)) + " " + std::string(to_string(event.ending)) + "\n";
  }
  return text;
}

}  // namespace sallyport::testkit
