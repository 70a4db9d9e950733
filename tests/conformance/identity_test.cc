// Who somebody is: one person by any of their names, whichever way the name came.

#include <gtest/gtest.h>

#include "base/crypto/base64.h"
#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

constexpr const char* kGet = "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n\r\n";
constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

constexpr const char* kUsers =
    "users:\n"
    "  - {name: ana, user: 'CORP\\ana', upn: ana@corp.example, mail: Ana.Maria@example.org,\n"
    "     groups: [finance]}\n";

// What became of a plain request from 192.0.2.10, whom the map calls `mapped`.
std::string outcome(const std::string& rules, const std::string& mapped) {
  Rig rig({.rules = rules,
           .users = kUsers,
           .user_addresses = "- { address: 192.0.2.10, user: '" + mapped + "' }\n"});
  rig.origin("files.example").always_says(kHello);
  Client client = rig.client();
  client.says(kGet);
  return rig.events();
}

TEST(Identity, IsOnePersonByAnyNameInTheAddressMapAndInRules) {
  for (const char* mapped :
       {"ana", "ANA", "CORP\\Ana", "ana@corp.example", "ana.maria@example.org"}) {
    for (const char* rule :
         {"user: Ana", "user: 'corp\\ana'", "user: ANA@corp.example", "user: '*@corp.example'",
          "user.domain: corp.example", "user.group: finance", "not: {user: ben@corp.example}"}) {
      EXPECT_EQ(outcome("- {name: r, when: {" + std::string(rule) + "}, then: block}\n", mapped),
                "ana other files.example: blocked 403, 'r'\n")
          << mapped << " / " << rule;
    }
    EXPECT_EQ(outcome("- {name: r, when: {user: ana@other.example}, then: block}\n", mapped),
              "ana other files.example: completed 200\n");
  }
}

TEST(Identity, OfSomebodyWhoIsNotListedIsTheNameAsItCame) {
  EXPECT_EQ(
      outcome("- {name: r, when: {user.domain: corp.example}, then: block}\n", "Zoe@corp.example"),
      "zoe@corp.example other files.example: blocked 403, 'r'\n");
  EXPECT_EQ(outcome("- {name: r, when: {user.group: finance}, then: block}\n", "zoe"),
            "zoe other files.example: completed 200\n");
}

TEST(Identity, OfNobodyIsUnknownAndSaysNothingElse) {
  const auto nobody = [](const std::string& condition) {
    Rig rig({.rules = "- {name: r, when: {" + condition + "}, then: block}\n", .users = kUsers});
    rig.origin("files.example").always_says(kHello);
    Client client = rig.client();
    client.says(kGet);
    return rig.events();
  };
  EXPECT_EQ(nobody("user: unknown"), "- other files.example: blocked 403, 'r'\n");
  for (const char* condition :
       {"user: '*'", "not: {user: ana}", "user.domain: corp.example", "user.group: finance",
        "not: {user.domain: corp.example}", "not: {user.group: finance}", "not: {user: unknown}"}) {
    EXPECT_EQ(nobody(condition), "- other files.example: completed 200\n") << condition;
  }
}

// --- Told at run time

void tell(Rig& rig, const std::string& prefix, const std::string& user, std::chrono::hours lives) {
  discovery::AddressBook book;
  ASSERT_TRUE(book.put({{*IpPrefix::parse(prefix), user, "test", rig.clock().now() + lives}},
                       rig.clock().now()));
  rig.parts().proxy().know(book.map());
}

TEST(Identity, ToldAtRunTimeComesBeforeTheFileAndEndsByItself) {
  Rig rig({.users = kUsers, .user_addresses = "- { address: 192.0.2.10, user: ben }\n"});
  rig.origin("files.example").always_says(kHello);
  tell(rig, "192.0.2.0/24", "corp\\ana", std::chrono::hours(1));
  Client client = rig.client();
  client.says(kGet);
  Client elsewhere = rig.client("198.51.100.1");
  elsewhere.says(kGet);
  rig.pass(std::chrono::hours(1));
  Client later = rig.client();
  later.says(kGet);
  EXPECT_EQ(rig.events(),
            "ana other files.example: completed 200\n"
            "- other files.example: completed 200\n"
            "ben other files.example: completed 200\n");
  EXPECT_EQ(rig.recorded().at(0).user_source, "address_feed");
  EXPECT_EQ(rig.recorded().at(0).activity.groups, std::vector<std::string>{"finance"});
  EXPECT_EQ(rig.recorded().at(1).user_source, "");
  EXPECT_EQ(rig.recorded().at(2).user_source, "address_map");
}

// --- Signing in

constexpr const char* kPasswords =
    "ana:$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n";  // "correct horse"

std::string signed_in(const std::string& credentials, const std::string& more = "") {
  return "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n" + more +
         "Proxy-Authorization: Basic " + base64_encode(credentials) + "\r\n\r\n";
}

