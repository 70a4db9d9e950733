#include "base/http/head.h"

#include <gtest/gtest.h>

namespace sallyport::http {
namespace {

void check_path(std::string path, std::string_view path_only, std::string_view query) {
  RequestHead head;
  head.path = std::move(path);
  EXPECT_EQ(head.path_only(), path_only);
  EXPECT_EQ(head.query(), query);
}

TEST(RequestHead, SplitsPathAndQueryAtTheFirstMark) {
  check_path("/", "/", "");
  check_path("*", "*", "");
  check_path("/a/b", "/a/b", "");
  check_path("/a?", "/a", "");
  check_path("/a?b=c", "/a", "b=c");
  check_path("/a?b=c?d", "/a", "b=c?d");
  check_path("", "", "");
}

TEST(Head, KnowsRegisteredPhrasesOnly) {
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(421), "Misdirected Request");
  EXPECT_EQ(reason_phrase(511), "Network Authentication Required");
  for (const int status : {0, -1, 99, 299, 306, 418, 419, 600})
    EXPECT_EQ(reason_phrase(status), "");
}

TEST(Head, KnowsWhichMethodsAreSafeAndWhichMayBeRepeated) {
  for (const std::string_view method : {"GET", "HEAD", "OPTIONS", "TRACE"}) {
    EXPECT_TRUE(is_safe(method));
    EXPECT_TRUE(is_idempotent(method));
  }
  for (const std::string_view method : {"PUT", "DELETE"}) {
    EXPECT_FALSE(is_safe(method));
    EXPECT_TRUE(is_idempotent(method));
  }
  for (const std::string_view method : {"POST", "PATCH", "CONNECT", "get", "", "PROPFIND"}) {
    EXPECT_FALSE(is_safe(method));
    EXPECT_FALSE(is_idempotent(method));
  }
}

TEST(Head, ReadsTheMediaTypeWithoutParameters) {
  EXPECT_EQ(media_type("text/html"), "text/html");
  EXPECT_EQ(media_type(" Text/HTML ; charset=utf-8"), "text/html");
  EXPECT_EQ(media_type("application/problem+json;x=\"a;b\""), "application/problem+json");
  for (const std::string_view not_one :
       {"", "text", "/", "text/", "/html", "a b/c", "a/b/c", ";"}) {
    EXPECT_EQ(media_type(not_one), "") << not_one;
  }
}

}  // namespace
}  // namespace sallyport::http
