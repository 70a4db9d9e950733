// Facts of the toolchain that the code rests on. If one of these fails after an upgrade, the habit
// that HACKING.md names for it can go, or a new one is due.

#include <expected>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "base/core/result.h"
#include "base/io/nursery.h"
#include "base/io/signal.h"
#include "base/io/worker.h"

namespace sallyport {
namespace {

struct Counted {
  static inline int alive = 0;
  std::string text;
  explicit Counted(std::string t) : text(std::move(t)) { ++alive; }
  Counted(const Counted& other) : text(other.text) { ++alive; }
  Counted(Counted&& other) noexcept : text(std::move(other.text)) { ++alive; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) = default;
  ~Counted() { --alive; }
};

Task<std::size_t> takes_reference(const Counted& counted, io::Signal& signal) {
  co_await signal.wait();
  co_return counted.text.size();
}

Task<std::size_t> takes_value(Counted counted, io::Signal& signal) {
  co_await signal.wait();
  co_return counted.text.size();
}

// The shapes that the house allows: arguments are named before they are awaited with.
Task<void> named_first(io::Signal& signal, std::size_t& sum) {
  const Counted named("a text that is too long for the small buffer of a string");
  sum += co_await takes_reference(named, signal);
  Counted moved("another text that is too long for the small buffer of a string");
  sum += co_await takes_value(std::move(moved), signal);
}

TEST(Toolchain, NamedArgumentsOfAnAwaitLiveAndDieOnce) {
  io::Worker worker(0);
  io::Nursery nursery(worker.executor());
  io::Signal signal;
  std::size_t sum = 0;
  nursery.start(named_first(signal, sum));
  for (int i = 0; i < 4; ++i) {
    worker.poll();
    signal.notify();
  }
  worker.poll();
  EXPECT_TRUE(nursery.empty());
  EXPECT_EQ(sum, 56u + 62u);
  EXPECT_EQ(Counted::alive, 0);
}

Task<Result<std::string>> fails() { co_return fail(ErrorKind::closed, Side::client, "x"); }

Task<void> catches(std::string& log) {
  Result<std::string> result = co_await fails();
  if (!result) log = describe(result.error());
}

TEST(Toolchain, ExpectedTravelsThroughCoroutines) {
  io::Worker worker(0);
  io::Nursery nursery(worker.executor());
  std::string log;
  nursery.start(catches(log));
  worker.poll();
  EXPECT_EQ(log, "client closed: x");
}

TEST(Toolchain, MoveOnlyFunctionsHoldMoveOnlyThings) {
  auto owned = std::make_unique<int>(7);
  std::move_only_function<int()> call = [kept = std::move(owned)] { return *kept; };
  EXPECT_EQ(call(), 7);
}

}  // namespace
}  // namespace sallyport
