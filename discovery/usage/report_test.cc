#include "discovery/usage/report.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "base/core/check.h"
#include "discovery/usage/report_json.h"
#include "policy/activity/risk_factors.h"

namespace sallyport::discovery {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days kDay = std::chrono::year(2026) / 11 / 20;

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

std::shared_ptr<const Catalog> catalog() {
  std::vector<SourcePtr> sources;
  for (const char* id : {"alpha", "beta", "gamma", "delta"}) {
    const std::string name(id);
    const std::string category = name == "delta" ? "crm" : "cloud_storage";
    sources.push_back(
        source("catalog/" + name + "/app.yaml",
               "id: " + name + "\nname: The " + name + "\nvendor: V\ncategory: " + category +
                   "\nwebsite: https://" + name + ".example/\ndomains: [" + name +
                   ".example]\nsources: [{kind: common_knowledge, date: 2026-11-20}]\n"));
  }
  Diagnostics warnings;
  auto parsed = parse_catalog(sources, warnings);
  if (!parsed) ADD_FAILURE() << render(parsed.error());
  auto risk = parse_app_risk(source("risk.yaml",
                                    "least_known: 0\napps:\n"
                                    "  alpha: {note: x, score: 3, factors: {soc_2: false}}\n"
                                    "  beta: {note: x, score: 8, factors: {soc_2: true}}\n"
                                    "  gamma: {note: x, score: 9}\n"),
                             **parsed, kDay);
  if (!risk) ADD_FAILURE() << render(risk.error());
  return *risk;
}

// Use that a test tells in words.
class Told final : public UsageReader {
 public:
  void use(int day, std::string user, NameKind kind, std::string service, UsageCounts counts,
           std::uint32_t address = 1) {
    UsageEntry entry;
    entry.who.user = number(NameKind::user, std::move(user));
    entry.who.device = number(NameKind::device, "desktop, linux, curl");
    entry.who.address = IpAddress::v4(address);
    entry.who.country = {'D', 'E'};
    entry.service = number(kind, std::move(service));
    entry.counts = counts;
    entry.first = 60;
    entry.last = 90;
    entries_.emplace_back(kDay + days(day), entry);
    entry.who = Who();
    entry.who.user = 1;  // the hour of `first`
    hours_.emplace_back(kDay + days(day), entry);
  }
  void add(int day, const UsageEntry& entry) { entries_.emplace_back(kDay + days(day), entry); }

  Result<UsageExtent> read_usage(const UsageQuestion& question, const Each& each) override {
    for (const auto& [day, entry] : question.family == UsageFamily::who ? entries_ : hours_) {
      if (day >= question.since && day < question.until) each({day, 1}, entry, names_);
    }
    return UsageExtent{.since = question.since, .until = question.until};
  }

 private:
  NameNumber number(NameKind kind, std::string name) {
    for (std::size_t n = 1; n < names_.size(); ++n) {
      if (names_[n].kind == kind && names_[n].name == name) return static_cast<NameNumber>(n);
    }
    names_.push_back({kind, std::move(name)});
    return static_cast<NameNumber>(names_.size() - 1);
  }

  UsageNames names_{1};
  std::vector<std::pair<sys_days, UsageEntry>> entries_, hours_;
};

class ReportTest : public ::testing::Test {
 protected:
  ReportTest()
      : book(catalog(), AppTagOverlay(std::vector<AppTagChange>{{"beta", "sanctioned"},
                                                                {"alpha", "unsanctioned"}})) {
    question.store = &told;
    question.book = &book;
    question.users = &users;
    question.since = kDay;
    question.until = kDay + days(10);
    told.use(0, "ana", NameKind::app, "alpha",
             {.transactions = 5, .sent = 100, .received = 10, .uploads = 2, .upload_bytes = 90});
    told.use(1, "ben", NameKind::app, "alpha", {.transactions = 1, .sent = 10}, 2);
    told.use(1, "", NameKind::app, "alpha", {.transactions = 1, .sent = 1}, 3);
    told.use(2, "eva", NameKind::app, "alpha", {.blocked = 4}, 4);
    told.use(3, "ana", NameKind::app, "gamma",
             {.transactions = 2, .sent = 1000, .uploads = 1, .upload_bytes = 900, .continued = 1});
    told.use(3, "ana", NameKind::domain, "tool.example", {.transactions = 1, .sent = 7});
    told.use(3, "ana", NameKind::noise, "tracker", {.transactions = 9, .sent = 9});
    told.use(-5, "ana", NameKind::app, "delta", {.transactions = 1, .sent = 1});
  }

