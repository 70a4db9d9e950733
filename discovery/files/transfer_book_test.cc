#include "discovery/files/transfer_book.h"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

TEST(TransferBook, TakesTheBytesOfAStartThatLearntItsSessionLater) {
  TransferBook book;
  const TransferBook::Moment now{};
  const TransferKey provisional{"app", "", "request 1"};
  const TransferKey real{"app", "", "session"};
  TransferPart start = book.part(provisional, "ana", {}, now);
  start.feed("hello ");
  start.end(now);
  policy::FileFacts file;
  file.name = "a.txt";
  book.start_from(provisional, real, "ana", file, now);
  TransferPart part = book.part(real, "ana", {.offset = {}, .number = {}}, now);
  part.feed("world");
  part.end(now);
  const auto whole = book.finish(real, now);
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->started);
  EXPECT_EQ(whole->file.name, "a.txt");
  EXPECT_EQ(whole->size, 11u);
  EXPECT_EQ(whole->sha256, sha256("hello world"));
  EXPECT_FALSE(book.finish(provisional, now));
  EXPECT_EQ(book.size(), 0u);
}

TEST(TransferBook, EndsByItselfWhereAllOfTheStatedSizeHasCome) {
  TransferBook book;
  const TransferBook::Moment now{};
  const TransferKey key{"app", "", "s"};
  policy::FileFacts file;
  file.size = 4;
  book.start(key, "ana", file, now);
  for (std::uint64_t offset : {0, 2}) {
    EXPECT_FALSE(book.finish_if_complete(key, now));
    TransferPart part = book.part(key, "ana", {.offset = offset, .number = {}}, now);
    part.feed("ab");
    part.end(now);
  }
  const auto whole = book.finish_if_complete(key, now);
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->complete);
  EXPECT_EQ(whole->sha256, sha256("abab"));
}

TEST(TransferBook, TellsWhatAPartWouldMakeOfItBeforeThePartIsSent) {
  TransferBook book;
  const TransferBook::Moment now{};
  const TransferKey key{"app", "", "s"};
  policy::FileFacts file;
  file.name = "a.bin";
  file.size = 5000;
  book.start(key, "ana", file, now);
  const std::string program =
      "\x7f"
      "ELF" +
      std::string(4996, 'x');
  TransferPart first = book.part(key, "ana", {.offset = 0, .number = {}}, now);
  first.feed(program.substr(0, 1));
  auto seen = first.so_far(false);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->size, 1u);
  EXPECT_FALSE(seen->complete);
  EXPECT_EQ(book.look_at_size(key)->size, 0u) << "nothing has changed by looking";
  first.end(now);
  EXPECT_EQ(book.look_at_size(key)->size, 1u);
  EXPECT_EQ(book.look_at_size(key)->file.name, "a.bin");

  TransferPart rest = book.part(key, "ana", {.offset = 1, .number = {}}, now);
  EXPECT_TRUE(rest.in_order());
  rest.feed(program.substr(1));
  seen = rest.so_far(false);
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->complete);
  EXPECT_EQ(seen->sha256, sha256(program));
  EXPECT_EQ(seen->seen.kind->family, FileFamily::executable) << "told by the bytes of both parts";
  rest.end_broken(now);
  EXPECT_EQ(book.look_at_size(key)->size, 1u) << "a part that was stopped does not count";
  EXPECT_FALSE(book.look(key)->complete);
}

TEST(TransferBook, VouchesForNothingThatWasForgottenInBetween) {
  TransferBook book(TransferBook::Options{.most = 8, .most_per_user = 8});
  const TransferBook::Moment now{};
  const TransferKey key{"app", "", "s"};
  const auto send = [&](std::uint64_t number) {
    TransferPart part = book.part(key, "ana", {.offset = {}, .number = number}, now);
    part.feed("x");
    part.end(now);
  };
  send(1);
  for (int i = 0; i < 100; ++i) {
    const std::string session = "other " + std::to_string(i);
    TransferPart part = book.part({"app", "", session}, "ana", {.offset = 0, .number = {}}, now);
    part.feed("y");
    part.end(now);
  }
  ASSERT_FALSE(book.look_at_size(key));
  send(1);
  EXPECT_FALSE(book.look(key)->complete);
  // Begun anew it is another.
  book.start(key, "ana", {}, now);
  send(1);
  EXPECT_TRUE(book.look(key)->complete);
}

TEST(TransferBook, ForgetsWhatNothingWasSentForFirst) {
  TransferBook book(TransferBook::Options{.most = 80, .most_per_user = 16});
  const TransferBook::Moment now{};
  const TransferKey key{"app", "", "s"};
  TransferPart part = book.part(key, "ana", {.offset = 0, .number = {}}, now);
  part.feed("x");
  part.end(now);
  for (int i = 0; i < 1000; ++i) {
    book.start({"app", "", "other " + std::to_string(i)}, "ana", {}, now);
  }
  EXPECT_TRUE(book.look_at_size(key));
}

