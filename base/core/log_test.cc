#include "base/core/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/core/clock.h"

namespace sallyport {
namespace {

// What `speak` writes to standard error. A line fits a pipe's buffer.
template <class Speak>
std::string heard(Speak speak) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  speak();
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  ::close(ends[1]);
  std::string out;
  char block[4096];
  for (ssize_t got; (got = ::read(ends[0], block, sizeof block)) > 0;) {
    out.append(block, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  return out;
}

TEST(Log, WritesTheTimeTheLevelAndTheText) {
  const std::string line = heard([] { log::warning("the store is slow"); });
  ASSERT_EQ(line.size(), 27 + 1 + 9 + 17 + 1u) << line;
  EXPECT_TRUE(parse_rfc3339(line.substr(0, 27))) << line;
  EXPECT_EQ(line.substr(27), " warning  the store is slow\n");
  EXPECT_EQ(heard([] { log::info("x"); }).substr(27), " info     x\n");
  EXPECT_EQ(heard([] { log::error("x"); }).substr(27), " error    x\n");
}

TEST(Log, KeepsEveryTextOnOneLine) {
  EXPECT_EQ(heard([] { log::error("a\nb\x1b[31m"); }).substr(27), " error    a\\x0ab\\x1b[31m\n");
  const std::string line = heard([] { log::error(std::string(100'000, 'a')); });
  EXPECT_EQ(line.size(), 37 + 8 * 1024 + 3 + 1u);
  EXPECT_TRUE(line.ends_with("aaa...\n"));
}

TEST(Log, SaysNothingBelowItsLevel) {
  EXPECT_EQ(heard([] { log::debug("x"); }), "");
  log::set_level(log::Level::debug);
  EXPECT_EQ(heard([] { log::debug("x"); }).substr(27), " debug    x\n");
  log::set_level(log::Level::error);
  EXPECT_EQ(heard([] { log::warning("x"); }), "");
  log::set_level(log::Level::info);
  EXPECT_EQ(log::level(), log::Level::info);
}

}  // namespace
}  // namespace sallyport
