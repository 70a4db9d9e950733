#include "discovery/events/event_span.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "discovery/events/samples_for_tests.h"

namespace sallyport::discovery {
namespace {

std::string told(EventSpan events) {
  std::string errors;
  for (const Event& event : events) errors += event.error + ' ';
  for (std::size_t i = events.size(); i-- > 0;) errors += events[i].error;
  return errors + (events.empty() ? "none" : "");
}

Event named(const char* name) {
  Event event = samples::allowed(1);
  event.error = name;
  return event;
}

TEST(EventSpan, ReadsEventsInARowAndEachInItsPlace) {
  const std::vector<Event> row{named("a"), named("b"), named("c")};
  EXPECT_EQ(told(row), "a b c cba");
  EXPECT_EQ(told({row.data() + 1, 1}), "b b");
  std::vector<std::unique_ptr<Event>> places;
  for (const Event& event : row) places.push_back(std::make_unique<Event>(event));
  EXPECT_EQ(told(std::span<const std::unique_ptr<Event>>(places)), "a b c cba");
  EXPECT_EQ(told({}), "none");
}

}  // namespace
}  // namespace sallyport::discovery
