#include "base/http/body.h"

#include <gtest/gtest.h>

#include "base/io/nursery.h"
#include "base/io/worker.h"

namespace sallyport::http {
namespace {

Task<void> read_in_pieces(Body& body, std::size_t most, std::string& pieces) {
  while (true) {
    const Result<Bytes> bytes = co_await body.read(most);
    if (!bytes || bytes->empty()) break;
    pieces.append(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    pieces += '|';
  }
  pieces += "end";
}

void check(Body& body, std::size_t most, std::string_view expected) {
  std::string pieces;
  io::Worker worker(0);
  io::Nursery nursery(worker.executor());
  nursery.start(read_in_pieces(body, most, pieces));
  while (!nursery.empty() && worker.poll() > 0) {
  }
  EXPECT_EQ(pieces, expected);
}

TEST(TextBody, IsReadInPiecesAndThenEnds) {
  TextBody body("abcdefg");
  EXPECT_EQ(body.length(), 7u);
  EXPECT_TRUE(body.ready());
  EXPECT_FALSE(body.none());
  check(body, 3, "abc|def|g|end");
  EXPECT_EQ(body.length(), 7u);
}

TEST(TextBody, OfNoTextIsNoBody) {
  TextBody body("");
  EXPECT_TRUE(body.none());
  check(body, 1, "end");
}

TEST(EmptyBody, EndsAtOnce) {
  EmptyBody body;
  EXPECT_TRUE(body.none());
  EXPECT_EQ(body.length(), 0u);
  check(body, 100, "end");
}

}  // namespace
}  // namespace sallyport::http
