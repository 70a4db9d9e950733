#include "discovery/store/beside.h"

#include <atomic>
#include <gtest/gtest.h>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace sallyport::discovery {
namespace {

TEST(Beside, GivesWhatWasMadeInAnyOrderThatItIsAskedFor) {
  Beside beside;
  std::vector<Beside::Begun<std::string>> begun;
  for (int i = 0; i < 1000; ++i) begun.push_back(beside.begin([i] { return std::to_string(i); }));
  for (int i = 999; i >= 0; i -= 2) EXPECT_EQ(begun[i].get(), std::to_string(i));
  for (int i = 0; i < 1000; i += 2) EXPECT_EQ(begun[i].get(), std::to_string(i));
}

TEST(Beside, WhoAsksForWhatHasNotBegunMakesItHimself) {
  Beside beside;
  std::latch began(1), go(1);
  auto slow = beside.begin([&] {
    began.count_down();
    go.wait();
    return std::this_thread::get_id();
  });
  auto next = beside.begin([] { return std::this_thread::get_id(); });
  began.wait();
  EXPECT_EQ(next.get(), std::this_thread::get_id());
  go.count_down();
  EXPECT_NE(slow.get(), std::this_thread::get_id());
}

TEST(Beside, WhatHasNotBegunWhenItEndsIsDropped) {
  std::atomic<int> made = 0;
  std::latch began(1), go(1);
  std::jthread later;  // ends before the latches
  {
    Beside beside;
    (void)beside.begin([&] {
      began.count_down();
      go.wait();
      return ++made;
    });
    for (int i = 0; i < 10; ++i) (void)beside.begin([&] { return ++made; });
    began.wait();
    later = std::jthread([&] { go.count_down(); });
  }
  EXPECT_GE(made, 1);
  EXPECT_LE(made, 11);
}

TEST(Beside, HasNoThreadWhereNothingIsAsked) { Beside beside; }

}  // namespace
}  // namespace sallyport::discovery
