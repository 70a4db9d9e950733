// Rolls of blocks say what rolls of single counts say: on any use, of any span, for any apps.

#include "discovery/usage/block_rolls.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "discovery/events/samples_for_tests.h"
#include "discovery/store/sqlite_store.h"

namespace sallyport::discovery {
namespace {

using samples::TempDirectory;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days kDay = std::chrono::year(2026) / 9 / 10;

std::shared_ptr<const Catalog> catalog() {
  std::vector<SourcePtr> sources;
  for (int i = 0; i < 6; ++i) {
    const std::string id = "app" + std::to_string(i);
    sources.push_back(std::make_shared<const Source>(
        Source{"catalog/" + id + "/app.yaml",
               "id: " + id + "\nname: The " + id +
                   "\nvendor: V\ncategory: " + (i % 2 == 0 ? "crm" : "cloud_storage") +
                   "\nwebsite: https://" + id + ".example/\ndomains: [" + id +
                   ".example]\nsources: [{kind: common_knowledge, date: 2026-11-20}]\n"}));
  }
  Diagnostics warnings;
  auto parsed = parse_catalog(sources, warnings);
  if (!parsed) ADD_FAILURE() << render(parsed.error());
  return *parsed;
}

Event any_event(std::mt19937& random, int n) {
  Event event = random() % 8 == 0 ? samples::blocked(n) : samples::allowed(n);
  event.start = Time(kDay.time_since_epoch()) + std::chrono::seconds(random() % (50u * 86400u));
  const unsigned user = random() % 30;
  event.activity.user = "user" + std::to_string(user);
  if (random() % 9 == 0) event.activity.user.reset();
  event.activity.client.address = IpAddress::v4(0x0a000000u + 4 * user + random() % 3);
  event.activity.client.country = random() % 3 == 0 ? "FR" : random() % 2 == 0 ? "DE" : "";
  if (random() % 3 != 0) {
    event.activity.agent = policy::AgentFacts{.browser = random() % 2 == 0 ? "firefox" : "curl"};
  }
  switch (random() % 6) {
    case 0:
      event.activity.app.reset();
      event.activity.domain = "domain" + std::to_string(random() % 12) + ".example";
      break;
    case 1:
      event.activity.app.reset();
      event.activity.host_kind = policy::HostKind::tracker;
      break;
    case 2:
      event.activity.app.reset();
      event.activity.host = "192.0.2.7";
      break;
    default:
      event.activity.app->id = "app" + std::to_string(random() % 8);
  }
  if (random() % 15 == 0) event.verdict.action = policy::Action::coach;
  if (random() % 4 == 0 && event.ending == Ending::completed) {
    event.activity.type = policy::ActivityType::upload;
    event.activities = {{policy::ActivityType::upload, event.verdict}};
  }
  event.bytes_in = random() % 100'000;
  event.bytes_out = random() % 100'000;
  return event;
}

std::string day_of(Time time) { return time == Time() ? "-" : format_rfc3339(time); }

std::string told(const UsageRow& row, UsageBy by) {
  std::string text = row.name + ":";
  for (const auto count : kUsageCounts) text += " " + std::to_string(row.counts.*count);
  text += " " + day_of(row.first) + " " + day_of(row.last);
  const bool has_users = by != UsageBy::user;
  const bool has_services = by != UsageBy::service && by != UsageBy::category;
  const bool has_addresses = by == UsageBy::service || by == UsageBy::category;
  if (has_users) text += " users " + std::to_string(row.users.count());
  if (has_services) text += " services " + std::to_string(row.services.count());
  if (has_addresses) text += " addresses " + std::to_string(row.addresses.count());
  return text;
}

// What a roll says, of long lists those rows that are shown.
std::string told(const ReportQuestion& question, UsageBy by, const UsageRoll& roll, bool total) {
  std::vector<std::string> lines;
  const bool in_part = by == UsageBy::user || by == UsageBy::address;
  for (const UsageRow* row : in_part ? choose_rows(question, roll.rows()) : roll.rows()) {
    lines.push_back(told(*row, by));
  }
  std::ranges::sort(lines);
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  text += "beyond " + std::to_string(roll.beyond_limits()) + "\n";
  if (!total) return text;
  const UsageRow& all = roll.total();
  for (const auto count : kUsageCounts) text += " " + std::to_string(all.counts.*count);
  text += " " + day_of(all.first) + " " + day_of(all.last);

  for (const Distinct* set : {&all.users, &all.blocked_users, &all.asked_users,
                              &all.continued_users, &all.addresses, &all.devices}) {
    text += " " + std::to_string(set->count());
  }
  return text;
}

class BlockRollsTest : public ::testing::Test {
 protected:
  BlockRollsTest() : book(catalog(), AppTagOverlay()) {
    SqliteOptions options{.path = directory / "e.db", .max_age = {}, .usage_max_age = {}};
    // So that some of it is beyond them.
    options.usage_limits.domains = 10;
    options.usage_limits.users = 28;
    auto opened = SqliteStore::open(options);
    EXPECT_TRUE(opened) << describe(opened.error());
    store = std::move(*opened);
    std::mt19937 random(11);
    for (int n = 0; n < 30'000; n += 500) {
      std::vector<Event> events;
      for (int i = 0; i < 500; ++i) events.push_back(any_event(random, n + i));
      EXPECT_TRUE(store->write(events));
    }
    question.store = store.get();
    question.book = &book;
    question.users = &users;
  }