  // The named columns of every row.
  static std::string rows(const Result<Report>& report, const std::vector<std::string>& columns,
                          std::size_t table = 0) {
    if (!report) return describe(report.error());
    const ReportTable& from = report->tables.at(table);
    std::string text;
    for (const auto& row : from.rows) {
      CHECK(row.size() == from.columns.size());
      std::string line;
      for (const std::string& column : columns) {
        const auto at = std::ranges::find(from.columns, column);
        CHECK(at != from.columns.end());
        line += (line.empty() ? "" : " ") +
                shown(row[static_cast<std::size_t>(at - from.columns.begin())]);
      }
      text += line + "\n";
    }
    return text;
  }

  static std::string shown(const ReportCell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* number = std::get_if<std::uint64_t>(&cell)) return std::to_string(*number);
    if (const auto* bytes = std::get_if<ReportBytes>(&cell)) return std::to_string(bytes->count);
    if (const auto* time = std::get_if<Time>(&cell)) return format_rfc3339(*time).substr(0, 16);
    if (const auto* list = std::get_if<std::vector<std::string>>(&cell)) {
      std::string text = "[";
      for (const std::string& one : *list) text += (text.size() > 1 ? "," : "") + one;
      return text + "]";
    }
    if (const auto* share = std::get_if<ReportShare>(&cell)) {
      return std::to_string(static_cast<int>(share->of_one * 100)) + "%";
    }
    return "-";
  }

  Told told;
  AppBook book;
  Users users;
  ReportQuestion question;
};

TEST_F(ReportTest, ListsAppsWithWhoUsedThem) {
  EXPECT_EQ(rows(report_apps(question),
                 {"app", "risk_score", "tags", "users", "addresses", "transactions", "sent",
                  "uploads", "blocked", "first_seen", "last_seen"}),
            "gamma 9 [] 1 1 2 1000 1 0 2026-11-23T01:00 2026-11-23T01:30\n"
            // Who was only stopped is no user, and neither is nobody.
            "alpha 3 [unsanctioned] 2 3 7 111 2 4 2026-11-20T01:00 2026-11-22T01:30\n");
  question.sort = find_usage_metric("users");
  EXPECT_EQ(rows(report_apps(question), {"app"}), "alpha\ngamma\n");
  question.limit = 1;
  EXPECT_EQ(rows(report_apps(question), {"app"}), "alpha\n");
}

