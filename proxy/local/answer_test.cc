#include "proxy/local/answer.h"

#include <gtest/gtest.h>

#include "proxy/local/replies_for_tests.h"

namespace sallyport::local {
namespace {

TEST(Answer, IsNeverCachedSniffedOrReferred) {
  const http::Reply reply = make_answer(200, "text/plain", "hello");
  EXPECT_EQ(head_of(reply),
            "200\n"
            "Content-Type: text/plain\n"
            "Cache-Control: no-store\n"
            "X-Content-Type-Options: nosniff\n"
            "Referrer-Policy: no-referrer\n");
  EXPECT_EQ(reply.head.reason, "OK");
  EXPECT_EQ(reply.body->length(), 5u);
  EXPECT_EQ(body_of(reply), "hello");
}

TEST(Answer, HtmlMayLoadRunPostAndFrameNothing) {
  const http::Reply reply = make_answer(403, "text/html; charset=utf-8", "x");
  EXPECT_EQ(field_of(reply, "Content-Security-Policy"),
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'");
}

TEST(Answer, AFieldOfTheCallerReplacesOurs) {
  http::Headers extra;
  extra.add("cache-control", "max-age=300");
  extra.add("X-A", "1");
  extra.add("X-A", "2");
  const http::Reply reply = make_answer(200, "text/plain", "", extra);
  EXPECT_EQ(field_of(reply, "Cache-Control"), "max-age=300");
  EXPECT_EQ(reply.head.headers.count("X-A"), 2u);
}

TEST(Answer, NoContentHasNoTypeAndNoBody) {
  const http::Reply reply = make_answer(204, "", "");
  EXPECT_FALSE(reply.head.headers.has("Content-Type"));
  EXPECT_TRUE(reply.body->none());
  EXPECT_EQ(body_of(reply), "");
}

}  // namespace
}  // namespace sallyport::local
