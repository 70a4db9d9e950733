#include "discovery/users/user_directory.h"

#include <gtest/gtest.h>

#include "discovery/users/user_name.h"

namespace sallyport::discovery {
namespace {

SourcePtr source(const char* name, const std::string& text) {
  return std::make_shared<const Source>(Source{name, text});
}

// A users file that begins with "users:" is YAML, every other one CSV.
Checked<std::shared_ptr<const Users>> parse(const std::string& users,
                                            const std::string& addresses) {
  Diagnostics warnings;
  const bool yaml = users.empty() || users.starts_with("users:");
  return parse_users(source(yaml ? "users.yaml" : "users.csv", users),
                     source("addresses.yaml", addresses), warnings);
}

std::shared_ptr<const Users> make(const std::string& users, const std::string& addresses = "") {
  const auto made = parse(users, addresses);
  EXPECT_TRUE(made) << render(made.error());
  return made ? *made : std::make_shared<const Users>();
}

std::string user_at(const Users& users, std::string_view address) {
  return users.user_of(IpAddress::parse(address).value()).value_or("-");
}

std::string joined(const std::vector<std::string>& texts) {
  std::string shown;
  for (const auto& text : texts) shown += (shown.empty() ? "" : " ") + text;
  return shown;
}

std::string groups(const Users& users, std::string_view user) {
  const Person* person = users.find(user);
  return person != nullptr ? joined(person->groups) : "-";
}

// "ana (corp.example): amaria ana ...; finance staff"
std::string person(const Users& users, std::string_view name) {
  const Person* found = users.find(name);
  if (found == nullptr) return "-";
  return found->name + " (" + found->domain + "): " + joined(found->names) + "; " +
         joined(found->groups);
}

void expect_refused(const std::string& users, const std::string& addresses,
                    const std::vector<std::string>& expected) {
  const auto made = parse(users, addresses);
  ASSERT_FALSE(made);
  const std::string shown = render(made.error());
  EXPECT_EQ(made.error().errors(), expected.size()) << shown;
  for (const auto& part : expected) {
    EXPECT_NE(shown.find(part), std::string::npos) << "no '" << part << "' in:\n" << shown;
  }
}

constexpr const char* kAnaYaml =
    "users:\n"
    "  - name: Ana\n"
    "    user: 'CORP\\ana'\n"
    "    aliases: [amaria]\n"
    "    upn: ana@corp.example\n"
    "    mail: [Ana.Maria@example.org, ana@corp.example]\n"
    "    groups: [staff, finance]\n"
    "  - {name: ben}\n";

constexpr const char* kAnaCsv =
    "name,user,aliases,upn,mail,groups\r\n"
    "Ana,CORP\\ana,amaria,ana@corp.example,Ana.Maria@example.org;ana@corp.example,staff;finance\r\n"
    "ben,,,,,\r\n";

TEST(Users, HaveManyNamesAndAreOnePersonByEachInYamlAsInCsv) {
  for (const char* file : {kAnaYaml, kAnaCsv}) {
    const auto users = make(file);
    EXPECT_EQ(users->size(), 2u);
    for (const char* name :
         {"ana", "ANA", "Corp\\Ana", "amaria", "ana@CORP.example", "ana.maria@example.org"}) {
      EXPECT_EQ(person(*users, name),
                "ana (corp.example): amaria ana ana.maria@example.org ana@corp.example corp\\ana; "
                "finance staff")
          << name;
    }
    EXPECT_EQ(person(*users, "ben"), "ben (): ben; ");
    for (const char* name : {"corp\\ben", "ana@example.org", "", "a:b", "an"}) {
      EXPECT_EQ(person(*users, name), "-") << name;
    }
    EXPECT_EQ(users->canonical("corp\\ana"), "ana");
    EXPECT_EQ(users->canonical("zoe@corp.example"), "zoe@corp.example");
  }
}

TEST(Users, TakeTheDomainFromTheUpnThenFromTheNameThenFromTheMail) {
  const auto users = make(
      "name,aliases,upn,mail\n"
      "a@name.example,,a@upn.example,a@mail.example\n"
      "b@name.example,,,b@mail.example\n"
      "c,CORP\\c,,c@mail.example\n"
      "d,CORP\\d,,\n"
      "e,,,\n");
  std::string shown;
  for (const Person& one : users->people()) shown += one.name + " " + one.domain + "\n";
  EXPECT_EQ(shown,
            "a@name.example upn.example\n"
            "b@name.example name.example\n"
            "c mail.example\n"
            "d corp\n"
            "e \n");
}

TEST(Users, FillInTheActivityUnderTheCanonicalName) {
  const auto users = make(kAnaYaml);
  policy::Activity activity;
  users->describe("corp\\ana", activity);
  EXPECT_EQ(activity.user, "ana");
  EXPECT_EQ(activity.user_names.size(), 5u);
  EXPECT_EQ(activity.user_domain, "corp.example");
  EXPECT_EQ(joined(activity.groups), "finance staff");
  // Somebody who is not listed keeps the name, has the domain that stands in it, and no groups.
  users->describe("zoe@corp.example", activity);
  EXPECT_EQ(activity.user, "zoe@corp.example");
  EXPECT_EQ(joined(activity.user_names), "");
  EXPECT_EQ(activity.user_domain, "corp.example");
  EXPECT_EQ(joined(activity.groups), "");
  users->describe("ben", activity);
  EXPECT_EQ(joined(activity.user_names), "");  // The one name says it all.
  EXPECT_EQ(activity.user_domain, "");
}

TEST(Users, TellHowLongAgoTheDirectorySawThemOnTheDayOfTheActivity) {
  for (const auto& users :
       {make("users:\n  - {name: ana, last_logon: 2026-11-17}\n  - {name: ben}\n"),
        make("name,last_logon\nana,2026-11-17T08:00:00Z\nben,\n")}) {
    policy::Activity activity;
    activity.at = *parse_rfc3339("2026-11-27T12:00:00Z");
    users->describe("ana", activity);
    EXPECT_EQ(activity.days_since_logon, 10);
    users->describe("ben", activity);
    EXPECT_EQ(activity.days_since_logon, std::nullopt);
    users->describe("ana", activity);
    users->describe("nobody", activity);
    EXPECT_EQ(activity.days_since_logon, std::nullopt);
    activity.at = *parse_rfc3339("2026-11-15T12:00:00Z");
    users->describe("ana", activity);
    EXPECT_EQ(activity.days_since_logon, std::nullopt) << "the past does not know of the logon";
  }
}

TEST(Users, MayBeMeantByAnyNameInTheAddressMap) {
  const auto users = make(kAnaCsv,
                          "- {address: 192.0.2.7, user: ana@corp.example}\n"
                          "- {address: 192.0.2.8, user: 'CORP\\Ana'}\n"
                          "- {address: 192.0.2.9, user: stranger}\n");
  EXPECT_EQ(user_at(*users, "192.0.2.7"), "ana");
  EXPECT_EQ(user_at(*users, "192.0.2.8"), "ana");
  EXPECT_EQ(user_at(*users, "192.0.2.9"), "stranger");
}

TEST(Users, RefuseANameOfTwoPeopleAndNameBothPlaces) {
  const auto made = parse(
      "name,aliases,upn\n"
      "ana,amaria,ana@corp.example\n"
      "ben,\"x; AMARIA\",\n"
      "ana@corp.example,,\n"
      "ana,,\n",
      "");
  ASSERT_FALSE(made);
  EXPECT_EQ(render(made.error()),
            "users.csv:3:9: error: 'amaria' is already a name of 'ana'\n"
            "ben,\"x; AMARIA\",\n"
            "        ^~~~~~ the other is at users.csv:2:5\n"
            "users.csv:4:1: error: 'ana@corp.example' is already a name of 'ana'\n"
            "ana@corp.example,,\n"
            "^~~~~~~~~~~~~~~~ the other is at users.csv:2:12\n"
            "users.csv:5:1: error: there is a user 'ana' already\n"
            "ana,,\n"
            "^~~ the other is at users.csv:2:1\n");
}

TEST(Users, RefuseACsvFileWithEveryFaultInPlace) {
  expect_refused(
      "nam,groups\nana,x\n", "",
      {"users.csv:1:1: error: there is no column 'nam'\nnam,groups\n^~~ did you mean 'name'?"});
  expect_refused("name;groups\n", "", {"^~~~~~~~~~~ columns are separated by ','"});
  expect_refused("groups\n", "", {"the first line needs a column 'name'"});
  expect_refused("name,name\n", "", {"users.csv:1:6: error: the column 'name' is there twice"});
  expect_refused(
      "name,mail,groups\n"
      "ana,no-at-sign,\n"
      ",,staff\n"
      "ben,,a;b:c\n"
      "zoe,\"x\"y,\n"
      "short\n",
      "",
      {"users.csv:2:5: error: 'no-at-sign' has no '@'", "users.csv:3:1: error: user needs 'name'",
       "users.csv:4:8: error: 'b:c' is no name of a group",
       "users.csv:5:8: error: something stands behind a closing quote",
       "users.csv:6:1: error: 1 field where the first line has 3"});
  Diagnostics warnings;
  const auto empty = parse_users(source("users.csv", ""), nullptr, warnings);
  ASSERT_FALSE(empty);
  EXPECT_NE(render(empty.error()).find("an empty file: the first line names the columns"),
            std::string::npos);
}

TEST(Users, AreBoundedInNamesAndGroups) {
  std::string many = "name,aliases,groups\nana,";
  for (int i = 0; i < 64; ++i) many += "a" + std::to_string(i) + ";";
  many += ",";
  for (int i = 0; i < 1025; ++i) many += "g" + std::to_string(i) + ";";
  expect_refused(many + "\n", "", {"more than 64 names", "more than 1024 groups"});
}

TEST(Users, FindTheLongestPrefix) {
  const auto users = make("",
                          "- {cidr: 192.0.2.0/24, user: floor}\n"
                          "- {address: 192.0.2.7, user: Ana}\n"
                          "- {cidr: '2001:db8::/32', user: site}\n"
                          "- {cidr: '2001:db8:7::/64', user: kiosk}\n"
                          "- {address: '::ffff:198.51.100.1', user: mapped}\n");
  EXPECT_EQ(user_at(*users, "192.0.2.7"), "ana");
  EXPECT_EQ(user_at(*users, "192.0.2.8"), "floor");
  EXPECT_EQ(user_at(*users, "192.0.3.1"), "-");
  EXPECT_EQ(user_at(*users, "2001:db8:7::1"), "kiosk");
  EXPECT_EQ(user_at(*users, "2001:db8:8::1"), "site");
  EXPECT_EQ(user_at(*users, "::ffff:192.0.2.7"), "ana");
  EXPECT_EQ(user_at(*users, "198.51.100.1"), "mapped");
}

TEST(Users, DoNotTakeAnAddressInsideAnotherForAProof) {
  const auto users = make("", "- {address: 192.0.2.7, user: ana}\n");
  EXPECT_EQ(user_at(*users, "2002:c000:207::1"), "-");
  EXPECT_EQ(user_at(*users, "64:ff9b::192.0.2.7"), "-");
}

TEST(Users, HaveGroupsSortedOnceAndInLowerCase) {
  const auto users =
      make("users:\n  - {name: Ana, groups: [Staff, finance, staff]}\n  - {name: ben}\n", "");
  EXPECT_EQ(groups(*users, "ana"), "finance staff");
  EXPECT_EQ(groups(*users, "ANA"), "finance staff");
  EXPECT_EQ(groups(*users, "ben"), "");
  EXPECT_EQ(groups(*users, "zoe"), "-");
  EXPECT_EQ(users->size(), 2u);
}

TEST(Users, MayBeNobody) {
  EXPECT_EQ(user_at(Users(), "192.0.2.1"), "-");
  EXPECT_EQ(groups(Users(), "ana"), "-");
  Diagnostics warnings;
  EXPECT_TRUE(parse_users(nullptr, nullptr, warnings));
  EXPECT_TRUE(load_users("", "", warnings));
  EXPECT_FALSE(load_users("/nowhere/users.yaml", "", warnings));
}

TEST(Users, ReportEveryFaultOfBothFilesAtOnce) {
  expect_refused(
      "users:\n"
      "  - {name: ana}\n"
      "  - {name: ANA}\n"
      "  - {nam: ben}\n"
      "  - {name: 'a:b', groups: ['']}\n",
      "- {address: 192.0.2.7, user: ana}\n"
      "- {cidr: 192.0.2.7/32, user: ben}\n"
      "- {address: 192.0.2.0/24, user: ana}\n"
      "- {cidr: 192.0.2.1/24, user: ana}\n"
      "- {user: ana}\n"
      "- {address: 192.0.2.9}\n",
      {"users.yaml:3:12: error: there is a user 'ana' already", "user needs 'name'",
       "unknown key 'nam'", "'a:b' is no name of a user", "'' is no name of a group",
       "addresses.yaml:2:10: error: '192.0.2.7/32' is already on line 1",
       "'192.0.2.0/24' is no address", "'192.0.2.1/24' has bits behind its first 24",
       "give either 'address' or 'cidr'", "address needs 'user'"});
}

TEST(Users, WantAListOfAddresses) {
  expect_refused("", "ana: 192.0.2.7\n", {"addresses must be a list, not a mapping"});
}

TEST(UserName, HasADomainInTwoOfItsForms) {
  EXPECT_EQ(domain_of_user_name("ana"), "");
  EXPECT_EQ(domain_of_user_name("corp\\ana"), "corp");
  EXPECT_EQ(domain_of_user_name("ana@corp.example"), "corp.example");
  EXPECT_EQ(domain_of_user_name("a@b@corp.example"), "corp.example");
}

TEST(UserName, HasOneSpelling) {
  EXPECT_EQ(normal_user_name("Ana.Maria@Example.COM"), "ana.maria@example.com");
  EXPECT_EQ(normal_user_name("CORP\\Ana"), "corp\\ana");
  EXPECT_EQ(normal_user_name(std::string(255, 'a'))->size(), 255u);
  for (const std::string& bad :
       {std::string(), std::string(" ana"), std::string("ana "), std::string("a:b"),
        std::string("a\nb"), std::string("a\0b", 3), std::string("a\x7f"), std::string(256, 'a'),
        std::string("\\ana"), std::string("corp\\"), std::string("a\\b\\c"),
        std::string("corp\\ ana"), std::string("@corp"), std::string("ana@"),
        std::string("ana @corp"), std::string("\xff"),
        std::string("a\xe2\x80\xae"
                    "b")}) {
    EXPECT_EQ(normal_user_name(bad), std::nullopt) << bad;
  }
}

TEST(ShippedUsers, LoadAndNameNobody) {
  Diagnostics warnings;
  const std::string folder = std::string(SALLYPORT_SOURCE_DIR) + "/conf/users";
  const auto loaded = load_users(folder + "/users.yaml", folder + "/addresses.yaml", warnings);
  ASSERT_TRUE(loaded) << render(loaded.error());
  EXPECT_EQ((*loaded)->size(), 0u);
}

}  // namespace
}  // namespace sallyport::discovery