TEST_F(ReportTest, TakesOnlyWhatPassesTheFilter) {
  const auto apps = [&](auto change) {
    const UsageFilter before = question.filter;
    change(question.filter);
    const std::string text = rows(report_apps(question), {"app", "transactions"});
    question.filter = before;
    return text;
  };
  using F = UsageFilter;
  EXPECT_EQ(apps([](F& f) { f.apps.tags = {"unsanctioned"}; }), "alpha 7\n");
  EXPECT_EQ(apps([](F& f) { f.apps.tags = {"none", "sanctioned"}; }), "gamma 2\n");
  EXPECT_EQ(apps([](F& f) { f.apps.most_score = 5; }), "alpha 7\n");
  EXPECT_EQ(apps([](F& f) { f.apps.least_score = 4; }), "gamma 2\n");
  EXPECT_EQ(apps([](F& f) { f.apps.lacks = {"soc_2"}; }), "alpha 7\n");
  EXPECT_EQ(apps([](F& f) { f.apps.has = {"soc_2"}; }), "");
  EXPECT_EQ(apps([](F& f) { f.apps.categories = {"crm"}; }), "");
  EXPECT_EQ(apps([](F& f) { f.user = "BEN"; }), "alpha 1\n");
  EXPECT_EQ(apps([](F& f) { f.user = ""; }), "alpha 1\n");
  EXPECT_EQ(apps([](F& f) { f.group = "finance"; }), "");
  EXPECT_EQ(apps([](F& f) { f.address = IpPrefix::parse("0.0.0.2"); }), "alpha 1\n");
  EXPECT_EQ(apps([](F& f) { f.country = "FR"; }), "");
  EXPECT_EQ(apps([](F& f) { f.device = "Linux"; }), "gamma 2\nalpha 7\n");
  EXPECT_EQ(apps([](F& f) { f.device = "windows"; }), "");
  question.thresholds = {{find_usage_metric("users"), 1, true}};
  EXPECT_EQ(apps([](F&) {}), "alpha 7\n");
  question.thresholds = {{find_usage_metric("users"), 2, false}};
  EXPECT_EQ(apps([](F&) {}), "gamma 2\n");
}

TEST_F(ReportTest, KeepsHostsOfNoAppAndNoiseApart) {
  EXPECT_EQ(rows(report_hosts(question), {"domain", "users", "transactions"}),
            "tool.example 1 1\n");
  const auto page = report_dashboard(question);
  ASSERT_TRUE(page);
  const auto fact = [&](std::string_view name) {
    for (const auto& [key, cell] : page->facts) {
      if (key == name) return shown(cell);
    }
    return std::string("none");
  };
  EXPECT_EQ(fact("apps") + fact("domains") + fact("users") + fact("addresses"), "2123");
  EXPECT_EQ(fact("transactions") + " " + fact("sent") + " " + fact("blocked"), "19 1127 4");
  EXPECT_EQ(fact("continued"), "1");
  const std::string json = page_json(*page);
  EXPECT_NE(json.find(R"("beside_apps":[{"kind":"tracker","services":1,"transactions":9)"),
            std::string::npos)
      << json;
}

TEST_F(ReportTest, SplitsCategoriesByStanding) {
  EXPECT_EQ(rows(report_categories(question), {"category", "apps", "unsanctioned", "users",
                                               "unsanctioned_bytes", "other_bytes"}),
            "cloud_storage 2 1 2 121 1000\n");
  EXPECT_EQ(rows(report_leakage(question), {"category", "leaked_bytes", "unsanctioned_bytes",
                                            "other_bytes", "sanctioned_bytes", "uploads", "apps"}),
            "cloud_storage 990 90 900 0 3 [gamma,alpha]\n");
}

TEST_F(ReportTest, NamesAlternativesSanctionedOnesFirst) {
  EXPECT_EQ(rows(report_alternatives(question, book.find("alpha")),
                 {"app", "sanctioned", "risk_score", "users", "share_of_users"}),
            "beta yes 8 0 0%\ngamma no 9 1 33%\n");
  // Nobody is led to what is unsanctioned.
  EXPECT_EQ(rows(report_alternatives(question, book.find("gamma")), {"app"}), "beta\n");
  EXPECT_EQ(rows(report_alternatives(question, nullptr), {"app", "alternatives"}),
            "gamma [beta]\nalpha [beta]\n");
}

TEST_F(ReportTest, TellsWhatIsNewAndWhatNobodyUses) {
  EXPECT_EQ(rows(report_new(question), {"app"}), "gamma\nalpha\n");
  question.since = kDay + days(1);
  EXPECT_EQ(rows(report_new(question), {"app"}), "gamma\n");
  EXPECT_EQ(rows(report_inactive(question), {"app", "last_seen", "users"}),
            "beta - 0\ndelta 2026-11-15T01:30 1\n");
}

