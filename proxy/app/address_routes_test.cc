// The map of addresses as a DHCP server's script meets it.

#include "proxy/app/address_routes.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/io/worker.h"
#include "tests/kit/fake_clock.h"

namespace sallyport::app {
namespace {

class NoPages final : public http::Origin {
 public:
  Task<Result<http::Reply>> send(const http::RequestHead&, http::Body&, http::Interim&,
                                 io::Nursery&) override {
    co_return fail(ErrorKind::unavailable, Side::ours, "nobody asks here");
  }
};

class NoInterim final : public http::Interim {
 public:
  Task<Result<void>> inform(const http::ReplyHead&) override { co_return Result<void>(); }
};

class AddressRoutesTest : public ::testing::Test {
 protected:
  AddressRoutesTest() : clock_(*parse_rfc3339("2026-11-24T12:00:00Z")), worker_(0, clock_) {
    add_address_routes(api_, keeper_);
  }

  Task<void> ask(http::RequestHead& head, std::string body, std::string& out) {
    io::Nursery nursery(worker_.executor());
    NoInterim interim;
    http::TextBody text(std::move(body));
    Result<http::Reply> reply = co_await api_.send(head, text, interim, nursery);
    co_await nursery.join();
    out = reply ? std::to_string(reply->head.status) + " " : describe(reply.error());
    if (!reply) co_return;
    Result<http::Bytes> bytes = co_await reply->body->read(1 << 20);
    out.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }

  std::string answer(const std::string& method, const std::string& path, std::string body = {},
                     const std::string& token = "secret") {
    http::RequestHead head;
    head.method = method;
    head.path = path;
    head.headers.add("Authorization", "Bearer " + token);
    std::string out;
    io::Nursery nursery(worker_.executor());
    nursery.start(ask(head, std::move(body), out));
    while (!nursery.empty()) worker_.poll();
    return out;
  }

  testkit::FakeClock clock_;
  io::Worker worker_;
  NoPages pages_;
  admin::Api api_{"secret", pages_};
  AddressKeeper keeper_{"/nowhere/addresses.json", clock_, [](const AddressKeeper::Map&) {}};
};

TEST_F(AddressRoutesTest, TakeAFeedAndShowIt) {
  EXPECT_EQ(answer("POST", "/api/v1/addresses",
                   R"({"entries": [{"address": "192.0.2.7", "user": "Ana", "source": "dhcp"},
                                   {"address": "192.0.2.8", "user": "ben", "ttl": "1h"}]})"),
            "200 {\"added\":2,\"replaced\":0,\"dropped\":0,\"total\":2}\n");
  EXPECT_EQ(answer("GET", "/api/v1/addresses?user=ANA"),
            "200 {\"total\": 1, \"entries\": [\n"
            "{\"address\":\"192.0.2.7\",\"user\":\"ana\",\"source\":\"dhcp\","
            "\"expires\":\"2026-11-24T20:00:00.000000Z\"}\n]}\n");
  EXPECT_EQ(answer("GET", "/api/v1/addresses?limit=1"),
            "200 {\"total\": 2, \"entries\": [\n"
            "{\"address\":\"192.0.2.7\",\"user\":\"ana\",\"source\":\"dhcp\","
            "\"expires\":\"2026-11-24T20:00:00.000000Z\"}\n]}\n");
  clock_.pass(std::chrono::hours(1));
  EXPECT_EQ(answer("GET", "/api/v1/addresses?user=ben"), "200 {\"total\": 0, \"entries\": [\n]}\n");
}

TEST_F(AddressRoutesTest, ReplaceAllAndRemoveOne) {
  answer("POST", "/api/v1/addresses",
         R"({"entries": [{"address": "192.0.2.7", "user": "ana"},
                         {"address": "192.0.2.8", "user": "ben"}]})");
  EXPECT_EQ(answer("PUT", "/api/v1/addresses",
                   R"({"entries": [{"address": "192.0.2.8", "user": "zoe"},
                                   {"address": "2001:db8:7::/64", "user": "kiosk"}]})"),
            "200 {\"added\":1,\"replaced\":1,\"dropped\":1,\"total\":2}\n");
  EXPECT_EQ(answer("DELETE", "/api/v1/addresses/2001:db8:7::%2F64"), "200 {\"total\": 1}\n");
  EXPECT_TRUE(answer("DELETE", "/api/v1/addresses/192.0.2.7").starts_with("404 "));
  EXPECT_TRUE(answer("DELETE", "/api/v1/addresses/192.0.2.8%2F24").starts_with("400 "));
  EXPECT_EQ(keeper_.map()->size(), 1u);
}

TEST_F(AddressRoutesTest, RefuseAFeedWholeWithItsFaults) {
  const std::string said =
      answer("POST", "/api/v1/addresses",
             R"({"entries": [{"address": "192.0.2.7", "user": "ana"}, {"address": "x"}]})");
  EXPECT_TRUE(said.starts_with("400 ")) << said;
  EXPECT_NE(said.find("entries[1].address: 'x' is no address and no prefix; entries[1]: there is "
                      "no 'user'"),
            std::string::npos)
      << said;
  EXPECT_EQ(keeper_.map()->size(), 0u);
  EXPECT_TRUE(answer("GET", "/api/v1/addresses?limit=0").starts_with("400 "));
}

TEST_F(AddressRoutesTest, AreForThoseWithTheTokenAlone) {
  for (const char* method : {"GET", "POST", "PUT"}) {
    EXPECT_TRUE(
        answer(method, "/api/v1/addresses", R"({"entries": []})", "guess").starts_with("401 "))
        << method;
  }
}

}  // namespace
}  // namespace sallyport::app
