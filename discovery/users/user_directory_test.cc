#include "discovery/users/user_directory.h"

#include <gtest/gtest.h>

#include "discovery/users/user_name.h"

namespace sallyport::discovery {
namespace {

SourcePtr source(const char* name, const std::string& text) {
  return std::make_shared<const Source>(Source{name, text});
}

Checked<std::shared_ptr<const Users>> parse(const std::string& users,
                                            const std::string& addresses) {
  Diagnostics warnings;
  return parse_users(source("users.yaml", users), source("addresses.yaml", addresses), warnings);
}

std::shared_ptr<const Users> make(const std::string& users, const std::string& addresses) {
  const auto made = parse(users, addresses);
  EXPECT_TRUE(made) << render(made.error());
  return made ? *made : std::make_shared<const Users>();
}

std::string user_at(const Users& users, std::string_view address) {
  return users.user_of(IpAddress::parse(address).value()).value_or("-");
}

std::string groups(const Users& users, std::string_view user) {
  std::string shown;
  for (const auto& group : users.groups_of(user)) shown += (shown.empty() ? "" : " ") + group;
  return shown;
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
  EXPECT_EQ(groups(*users, "zoe"), "");
  EXPECT_TRUE(users->knows("Ben"));
  EXPECT_FALSE(users->knows("zoe"));
  EXPECT_EQ(users->size(), 2u);
}

TEST(Users, MayBeNobody) {
  EXPECT_EQ(user_at(Users(), "192.0.2.1"), "-");
  EXPECT_EQ(groups(Users(), "ana"), "");
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
      {"users.yaml:3:12: error: user 'ana' is already on line 2", "user needs 'name'",
       "unknown key 'nam'", "'a:b' is no name of a user", "'' is no name of a group",
       "addresses.yaml:2:10: error: '192.0.2.7/32' is already on line 1",
       "'192.0.2.0/24' is no address", "'192.0.2.1/24' has bits behind its first 24",
       "give either 'address' or 'cidr'", "address needs 'user'"});
}

TEST(Users, WantAListOfAddresses) {
  expect_refused("", "ana: 192.0.2.7\n", {"addresses must be a list, not a mapping"});
}

TEST(UserName, HasOneSpelling) {
  EXPECT_EQ(normal_user_name("Ana.Maria@Example.COM"), "ana.maria@example.com");
  EXPECT_EQ(normal_user_name("CORP\\Ana"), "corp\\ana");
  EXPECT_EQ(normal_user_name(std::string(255, 'a'))->size(), 255u);
  for (const std::string& bad :
       {std::string(), std::string(" ana"), std::string("ana "), std::string("a:b"),
        std::string("a\nb"), std::string("a\0b", 3), std::string("a\x7f"), std::string(256, 'a')}) {
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
