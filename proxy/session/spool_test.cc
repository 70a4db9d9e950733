#include "proxy/session/spool.h"

#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>

namespace sallyport::session {
namespace {

http::Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

std::string read_all(Spool& spool, std::size_t most) {
  std::string out;
  for (;;) {
    const Result<http::Bytes> bytes = spool.next(most);
    if (!bytes) return "error: " + describe(bytes.error());
    if (bytes->empty()) return out;
    EXPECT_LE(bytes->size(), most);
    out.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
}

std::string sample(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 131 >> 3);
  return text;
}

TEST(Spool, GivesBackWhatItKeptFromMemoryAndFromItsFile) {
  SpoolBudget budget(64 << 20);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, Spool::kInMemory,
                                 Spool::kInMemory + 1, Spool::kInMemory * 5 / 2}) {
    const std::string text = sample(size);
    Spool spool(std::filesystem::temp_directory_path(), budget, "ana");
    for (std::size_t at = 0; at < size; at += 100'000) {
      const std::string piece = text.substr(at, 100'000);
      ASSERT_TRUE(spool.append(bytes_of(piece)));
    }
    EXPECT_EQ(spool.size(), size);
    EXPECT_EQ(read_all(spool, 70'001), text) << size;
  }
}

TEST(Spool, LeavesNoNameInItsFolder) {
  const auto folder = std::filesystem::temp_directory_path() / "sallyport-spool-test";
  std::filesystem::create_directories(folder);
  SpoolBudget budget(64 << 20);
  Spool spool(folder, budget, "ana");
  ASSERT_TRUE(spool.append(bytes_of(sample(Spool::kInMemory * 2))));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  std::filesystem::remove(folder);
}

TEST(SpoolBudget, IsSharedAndGivenBack) {
  SpoolBudget budget(1000);
  {
    Spool one("/", budget, "ana");
    Spool two("/", budget, "bob");
    ASSERT_TRUE(one.append(bytes_of(sample(600))));
    const Result<void> refused = two.append(bytes_of(sample(600)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::limit);
    EXPECT_TRUE(two.append(bytes_of(sample(400))));
  }
  Spool three("/", budget, "bob");
  EXPECT_TRUE(three.append(bytes_of(sample(1000))));
}

TEST(SpoolBudget, LeavesRoomForOthersWhereOneClientHasItsShare) {
  SpoolBudget budget(1000, 600);
  Spool one("/", budget, "ana");
  ASSERT_TRUE(one.append(bytes_of(sample(600))));
  Spool more("/", budget, "ana");
  const Result<void> refused = more.append(bytes_of(sample(1)));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("per_client"), std::string::npos);
  Spool other("/", budget, "bob");
  EXPECT_TRUE(other.append(bytes_of(sample(400))));
}

TEST(Spool, SaysWhereItsFileCannotBe) {
  SpoolBudget budget(64 << 20);
  Spool spool("/nowhere/at/all", budget, "ana");
  const Result<void> kept = spool.append(bytes_of(sample(Spool::kInMemory + 1)));
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().kind, ErrorKind::storage);
}

}  // namespace
}  // namespace sallyport::session
