// Every pair of HTTP versions with its n-th operation broken, and with a peer that goes away behind
// its k-th byte: one event is left, nobody hangs, nothing leaks (fail_nth_test.cc has HTTP/1
// alone).

#include <gtest/gtest.h>
#include <memory>

#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

constexpr const char* kHost = "files.example";
constexpr const char* kReply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld";

struct Pair {
  bool client2;
  bool origin2;
};

std::string shown(const testing::TestParamInfo<Pair>& pair) {
  return std::string(pair.param.client2 ? "h2" : "h1") + (pair.param.origin2 ? "_h2" : "_h1");
}

// One POST and its reply, as far as both peers get.
class Conversation {
 public:
  // Peers that go away: the client behind so many bytes of its own, the origin likewise; by an end
  // or a reset.
  struct Cut {
    std::size_t client = std::string::npos;
    std::size_t origin = std::string::npos;
    bool resets = false;
  };

  Conversation(Rig& rig, const Pair& pair, Cut cut)
      : rig_(rig),
        pair_(pair),
        cut_(cut),
        origin_(pair.origin2 ? rig.http2_origin(kHost) : rig.tls_origin(kHost)),
        client_(rig.client()) {}

  void run() {
    TlsPeer::Options options;
    options.server_name = kHost;
    options.alpn = {pair_.client2 ? "h2" : "http/1.1"};
    if (!client_.opens(std::string(kHost) + ":443", options)) return;
    if (pair_.client2) {
      peer_.request({{":method", "POST"},
                     {":scheme", "https"},
                     {":authority", kHost},
                     {":path", "/"},
                     {"content-length", "5"}},
                    "hello");
    } else {
      clear_ =
          std::string("POST / HTTP/1.1\r\nHost: ") + kHost + "\r\nContent-Length: 5\r\n\r\nhello";
    }
    for (int i = 0; i < 8; ++i) turn();
  }

  void turn() {
    if (!client_gone_) {
      if (pair_.client2) clear_ += peer_.says();
      const std::size_t left = cut_.client - client_said_;
      const std::string said = clear_.substr(0, left);
      clear_.erase(0, said.size());
      client_said_ += said.size();
      if (!said.empty()) client_.says(said);
      if (client_said_ >= cut_.client) {
        client_gone_ = true;
        cut_.resets ? client_.resets() : client_.ends();
      }
    }
    const std::string heard = client_.hears();
    heard_ += heard;
    if (pair_.client2 && !heard.empty()) peer_.receives(heard);
    for (std::size_t i = 0; i < origin_.connections(); ++i) turn_origin(i);
  }

  bool whole() {
    if (!pair_.client2) {  // With a length, or in chunks where the origin gave none.
      return heard_.ends_with("\r\n\r\nworld") ||
             heard_.ends_with("\r\n\r\n5\r\nworld\r\n0\r\n\r\n");
    }
    return peer_.seen(1).ended && peer_.seen(1).body == "world";
  }
  bool ended() const { return client_.ended(); }
  bool told() {  // answered, though not by the origin
    if (!pair_.client2) return heard_.find("HTTP/1.1 5") != std::string::npos || ended();
    return peer_.seen(1).ended || peer_.seen(1).reset || ended();
  }
  std::size_t client_said() const { return client_said_; }
  std::size_t origin_said() const { return origin_said_; }

 private:
  void turn_origin(std::size_t i) {
    origin_.turn_to(i);
    while (origins_.size() <= i) origins_.push_back(std::make_unique<At>());
    At& at = *origins_[i];
    if (at.gone) return;
    const std::string heard = origin_.heard();
    if (pair_.origin2) {
      if (origin_.tls(i).alpn() != "h2") return;
      if (!heard.empty()) at.peer.receives(heard);
      for (const auto& [stream, seen] : at.peer.all()) {
        if (!seen.ended || seen.body != "hello" || at.replied) continue;
        at.peer.reply(stream, {{":status", "200"}}, "world");
        at.replied = true;
      }
      at.clear += at.peer.says();
    } else {
      at.heard += heard;
      if (!at.replied && at.heard.find("\r\n\r\nhello") != std::string::npos) {
        at.clear = kReply;
        at.replied = true;
      }
    }
    const std::size_t left = cut_.origin - origin_said_;
    const std::string said = at.clear.substr(0, left);
    at.clear.erase(0, said.size());
    origin_said_ += said.size();
    if (!said.empty()) origin_.says(said);
    if (origin_said_ >= cut_.origin) {
      at.gone = true;
      cut_.resets ? origin_.resets() : origin_.ends();
    }
  }

