#include "base/core/error.h"

#include <gtest/gtest.h>

#include "base/core/check.h"
#include "base/core/result.h"

namespace sallyport {
namespace {

TEST(Error, IsDescribedInOneLine) {
  EXPECT_EQ(describe({ErrorKind::connect_refused, Side::origin, false, "192.0.2.1:443"}),
            "origin connect_refused: 192.0.2.1:443");
  EXPECT_EQ(describe({ErrorKind::closed, Side::client, false, ""}), "client closed");
}

TEST(Error, HasADistinctWordForEveryKind) {
  std::set<std::string_view> words;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::storage); ++kind) {
    const std::string_view word = to_string(static_cast<ErrorKind>(kind));
    EXPECT_NE(word, "unknown") << kind;
    EXPECT_TRUE(words.insert(word).second) << word;
  }
}

TEST(Result, HandsErrorsOnUnchanged) {
  Result<int> inner = fail(ErrorKind::limit, Side::ours, "too many");
  Result<std::string> outer = pass_on(std::move(inner));
  ASSERT_FALSE(outer);
  EXPECT_EQ(describe(outer.error()), "ours limit: too many");
}

TEST(CheckDeathTest, StopsTheProcessWithThePlace) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(CHECK(1 + 1 == 3), "error_test.cc:[0-9]+: CHECK failed: 1 \\+ 1 == 3");
  CHECK(true);
}

}  // namespace
}  // namespace sallyport