TEST(Identity, IsTheSameWhicheverNameSomebodySignsInWith) {
  Rig rig({.rules = "- {name: r, when: {user: ana@corp.example, method: POST}, then: block}\n",
           .users = kUsers,
           .passwords = kPasswords});
  rig.origin("files.example").always_says(kHello);
  for (const char* name : {"ana", "CORP\\Ana", "ANA@corp.example", "Ana.Maria@Example.ORG"}) {
    Client client = rig.client();
    client.says(signed_in(std::string(name) + ":correct horse"));
    EXPECT_EQ(status_of(client.hears()), 200) << name;
  }
  EXPECT_EQ(rig.events(),
            "ana other files.example: completed 200\nana other files.example: completed 200\n"
            "ana other files.example: completed 200\nana other files.example: completed 200\n");
  for (const auto& event : rig.recorded()) {
    EXPECT_EQ(event.user_source, "basic");
    EXPECT_EQ(event.activity.groups, std::vector<std::string>{"finance"});
    EXPECT_EQ(event.activity.user_domain, "corp.example");
  }
}

TEST(Identity, ProvedByCredentialsComesBeforeWhatAnAddressSays) {
  Rig rig({.users = kUsers,
           .user_addresses = "- { address: 192.0.2.10, user: zoe }\n",
           .passwords = kPasswords});
  rig.origin("files.example").always_says(kHello);
  tell(rig, "192.0.2.10", "ben", std::chrono::hours(1));
  Client client = rig.client();
  client.says(kGet);
  EXPECT_EQ(status_of(client.hears()), 407);
  client.says(signed_in("ana:correct horse"));
  EXPECT_EQ(status_of(client.hears()), 200);
  EXPECT_EQ(rig.recorded().back().activity.user, "ana");
  EXPECT_EQ(rig.recorded().back().user_source, "basic");
}

TEST(SignIn, IsHeldUpAfterTooManyFailuresAndSaysForHowLong) {
  Rig rig(
      {.users = kUsers, .passwords = kPasswords, .sign_in = {std::chrono::minutes(10), 3, 20, 20}});
  OriginServer& origin = rig.origin("files.example");
  origin.always_says(kHello);
  Client guesser = rig.client();
  for (int i = 0; i < 3; ++i) {
    guesser.says(signed_in("ana:guess " + std::to_string(i)));
    EXPECT_EQ(status_of(guesser.hears()), 407);
  }
  guesser.says(signed_in("ana:correct horse", "Accept: text/html\r\n"));
  const std::string reply = guesser.hears();
  EXPECT_EQ(status_of(reply), 429);
  EXPECT_NE(reply.find("\r\nRetry-After: 200\r\n"), std::string::npos) << reply;
  EXPECT_EQ(reply.find("Proxy-Authenticate"), std::string::npos);
  EXPECT_NE(reply.find("Signing in has to wait"), std::string::npos);
  EXPECT_EQ(origin.connections(), 0u);
  EXPECT_EQ(rig.recorded().back().error,
            "held up after too many failed sign-ins of this user from this address, no password "
            "checked for 'ana', next in 200 s");
  EXPECT_EQ(rig.recorded().back().ending, discovery::Ending::refused);
  EXPECT_FALSE(rig.recorded().back().activity.user);
  MetricSet& metrics = rig.parts().worker().metrics();
  EXPECT_EQ(metrics.get(Metric::auth_failures_total), 3);
  EXPECT_EQ(metrics.get(Metric::auth_held_up_total), 1);

  // CONNECT is no way around, another address is free, and time heals.
  Client tunnel = rig.client();
  tunnel.says(
      "CONNECT files.example:443 HTTP/1.1\r\nHost: files.example:443\r\n"
      "Proxy-Authorization: Basic " +
      base64_encode("ana:correct horse") + "\r\n\r\n");
  EXPECT_EQ(status_of(tunnel.hears()), 429);
  Client elsewhere = rig.client("192.0.2.11");
  elsewhere.says(signed_in("ana:correct horse"));
  EXPECT_EQ(status_of(elsewhere.hears()), 200);
  rig.pass(std::chrono::seconds(201));
  Client again = rig.client();
  again.says(signed_in("ana:correct horse"));
  EXPECT_EQ(status_of(again.hears()), 200);
}

TEST(SignIn, OfWhoeverIsSignedInGoesOnWhileOthersGuess) {
  Rig rig(
      {.users = kUsers, .passwords = kPasswords, .sign_in = {std::chrono::minutes(10), 3, 20, 20}});
  rig.origin("files.example").always_says(kHello);
  Client ana = rig.client();
  ana.says(signed_in("ana:correct horse"));
  EXPECT_EQ(status_of(ana.hears()), 200);
  Client guesser = rig.client();
  for (int i = 0; i < 5; ++i) guesser.says(signed_in("ana:guess " + std::to_string(i)));
  EXPECT_EQ(status_of(guesser.hears().substr(0, 20)), 407);
  ana.says(signed_in("ana@corp.example:correct horse"));
  EXPECT_EQ(status_of(ana.hears()), 200);
}

}  // namespace
}  // namespace sallyport::testkit
