#include "discovery/events/pack_event.h"

#include <gtest/gtest.h>

#include "discovery/events/encode.h"
#include "discovery/events/samples_for_tests.h"
#include "policy/activity/pack.h"

namespace sallyport::discovery {
namespace {

std::string packed(const Event& event) {
  std::string out;
  pack_event(event, out);
  return out;
}

std::string json(const Event& event) {
  std::string out;
  append_json(out, event);
  return out;
}

Event unpacked(std::string_view bytes, const Ulid& id) {
  Event event;
  EXPECT_TRUE(unpack_event(bytes, event));
  event.id = id;
  return event;
}

Event fuller() {
  Event event = samples::full();
  event.matched = {{"p1", "first", false}, {"p2", "second", true}};
  event.edited_by = {{"p3", "third", false}};
  event.verdict.policy_id = "0123456789abcdef";
  event.verdict.redirect = "https://example.com/why";
  event.activity.admin = true;
  event.activity.file = policy::FileFacts{"a.pdf", "pdf", "application/pdf", 17};
  event.ending = Ending::failed;
  return event;
}

TEST(PackEvent, BringsBackEverythingThatARecordShows) {
  for (const Event& event : {Event(), samples::allowed(1), samples::blocked(2), fuller()}) {
    const std::string bytes = packed(event);
    const Event back = unpacked(bytes, event.id);
    EXPECT_EQ(json(back), json(event));
    EXPECT_EQ(packed(back), bytes);
  }
}

TEST(PackEvent, KeepsWhetherAVerdictWasFinal) {
  Event event = fuller();
  event.verdict.final = false;
  EXPECT_FALSE(unpacked(packed(event), event.id).verdict.final);
}

TEST(PackEvent, ShowsAtAGlanceWhatReplayAsks) {
  const Event event = fuller();
  const std::string bytes = packed(event);
  EventGlance seen;
  ASSERT_TRUE(glance(bytes, seen));
  EXPECT_EQ(seen.kind, event.kind);
  EXPECT_EQ(seen.ending, event.ending);
  EXPECT_EQ(seen.start, event.start);
  EXPECT_EQ(seen.action, event.verdict.action);
  EXPECT_EQ(seen.policy, event.verdict.policy);
  EXPECT_EQ(seen.user, *event.activity.user);
  EXPECT_EQ(seen.app_id, event.activity.app->id);
  EXPECT_EQ(seen.bytes_in, event.bytes_in);
  EXPECT_EQ(seen.bytes_out, event.bytes_out);
  std::string facts;
  policy::pack(event.activity, facts);
  EXPECT_EQ(seen.facts, facts);
  EXPECT_TRUE(seen.suspended);
  EXPECT_EQ(policies_granted(seen.granted), std::vector<std::string_view>{"coach-ai"});
  const std::string plain = packed(samples::allowed(1));
  ASSERT_TRUE(glance(plain, seen));
  EXPECT_FALSE(seen.suspended);
  EXPECT_TRUE(policies_granted(seen.granted).empty());
}

TEST(PackEvent, RefusesWhatIsCutOffAnywhere) {
  const std::string bytes = packed(fuller());
  std::size_t whole = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Event event;
    EventGlance seen;
    // Between two of the last fields a cut cannot be told from a writer that did not know them.
    const bool read = unpack_event(std::string_view(bytes).substr(0, size), event);
    EXPECT_EQ(glance(std::string_view(bytes).substr(0, size), seen), read) << size;
    whole += read ? 1 : 0;
  }
  EXPECT_LT(whole, 20u);
  Event event;
  EXPECT_FALSE(unpack_event("\x02" + bytes.substr(1), event));
  EXPECT_FALSE(unpack_event("", event));
}

TEST(PackEvent, PassesOverFieldsOfANewerVersion) {
  const Event event = fuller();
  std::string bytes = packed(event);
  bytes += "\xc8\x01\x07";  // field 100, a number
  bytes +=
      "\xcb\x01\x03"
      "abc";  // field 101, bytes
  EXPECT_EQ(json(unpacked(bytes, event.id)), json(event));
}

}  // namespace
}  // namespace sallyport::discovery
