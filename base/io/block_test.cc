#include "base/io/block.h"

#include <gtest/gtest.h>
#include <list>

namespace sallyport::io {
namespace {

TEST(Block, IsThereFromTakingToGivingBack) {
  const std::size_t others = Block::in_use();
  Block block;
  EXPECT_FALSE(block);
  block.take();
  ASSERT_TRUE(block);
  block.get()[Block::kSize - 1] = 'x';
  const char* const bytes = block.get();
  block.take();  // It has one.
  EXPECT_EQ(block.get(), bytes);
  EXPECT_EQ(Block::in_use(), others + 1);
  block.give_back();
  block.give_back();
  EXPECT_FALSE(block);
  EXPECT_EQ(Block::in_use(), others);
}

TEST(Block, AThreadKeepsAFew) {
  {
    std::list<Block> many(2 * Block::kKept);
    for (Block& block : many) block.take();
    EXPECT_EQ(Block::kept(), 0u);
  }
  EXPECT_LE(Block::kept(), Block::kKept);
}

}  // namespace
}  // namespace sallyport::io