TEST(TransferBook, CannotTellTheOrderOfPartsThatAListPutsTogether) {
  TransferBook book;
  const TransferBook::Moment now{};
  const TransferKey key{"app", "", "s"};
  for (int i = 0; i < 2; ++i) {
    TransferPart part = book.part(key, "ana", {.offset = {}, .number = {}}, now);
    part.feed("x");
    part.end(now);
    EXPECT_EQ(book.look(key)->complete, i == 0);
  }
}

TEST(TransferBook, TellsThatAPartOutOfOrderShowsNothingOfTheBeginning) {
  TransferBook book;
  const TransferBook::Moment now{};
  const TransferKey key{"app", "", "s"};
  TransferPart second = book.part(key, "ana", {.offset = 10, .number = {}}, now);
  EXPECT_FALSE(second.in_order());
  second.feed("0123456789");
  second.end(now);
  TransferPart first = book.part(key, "ana", {.offset = 0, .number = {}}, now);
  first.feed("0123456789");
  const auto seen = first.so_far(true);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->size, 20u);
  EXPECT_FALSE(seen->sha256);
}

TEST(TransferBook, BeginsAnewWhereAStartBroughtNothing) {
  TransferBook book;
  const TransferBook::Moment now{};
  book.start_from({"app", "", "x"}, {"app", "", "y"}, "ana", {}, now);
  const auto whole = book.finish({"app", "", "y"}, now);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->size, 0u);
}

using Moment = TransferBook::Moment;
using namespace std::chrono_literals;

constexpr TransferKey kKey{"dropbox", "team", "session-1"};
const Moment kNow{1000h};

std::string hex(const Sha256Digest& digest) { return to_hex(digest.data(), digest.size()); }

class TransferBookTest : public testing::Test {
 protected:
  void start(std::optional<std::uint64_t> size = {}) {
    policy::FileFacts file;
    file.name = "a.txt";
    file.size = size;
    book_.start(kKey, "ana", file, kNow);
  }
  TransferPart begin(TransferPlace place) { return book_.part(kKey, "ana", place, kNow); }
  void send(TransferPlace place, std::string_view bytes) {
    TransferPart part = begin(place);
    for (const char c : bytes) part.feed({&c, 1});
    part.end(kNow);
  }
  void at(std::uint64_t offset, std::string_view bytes) {
    send({.offset = offset, .number = {}}, bytes);
  }
  void number(std::uint64_t number, std::string_view bytes) {
    send({.offset = {}, .number = number}, bytes);
  }

  // "11 bytes in 2 parts, complete, sha256 of 'hello world'" told by the digest of `whole`.
  std::string finish(std::string_view whole) {
    const auto result = book_.finish(kKey, kNow);
    if (!result) return "none";
    std::string out = std::to_string(result->size) + " bytes in " + std::to_string(result->parts);
    if (result->complete) out += ", complete";
    if (!result->sha256) return out + ", " + std::string(result->no_sha256);
    return out + (hex(*result->sha256) == hex(sha256(whole)) ? ", right" : ", WRONG");
  }

  TransferBook book_;
};

TEST_F(TransferBookTest, PutsPartsInOrderTogether) {
  start(11);
  at(0, "hello ");
  at(6, "world");
  EXPECT_EQ(finish("hello world"), "11 bytes in 2, complete, right");
  EXPECT_EQ(finish(""), "none");
  EXPECT_EQ(book_.size(), 0u);
}

TEST_F(TransferBookTest, GoesOnBehindTheLastWhereNoPlaceIsTold) {
  start();
  send({}, "hello ");
  send({}, "world");
  EXPECT_EQ(finish("hello world"), "11 bytes in 2, complete, right");
}

TEST_F(TransferBookTest, CountsParts) {
  for (const std::uint64_t first : {0u, 1u}) {
    start();
    number(first, "hello ");
    number(first + 1, "world");
    EXPECT_EQ(finish("hello world"), "11 bytes in 2, complete, right");
  }
}

TEST_F(TransferBookTest, IsCompleteOnlyWithAllOfTheStatedSize) {
  start(12);
  at(0, "hello world");
  EXPECT_EQ(finish("hello world"), "11 bytes in 1, right");
  start();
  at(6, "world");
  EXPECT_EQ(finish(""), "5 bytes in 1, out of order");
  start();
  number(1, "a");
  number(3, "c");
  EXPECT_EQ(finish(""), "2 bytes in 2, out of order");
  start(0);
  EXPECT_EQ(finish(""), "0 bytes in 0, complete, right");
}