TEST_F(ReportTest, ListsByUserAddressDeviceAndCountry) {
  question.filter.apps.apps = {"alpha"};
  EXPECT_EQ(rows(report_by(question, UsageBy::user), {"user", "apps", "transactions", "blocked"}),
            "ana 1 5 0\nben 1 1 0\n(nobody) 1 1 0\neva 0 0 4\n");
  EXPECT_EQ(rows(report_by(question, UsageBy::address), {"address", "users", "transactions"}),
            "0.0.0.1 1 5\n0.0.0.2 1 1\n0.0.0.3 0 1\n0.0.0.4 0 0\n");
  EXPECT_EQ(rows(report_by(question, UsageBy::device), {"device", "users"}),
            "desktop, linux, curl 2\n");
  EXPECT_EQ(rows(report_by(question, UsageBy::country), {"country", "users"}), "DE 2\n");
}

TEST_F(ReportTest, ShowsThePageOfOneApp) {
  question.filter.apps.apps = {"alpha"};
  const auto page =
      report_app(question, book.find("alpha"), "alpha", Time(kDay.time_since_epoch()));
  ASSERT_TRUE(page);
  const std::string json = page_json(*page);
  for (const char* part :
       {R"("app":"alpha")", R"("risk_score":3,"risk_level":"high")", R"("users":2)",
        R"("users_blocked":1)", R"("upload_bytes":90)", R"("top_users":[{"user":"ana")",
        R"({"day":"2026-11-22","users":0)", R"("hours":[{"hour":1,"transactions":7,"sent":111)"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  }
}

TEST_F(ReportTest, SaysHowMuchIsBeyondTheLimits) {
  UsageEntry other;
  other.counts.transactions = 12;
  other.counts.sent = 5;
  told.add(0, other);
  const auto report = report_by(question, UsageBy::user);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->beyond_limits, 12u);
  EXPECT_NE(rows(report, {"user", "transactions"}).find("(other) 12\n"), std::string::npos);
}

TEST(AppBook, FindsAnAppByIdNameAndDomain) {
  const AppBook book(catalog(), AppTagOverlay());
  EXPECT_EQ(book.find_any("ALPHA")->facts.id, "alpha");
  EXPECT_EQ(book.find_any("the alpha")->facts.id, "alpha");
  EXPECT_EQ(book.find_any("www.alpha.example")->facts.id, "alpha");
  EXPECT_EQ(book.find_any("epsilon"), nullptr);
}

TEST(SuggestedQueries, AskOnlyForFactorsAndCategoriesThatThereAre) {
  for (const SuggestedQuery& query : suggested_queries()) {
    for (const auto* factors : {&query.choice.has, &query.choice.lacks}) {
      for (const std::string& factor : *factors) {
        EXPECT_TRUE(is_factor(factor)) << query.name << ": " << factor;
      }
    }
    for (const std::string& category : query.choice.categories) {
      EXPECT_NE(std::ranges::find(policy::app_category_words(), category),
                policy::app_category_words().end())
          << query.name << ": " << category;
    }
  }
}

TEST(AppChoice, HoldsBothWhatIsAskedAndWhatAQueryAsks) {
  AppChoice choice{.categories = {"crm"}};
  choice.also({.categories = {"cloud_storage"}});
  const AppBook book(catalog(), AppTagOverlay());
  for (const BookedApp& app : book.apps()) EXPECT_FALSE(choice.passes(app)) << app.facts.id;
  AppChoice score{.most_score = 8};
  score.also({.most_score = 5});
  EXPECT_TRUE(score.passes(*book.find("alpha")));
  EXPECT_FALSE(score.passes(*book.find("beta")));
}

}  // namespace
}  // namespace sallyport::discovery
