#include "policy/testkit/facts.h"

#include <gtest/gtest.h>

#include "policy/activity/attribute_table.h"

namespace sallyport::policy {
namespace {

Fact fact(std::string attribute, std::vector<std::string> values) {
  Fact made{{std::move(attribute), {}}, {}};
  for (std::string& value : values) made.values.push_back({std::move(value), {}});
  return made;
}

// "attribute value" of the facts that are asked for, or what is wrong with them.
std::string make(std::vector<Fact> facts, const std::vector<std::string>& asked,
                 const std::string& zone = "UTC") {
  Diagnostics found;
  const Activity activity = make_activity(facts, *TimeZone::find(zone), found);
  std::string text;
  for (const Diagnostic& one : found.sorted()) {
    text += one.message + (one.hint.empty() ? "" : " | " + one.hint) + "\n";
  }
  if (!text.empty()) return text;
  for (const std::string& one : asked) text += one + " " + show_fact(one, activity) + "\n";
  return text;
}

// A value of each kind; words of closed lists are taken from the list.
std::string sample(const Attribute& attribute) {
  if (attribute.name == "status") return "404";
  if (attribute.name == "header") return "accept";
  switch (attribute.type) {
    case Type::word:
    case Type::words:
      return std::string(attribute.allowed().back());
    case Type::text:
    case Type::texts:
      return attribute.path_prefix ? "/a/b" : "sample.example";
    case Type::number:
      return attribute.name == "app.risk_score" ? "7" : "47";
    case Type::address:
      return "2001:db8::47";
    case Type::time_of_day:
      return "23:47";
    case Type::weekday:
      return "sun";
    case Type::date:
      return "2027-02-03";
  }
  return "";
}

TEST(Facts, CanWriteEveryAttribute) {
  for (const Attribute& attribute : attribute_table()) {
    const std::string name(attribute.name);
    const std::string value = sample(attribute);
    std::vector<Fact> facts = {fact(name, {value})};
    if (name == "user.group") facts.push_back(fact("user", {"ana"}));
    std::string expected = value;
    if (attribute.type == Type::texts || attribute.type == Type::words)
      expected = "[" + value + "]";
    if (attribute.type == Type::time_of_day) expected = "2026-07-01T23:47:00.000000Z";
    if (attribute.type == Type::weekday) expected = "2026-07-05T12:00:00.000000Z";
    if (attribute.type == Type::date) expected = "2027-02-03T12:00:00.000000Z";
    EXPECT_EQ(make(facts, {name}), name + " " + expected + "\n");
  }
}

TEST(Facts, StandOnAnOrdinaryExchange) {
  std::string text;
  const Activity activity = ordinary_activity();
  for (const Attribute& attribute : attribute_table()) {
    const std::string value = show_fact(attribute.name, activity);
    if (value != "missing") text += std::string(attribute.name) + " " + value + "\n";
  }
  EXPECT_EQ(text,
            "activity view\n"
            "activity.admin false\n"
            "client.ip 192.0.2.1\n"
            "client.ip.category none\n"
            "client.ip.range ''\n"
            "client.ip.tag []\n"
            "connection.downloaded 0\n"
            "connection.uploaded 0\n"
            "destination.ip 198.51.100.1\n"
            "destination.ip.category none\n"
            "destination.ip.range ''\n"
            "destination.ip.tag []\n"
            "header [host]\n"
            "host www.example.com\n"
            "host.domain example.com\n"
            "host.kind unknown\n"
            "host.tag []\n"
            "method GET\n"
            "path /\n"
            "port 443\n"
            "scheme https\n"
            "status 200\n"
            "time.date 2026-07-01T12:00:00.000000Z\n"
            "time.of_day 2026-07-01T12:00:00.000000Z\n"
            "time.weekday 2026-07-01T12:00:00.000000Z\n");
}

TEST(Facts, AreOrderedAndCountedOnce) {
  EXPECT_EQ(make({fact("app.tag", {"b", "a", "b"}), fact("app", {"drop"})}, {"app", "app.tag"}),
            "app drop\napp.tag [a, b]\n");
  EXPECT_EQ(make({fact("user", {"ana", "CORP\\ana"})}, {"user"}), "user [CORP\\ana, ana]\n");
}

TEST(Facts, BringWhatFollowsFromThem) {
  EXPECT_EQ(make({fact("file.name", {"Plan.v2.PDF"})}, {"file.name", "file.extension"}),
            "file.name Plan.v2.PDF\nfile.extension pdf\n");
  EXPECT_EQ(make({fact("host", {"WWW.Other.example."})}, {"host", "host.domain"}),
            "host www.other.example\nhost.domain missing\n");
  EXPECT_EQ(make({fact("scheme", {"http"})}, {"port"}), "port 80\n");
  EXPECT_EQ(make({fact("app.category", {"health"})}, {"app", "app.category", "app.tag"}),
            "app an_app\napp.category health\napp.tag []\n");
}

TEST(Facts, CanBeMissingAndBeNone) {
  EXPECT_EQ(
      make({fact("destination.ip", {"is not set"})}, {"destination.ip", "destination.ip.tag"}),
      "destination.ip missing\ndestination.ip.tag missing\n");
  EXPECT_EQ(make({fact("app", {"drop"}), fact("app.tag", {})}, {"app.tag"}), "app.tag []\n");
  EXPECT_EQ(make({fact("path", {"is not set"})}, {"path"}), "path missing\n");
}

TEST(Facts, TakeWhatDependsOnThemAlong) {
  std::vector<Fact> facts = {fact("app", {"drop"}), fact("app.tag", {"sanctioned"}),
                             fact("activity", {"upload"})};
  put_fact(facts, fact("app", {"unknown"}));
  EXPECT_EQ(make(facts, {"app", "app.tag", "activity"}),
            "app missing\napp.tag missing\nactivity upload\n");
}

TEST(Facts, MakeOneMomentInTheZone) {
  EXPECT_EQ(make({fact("time.date", {"2026-11-26"}), fact("time.of_day", {"08:30"})}, {"time.date"},
                 "Europe/Vienna"),
            "time.date 2026-11-26T07:30:00.000000Z\n");
  EXPECT_EQ(make({fact("time.weekday", {"mon"})}, {"time.weekday"}),
            "time.weekday 2026-07-06T12:00:00.000000Z\n");
  EXPECT_EQ(make({fact("time.date", {"2026-11-26"}), fact("time.weekday", {"mon"})}, {}),
            "the date of this case is a thu\n");
}

TEST(Facts, RefuseWhatIsNoFact) {
  const auto refused = [](std::string attribute, std::vector<std::string> values) {
    return make({fact(std::move(attribute), std::move(values))}, {});
  };
  EXPECT_EQ(refused("activity", {"uplaod"}), "'uplaod' is no activity | did you mean 'upload'?\n");
  EXPECT_EQ(refused("client.ip", {"192.0.2.0/24"}),
            "'192.0.2.0/24' is no client.ip | write one address: '192.0.2.1' or '2001:db8::1'\n");
  EXPECT_EQ(refused("file.size", {"> 25 MB"}),
            "'> 25 MB' is no file.size | write bytes: '30 MB', '4096'\n");
  EXPECT_EQ(refused("port", {"70000"}), "'70000' is no port | from 1 to 65535\n");
  EXPECT_EQ(refused("status", {"many"}), "'many' is no status | write one number\n");
  EXPECT_EQ(refused("host", {"*.example.com"}),
            "'*.example.com' is no host | write one name or address: 'www.example.com'\n");
  EXPECT_EQ(refused("path", {"admin"}), "'admin' is no path | a path begins with '/'\n");
  EXPECT_EQ(refused("time.of_day", {"08:00..18:00"}),
            "'08:00..18:00' is no time.of_day | write one time: '14:30'\n");
  EXPECT_EQ(refused("time.weekday", {"monday"}),
            "'monday' is no time.weekday | one of: mon, tue, wed, thu, fri, sat, sun\n");
  EXPECT_EQ(refused("app", {"list/apps"}),
            "'list/apps' is a list, not a fact | a case says what is: one value, no pattern\n");
  EXPECT_EQ(refused("query", {"~ ^a"}),
            "'~ ^a' is an expression, not a fact | a case says what is: one value, no pattern\n");
  EXPECT_EQ(refused("method", {"GET", "POST"}), "'method' of an activity is one value\n");
  EXPECT_EQ(refused("client.ip.tag", {"torr"}),
            "'torr' is no client.ip.tag that we know | did you mean 'tor'?\n");
}

TEST(Facts, RefuseWhatContradictsItself) {
  EXPECT_EQ(make({fact("user.group", {"staff"})}, {}),
            "nobody can know 'user.group' here | say who the user is: 'user: ana'\n");
  EXPECT_EQ(make({fact("client.ip.tag", {"is not set"})}, {}),
            "'client.ip.tag' cannot be missing here | write 'client.ip.tag: []' for none\n");
  EXPECT_EQ(make({fact("host.kind", {"is not set"})}, {}),
            "'host.kind' cannot be missing here | it is always known beside the case's other "
            "facts\n");
}

}  // namespace
}  // namespace sallyport::policy