  struct At {
    Http2Peer peer{{.server = true}};
    std::string heard;
    std::string clear;
    bool replied = false;
    bool gone = false;
  };
  Rig& rig_;
  Pair pair_;
  Cut cut_;
  OriginServer& origin_;
  Client client_;
  Http2Peer peer_{{}};
  std::string clear_;
  std::string heard_;
  std::size_t client_said_ = 0;
  std::size_t origin_said_ = 0;
  bool client_gone_ = false;
  std::vector<std::unique_ptr<At>> origins_;
};

RigOptions options_for(const Pair& pair, int fail_operation = -1) {
  RigOptions options;
  options.fail_operation = fail_operation;
  const bool prefer = pair.origin2 && !pair.client2;
  options.tune = [prefer](app::Shared& shared) {
    if (prefer) shared.first.settings.http2 = session::Http2::prefer;
  };
  return options;
}

class Http2FailNth : public testing::TestWithParam<Pair> {};

TEST_P(Http2FailNth, EveryOperation) {
  int silent = 0;
  int n = 0;
  for (bool fired = true; fired; ++n) {
    ASSERT_LT(n, 2000) << "no end of operations";
    SCOPED_TRACE("operation " + std::to_string(n));
    Rig rig(options_for(GetParam(), n));
    Conversation conversation(rig, GetParam(), {});
    conversation.run();
    if (!conversation.whole() && !conversation.told()) {
      rig.pass(std::chrono::seconds(310));
      conversation.turn();
    }
    EXPECT_TRUE(conversation.whole() || conversation.told()) << "the client hangs";
    fired = rig.faults().fired;
    if (!fired) {
      EXPECT_TRUE(conversation.whole());
    }
    rig.finish();
    EXPECT_LE(rig.recorded().size(), 1u) << rig.events();
    if (rig.recorded().empty()) {
      EXPECT_EQ(silent, n) << "read something, and left no event";
      ++silent;
      continue;
    }
    const discovery::Event& event = rig.recorded().front();
    if (event.ending == discovery::Ending::completed) {
      EXPECT_TRUE(conversation.whole()) << rig.events();
      EXPECT_TRUE(event.error.empty()) << event.error;
    }
  }
  EXPECT_LE(silent, 4);
  EXPECT_GT(n, 20);
}

TEST_P(Http2FailNth, AClientThatGoesAwayBehindEveryByte) {
  for (const bool resets : {false, true}) {
    std::size_t last = 0;
    for (std::size_t k = 0; k <= last + 1; ++k) {
      SCOPED_TRACE("byte " + std::to_string(k) + (resets ? ", reset" : ""));
      Rig rig(options_for(GetParam()));
      Conversation conversation(rig, GetParam(), {.client = k, .resets = resets});
      conversation.run();
      last = std::max(last, conversation.client_said());
      if (k > 400) break;
      rig.pass(std::chrono::seconds(31));
      // Behind the last byte it has said all, and stays.
      if (k <= last) {
        EXPECT_TRUE(conversation.ended());
      }
      rig.finish();
      EXPECT_EQ(rig.recorded().size(), 1u) << rig.events();
    }
  }
}

TEST_P(Http2FailNth, AnOriginThatGoesAwayBehindEveryByte) {
  for (const bool resets : {false, true}) {
    std::size_t last = 0;
    for (std::size_t k = 0; k <= last + 1; ++k) {
      SCOPED_TRACE("byte " + std::to_string(k) + (resets ? ", reset" : ""));
      Rig rig(options_for(GetParam()));
      Conversation conversation(rig, GetParam(), {.origin = k, .resets = resets});
      conversation.run();
      last = std::max(last, conversation.origin_said());
      if (k > 400) break;
      EXPECT_TRUE(conversation.whole() || conversation.told()) << "the client hangs";
      rig.finish();
      EXPECT_EQ(rig.recorded().size(), 1u) << rig.events();
      if (!rig.recorded().empty() && rig.recorded()[0].ending == discovery::Ending::completed) {
        EXPECT_TRUE(conversation.whole());
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Http2FailNth,
                         testing::Values(Pair{true, true}, Pair{true, false}, Pair{false, true},
                                         Pair{false, false}),
                         shown);

}  // namespace
}  // namespace sallyport::testkit
