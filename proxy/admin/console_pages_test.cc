// What of the console is found where, and what every answer forbids.

#include "proxy/admin/console_pages.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/io/worker.h"

namespace sallyport::admin {
namespace {

class Others final : public http::Origin {
 public:
  Task<Result<http::Reply>> send(const http::RequestHead&, http::Body&, http::Interim&,
                                 io::Nursery&) override {
    co_return fail(ErrorKind::not_found, Side::ours, "others");
  }
};

constexpr ConsoleAsset kAssets[] = {
    {"assets/main-3K2LDJ7Q.js", "let a;", "packed js", "aa11", "text/javascript; charset=utf-8"},
    {"index.html", "<!doctype html>", "packed html", "bb22", "text/html; charset=utf-8"},
};

class ConsolePagesTest : public ::testing::Test {
 protected:
  http::Reply ask(const std::string& path, const http::Headers& headers = {},
                  const std::string& method = "GET") {
    http::RequestHead head;
    head.method = method;
    head.path = path;
    head.headers = headers;
    return pages_.answer(head);
  }
  static std::string field(const http::Reply& reply, std::string_view name) {
    return std::string(reply.head.headers.find(name).value_or("-"));
  }
  static std::string text(http::Reply reply) {
    io::Worker worker(0);
    std::string out;
    io::Nursery nursery(worker.executor());
    nursery.start(read(*reply.body, out));
    while (!nursery.empty()) worker.poll();
    return out;
  }
  static Task<void> read(http::Body& body, std::string& out) {
    Result<http::Bytes> bytes = co_await body.read(1 << 20);
    out.assign(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }

  Others others_;
  ConsolePages pages_{others_, kAssets, ""};
};

TEST_F(ConsolePagesTest, TheRootLeadsToTheConsole) {
  for (const char* path : {"/", "/console"}) {
    EXPECT_EQ(ask(path).head.status, 302);
    EXPECT_EQ(field(ask(path), "Location"), "/console/");
  }
  EXPECT_FALSE(ConsolePages::is_mine("/metrics"));
  EXPECT_FALSE(ConsolePages::is_mine("/consoles/x"));
  EXPECT_FALSE(ConsolePages::is_mine("/api/v1/status"));
}

TEST_F(ConsolePagesTest, WhatIsNotThereIsTheIndex) {
  for (const char* path : {"/console/", "/console/apps/dropbox?tag=x", "/console/a/../b",
                           "/console/%2e%2e/etc", "/console/assets/main-OTHER123.js"}) {
    EXPECT_EQ(text(ask(path)), "<!doctype html>") << path;
    EXPECT_EQ(field(ask(path), "Cache-Control"), "no-cache") << path;
  }
}

TEST_F(ConsolePagesTest, AHashedNameIsKeptForEver) {
  EXPECT_EQ(text(ask("/console/assets/main-3K2LDJ7Q.js")), "let a;");
  EXPECT_EQ(field(ask("/console/assets/main-3K2LDJ7Q.js"), "Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_TRUE(is_hashed_name("main-3K2LDJ7Q.js"));
  EXPECT_TRUE(is_hashed_name("a/main-3K2LDJ7Q.css"));
  for (const char* name : {"main.js", "main-3k2ldj7q.js", "main-3K2LDJ7.js", "-3K2LDJ7Q",
                           "index.html", "main3K2LDJ7QX.js"}) {
    EXPECT_FALSE(is_hashed_name(name)) << name;
  }
}

TEST_F(ConsolePagesTest, IsPackedForWhoTakesIt) {
  http::Headers gzip;
  gzip.add("Accept-Encoding", "br, gzip;q=0.8");
  EXPECT_EQ(text(ask("/console/", gzip)), "packed html");
  EXPECT_EQ(field(ask("/console/", gzip), "Content-Encoding"), "gzip");
  EXPECT_EQ(field(ask("/console/", gzip), "Vary"), "Accept-Encoding");
  http::Headers none;
  none.add("Accept-Encoding", "gzip;q=0, br");
  EXPECT_EQ(text(ask("/console/", none)), "<!doctype html>");
}

TEST_F(ConsolePagesTest, IsNotSentAgainToWhoHasIt) {
  for (const char* coding : {"identity", "gzip"}) {
    http::Headers headers;
    headers.add("Accept-Encoding", coding);
    const std::string tag = field(ask("/console/", headers), "ETag");
    headers.add("If-None-Match", "\"other\", W/" + tag);
    EXPECT_EQ(ask("/console/", headers).head.status, 304) << tag;
  }
  http::Headers other;
  other.add("If-None-Match", "\"other\"");
  EXPECT_EQ(ask("/console/", other).head.status, 200);
}

TEST_F(ConsolePagesTest, EveryAnswerForbidsFramesOtherSitesAndInlineScripts) {
  ConsolePages absent(others_, {}, "no npm");
  http::RequestHead head;
  head.path = "/console/";
  std::vector<http::Reply> replies;
  for (const char* path : {"/", "/console/", "/console/assets/main-3K2LDJ7Q.js", "/console/x"}) {
    replies.push_back(ask(path));
  }
  replies.push_back(ask("/console/", {}, "POST"));
  replies.push_back(absent.answer(head));
  for (const http::Reply& reply : replies) {
    const std::string policy = field(reply, "Content-Security-Policy");
    EXPECT_TRUE(policy.starts_with("default-src 'self';")) << policy;
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(field(reply, "X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(field(reply, "Referrer-Policy"), "no-referrer");
  }
}

TEST_F(ConsolePagesTest, ABuildWithoutItSaysHowToGetIt) {
  ConsolePages absent(others_, {}, "npm was not there");
  http::RequestHead head;
  head.path = "/console/apps";
  EXPECT_EQ(absent.answer(head).head.status, 503);
  const std::string said = text(absent.answer(head));
  EXPECT_NE(said.find("npm was not there"), std::string::npos);
  EXPECT_NE(said.find("apt-get install nodejs npm"), std::string::npos);
}

TEST_F(ConsolePagesTest, ReadsFromAFolderAndNothingOutsideIt) {
  char name[] = "/tmp/sallyport-console-XXXXXX";
  const std::string home = ::mkdtemp(name);
  std::filesystem::create_directory(home + "/dist");
  std::ofstream(home + "/secret") << "secret";
  std::ofstream(home + "/dist/.hidden") << "hidden";
  std::ofstream(home + "/dist/index.html") << "index";
  std::ofstream(home + "/dist/a.js") << "script";
  const ConsolePages pages(others_, home + "/dist");
  const auto read = [&](const std::string& path) {
    http::RequestHead head;
    head.path = "/console/" + path;
    return text(pages.answer(head));
  };
  EXPECT_EQ(read("a.js"), "script");
  for (const char* path : {"", "apps", "../secret", "x/../../secret", ".hidden", "%2e%2e/secret",
                           "/etc/hostname", "a.js/"}) {
    EXPECT_EQ(read(path), "index") << path;
  }
  std::filesystem::remove_all(home);
}

}  // namespace
}  // namespace sallyport::admin