TEST_F(TransferBookTest, TakesPartsInAnyOrder) {
  start(11);
  at(6, "world");
  at(0, "hello ");
  EXPECT_EQ(finish(""), "11 bytes in 2, complete, out of order");
  start();
  number(2, "world");
  number(1, "hello ");
  EXPECT_EQ(finish(""), "11 bytes in 2, complete, out of order");
}

TEST_F(TransferBookTest, LetsTheLastPartComeAgain) {
  start(11);
  at(0, "hello ");
  at(0, "HELLO ");
  at(6, "w0rld");
  at(6, "world");
  EXPECT_EQ(finish("HELLO world"), "11 bytes in 4, complete, right");
  start();
  number(1, "hello ");
  number(2, "w0");
  number(2, "world");
  EXPECT_EQ(finish("hello world"), "11 bytes in 3, complete, right");
}

TEST_F(TransferBookTest, TellsNoDigestWhereAnEarlierPartComesAgain) {
  start(11);
  at(0, "hello ");
  at(6, "world");
  at(0, "HELLO ");
  EXPECT_EQ(finish(""), "11 bytes in 3, complete, changed");
}

TEST_F(TransferBookTest, TakesPartsThatComeAtTheSameTime) {
  start(11);
  TransferPart first = begin({.offset = 0, .number = {}});
  TransferPart second = begin({.offset = 6, .number = {}});
  second.feed("world");
  first.feed("hello ");
  first.end(kNow);
  second.end(kNow);
  EXPECT_EQ(finish(""), "11 bytes in 2, complete, changed");
}

TEST_F(TransferBookTest, TakesOnePartThatComesTwiceAtTheSameTime) {
  start(5);
  TransferPart one = begin({.offset = 0, .number = {}});
  TransferPart other = begin({.offset = 0, .number = {}});
  one.feed("hello");
  other.feed("HEL");
  one.end(kNow);
  other.feed("LO");
  other.end(kNow);
  EXPECT_EQ(finish("HELLO"), "5 bytes in 2, complete, right");
}

TEST_F(TransferBookTest, TellsNoDigestWhereWhatAPartGoesOnFromIsReplacedMeanwhile) {
  start(11);
  at(0, "hello ");
  TransferPart second = begin({.offset = 6, .number = {}});
  at(0, "HELLO ");
  second.feed("world");
  second.end(kNow);
  EXPECT_EQ(finish(""), "11 bytes in 3, complete, changed");
}

TEST_F(TransferBookTest, CountsAPartThatBreaksOffNot) {
  start(11);
  at(0, "hello ");
  {
    TransferPart part = begin({.offset = 6, .number = {}});
    part.feed("wo");
  }
  at(6, "world");
  EXPECT_EQ(finish("hello world"), "11 bytes in 2, complete, right");
  start();
  send({}, "hello ");
  TransferPart part = begin({});
  part.feed("wo");
  part.end_broken(kNow);
  EXPECT_EQ(finish("hello "), "6 bytes in 1, right");  // And not complete.
}

TEST_F(TransferBookTest, GoesOnWithinAPartThatBrokeOff) {
  start(11);
  TransferPart part = begin({.offset = 0, .number = {}});
  part.feed("hello wo");
  part.end_broken(kNow);
  at(5, " world");
  EXPECT_EQ(finish(""), "11 bytes in 1, complete, broken off");
}

TEST_F(TransferBookTest, IsNotCompleteWhileAPartIsOnItsWay) {
  start();
  at(0, "hello ");
  TransferPart part = begin({.offset = 6, .number = {}});
  EXPECT_EQ(finish(""), "6 bytes in 1, broken off");
  part.feed("world");
  part.end(kNow);
  EXPECT_EQ(book_.counts().late_parts, 1u);
}

TEST_F(TransferBookTest, TellsOfATransferWhoseStartItDidNotSee) {
  at(0, "hello");
  const auto result = book_.finish(kKey, kNow);
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->started);
  EXPECT_TRUE(result->complete);
  start();
  EXPECT_EQ(book_.finish(kKey, kNow)->file.name, "a.txt");
}

TEST_F(TransferBookTest, LooksAtTheBytes) {
  start();
  at(0, "%PDF-1.7\n");
  at(9, "trailer << /Encrypt 1 0 R >>\n");
  at(38, "%%EOF\n");
  const auto result = book_.finish(kKey, kNow);
  EXPECT_EQ(result->seen.kind->type, "application/pdf");
  EXPECT_EQ(result->seen.scan_status(), "encrypted");
}

