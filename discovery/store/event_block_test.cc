#include "discovery/store/event_block.h"

#include <gtest/gtest.h>

#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery {
namespace {

using samples::allowed;
using samples::blocked;

std::vector<EventBlock> blocks_of(const std::vector<Event>& events) {
  std::vector<const Event*> pointers;
  for (const Event& event : events) pointers.push_back(&event);
  BlockWriter writer;
  const auto blocks = writer.write(std::move(pointers));
  return {blocks.begin(), blocks.end()};
}

EventBlock three() { return blocks_of({allowed(1), blocked(2), allowed(3)}).front(); }

std::string refusal(std::string_view ids, std::string_view data) {
  const auto block = OpenBlock::open(ids, data);
  return block ? "opened" : block.error().detail.substr(0, block.error().detail.find(';'));
}

TEST(EventBlock, HoldsIdsAndStartsWithinItsSpan) {
  std::vector<Event> events;
  for (int n = 0; n < 100; ++n) {
    events.push_back(allowed(n * 3));
    if (n % 9 == 0) events.back().start = samples::second(-1000 * n);
  }
  std::size_t count = 0;
  for (const EventBlock& block : blocks_of(events)) {
    EXPECT_LE(millis_of(block.last_id) - millis_of(block.first_id), kBlockSpanMillis);
    EXPECT_LE(block.last_time - block.first_time, kBlockSpan);
    count += block.events;
  }
  EXPECT_EQ(count, events.size());
}

TEST(EventBlock, IsCutWhereItGrowsTooLarge) {
  std::vector<Event> events;
  for (int n = 0; n < 40; ++n) {
    events.push_back(allowed(1));
    events.back().id.bytes[15] = static_cast<std::uint8_t>(n);
    events.back().activity.path = std::string(60'000, 'p');
  }
  const auto blocks = blocks_of(events);
  EXPECT_EQ(blocks.size(), 3u);
  for (const EventBlock& block : blocks) EXPECT_TRUE(OpenBlock::open(block.ids, block.data));
}

TEST(EventBlock, FindsAnIdOrNone) {
  const EventBlock block = three();
  EXPECT_EQ(find_id(block.ids, samples::id_of(2)), 1u);
  EXPECT_EQ(find_id(block.ids, samples::id_of(3)), 2u);
  EXPECT_EQ(find_id(block.ids, samples::id_of(4)), kNotThere);
  EXPECT_EQ(find_id("", samples::id_of(1)), kNotThere);
}

TEST(EventBlock, RefusesWhatNoWriterWrote) {
  const EventBlock block = three();
  const std::string why = "a block of the event store cannot be read: ";
  EXPECT_EQ(refusal(block.ids, block.data), "opened");
  EXPECT_EQ(refusal("", block.data), why + "its ids are cut off");
  EXPECT_EQ(refusal(block.ids.substr(1), block.data), why + "its ids are cut off");
  EXPECT_EQ(refusal(block.ids.substr(16), block.data), why + "it holds more events than ids");
  EXPECT_EQ(refusal(block.ids, ""), why + "it is not compressed as we do it");
  EXPECT_EQ(refusal(block.ids, "no block at all"), why + "it is not compressed as we do it");
  std::string huge = block.ids;
  for (int i = 0; i < 12; ++i) huge += huge;
  EXPECT_EQ(refusal(huge, block.data), why + "it holds fewer events than ids");
  for (std::size_t size = 20; size < block.data.size(); ++size) {
    EXPECT_NE(refusal(block.ids, block.data.substr(0, size)), "opened") << size;
  }
  // The checksum tells every bit that flips behind the frame's head.
  for (std::size_t at = 10; at < block.data.size(); ++at) {
    std::string flipped = block.data;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    EXPECT_NE(refusal(block.ids, flipped), "opened") << at;
  }
}

}  // namespace
}  // namespace sallyport::discovery
