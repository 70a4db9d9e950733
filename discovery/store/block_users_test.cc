// The index of users finds every block of a user, and hardly any other.

#include "discovery/store/block_users.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

#include "discovery/store/event_filter.h"

namespace sallyport::discovery {
namespace {

TEST(BlockUsers, FindsEveryBlockOfAUser) {
  std::mt19937 random(1);
  BlockUsersBuilder builder;
  std::map<std::string, std::set<std::int64_t>> wanted;
  constexpr std::int64_t kFirst = 5'000'000'000;
  for (std::int64_t n = 0; n < 300; ++n) {
    for (int i = 0; i < 30; ++i) {
      const std::string user = "user" + std::to_string(random() % 2'000) + "@corp.example";
      builder.add(kFirst + n, user_key(user));
      wanted[user].insert(kFirst + n);
    }
  }
  const std::vector<std::string> buckets = builder.build(kFirst);
  ASSERT_EQ(buckets.size(), kUserBuckets);
  EXPECT_TRUE(builder.empty());
  std::size_t others = 0;
  for (const auto& [user, blocks] : wanted) {
    std::vector<std::int64_t> found;
    const FilterKey key = user_key(user);
    ASSERT_TRUE(find_user_blocks(buckets[bucket_of(key)], key, kFirst, found));
    EXPECT_TRUE(std::ranges::is_sorted(found));
    EXPECT_TRUE(std::ranges::includes(found, blocks)) << user;
    others += found.size() - blocks.size();
  }
  EXPECT_LT(others, 100u);
  std::vector<std::int64_t> found;
  const FilterKey shouted = user_key("USER7@Corp.Example");
  ASSERT_TRUE(find_user_blocks(buckets[bucket_of(shouted)], shouted, kFirst, found));
  EXPECT_FALSE(found.empty()) << "case tells nobody apart";
}

TEST(BlockUsers, RefusesWhatIsCutOff) {
  BlockUsersBuilder builder;
  for (std::int64_t n = 0; n < 2'000; n += 40) builder.add(n, 64 * 0xffff);
  const std::string bucket = builder.build(0).front();
  std::vector<std::int64_t> found;
  EXPECT_FALSE(find_user_blocks(bucket.substr(0, bucket.size() - 1), 64 * 0xffff, 0, found));
  EXPECT_FALSE(find_user_blocks("\xff\xff\xff\x7f", 64 * 0xffff, 0, found));
  EXPECT_TRUE(find_user_blocks("", 7, 0, found));
}

}  // namespace
}  // namespace sallyport::discovery
