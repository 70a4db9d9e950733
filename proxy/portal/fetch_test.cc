// Over the way that carries traffic, with its guard and its judge.

#include "proxy/portal/fetch.h"

#include <gtest/gtest.h>

#include "tests/kit/rig.h"

namespace sallyport::portal {
namespace {

using testkit::OriginServer;
using testkit::Rig;
using testkit::RigOptions;

class FetchRig {
 public:
  explicit FetchRig(RigOptions options = {})
      : rig(std::move(options)),
        fetcher_(rig.parts().worker(), rig.parts().router(), rig.parts().dialer(),
                 rig.parts().pool()),
        nursery_(rig.parts().worker().executor()) {}
  ~FetchRig() {
    rig.settle();
    rig.finish();
  }

  void fetch(std::string_view url, std::string method = "GET", std::string body = "") {
    asked_ = Asked{*WebAddress::parse(url), std::move(method), {}, std::move(body)};
    nursery_.start(keep());
    rig.settle();
  }
  // "200 application/json {}", or the error; "" while it runs.
  std::string said() {
    rig.settle();
    if (!out_) return "";
    const Result<Fetched> out = *std::exchange(out_, std::nullopt);
    if (!out) return std::string(to_string(out.error().kind));
    return std::to_string(out->status) + ' ' + out->media_type + ' ' + out->body;
  }

  Rig rig;

 private:
  Task<void> keep() {
    Result<Fetched> result = co_await fetcher_.fetch(asked_);
    out_.emplace(std::move(result));
  }

  OriginFetcher fetcher_;
  io::Nursery nursery_;
  Asked asked_;
  std::optional<Result<Fetched>> out_;
};

TEST(Fetch, BringsAReplyWhole) {
  FetchRig test;
  OriginServer& origin = test.rig.tls_origin("login.example");
  test.fetch("https://login.example/token?x=1", "POST", "code=1");
  EXPECT_EQ(test.said(), "");
  const std::string heard = origin.heard();
  EXPECT_TRUE(heard.starts_with("POST /token?x=1 HTTP/1.1\r\n")) << heard;
  EXPECT_TRUE(heard.ends_with("\r\n\r\ncode=1")) << heard;
  origin.says(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
      "Content-Length: 2\r\n\r\n{}");
  EXPECT_EQ(test.said(), "200 application/json {}");
}

TEST(Fetch, FollowsNoRedirect) {
  FetchRig test;
  OriginServer& origin = test.rig.tls_origin("login.example");
  test.fetch("https://login.example/");
  origin.says("HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(test.said(), "302  ");
}

TEST(FetchAttack, AChainThatIsNotBelievedGetsNoByte) {
  FetchRig test;
  const testkit::Issued other = testkit::make_root("Another Root");
  const testkit::Issued leaf = testkit::issue(testkit::server_spec("login.example"), &other);
  OriginServer& origin = test.rig.tls_origin("login.example", {leaf});
  test.fetch("https://login.example/token", "POST", "code=1");
  EXPECT_EQ(test.said(), "tls_verify");
  EXPECT_EQ(origin.heard(), "");
}

TEST(FetchAttack, AnAddressInsideIsRefused) {
  FetchRig test({.untrusted_guard = true});
  test.rig.resolve("login.example", "169.254.169.254");
  test.fetch("https://login.example/");
  EXPECT_EQ(test.said(), "address_refused");
}

TEST(FetchAttack, AReplyWithoutEndIsCutOff) {
  FetchRig test;
  OriginServer& origin = test.rig.tls_origin("login.example");
  test.fetch("https://login.example/");
  origin.says("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" +
              std::string(Fetcher::kLargest + 1, 'x'));
  EXPECT_EQ(test.said(), "limit");
}

TEST(Fetch, EndsWhereNothingComesInTime) {
  FetchRig test;
  OriginServer& origin = test.rig.tls_origin("login.example");
  test.fetch("https://login.example/");
  EXPECT_EQ(test.said(), "");
  test.rig.pass(std::chrono::seconds(11));
  EXPECT_EQ(test.said(), "timed_out");
  test.fetch("https://login.example/");
  test.rig.settle();
  origin.turn_to(1);
  origin.says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(test.said(), "");
  test.rig.pass(std::chrono::seconds(11));
  EXPECT_EQ(test.said(), "timed_out");
}

}  // namespace
}  // namespace sallyport::portal
