// What was stored last is what everybody reads, from any thread.

#include "base/io/published.h"

#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace sallyport::io {
namespace {

TEST(Published, IsNothingUntilTheFirstAndThenTheLast) {
  Published<std::string> value;
  EXPECT_EQ(value.load(), nullptr);
  value.store(std::make_shared<const std::string>("one"));
  const auto held = value.load();
  value.store(std::make_shared<const std::string>("two"));
  EXPECT_EQ(*held, "one");
  EXPECT_EQ(*value.load(), "two");
  value.store(nullptr);
  EXPECT_EQ(value.load(), nullptr);
}

// The thread sanitizer's test more than ours.
TEST(Published, IsReadAndReplacedFromSeveralThreads) {
  Published<int> value;
  value.store(std::make_shared<const int>(0));
  const auto write = [&value] {
    for (int i = 1; i <= 2000; ++i) value.store(std::make_shared<const int>(i));
  };
  int last = 0;
  bool fell = false;
  const auto read = [&] {
    for (int i = 0; i < 2000; ++i) {
      const int now = *value.load();
      fell = fell || now < last;
      last = now;
    }
  };
  std::thread reader(read);
  write();
  reader.join();
  EXPECT_FALSE(fell);
  EXPECT_EQ(*value.load(), 2000);
}

}  // namespace
}  // namespace sallyport::io
