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

}  // namespace
}  // namespace sallyport::testkit