  void settle(int day) {
    while (*store->retain(Time((kDay + days(day)).time_since_epoch()) + 12h)) {
    }
  }

  // As reports did before there were blocks.
  static void by_single_counts(const ReportQuestion& asked, const std::vector<UsageRoll*>& rolls) {
    UsageSieve sieve(*asked.book, *asked.users, asked.filter);
    UsageFeed feed;
    const auto read = asked.store->read_usage(
        {.since = asked.since, .until = asked.until, .source = asked.source},
        [&](UsagePeriod period, const UsageEntry& entry, const UsageNames& names) {
          if (!sieve.passes(entry, names)) return;
          const UsageItem item = feed.take(period, entry, names);
          for (UsageRoll* roll : rolls) roll->add(item);
        });
    ASSERT_TRUE(read);
  }

  void expect_the_same(const std::vector<UsageBy>& kinds, UsageRoll::Total total) {
    std::vector<std::unique_ptr<UsageRoll>> first, second;
    std::vector<UsageRoll*> old_rolls, new_rolls;
    for (const UsageBy by : kinds) {
      old_rolls.push_back(first.emplace_back(std::make_unique<UsageRoll>(by, book, total)).get());
      new_rolls.push_back(second.emplace_back(std::make_unique<UsageRoll>(by, book, total)).get());
    }
    by_single_counts(question, old_rolls);
    const auto read = read_block_rolls(question, new_rolls);
    ASSERT_TRUE(read) << describe(read.error());
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      // Of days by themselves a total is nobody's question.
      const bool with_total = total == UsageRoll::Total::yes && kinds[i] != UsageBy::day;
      EXPECT_EQ(told(question, kinds[i], *new_rolls[i], with_total),
                told(question, kinds[i], *old_rolls[i], with_total))
          << "kind " << static_cast<int>(kinds[i]);
    }
  }

  void expect_the_same_of_everything() {
    std::mt19937 random(1);
    for (int i = 0; i < 6; ++i) {
      question.since = kDay + days(random() % 40);
      question.until = question.since + days(1 + random() % 40);
      question.limit = i % 2 == 0 ? 5 : 1000;
      question.sort = i == 3 ? find_usage_metric("addresses") : nullptr;
      expect_the_same({UsageBy::service, UsageBy::category, UsageBy::user, UsageBy::address,
                       UsageBy::device, UsageBy::country, UsageBy::day},
                      UsageRoll::Total::yes);
      expect_the_same({UsageBy::service}, UsageRoll::Total::no);
      expect_the_same({UsageBy::category, UsageBy::service}, UsageRoll::Total::no);
    }
  }

  const TempDirectory directory;
  AppBook book;
  Users users;
  std::unique_ptr<SqliteStore> store;
  ReportQuestion question;
};

TEST_F(BlockRollsTest, SayWhatSingleCountsSayOfEverything) {
  expect_the_same_of_everything();
  settle(45);
  expect_the_same_of_everything();
}

TEST_F(BlockRollsTest, SayWhatSingleCountsSayOfSomeApps) {
  settle(45);
  question.filter.apps.apps = {"app3"};
  expect_the_same_of_everything();
  question.filter.apps.apps = {"app7"};  // which the catalog has not
  expect_the_same_of_everything();
  question.filter.apps = {};
  question.filter.apps.categories = {"crm"};
  expect_the_same_of_everything();
  question.filter.apps = {};
  question.filter.domains = {"domain3.example"};
  expect_the_same_of_everything();
  question.filter.domains = {"nowhere.example"};
  expect_the_same_of_everything();
}

TEST(BlockRolls, AreNotForQuestionsAboutPeopleOrPlaces) {
  EXPECT_TRUE(asks_for_no_who({}));
  UsageFilter filter;
  filter.user = "";
  EXPECT_FALSE(asks_for_no_who(filter));
  filter = {};
  filter.device = "windows";
  EXPECT_FALSE(asks_for_no_who(filter));
}

}  // namespace
}  // namespace sallyport::discovery
