#include "discovery/detect/detectors.h"

#include <gtest/gtest.h>

#include "policy/eval/compiled_policy.h"

namespace sallyport::discovery {
namespace {

using namespace std::chrono_literals;
using policy::ActivityType;
using policy::CompiledPolicy;
using policy::DetectRule;
using What = DetectRule::What;

constexpr std::string_view kPlaces =
    "AT\t+4813+01620\tEurope/Vienna\n"
    "DE\t+5230+01322\tEurope/Berlin\n"
    "SK\t+4809+01707\tEurope/Bratislava\n"
    "NZ\t-3652+17446\tPacific/Auckland\n"
    "# a comment\nXX broken\nQQ\tnowhere\tX\n";

const Time kMonday = Time(std::chrono::sys_days(std::chrono::year(2026) / 3 / 2)) + 9h;

CompiledPolicy detection(What what) {
  CompiledPolicy made;
  made.id = "d" + std::to_string(static_cast<int>(what));
  made.kind = policy::Kind::detection;
  made.alerts_per_day = 10;
  made.detect.what = what;
  made.detect.least = 20;
  made.detect.window = 1h;
  made.detect.learn = 7 * 24h;
  made.detect.idle = 60 * 24h;
  made.detect.group = 24h;
  return made;
}

Event event(Time at, std::string user, ActivityType type = ActivityType::download) {
  Event made;
  made.start = at;
  made.id.bytes[15] = 1;
  made.activity.user = std::move(user);
  made.activity.type = type;
  made.activity.client.address = *IpAddress::parse("192.0.2.7");
  made.activity.client.country = "AT";
  made.activity.app = policy::AppFacts{.id = "box", .name = "Box"};
  made.activity.agent = policy::AgentFacts{
      .device = policy::DeviceType::desktop, .browser = "firefox", .os = "linux"};
  return made;
}

class DetectorsTest : public ::testing::Test {
 protected:
  Detectors detectors{World::parse(kPlaces)};