TEST_F(TransferBookTest, KeepsTransfersApart) {
  const TransferKey keys[] = {{"a", "b", "c"}, {"ab", "", "c"}, {"a", "", "bc"}, {"a", "bc", ""}};
  std::uint64_t bytes = 0;
  for (const TransferKey& key : keys) {
    TransferPart part = book_.part(key, "ana", {}, kNow);
    part.feed(std::string(++bytes, 'x'));
    part.end(kNow);
  }
  bytes = 0;
  for (const TransferKey& key : keys) EXPECT_EQ(book_.finish(key, kNow)->size, ++bytes);
}

TEST_F(TransferBookTest, ForgetsWhatIsStartedAgainOrCancelled) {
  start();
  at(0, "hello");
  TransferPart late = begin({.offset = 5, .number = {}});
  start();
  late.end(kNow);
  EXPECT_EQ(book_.counts().late_parts, 1u);
  at(0, "other");
  EXPECT_EQ(finish("other"), "5 bytes in 1, complete, right");
  start();
  EXPECT_TRUE(book_.cancel(kKey));
  EXPECT_FALSE(book_.cancel(kKey));
  EXPECT_EQ(book_.size(), 0u);
  EXPECT_EQ(book_.counts().begun, 3u);
  EXPECT_EQ(book_.counts().cancelled, 1u);
  EXPECT_EQ(book_.counts().finished, 1u);
}

TEST_F(TransferBookTest, ForgetsWhatNobodyGoesOnWith) {
  start();
  EXPECT_TRUE(book_.finish(kKey, kNow + 24h));
  start();
  EXPECT_FALSE(book_.finish(kKey, kNow + 24h + 1s));
  EXPECT_EQ(book_.counts().expired, 1u);
  EXPECT_EQ(book_.size(), 0u);
}

TEST(TransferBook, HoldsNoMoreThanItMay) {
  TransferBook book({.most = 80, .most_per_user = 16});
  for (int i = 0; i < 1000; ++i) {
    const std::string session = std::to_string(i);
    book.start({"app", "", session}, "user " + session, {}, kNow);
  }
  EXPECT_EQ(book.size(), 80u);
  EXPECT_EQ(book.counts().evicted, 920u);
  TransferBook of_one({.most = 80, .most_per_user = 16});
  for (int i = 0; i < 1000; ++i) of_one.start({"app", "", std::to_string(i)}, "ana", {}, kNow);
  EXPECT_EQ(of_one.size(), 16u);
  // Others are not pushed out by one who has too many.
  of_one.start({"app", "", "other"}, "bob", {}, kNow);
  for (int i = 0; i < 1000; ++i) of_one.start({"app", "", std::to_string(i)}, "ana", {}, kNow);
  EXPECT_TRUE(of_one.finish({"app", "", "other"}, kNow));
}

TEST(TransferBook, ForgetsTheOneThatWasNotUsedForLongest) {
  TransferBook book({.most = 8 * 2, .most_per_user = 1000});
  // Three that fall into one shard: the third pushes out one of the others.
  std::vector<std::string> names;
  for (int i = 0; names.size() < 3; ++i) {
    const std::string session = std::to_string(i);
    const std::string text = "3:app0:" + std::to_string(session.size()) + ":" + session;
    if (sha256(text)[0] % TransferBook::kShards == 3) names.push_back(session);
  }
  book.start({"app", "", names[0]}, "ana", {}, kNow);
  book.start({"app", "", names[1]}, "ana", {}, kNow);
  book.part({"app", "", names[0]}, "ana", {}, kNow).end(kNow);
  book.start({"app", "", names[2]}, "ana", {}, kNow);
  EXPECT_FALSE(book.finish({"app", "", names[1]}, kNow));
  EXPECT_TRUE(book.finish({"app", "", names[0]}, kNow));
  EXPECT_TRUE(book.finish({"app", "", names[2]}, kNow));
}

TEST(TransferBook, IsUsedByManyThreads) {
  TransferBook book;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&book, t] {
      for (int i = 0; i < 200; ++i) {
        // Some sessions belong to one thread, some to all.
        const std::string own = std::to_string(t) + "-" + std::to_string(i);
        const std::string shared = std::to_string(i % 5);
        book.start({"app", "", own}, "ana", {}, kNow);
        for (int p = 0; p < 3; ++p) {
          TransferPart part = book.part({"app", "", own}, "ana", {}, kNow);
          TransferPart common =
              book.part({"app", "", shared}, "ana", {.offset = 3ULL * p, .number = {}}, kNow);
          part.feed("abc");
          common.feed("abc");
          part.end(kNow);
          common.end(kNow);
        }
        const auto result = book.finish({"app", "", own}, kNow);
        ASSERT_TRUE(result);
        EXPECT_EQ(result->size, 9u);
        EXPECT_EQ(hex(*result->sha256), hex(sha256("abcabcabc")));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(book.size(), 5u);
}

}  // namespace
}  // namespace sallyport::discovery
