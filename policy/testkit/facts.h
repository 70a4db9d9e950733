#pragma once
// Writing facts into an Activity by the names of the attribute table, as test cases state them: the
// opposite of Attribute::get.
//
//   - { client.ip.tag: [tor], activity: login, time.of_day: 22:30 }
//
// A fact is one value (several for tags, groups and the like), never a pattern or a comparison.
// `is not set`, or `unknown` where the attribute says so, states that it is missing for good.
//
// INVARIANT: every row of attribute_table() can be written (facts_test.cc).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/core/spanned.h"
#include "base/core/time_zone.h"
#include "policy/activity/activity.h"

namespace sallyport::policy {

struct Fact {
  Spanned<std::string> attribute;            // Its name, which exists.
  std::vector<Spanned<std::string>> values;  // None: of tags and the like, that there are none.

  // States that it is missing.
  bool unset() const;
};

// `over` on top of `facts`: a fact replaces the one of its attribute; one that is unset takes what
// depends on it with it (without `app` there is no `app.tag`), and the other way round.
void put_fact(std::vector<Fact>& facts, Fact over);

// What a case does not speak of: nobody known views the page https://www.example.com/ from
// 192.0.2.1, at noon on 2026-07-01, a Wednesday. Nothing is known of app, program and places.
Activity ordinary_activity();

// The ordinary activity with the facts in it; `zone` is that of dates and times. Values that are
// none, and facts that contradict each other, are reported.
Activity make_activity(const std::vector<Fact>& facts, const TimeZone& zone, Diagnostics& found);

// The value of a fact as a person would write it: "[tor, vpn]", "login", "missing".
std::string show_fact(std::string_view attribute, const Activity& activity);

}  // namespace sallyport::policy
