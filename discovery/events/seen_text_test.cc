#include "discovery/events/seen_text.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

using policy::SeenFacts;
using policy::SeenTrait;

TEST(SeenText, SaysWhatIsNewAndWhatIsUncommon) {
  SeenFacts facts;
  EXPECT_EQ(seen_text(facts), "");
  facts.of(SeenTrait::country) = 40;
  facts.uncommon = policy::bit_of(SeenTrait::country);
  EXPECT_EQ(seen_text(facts), "uncommon: country");
  facts.of(SeenTrait::isp) = SeenFacts::kFirst;
  facts.of(SeenTrait::app) = SeenFacts::kFirst;
  EXPECT_EQ(seen_text(facts), "never seen before: app, isp; uncommon: country");
}

}  // namespace
}  // namespace sallyport::discovery
