#include "base/io/frames.h"

#include <gtest/gtest.h>
#include <vector>

#include "base/io/nursery.h"
#include "base/io/signal.h"
#include "base/io/worker.h"

namespace sallyport::io {
namespace {

#if !defined(__SANITIZE_ADDRESS__)
TEST(FrameShelf, GivesAFrameToTheNextOfItsSize) {
  FrameShelf shelf;
  const FrameShelf::Use use(shelf);
  void* const first = FrameShelf::take(300);
  FrameShelf::give(first, 300);
  EXPECT_EQ(shelf.kept(), 384u);
  EXPECT_EQ(FrameShelf::take(257), first) << "257 to 384 bytes are one size";
  EXPECT_EQ(shelf.kept(), 0u);
  FrameShelf::give(first, 257);
}

TEST(FrameShelf, KeepsNoMoreOfOneSizeThanItSays) {
  FrameShelf shelf;
  const FrameShelf::Use use(shelf);
  std::vector<void*> frames;
  for (int i = 0; i < 300; ++i) frames.push_back(FrameShelf::take(1024));
  for (void* const frame : frames) FrameShelf::give(frame, 1024);
  EXPECT_EQ(shelf.kept(), FrameShelf::kMostBytes);
}

TEST(FrameShelf, WhatIsTooLargeGoesBackAtOnce) {
  FrameShelf shelf;
  const FrameShelf::Use use(shelf);
  FrameShelf::give(FrameShelf::take(FrameShelf::kLargest + 1), FrameShelf::kLargest + 1);
  EXPECT_EQ(shelf.kept(), 0u);
}
#endif

TEST(FrameShelf, AFrameMayEndWithoutTheShelfThatItBeganWith) {
  FrameShelf shelf;
  void* frame = nullptr;
  {
    const FrameShelf::Use use(shelf);
    frame = FrameShelf::take(200);
  }
  FrameShelf::give(frame, 200);
  frame = FrameShelf::take(200);
  const FrameShelf::Use use(shelf);
  FrameShelf::give(frame, 200);
}

Task<int> deep(Signal& signal, int depth) {
  if (depth == 0) {
    co_await signal.wait();
    co_return 0;
  }
  const int below = co_await deep(signal, depth - 1);
  co_return below + 1;
}

Task<void> many(Worker& worker, Signal& signal, int& sum) {
  for (int i = 0; i < 50; ++i) {
    signal.notify();
    sum += co_await deep(signal, i);
  }
  worker.stop();
}

TEST(FrameShelf, CoroutinesOfARunningWorkerUseIt) {
  Worker worker(0);
  Nursery nursery(worker.executor());
  Signal signal;
  int sum = 0;
  worker.post([&] { nursery.start(many(worker, signal, sum)); });
  worker.run();
  while (!nursery.empty()) worker.poll();
  EXPECT_EQ(sum, 49 * 50 / 2);
}

}  // namespace
}  // namespace sallyport::io
