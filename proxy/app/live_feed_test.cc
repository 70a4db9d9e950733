// What readers of the live view get, and what they cannot hold up.

#include "proxy/app/live_feed.h"

#include <gtest/gtest.h>

#include "base/io/nursery.h"

namespace sallyport::app {
namespace {

class LiveFeedTest : public ::testing::Test {
 protected:
  static bool all(const discovery::Event&) { return true; }

  static discovery::Event event(const std::string& user) {
    discovery::Event one;
    one.activity.user = user;
    return one;
  }

  void write(std::vector<discovery::Event> events) { feed_.write(events); }

  static Task<void> read_once(http::Body& body, std::string& out, bool& ended) {
    Result<http::Bytes> bytes = co_await body.read(1 << 20);
    ended = bytes->empty();
    out += std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
  // What a reader gets with the next read; "(waits)" where there is nothing.
  struct Read {
    explicit Read(io::Worker& worker) : nursery(worker.executor()) {}
    io::Nursery nursery;
    std::string text;
    bool ended = false;
  };
  std::unique_ptr<Read> begin(http::Body& body) {
    auto read = std::make_unique<Read>(worker_);
    read->nursery.start(read_once(body, read->text, read->ended));
    return read;
  }
  void settle() {
    while (worker_.poll() > 0) {
    }
  }
  std::string next(http::Body& body) {
    const auto read = begin(body);
    while (!read->nursery.empty()) worker_.poll();
    return read->ended ? "(end)" : read->text;
  }

  io::Worker worker_{0};
  LiveFeed feed_{worker_};
};

TEST_F(LiveFeedTest, AReaderGetsWhatItWants) {
  const auto body =
      feed_.join([](const discovery::Event& one) { return one.activity.user == "ana"; }, nullptr);
  EXPECT_EQ(next(*body), "retry: 3000\n:\n\n");
  write({event("ben"), event("ana")});
  const std::string text = next(*body);
  EXPECT_TRUE(text.starts_with("id: ")) << text;
  EXPECT_NE(text.find("\nevent: activity\ndata: {\"id\":"), std::string::npos) << text;
  EXPECT_NE(text.find("\"user\":\"ana\""), std::string::npos) << text;
  EXPECT_EQ(text.find("ben"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("}\n\n")) << text;
}

TEST_F(LiveFeedTest, WhatComesWhileItWaitsWakesIt) {
  const auto body = feed_.join(all, nullptr);
  next(*body);
  const auto read = begin(*body);
  settle();
  EXPECT_EQ(read->text, "");
  write({event("ana")});
  while (!read->nursery.empty()) worker_.poll();
  EXPECT_NE(read->text.find("ana"), std::string::npos);
}

TEST_F(LiveFeedTest, WhoIsTooSlowIsToldHowMuchTheyMissed) {
  const auto body = feed_.join(all, nullptr);
  next(*body);
  for (std::size_t i = 0; i < LiveFeed::kMostWaiting + 17; ++i) write({event("ana")});
  const std::string text = next(*body);
  EXPECT_TRUE(text.ends_with("event: dropped\ndata: {\"dropped\":17}\n\n"))
      << text.substr(text.size() - 80);
  write({event("ben")});
  EXPECT_NE(next(*body).find("ben"), std::string::npos);
}

TEST_F(LiveFeedTest, ABeatShowsThatItLives) {
  const auto body = feed_.join(all, nullptr);
  next(*body);
  const auto read = begin(*body);
  settle();
  worker_.deadlines().advance(std::chrono::steady_clock::now() + 2 * LiveFeed::kBeat);
  while (!read->nursery.empty()) worker_.poll();
  EXPECT_EQ(read->text, ":\n\n");
}

TEST_F(LiveFeedTest, EndsWhereItsReaderIsLetInNoMore) {
  bool holds = true;
  const auto body = feed_.join(all, [&] { return holds; });
  next(*body);
  holds = false;
  EXPECT_EQ(next(*body), "(end)");
}

// The texts of the users in what was read, "ana ben".
std::string users_in(const std::string& text) {
  std::string out;
  for (std::size_t at = text.find("\"user\":\""); at != text.npos;
       at = text.find("\"user\":\"", at + 1)) {
    const std::size_t begin = at + 8;
    out += (out.empty() ? "" : " ") + text.substr(begin, text.find('"', begin) - begin);
  }
  return out;
}

std::string id_of(int n) {
  Ulid id;
  id.bytes[15] = static_cast<std::uint8_t>(n);
  return id.to_string();
}

TEST_F(LiveFeedTest, WhoComesBackGoesOnWhereTheyWereWithoutAHole) {
  const auto numbered = [this](int n, const std::string& user) {
    discovery::Event one = event(user);
    one.id.bytes[15] = static_cast<std::uint8_t>(n);
    write({one});
  };
  auto body = feed_.join(all, nullptr, {"ana\nq", ""});
  next(*body);
  numbered(1, "u1");
  numbered(2, "u2");
  EXPECT_EQ(users_in(next(*body)), "u1 u2");
  numbered(3, "u3");
  body.reset();  // Its connection broke: the second was sent and may not have arrived.
  numbered(4, "u4");
  body = feed_.join(all, nullptr, {"ana\nq", id_of(1)});
  const std::string text = next(*body);
  EXPECT_EQ(users_in(text), "u2 u3 u4");
  EXPECT_EQ(text.find("lost"), text.npos);
  // Also where the old connection has not noticed: that one ends.
  numbered(5, "u5");
  auto again = feed_.join(all, nullptr, {"ana\nq", id_of(4)});
  EXPECT_EQ(next(*body), "(end)");
  EXPECT_EQ(users_in(next(*again)), "u5");
  body.reset();
  numbered(6, "u6");
  EXPECT_EQ(users_in(next(*again)), "u6");
}

TEST_F(LiveFeedTest, WhoComesBackIsToldWhatIsLost) {
  discovery::Event first = event("u1");
  first.id.bytes[15] = 1;
  auto body = feed_.join(all, nullptr, {"ana\nq", ""});
  next(*body);
  write({first});
  next(*body);
  body.reset();
  for (std::size_t i = 0; i < LiveFeed::kMostWaiting + 17; ++i) write({event("ben")});
  // Somebody else, or another question, gets nothing of it.
  for (const char* key : {"ben\nq", "ana\nother", ""}) {
    const auto other = feed_.join(all, nullptr, {key, id_of(1)});
    EXPECT_EQ(next(*other), "retry: 3000\n:\n\nevent: lost\ndata: {\"lost\":null}\n\n") << key;
  }
  body = feed_.join(all, nullptr, {"ana\nq", id_of(1)});
  EXPECT_TRUE(next(*body).ends_with("event: dropped\ndata: {\"dropped\":17}\n\n"));
  // An id that nobody sent.
  body.reset();
  body = feed_.join(all, nullptr, {"ana\nq", id_of(9)});
  EXPECT_NE(next(*body).find("event: lost"), std::string::npos);
}

TEST_F(LiveFeedTest, WhoIsHereGoesBeforeWhoMayComeBack) {
  for (std::size_t i = 0; i < LiveFeed::kMostReaders + 3; ++i) {
    EXPECT_NE(feed_.join(all, nullptr, {"ana\n" + std::to_string(i), ""}), nullptr);
  }
  // One who is let in no more does not come back.
  bool holds = true;
  auto body = feed_.join(all, [&] { return holds; }, {"zoe\nq", ""});
  discovery::Event first = event("u1");
  first.id.bytes[15] = 1;
  next(*body);
  write({first});
  next(*body);
  holds = false;
  body.reset();
  body = feed_.join(all, nullptr, {"zoe\nq", id_of(1)});
  EXPECT_NE(next(*body).find("event: lost"), std::string::npos);
}

TEST_F(LiveFeedTest, HasSoManyReadersAndThenNone) {
  std::vector<std::unique_ptr<http::Body>> readers;
  for (std::size_t i = 0; i < LiveFeed::kMostReaders; ++i) {
    readers.push_back(feed_.join(all, nullptr));
    ASSERT_NE(readers.back(), nullptr);
  }
  EXPECT_EQ(feed_.join(all, nullptr), nullptr);
  readers.pop_back();
  EXPECT_NE(feed_.join(all, nullptr), nullptr);
}

TEST_F(LiveFeedTest, ClosingEndsAll) {
  const auto body = feed_.join(all, nullptr);
  next(*body);
  const auto read = begin(*body);
  settle();
  feed_.close();
  while (!read->nursery.empty()) worker_.poll();
  EXPECT_TRUE(read->ended);
  EXPECT_EQ(feed_.join(all, nullptr), nullptr);
}

}  // namespace
}  // namespace sallyport::app
