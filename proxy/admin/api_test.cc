// Who may ask, what is found where, and what is refused.

#include "proxy/admin/api.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/io/worker.h"

namespace sallyport::admin {
namespace {

class Pages final : public http::Origin {
 public:
  Task<Result<http::Reply>> send(const http::RequestHead&, http::Body&, http::Interim&,
                                 io::Nursery&) override {
    co_return json_answer("\"pages\"");
  }
};

class NoInterim final : public http::Interim {
 public:
  Task<Result<void>> inform(const http::ReplyHead&) override { co_return Result<void>(); }
};

Task<http::Reply> echo(const Call& call) {
  std::string text;
  for (const std::string& name : call.names) text += name + "|";
  for (const auto& [name, value] : call.query) text += name + "=" + value + "|";
  co_return json_answer(text + call.body);
}

Task<void> ask_closed(Api& api, http::RequestHead& head, std::string& out, io::Worker& worker) {
  io::Nursery nursery(worker.executor());
  NoInterim interim;
  http::EmptyBody nothing;
  Result<http::Reply> reply = co_await api.send(head, nothing, interim, nursery);
  out = reply ? std::to_string(reply->head.status) : "";
}

class ApiTest : public ::testing::Test {
 protected:
  ApiTest() : worker_(0), api_("secret", pages_) {
    api_.on("GET", "/api/v1/apps?tag&q&flag", echo);
    api_.on("GET", "/api/v1/apps/{}/tags/{}", echo);
    api_.on("PUT", "/api/v1/apps/{}/tags/{}", echo);
    api_.on("POST", "/api/v1/addresses", echo, Api::Takes::body);
  }

  Task<void> ask(http::RequestHead& head, std::string body, std::string& out) {
    io::Nursery nursery(worker_.executor());
    NoInterim interim;
    http::TextBody text(std::move(body));
    Result<http::Reply> reply = co_await api_.send(head, text, interim, nursery);
    co_await nursery.join();
    if (!reply) {
      out = describe(reply.error());
      co_return;
    }
    out = std::to_string(reply->head.status) + " ";
    if (const auto allow = reply->head.headers.find("Allow")) out += std::string(*allow) + " ";
    Result<http::Bytes> bytes = co_await reply->body->read(1 << 20);
    out.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    if (out.ends_with('\n')) out.pop_back();
  }

  std::string answer(const std::string& method, const std::string& path,
                     const std::string& authorization = "Bearer secret", std::string body = {}) {
    http::RequestHead head;
    head.method = method;
    head.path = path;
    if (!authorization.empty()) head.headers.add("Authorization", authorization);
    std::string out;
    io::Nursery nursery(worker_.executor());
    nursery.start(ask(head, std::move(body), out));
    while (!nursery.empty()) worker_.poll();
    return out;
  }

  io::Worker worker_;
  Pages pages_;
  Api api_;
};

TEST_F(ApiTest, FindsRoutesAndDecodesWhatStandsInThem) {
  EXPECT_EQ(answer("GET", "/api/v1/apps"), "200 ");
  EXPECT_EQ(answer("GET", "/api/v1/apps?tag=un%73anctioned&q=a+b%2B&flag"),
            "200 flag=|q=a b+|tag=unsanctioned|");
  EXPECT_EQ(answer("PUT", "/api/v1/apps/mega/tags/a%2Fb"), "200 mega|a/b|");
  EXPECT_EQ(answer("POST", "/api/v1/addresses", "bearer secret", "{}"), "200 {}");
}

// What narrows an action must not be overlooked.
TEST_F(ApiTest, ANameThatIsNotKnownOrStandsTwiceIsRefused) {
  for (const char* query : {"?tga=x", "?Tag=x", "?tag=a&by=b", "?=x", "?tag=a&tag=b", "?tag=%zz"}) {
    EXPECT_TRUE(answer("GET", "/api/v1/apps" + std::string(query)).starts_with("400 ")) << query;
  }
  EXPECT_NE(answer("GET", "/api/v1/apps?tga=x").find("'tga' is not known here: tag, q, flag"),
            std::string::npos);
  EXPECT_TRUE(answer("PUT", "/api/v1/apps/a/tags/b?by=x").starts_with("400 "));
}

TEST_F(ApiTest, LetsNobodyInWithoutTheToken) {
  for (const char* wrong :
       {"", "Bearer", "Bearer ", "Bearer wrong", "Bearer secret2", "Basic secret", "secret"}) {
    EXPECT_TRUE(answer("GET", "/api/v1/apps", wrong).starts_with("401 ")) << wrong;
    // Nor is it told what is there.
    EXPECT_TRUE(answer("GET", "/api/v1/nothing", wrong).starts_with("401 ")) << wrong;
    EXPECT_TRUE(answer("GET", "/api", wrong).starts_with("401 ")) << wrong;
  }
  EXPECT_EQ(answer("GET", "/metrics", ""), "200 \"pages\"");
  EXPECT_EQ(answer("GET", "/apiary", ""), "200 \"pages\"");
}

TEST_F(ApiTest, AnEmptyTokenOpensNothing) {
  Api closed("", pages_);
  closed.on("GET", "/api/v1/apps", echo);
  http::RequestHead head;
  head.path = "/api/v1/apps";
  head.headers.add("Authorization", "Bearer ");
  std::string out;
  io::Nursery nursery(worker_.executor());
  nursery.start(ask_closed(closed, head, out, worker_));
  while (!nursery.empty()) worker_.poll();
  EXPECT_EQ(out, "401");
}

TEST_F(ApiTest, RefusesWhatItDoesNotKnow) {
  EXPECT_TRUE(answer("GET", "/api/v1/nothing").starts_with("404 "));
  EXPECT_TRUE(answer("GET", "/api/v1/apps/").starts_with("404 "));
  EXPECT_TRUE(answer("GET", "/api/v1/apps//tags/x").starts_with("404 "));
  EXPECT_TRUE(answer("GET", "/api/v1/apps/%zz/tags/x").starts_with("404 "));
  EXPECT_TRUE(answer("GET", "/api" + std::string(4000, '/')).starts_with("404 "));
  EXPECT_TRUE(answer("DELETE", "/api/v1/apps/mega/tags/x").starts_with("405 GET, PUT "));
  EXPECT_TRUE(answer("GET", "/api/v1/apps?a=%4").starts_with("400 "));
  EXPECT_TRUE(
      answer("POST", "/api/v1/addresses", "Bearer secret", std::string(Api::kMostBody + 1, 'x'))
          .starts_with("413 "));
  EXPECT_TRUE(answer("POST", "/api/v1/addresses", "Bearer secret", std::string(Api::kMostBody, 'x'))
                  .starts_with("200 "));
}

TEST(Token, IsMadeOnceAndOnlyForItsOwner) {
  char name[] = "/tmp/sallyport-token-XXXXXX";
  const std::string home = ::mkdtemp(name);
  const std::string file = home + "/admin.token";
  EXPECT_EQ(read_token(file).error().kind, ErrorKind::not_found);
  const auto made = open_token(file);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->size(), 64u);
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(open_token(file).value_or("nothing"), *made);
  EXPECT_EQ(read_token(file).value_or("nothing"), *made);
  ::chmod(file.c_str(), 0644);
  EXPECT_EQ(open_token(file).error().kind, ErrorKind::permission);
  ::chmod(file.c_str(), 0600);
  std::ofstream(file) << "short\n";
  EXPECT_EQ(open_token(file).error().kind, ErrorKind::invalid);
  std::filesystem::remove_all(home);
}

}  // namespace
}  // namespace sallyport::admin
