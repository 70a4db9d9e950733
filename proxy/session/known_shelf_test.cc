#include "proxy/session/known_shelf.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/kit/rig.h"

namespace sallyport::session {
namespace {

using testkit::Client;
using testkit::OriginServer;
using testkit::Rig;
using testkit::status_of;

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: files.example\r\n\r\n";

struct Question {
  std::uint64_t snapshot = 7;
  std::optional<std::string> user = "ana";
  std::string source = "basic";
  IpAddress client = *IpAddress::parse("192.0.2.7");
  Authority to = *Authority::parse("files.example", 443);
  std::string scheme = "https";
  bool intercepted = true;
  discovery::TlsFacts tls = {.client_version = "TLSv1.3", .ja4 = "t13d"};

  std::optional<std::vector<std::string>> device_tags = std::vector<std::string>{"managed"};

  Alike alike() const {
    return {snapshot, user, source, client, to, scheme, intercepted, tls, device_tags};
  }
  std::shared_ptr<Known> known() const {
    auto known = std::make_shared<Known>();
    known->snapshot = snapshot;
    known->user = user;
    known->to = to;
    known->begun.user_source = source;
    known->begun.activity.client.address = client;
    known->begun.activity.scheme = scheme;
    known->begun.intercepted = intercepted;
    known->begun.tls = tls;
    known->begun.activity.device_tags = device_tags;
    return known;
  }
};

TEST(KnownShelf, GivesWhatIsAlikeInAllThatCounts) {
  const Question first;
  KnownShelf shelf;
  EXPECT_EQ(shelf.find(first.alike()), nullptr);
  const std::shared_ptr<Known> known = first.known();
  shelf.keep(first.alike(), known);
  EXPECT_EQ(shelf.find(first.alike()), known);
  const auto finds_other = [&](auto change) {
    Question other;
    change(other);
    return shelf.find(other.alike()) != nullptr;
  };
  EXPECT_FALSE(finds_other([](Question& one) { one.snapshot = 8; }));
  EXPECT_FALSE(finds_other([](Question& one) { one.user = "bob"; }));
  EXPECT_FALSE(finds_other([](Question& one) { one.user.reset(); }));
  EXPECT_FALSE(finds_other([](Question& one) { one.source = "address_map"; }));
  EXPECT_FALSE(finds_other([](Question& one) { one.client = *IpAddress::parse("192.0.2.8"); }));
  EXPECT_FALSE(finds_other([](Question& one) { one.to.port = 8443; }));
  EXPECT_FALSE(finds_other([](Question& one) { one.scheme = "http"; }));
  EXPECT_FALSE(finds_other([](Question& one) { one.intercepted = false; }));
  EXPECT_FALSE(finds_other([](Question& one) { one.tls.client_version = "TLSv1.2"; }));
  EXPECT_FALSE(finds_other([](Question& one) { one.device_tags->clear(); }));
  EXPECT_FALSE(finds_other([](Question& one) { one.device_tags.reset(); }));
}

TEST(KnownShelf, HoldsNoMoreThanItsSlots) {
  KnownShelf shelf;
  std::vector<std::weak_ptr<Known>> all;
  for (std::size_t i = 0; i < 4 * KnownShelf::kSlots; ++i) {
    Question one;
    one.user = "user " + std::to_string(i);
    std::shared_ptr<Known> known = one.known();
    all.push_back(known);
    shelf.keep(one.alike(), std::move(known));
  }
  const auto held = std::ranges::count_if(all, [](const auto& one) { return !one.expired(); });
  EXPECT_LE(held, static_cast<std::ptrdiff_t>(KnownShelf::kSlots));
  EXPECT_GT(held, static_cast<std::ptrdiff_t>(KnownShelf::kSlots / 2));
}

TEST(KnownShelf, ConnectionsThatAreAlikeTellTheirOwnIdsAndCounts) {
  Rig rig({.rules = "- { name: enough, when: { connection.downloaded: \"> 7\" }, then: block }\n"});
  OriginServer& origin = rig.tls_origin("files.example");
  origin.always_says(kHello);
  std::vector<Client> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(rig.client());
    ASSERT_TRUE(clients.back().opens("files.example:443", {.server_name = "files.example"}));
  }
  const auto status = [](Client& client) {
    client.says(kGet);
    return status_of(client.hears());
  };
  EXPECT_EQ(status(clients[0]), 200);
  EXPECT_EQ(status(clients[0]), 200);
  EXPECT_EQ(status(clients[1]), 200);
  EXPECT_EQ(status(clients[0]), 403);  // What it carried, not what both did.
  EXPECT_EQ(status(clients[1]), 200);
  const auto& events = rig.recorded();
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events[0].connection_id, events[1].connection_id);
  EXPECT_NE(events[0].connection_id, events[2].connection_id);
  EXPECT_EQ(events[2].stream_id, 1u);
  EXPECT_EQ(events[3].connection_id, events[0].connection_id);
}

}  // namespace
}  // namespace sallyport::session
