// Changes in folders are heard, however a file came to be another.

#include "base/io/folder_watch.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/io/nursery.h"

namespace sallyport::io {
namespace {

Task<void> count(FolderWatch& watch, int& heard) {
  while (true) {
    const Result<void> changed = co_await watch.changed();
    if (!changed) co_return;
    ++heard;
  }
}

class FolderWatchTest : public ::testing::Test {
 protected:
  FolderWatchTest() : worker_(0), nursery_(worker_.executor()) {
    char name[] = "/tmp/sallyport-watch-XXXXXX";
    home_ = ::mkdtemp(name);
    std::filesystem::create_directories(home_ + "/a");
    std::filesystem::create_directories(home_ + "/b");
    watch_ = std::move(*FolderWatch::open(worker_));
    nursery_.start(count(*watch_, heard_));
  }
  ~FolderWatchTest() override {
    watch_->close();
    settle();
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
  }
  void settle() {
    while (worker_.poll() > 0) {
    }
  }
  bool hears() {
    settle();
    return std::exchange(heard_, 0) > 0;
  }

  std::string home_;
  Worker worker_;
  Nursery nursery_;
  std::unique_ptr<FolderWatch> watch_;
  int heard_ = 0;
};

TEST_F(FolderWatchTest, HearsSavingRenamingMakingAndDeleting) {
  EXPECT_EQ(watch_->watch({home_ + "/a", home_ + "/b"}), 0u);
  EXPECT_FALSE(hears());
  std::ofstream(home_ + "/a/one") << "text";
  EXPECT_TRUE(hears());
  EXPECT_FALSE(hears());
  std::ofstream(home_ + "/a/one", std::ios::app) << "more";
  EXPECT_TRUE(hears());
  std::ofstream(home_ + "/elsewhere") << "text";
  EXPECT_FALSE(hears());
  std::filesystem::rename(home_ + "/elsewhere", home_ + "/b/two");
  EXPECT_TRUE(hears());
  std::filesystem::remove(home_ + "/b/two");
  EXPECT_TRUE(hears());
  std::filesystem::create_directories(home_ + "/a/c");
  EXPECT_TRUE(hears());
}

TEST_F(FolderWatchTest, HearsNothingOfFoldersThatAreNotWatchedAnyMore) {
  watch_->watch({home_ + "/a", home_ + "/b"});
  watch_->watch({home_ + "/b"});
  settle();
  heard_ = 0;
  std::ofstream(home_ + "/a/one") << "text";
  EXPECT_FALSE(hears());
  std::ofstream(home_ + "/b/one") << "text";
  EXPECT_TRUE(hears());
}

TEST_F(FolderWatchTest, CountsFoldersThatAreNotThere) {
  EXPECT_EQ(watch_->watch({home_ + "/a", home_ + "/nowhere"}), 1u);
}

TEST_F(FolderWatchTest, EndsWhenClosed) {
  watch_->watch({home_ + "/a"});
  EXPECT_FALSE(hears());
  watch_->close();
  settle();
  EXPECT_TRUE(nursery_.empty());
  EXPECT_EQ(watch_->watch({home_ + "/a"}), 1u);
}

}  // namespace
}  // namespace sallyport::io