  int times(const CompiledPolicy& one, Time at, int number, const std::string& user = "ana",
            ActivityType type = ActivityType::download) {
    int found = 0;
    for (int i = 0; i < number; ++i) {
      found += detectors.observe(one, event(at + i * 1s, user, type)).has_value() ? 1 : 0;
    }
    return found;
  }
  // Ten downloads on each of the days before `until`.
  void live(const CompiledPolicy& one, int days, int each = 10) {
    for (int day = 0; day < days; ++day) {
      EXPECT_EQ(times(one, kMonday + day * 24h, each), 0) << day;
    }
  }
};

TEST_F(DetectorsTest, ABurstBeyondWhatIsUsualIsOneFindingWithItsEvidence) {
  const CompiledPolicy one = detection(What::burst);
  live(one, 10);
  EXPECT_EQ(times(one, kMonday + 240h, 31), 0);  // three times ten, in steps of nine percent
  const auto found = detectors.observe(one, event(kMonday + 240h + 40s, "ana"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->count, 32u);
  EXPECT_EQ(found->events.size(), 32u);
  EXPECT_NE(found->text.find("ana: 32 x download within 1h"), std::string::npos) << found->text;
  EXPECT_NE(found->text.find("usual on its 10 last days"), std::string::npos) << found->text;
  EXPECT_EQ(times(one, kMonday + 240h + 60s, 500), 0);  // the same incident
}

TEST_F(DetectorsTest, WhoHasSuchDaysOftenIsUsedToThem) {
  const CompiledPolicy one = detection(What::burst);
  for (int day = 0; day < 28; ++day) times(one, kMonday + day * 24h, day % 7 == 0 ? 200 : 10);
  EXPECT_EQ(times(one, kMonday + 28 * 24h, 200), 0);
  EXPECT_EQ(times(one, kMonday + 35 * 24h, 600), 1);
}

TEST_F(DetectorsTest, WhoIsNotKnownNeedsTwiceTheLeast) {
  const CompiledPolicy one = detection(What::burst);
  EXPECT_EQ(times(one, kMonday, 39), 0);
  EXPECT_EQ(times(one, kMonday + 1min, 1), 1);
}

TEST_F(DetectorsTest, WhatIsSpreadBeyondTheWindowIsNoBurst) {
  const CompiledPolicy one = detection(What::burst);
  live(one, 10);
  for (int hour = 0; hour < 14; ++hour) EXPECT_EQ(times(one, kMonday + 240h + hour * 75min, 25), 0);
}

TEST_F(DetectorsTest, WhatWasBlockedDidNotHappen) {
  const CompiledPolicy one = detection(What::burst);
  Event blocked = event(kMonday, "ana");
  blocked.verdict.action = policy::Action::block;
  blocked.ending = Ending::blocked;
  for (int i = 0; i < 500; ++i) EXPECT_FALSE(detectors.observe(one, blocked));
}

TEST_F(DetectorsTest, BytesAreAddedUpAndShownAsBytes) {
  CompiledPolicy one = detection(What::burst);
  one.detect.count = DetectRule::Count::uploaded;
  one.detect.least = 100 << 20;
  Event large = event(kMonday, "ana", ActivityType::upload);
  large.bytes_in = 150 << 20;
  EXPECT_FALSE(detectors.observe(one, large));
  const auto found = detectors.observe(one, large);
  ASSERT_TRUE(found);
  EXPECT_NE(found->text.find("300.0 MiB uploaded"), std::string::npos) << found->text;
}

TEST_F(DetectorsTest, ANewCountryIsFoundOnceTheUserIsKnown) {
  const CompiledPolicy one = detection(What::fresh);
  Event abroad = event(kMonday + 1h, "bob");
  abroad.activity.client.country = "NZ";
  EXPECT_FALSE(detectors.observe(one, event(kMonday, "bob")));
  EXPECT_FALSE(detectors.observe(one, abroad)) << "on the first day everything is new";
  live(one, 9);
  abroad.activity.user = "ana";
  abroad.start = kMonday + 220h;
  const auto found = detectors.observe(one, abroad);
  ASSERT_TRUE(found);
  EXPECT_NE(found->text.find("ana: country NZ, never seen in 9 days"), std::string::npos)
      << found->text;
  EXPECT_FALSE(detectors.observe(one, abroad));
}

TEST_F(DetectorsTest, ACountryThatWasNotSeenForLongIsNewAgain) {
  const CompiledPolicy one = detection(What::fresh);
  live(one, 9);
  Event abroad = event(kMonday + 220h, "ana");
  abroad.activity.client.country = "DE";
  EXPECT_TRUE(detectors.observe(one, abroad));
  for (int day = 10; day < 70; ++day) times(one, kMonday + day * 24h, 1);
  abroad.start = kMonday + 59 * 24h;
  EXPECT_FALSE(detectors.observe(one, abroad));
  abroad.start = kMonday + 120 * 24h;
  const auto again = detectors.observe(one, abroad);
  ASSERT_TRUE(again);
  EXPECT_NE(again->text.find("last seen 6"), std::string::npos) << again->text;
}

TEST_F(DetectorsTest, WhatManyShareIsNewToNobody) {
  CompiledPolicy one = detection(What::fresh);
  one.detect.common = 0.05;
  for (int day = 0; day < 9; ++day) {
    for (int user = 0; user < 40; ++user) {
      Event lives = event(kMonday + day * 24h, "u" + std::to_string(user));
      if (user < 4) lives.activity.client.country = "SK";
      EXPECT_FALSE(detectors.observe(one, lives));
    }
  }
  Event there = event(kMonday + 220h, "u30");
  there.activity.client.country = "SK";
  EXPECT_FALSE(detectors.observe(one, there));
  there.activity.client.country = "NZ";
  EXPECT_TRUE(detectors.observe(one, there));
}

TEST_F(DetectorsTest, NobodyIsInNewZealandAnHourAfterVienna) {
  const CompiledPolicy one = detection(What::travel);
  live(one, 9);
  Event far = event(kMonday + 8 * 24h + 1h, "ana");
  far.activity.client.country = "SK";
  EXPECT_FALSE(detectors.observe(one, far)) << "a neighbour";
  far.activity.client.country = "NZ";
  EXPECT_TRUE(detectors.observe(one, far));
  Event home = event(kMonday + 9 * 24h, "ana");
  EXPECT_FALSE(detectors.observe(one, home)) << "home is no surprise";
}

TEST_F(DetectorsTest, ImpossibleTravelNamesBothCountriesAndTheWay) {
  const CompiledPolicy one = detection(What::travel);
  live(one, 9);
  Event far = event(kMonday + 8 * 24h + 40min, "ana");
  far.activity.client.country = "NZ";
  const auto found = detectors.observe(one, far);
  ASSERT_TRUE(found);
  EXPECT_NE(found->text.find("40 minutes after AT in NZ"), std::string::npos) << found->text;
  far.start = kMonday + 9 * 24h;
  far.activity.user = "carl";
  EXPECT_FALSE(detectors.observe(one, far)) << "who is not known travels as they like";
}

TEST_F(DetectorsTest, TravelThatTakesItsTimeIsPossibleAndPhonesAreElsewhereThanComputers) {
  const CompiledPolicy one = detection(What::travel);
  live(one, 9);
  Event phone = event(kMonday + 8 * 24h + 40min, "ana");
  phone.activity.client.country = "NZ";
  phone.activity.agent->device = policy::DeviceType::mobile;
  EXPECT_FALSE(detectors.observe(one, phone));
  Event flown = event(kMonday + 9 * 24h + 6h, "ana");
  flown.activity.client.country = "NZ";
  EXPECT_FALSE(detectors.observe(one, flown));
}

TEST_F(DetectorsTest, FailuresThenASuccessAreAFindingAndFailuresAloneAreNone) {
  const CompiledPolicy one = detection(What::guessed);
  EXPECT_EQ(times(one, kMonday, 19, "ana", ActivityType::login_failed), 0);
  EXPECT_EQ(times(one, kMonday + 30s, 1, "ana", ActivityType::login), 0);
  EXPECT_EQ(times(one, kMonday + 40s, 1, "ana", ActivityType::login_failed), 0);
  const auto found = detectors.observe(one, event(kMonday + 50s, "ana", ActivityType::login));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->count, 21u);
  EXPECT_EQ(times(one, kMonday + 60s, 1, "ana", ActivityType::login), 0);
  EXPECT_EQ(times(one, kMonday + 3h, 25, "bob", ActivityType::login_failed), 0);
  EXPECT_EQ(times(one, kMonday + 5h, 1, "bob", ActivityType::login), 0) << "long after";
}

TEST_F(DetectorsTest, ACrowdIsCountedByItsUsersAndNotByWhatTheyDo) {
  CompiledPolicy one = detection(What::crowd);
  one.detect.of = DetectRule::Subject::address;
  EXPECT_EQ(times(one, kMonday, 1000, "ana", ActivityType::login_failed), 0);
  int found = 0;
  for (int user = 0; user < 60; ++user) {
    found += times(one, kMonday + 20min + user * 1s, 1, "u" + std::to_string(user),
                   ActivityType::login_failed);
  }
  EXPECT_EQ(found, 1);
}

TEST_F(DetectorsTest, StrangersGoByTheAddressAndOfIpv6ByTheNetwork) {
  const CompiledPolicy one = detection(What::burst);
  Event stranger = event(kMonday, "");
  stranger.activity.user.reset();
  for (const char* address : {"192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2:1"}) {
    stranger.activity.client.address = *IpAddress::parse(address);
    EXPECT_FALSE(detectors.observe(one, stranger));
  }
  EXPECT_EQ(detectors.subjects(), 3u);
}

TEST_F(DetectorsTest, AnAppThatNobodyUsedIsNewOnceForAll) {
  CompiledPolicy one = detection(What::fresh);
  one.detect.of = DetectRule::Subject::organisation;
  one.detect.trait = DetectRule::Trait::app;
  for (int app = 0; app < 200; ++app) {
    Event used = event(kMonday + app * 1h, "ana");
    used.activity.app->id = "app" + std::to_string(app % 60);
    used.activity.app->name = used.activity.app->id;
    EXPECT_FALSE(detectors.observe(one, used)) << app << ": it learns, or knows it";
  }
  Event used = event(kMonday + 201h, "bob");
  used.activity.app = policy::AppFacts{.id = "fresh", .name = "Fresh"};
  const auto found = detectors.observe(one, used);
  ASSERT_TRUE(found);
  EXPECT_NE(found->text.find("app Fresh, which nobody showed in 8 days; bob did"),
            std::string::npos)
      << found->text;
  used.activity.user = "ana";
  EXPECT_FALSE(detectors.observe(one, used));
  used.activity.app->id = "another";
  EXPECT_TRUE(detectors.observe(one, used)) << "one new app does not hide the next";
}

TEST_F(DetectorsTest, WhatComesLateDoesNotEndAnIncident) {
  const CompiledPolicy one = detection(What::each);
  EXPECT_TRUE(detectors.observe(one, event(kMonday + 100h, "ana")));
  EXPECT_FALSE(detectors.observe(one, event(kMonday + 77h, "ana")));
  EXPECT_FALSE(detectors.observe(one, event(kMonday + 102h, "ana")));
}

TEST_F(DetectorsTest, ATunnelThatEndsLateCountsThough) {
  CompiledPolicy one = detection(What::burst);
  one.detect.count = DetectRule::Count::uploaded;
  one.detect.least = 100 << 20;
  EXPECT_FALSE(detectors.observe(one, event(kMonday + 30h, "ana")));
  Event tunnel = event(kMonday, "ana");
  tunnel.bytes_in = 1 << 30;
  EXPECT_TRUE(detectors.observe(one, tunnel));
}

TEST_F(DetectorsTest, StrangersDoNotMakeACountryCommon) {
  CompiledPolicy one = detection(What::fresh);
  for (int day = 0; day < 9; ++day) {
    for (int user = 0; user < 40; ++user) {
      detectors.observe(one, event(kMonday + day * 24h, "u" + std::to_string(user)));
    }
  }
  Event stranger = event(kMonday + 200h, "");
  stranger.activity.user.reset();
  stranger.activity.client.country = "NZ";
  for (int i = 0; i < 200; ++i) {
    stranger.activity.client.address = *IpAddress::parse("198.51.100." + std::to_string(i));
    detectors.observe(one, stranger);
  }
  Event there = event(kMonday + 220h, "u30");
  there.activity.client.country = "NZ";
  EXPECT_TRUE(detectors.observe(one, there));
}

TEST_F(DetectorsTest, GuessesUnderManyNamesOfProgramsAreGuesses) {
  const CompiledPolicy one = detection(What::guessed);
  Event guess = event(kMonday, "ana", ActivityType::login_failed);
  for (int i = 0; i < 40; ++i) {
    guess.activity.agent->browser = "b" + std::to_string(i);
    detectors.observe(one, guess);
  }
  guess.activity.type = ActivityType::login;
  guess.activity.agent->browser = "last";
  EXPECT_TRUE(detectors.observe(one, guess));
}

TEST_F(DetectorsTest, OfWhatIsYoungAnAppThatIsKnownForLongIsNeverFound) {
  CompiledPolicy one = detection(What::crowd);
  one.detect.of = DetectRule::Subject::app;
  one.detect.least = 3;
  one.detect.window = 7 * 24h;
  one.detect.young = 7 * 24h;
  const auto use = [&](const std::string& app, Time at, int users) {
    int found = 0;
    for (int user = 0; user < users; ++user) {
      Event used = event(at, "u" + std::to_string(user));
      used.activity.app->id = app;
      found += detectors.observe(one, used).has_value() ? 1 : 0;
    }
    return found;
  };
  EXPECT_EQ(use("old", kMonday, 10), 0) << "everything is new at the start";
  EXPECT_EQ(use("new", kMonday + 8 * 24h, 2), 0);
  EXPECT_EQ(use("new", kMonday + 9 * 24h, 4), 1);
  EXPECT_EQ(use("old", kMonday + 9 * 24h, 10), 0);
}

TEST_F(DetectorsTest, APhoneThatFailsAndAComputerThatDoesNotAreNoGuess) {
  const CompiledPolicy one = detection(What::guessed);
  Event phone = event(kMonday, "ana", ActivityType::login_failed);
  phone.activity.agent->device = policy::DeviceType::mobile;
  phone.activity.agent->os = "ios";
  for (int i = 0; i < 40; ++i) EXPECT_FALSE(detectors.observe(one, phone));
  EXPECT_EQ(times(one, kMonday + 1min, 1, "ana", ActivityType::login), 0);
  phone.activity.type = ActivityType::login;
  phone.start += 2min;
  EXPECT_TRUE(detectors.observe(one, phone));
}

TEST_F(DetectorsTest, ALongRestEndsOnce) {
  CompiledPolicy one = detection(What::dormant);
  one.detect.idle = 30 * 24h;
  live(one, 3);
  EXPECT_EQ(times(one, kMonday + 31 * 24h, 5), 0);
  EXPECT_EQ(times(one, kMonday + 62 * 24h, 5), 1);
  EXPECT_EQ(times(one, kMonday + 62 * 24h, 5, "new"), 0);
}

struct LogonCase {
  const char* name;
  std::optional<std::uint16_t> days_since_logon;
  int rested;  // days since the gateway saw the account; 0: never
  int found;
};

TEST_F(DetectorsTest, AnAccountRestedWhereNeitherTheGatewayNorTheDirectorySawIt) {
  CompiledPolicy one = detection(What::dormant);
  one.detect.idle = 30 * 24h;
  for (const LogonCase& rest : {LogonCase{"both say so", 40, 40, 1},
                                {"signed in elsewhere", 3, 40, 0},
                                {"just so long", 30, 40, 0},
                                {"a day more", 31, 40, 1},
                                {"seen here", 400, 29, 0},
                                {"never here, and long ago there", 400, 0, 1},
                                {"never here, and lately there", 3, 0, 0},
                                {"today", 0, 0, 0},
                                {"never here, and unknown there", {}, 0, 0},
                                {"unknown there", {}, 40, 1}}) {
    if (rest.rested > 0) {
      Event before = event(kMonday, rest.name);
      before.activity.days_since_logon = 0;
      EXPECT_FALSE(detectors.observe(one, before)) << rest.name;
    }
    Event back = event(kMonday + rest.rested * 24h, rest.name);
    back.activity.days_since_logon = rest.days_since_logon;
    const auto found = detectors.observe(one, back);
    EXPECT_EQ(found ? 1 : 0, rest.found) << rest.name;
    EXPECT_FALSE(detectors.observe(one, back)) << rest.name << ": once";
    if (found && rest.rested == 0) {
      EXPECT_EQ(found->text,
                "never here, and long ago there: the first ever; the directory's last "
                "logon is 400 days ago");
    }
  }
}

TEST_F(DetectorsTest, WhatTheDirectorySaysIsOfTheUserAlone) {
  CompiledPolicy one = detection(What::dormant);
  one.detect.idle = 30 * 24h;
  one.detect.of = DetectRule::Subject::app;
  Event first = event(kMonday, "ana");
  first.activity.days_since_logon = 400;
  EXPECT_FALSE(detectors.observe(one, first)) << "an app that is new did not rest";
  first.start += 40 * 24h;
  first.activity.days_since_logon = 1;
  EXPECT_TRUE(detectors.observe(one, first)) << "its user's logon says nothing of the app";
}

TEST_F(DetectorsTest, OfOneIncidentThereIsOneAlertUnlessAnotherIsWorse) {
  CompiledPolicy low = detection(What::each);
  low.id = "low";
  low.severity = policy::AlertSeverity::low;
  CompiledPolicy medium = low;
  medium.id = "medium";
  medium.severity = policy::AlertSeverity::medium;
  CompiledPolicy other = low;
  other.id = "other";
  other.category = policy::RiskCategory::dlp;
  EXPECT_TRUE(detectors.observe(low, event(kMonday, "ana")));
  EXPECT_FALSE(detectors.observe(low, event(kMonday + 1h, "ana")));
  EXPECT_TRUE(detectors.observe(medium, event(kMonday + 1h, "ana")));
  CompiledPolicy again = low;
  again.id = "again";
  EXPECT_FALSE(detectors.observe(again, event(kMonday + 1h, "ana")));
  EXPECT_EQ(detectors.merged(), 1u);
  EXPECT_TRUE(detectors.observe(again, event(kMonday + 1h, "bob")));
  EXPECT_TRUE(detectors.observe(other, event(kMonday + 2h, "ana")));
  EXPECT_FALSE(detectors.observe(low, event(kMonday + 24h, "ana"))) << "it goes on day by day";
  EXPECT_TRUE(detectors.observe(low, event(kMonday + 49h, "ana")));
}

// ---- what is usual at an hour of the week

class WeeklyTest : public DetectorsTest {
 protected:
  CompiledPolicy one = [] {
    CompiledPolicy made = detection(What::burst);
    made.detect.rhythm = DetectRule::Rhythm::week;
    return made;
  }();
};

TEST_F(WeeklyTest, WhatComesEachMondayIsNoSurpriseOnAMondayAndOneOnAThursday) {
  for (int day = 0; day < 42; ++day) times(one, kMonday + day * 24h, day % 7 == 0 ? 200 : 5);
  EXPECT_EQ(times(one, kMonday + 42 * 24h, 210), 0);
  EXPECT_EQ(times(one, kMonday + 45 * 24h, 210), 1);
}

TEST_F(WeeklyTest, AnotherHourOfTheSameDayIsAnotherHour) {
  for (int day = 0; day < 42; ++day) times(one, kMonday + day * 24h, 60);
  EXPECT_EQ(times(one, kMonday + 42 * 24h + 1h, 150), 0) << "an hour later is no surprise";
  EXPECT_EQ(times(one, kMonday + 43 * 24h + 12h, 150), 1) << "in the evening it is";
}

TEST_F(WeeklyTest, AtAnUnusualHourLessThanTheDaysComeToIsNothing) {
  for (int day = 0; day < 42; ++day) times(one, kMonday + day * 24h, 60);
  EXPECT_EQ(times(one, kMonday + 42 * 24h + 12h, 40), 0);
}

TEST_F(WeeklyTest, UntilThreeWeeksAreKnownItIsDaysThatCount) {
  for (int day = 0; day < 14; ++day) times(one, kMonday + day * 24h, 60);
  EXPECT_EQ(times(one, kMonday + 14 * 24h + 12h, 150), 0);
}

TEST_F(WeeklyTest, AFindingSaysWhatIsUsualThen) {
  for (int day = 0; day < 42; ++day) times(one, kMonday + day * 24h, 10);
  times(one, kMonday + 42 * 24h, 30);
  std::optional<Finding> found;
  for (int i = 0; i < 5 && !found; ++i) {
    found = detectors.observe(one, event(kMonday + 42 * 24h + 1min, "ana"));
  }
  ASSERT_TRUE(found);
  EXPECT_NE(found->text.find("usual on a Monday about 9:00 UTC, of 6 weeks: 10"), std::string::npos)
      << found->text;
}

// ---- what a user was seen with before

class SeenTest : public DetectorsTest {
 protected:
  policy::SeenFacts see(Event made) {
    detectors.enrich(made);
    return made.activity.seen.value();
  }
  void live_at_home(const std::string& user, int days = 14) {
    for (int day = 0; day < days; ++day) see(event(kMonday + day * 24h, user));
  }
};

TEST_F(SeenTest, TheFirstTimeEverythingIsNewAndNothingUncommon) {
  const policy::SeenFacts facts = see(event(kMonday, "ana"));
  EXPECT_EQ(facts.of(policy::SeenTrait::country), policy::SeenFacts::kFirst);
  EXPECT_EQ(facts.of(policy::SeenTrait::app), policy::SeenFacts::kFirst);
  EXPECT_EQ(facts.of(policy::SeenTrait::isp), policy::SeenFacts::kUnknown) << "nobody told of it";
  EXPECT_EQ(facts.uncommon, 0);
}

TEST_F(SeenTest, DaysAreCountedSinceTheLastTime) {
  live_at_home("ana", 3);
  const policy::SeenFacts facts = see(event(kMonday + 12 * 24h, "ana", ActivityType::upload));
  EXPECT_EQ(facts.of(policy::SeenTrait::country), 10);
  EXPECT_EQ(facts.of(policy::SeenTrait::action), policy::SeenFacts::kFirst) << "an upload";
  EXPECT_EQ(
      see(event(kMonday + 12 * 24h, "ana", ActivityType::upload)).of(policy::SeenTrait::action), 0);
}

TEST_F(SeenTest, AForeignCountryIsUncommonOfWhoIsKnown) {
  live_at_home("ana");
  Event abroad = event(kMonday + 14 * 24h, "ana");
  abroad.activity.client.country = "NZ";
  EXPECT_EQ(see(abroad).uncommon, policy::bit_of(policy::SeenTrait::country));
  abroad.activity.user = "bob";
  EXPECT_EQ(see(abroad).uncommon, 0) << "a newcomer";
}

TEST_F(SeenTest, WhatManyOthersHaveIsNotUncommon) {
  for (int user = 0; user < 30; ++user) {
    Event abroad = event(kMonday, "user" + std::to_string(user));
    abroad.activity.client.country = "NZ";
    see(abroad);
  }
  live_at_home("ana");
  Event abroad = event(kMonday + 14 * 24h, "ana");
  abroad.activity.client.country = "NZ";
  const policy::SeenFacts facts = see(abroad);
  EXPECT_EQ(facts.of(policy::SeenTrait::country), policy::SeenFacts::kFirst);
  EXPECT_EQ(facts.uncommon, 0);
}

TEST_F(SeenTest, WhoTriesAPasswordMakesNothingFamiliar) {
  live_at_home("ana");
  Event abroad = event(kMonday + 14 * 24h, "ana", ActivityType::login_failed);
  abroad.activity.client.country = "NZ";
  EXPECT_EQ(see(abroad).of(policy::SeenTrait::country), policy::SeenFacts::kFirst);
  EXPECT_EQ(see(abroad).of(policy::SeenTrait::country), policy::SeenFacts::kFirst);
}

TEST_F(SeenTest, WhatWasBlockedMakesNothingFamiliar) {
  live_at_home("ana");
  Event abroad = event(kMonday + 14 * 24h, "ana");
  abroad.activity.client.country = "NZ";
  abroad.verdict.action = policy::Action::block;
  abroad.ending = Ending::blocked;
  see(abroad);
  EXPECT_EQ(see(abroad).of(policy::SeenTrait::country), policy::SeenFacts::kFirst);
}

TEST_F(SeenTest, OfNobodyKnownNothingIsTold) {
  Event made = event(kMonday, "ana");
  made.activity.user.reset();
  made.activity.seen.emplace();
  detectors.enrich(made);
  EXPECT_FALSE(made.activity.seen);
}

TEST_F(SeenTest, AUserWithAllOfItTakesLessThanAKibibyte) {
  std::vector<CompiledPolicy> all;
  for (const What what : {What::burst, What::burst, What::burst, What::burst, What::fresh,
                          What::fresh, What::fresh, What::travel, What::guessed, What::dormant}) {
    all.push_back(detection(what));
    all.back().id += std::to_string(all.size());
    all.back().detect.trait = static_cast<DetectRule::Trait>(all.size() % 4);
  }
  for (int day = 0; day < 60; ++day) {
    for (int n = 0; n < 8; ++n) {
      Event made = event(kMonday + day * 24h + n * 1h, "ana", static_cast<ActivityType>(n));
      made.activity.client.asn = 64'500u + static_cast<std::uint32_t>(n % 3);
      detectors.enrich(made);
      for (const CompiledPolicy& one : all) detectors.observe(one, made);
    }
  }
  const Detectors::Bytes bytes = detectors.bytes();
  EXPECT_EQ(bytes.users, 1u);
  EXPECT_LT(bytes.of_users, 1024u);
}

// Twenty administrators once silenced `common: 0%` for ever.
TEST_F(DetectorsTest, WhatNobodyElseHasIsNewHoweverManyTheOthersAre) {
  CompiledPolicy one = detection(What::fresh);
  one.detect.common = 0;
  for (int user = 0; user < 40; ++user) {
    detectors.observe(one, event(kMonday, "user" + std::to_string(user)));
  }
  live(one, 9);
  Event abroad = event(kMonday + 220h, "ana");
  abroad.activity.client.country = "NZ";
  EXPECT_TRUE(detectors.observe(one, abroad));
}

TEST_F(DetectorsTest, TheSubjectsThatWereNotSeenForLongestAreForgottenForWantOfRoom) {
  Detectors small(World(), {}, 100);
  const CompiledPolicy one = detection(What::burst);
  for (int user = 0; user < 500; ++user) {
    small.observe(one, event(kMonday + user * 1min, "u" + std::to_string(user)));
  }
  EXPECT_LE(small.subjects(), 100u);
  EXPECT_GE(small.forgotten(), 400u);
}

TEST(World, KnowsHowFarCountriesAreApart) {
  const World world = World::parse(kPlaces);
  EXPECT_EQ(world.countries(), 4u);
  EXPECT_NEAR(*world.kilometres("AT", "DE"), 524, 30);
  EXPECT_NEAR(*world.kilometres("SK", "AT"), 57, 10);
  EXPECT_NEAR(*world.kilometres("NZ", "DE"), 17'700, 200);
  EXPECT_FALSE(world.kilometres("AT", "QQ"));
  EXPECT_FALSE(World().kilometres("AT", "DE"));
}

TEST(World, OfTheSystemKnowsNearlyEveryCountry) {
  const World world = World::of_system();
  ASSERT_GE(world.countries(), 240u);
  EXPECT_LT(*world.kilometres("US", "CA"), 400);
  EXPECT_GT(*world.kilometres("US", "JP"), 3'000);
}

}  // namespace
}  // namespace sallyport::discovery
