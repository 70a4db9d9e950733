#include "discovery/directory/people.h"

#include <gtest/gtest.h>

#include "discovery/users/logon_day.h"
#include "discovery/users/user_directory.h"

namespace sallyport::discovery::directory {
namespace {

using Texts = std::vector<std::string>;

Imported import(const std::string& ldif, ImportOptions options = {},
                const std::string& name = "x.ldif") {
  options.now = *parse_rfc3339("2026-11-27T12:00:00Z");
  Diagnostics found;
  const Entries entries = read_file(std::make_shared<const Source>(Source{name, ldif}), found);
  EXPECT_EQ(render(found), "");
  return people_of(entries, options);
}

constexpr const char* kActiveDirectory = R"(
dn: CN=Ana Müller,OU=People,DC=corp,DC=example
objectClass: top
objectClass: person
objectClass: user
sAMAccountName: Ana
userPrincipalName: ana@corp.example
mail: Ana.Mueller@corp.example
proxyAddresses: SMTP:Ana.Mueller@corp.example
proxyAddresses: smtp:am@corp.example
proxyAddresses: X500:/o=corp
memberOf: CN=Sales\, EMEA,OU=Groups,DC=corp,DC=example
manager: cn=ben,ou=people,dc=corp,dc=example
userAccountControl: 512
accountExpires: 9223372036854775807

dn: CN=Ben,OU=People,DC=corp,DC=example
objectClass: user
sAMAccountName: ben
userAccountControl: 514

dn: CN=Eva,OU=People,DC=corp,DC=example
objectClass: user
sAMAccountName: eva
accountExpires: 133500000000000000

dn: CN=PC7,OU=Computers,DC=corp,DC=example
objectClass: user
objectClass: computer
sAMAccountName: PC7$

dn: OU=People,DC=corp,DC=example
objectClass: organizationalUnit

dn: CN=Sales\, EMEA,OU=Groups,DC=corp,DC=example
objectClass: group
cn: Sales, EMEA
memberOf: CN=Everyone,OU=Groups,DC=corp,DC=example

dn: CN=Everyone,OU=Groups,DC=corp,DC=example
objectClass: group
cn: Everyone
memberOf: CN=Sales\, EMEA,OU=Groups,DC=corp,DC=example
)";

TEST(DirectoryPeople, OfActiveDirectoryHaveNamesGroupsInGroupsAndManagers) {
  const Imported got = import(kActiveDirectory, {.domain = "CORP"});
  EXPECT_EQ(got.left_out, 0u);
  EXPECT_EQ(got.groups, 2u);
  EXPECT_EQ(got.passed_over, 2u) << "a computer and a container";
  ASSERT_EQ(got.people.size(), 3u);
  const ImportedPerson& ana = got.people[0];
  EXPECT_EQ(ana.name, "ana");
  EXPECT_EQ(ana.users, (Texts{"corp\\ana"}));
  EXPECT_EQ(ana.upn, (Texts{"ana@corp.example"}));
  EXPECT_EQ(ana.mail, (Texts{"ana.mueller@corp.example", "am@corp.example"}));
  EXPECT_EQ(ana.groups, (Texts{"everyone", "sales, emea"})) << "a circle of groups ends";
  EXPECT_EQ(ana.manager, "ben");
  EXPECT_FALSE(ana.disabled);
}

TEST(DirectoryPeople, WhoIsDisabledOrExpiredIsALeaver) {
  const Imported got = import(kActiveDirectory);
  EXPECT_TRUE(got.people[1].disabled);
  EXPECT_EQ(got.people[1].groups, (Texts{"leavers"}));
  EXPECT_TRUE(got.people[2].disabled) << "expired in 2024";
  EXPECT_EQ(import(kActiveDirectory, {.leavers = "Gone"}).people[1].groups, (Texts{"gone"}));
  EXPECT_EQ(import(kActiveDirectory, {.leavers = ""}).people[1].groups, Texts{});
}

TEST(DirectoryPeople, EverySignOfADisabledAccountCounts) {
  const auto disabled = [](const std::string& line) {
    return import("dn: uid=a\nobjectClass: person\nuid: a\n" + line + "\n").people.at(0).disabled;
  };
  for (const char* yes : {"userAccountControl: 66050", "accountExpires: 1", "nsAccountLock: TRUE",
                          "loginDisabled: TRUE", "pwdAccountLockedTime: 000001010000Z",
                          "shadowExpire: 0", "shadowExpire: 20000", "accountEnabled: False",
                          "active: false", "active: no", "userAccountControl:  514 "}) {
    EXPECT_TRUE(disabled(yes)) << yes;
  }
  for (const char* no :
       {"userAccountControl: 512", "userAccountControl: x", "accountExpires: 0",
        "accountExpires: 9223372036854775807", "accountExpires: 200000000000000000",
        "nsAccountLock: FALSE", "pwdAccountLockedTime: 20261127110000Z", "shadowExpire: -1",
        "shadowExpire: 99999", "accountEnabled: true", "active: true", "cn: a"}) {
    EXPECT_FALSE(disabled(no)) << no;
  }
}

TEST(DirectoryPeople, OfOpenLdapAreInGroupsThatNameThem) {
  const Imported got = import(R"(dn: uid=ana,ou=people,dc=corp
objectClass: inetOrgPerson
objectClass: posixAccount
uid: ana
cn: Ana
mail: ana@corp.example

dn: cn=finance,ou=groups,dc=corp
objectClass: groupOfNames
cn: finance
member: uid=ana, ou=People, dc=corp

dn: cn=staff,ou=groups,dc=corp
objectClass: groupOfUniqueNames
cn: staff
uniqueMember: cn=finance,ou=groups,dc=corp

dn: cn=unix,ou=groups,dc=corp
objectClass: posixGroup
cn: unix
memberUid: ana
)");
  ASSERT_EQ(got.people.size(), 1u);
  EXPECT_EQ(got.people[0].groups, (Texts{"finance", "staff", "unix"}));
}

TEST(DirectoryPeople, OfGraphAndScimComeOutAlike) {
  const Imported graph = import(R"({"value":[
    {"userPrincipalName":"ana@corp.example","onPremisesSamAccountName":"ana","mail":"ana@corp.example",
     "accountEnabled":true,"memberOf":[{"displayName":"Finance"}],"manager":{"userPrincipalName":"ben@corp.example"}},
    {"userPrincipalName":"ben@corp.example","accountEnabled":false}]})",
                                {}, "graph.json");
  ASSERT_EQ(graph.people.size(), 2u);
  EXPECT_EQ(graph.people[0].name, "ana");
  EXPECT_EQ(graph.people[0].groups, (Texts{"finance"}));
  EXPECT_EQ(graph.people[0].manager, "ben@corp.example");
  EXPECT_TRUE(graph.people[1].disabled);

  const Imported scim = import(R"({"Resources":[{"userName":"ana","active":false,
    "emails":[{"value":"ana@corp.example"}],"groups":[{"display":"Finance"}]}]})",
                               {}, "scim.json");
  ASSERT_EQ(scim.people.size(), 1u);
  EXPECT_EQ(scim.people[0].mail, (Texts{"ana@corp.example"}));
  EXPECT_EQ(scim.people[0].groups, (Texts{"finance", "leavers"}));
}

TEST(DirectoryPeople, ANameThatSomebodyHasAlreadyIsLeftOutAndSaid) {
  const Imported got = import(R"(dn: uid=ana
objectClass: person
uid: ana
mail: shared@corp.example

dn: uid=ben
objectClass: person
uid: ben
mail: shared@corp.example
mail: bad:name@corp.example

dn: uid=ana,ou=other
objectClass: person
uid: ANA

dn: ou=x
objectClass: person
)");
  ASSERT_EQ(got.people.size(), 2u);
  EXPECT_EQ(got.people[0].mail, Texts{}) << "two ask for it";
  EXPECT_EQ(got.people[1].mail, Texts{});
  const Texts expected{
      "uid=ben: 'bad:name@corp.example' cannot be a name",
      "uid=ana,ou=other: 'ana' is a name of ana already", "ou=x: has no name",
      "uid=ana: 'shared@corp.example' is asked for by others too, so it is nobody's",
      "uid=ben: 'shared@corp.example' is asked for by others too, so it is nobody's"};
  EXPECT_EQ(got.warnings, expected);
  EXPECT_EQ(got.left_out, 5u);
}

// Mail addresses and second names are often what people may write themselves.
TEST(DirectoryPeople, NobodyTakesTheNameOfAnotherOrHidesALeaverBehindTheirOwn) {
  const Imported got = import(R"(dn: uid=mallory
objectClass: inetOrgPerson
uid: mallory
uid: ceo
mailAlternateAddress: boss@corp.example

dn: uid=ceo
objectClass: inetOrgPerson
uid: ceo
mail: boss@corp.example
nsAccountLock: true

dn: uid=ceo,ou=other
objectClass: inetOrgPerson
uid: ceo
)");
  ASSERT_EQ(got.people.size(), 2u);
  EXPECT_EQ(got.people[0].name, "ceo");
  EXPECT_EQ(got.people[0].groups, (Texts{"leavers"}));
  EXPECT_EQ(got.people[1].name, "mallory");
  EXPECT_EQ(got.people[1].users, Texts{});
  EXPECT_EQ(got.people[1].mail, Texts{});

  const Imported graph = import(R"({"value":[
    {"userPrincipalName":"mallory@x","otherMails":["zed@x"]},
    {"userPrincipalName":"zed@x","accountEnabled":false}]})",
                                {}, "graph.json");
  ASSERT_EQ(graph.people.size(), 2u);
  EXPECT_EQ(graph.people[0].mail, Texts{});
  EXPECT_TRUE(graph.people[1].disabled);

  // The second entry of a name does not let in whom the first shuts out, nor the other way round.
  for (const char* rest :
       {"nsAccountLock: true\n\ndn: uid=a,ou=b\nobjectClass: person\nuid: a\n",
        "cn: a\n\ndn: uid=a,ou=b\nobjectClass: person\nuid: a\nnsAccountLock: true\n"}) {
    const Imported twice = import(std::string("dn: uid=a\nobjectClass: person\nuid: a\n") + rest);
    EXPECT_EQ(twice.people.at(0).groups, (Texts{"leavers"})) << rest;
  }
}

TEST(DirectoryPeople, APersonWithAnAuxiliaryClassOfGroupsIsAPerson) {
  const Imported got = import(
      "dn: uid=ann\nobjectClass: inetOrgPerson\nobjectClass: posixGroup\nuid: ann\n"
      "nsAccountLock: true\n");
  ASSERT_EQ(got.people.size(), 1u);
  EXPECT_EQ(got.people[0].groups, (Texts{"leavers"}));
}

TEST(DirectoryPeople, GroupsWithoutADistinguishedNameStayApartAndEqualNamesAreTold) {
  const Imported got = import(
      "objectClass,cn,uid,memberUid\nposixGroup,staff,,ana;ben\nposixGroup,admins,,root\n"
      "person,,ana,\nperson,,root,\n",
      {}, "x.csv");
  ASSERT_EQ(got.people.size(), 2u);
  EXPECT_EQ(got.people[0].groups, (Texts{"staff"}));
  EXPECT_EQ(got.people[1].groups, (Texts{"admins"}));
  const Imported twice = import(
      "dn: cn=admins,ou=a\nobjectClass: groupOfNames\ncn: admins\n\n"
      "dn: cn=admins,ou=self\nobjectClass: groupOfNames\ncn: admins\n");
  ASSERT_EQ(twice.warnings.size(), 1u);
  EXPECT_NE(twice.warnings[0].find("two groups are called 'admins'"), std::string::npos);
}

std::string logons(const Imported& got) {
  std::string out;
  for (const ImportedPerson& one : got.people) {
    out += one.name + " " + (one.last_logon ? format_logon_day(*one.last_logon) : "-") + "\n";
  }
  return out;
}

TEST(DirectoryPeople, HaveTheirLastLogonOutOfEachKindOfSource) {
  EXPECT_EQ(logons(import("dn: cn=a\nobjectClass: user\nsAMAccountName: ana\n"
                          "lastLogon: 0\nlastLogonTimestamp: 134081568000000000\n\n"
                          "dn: cn=b\nobjectClass: user\nsAMAccountName: ben\nlastLogon: 0\n\n"
                          "dn: uid=c\nobjectClass: person\nuid: cat\n"
                          "authTimestamp: 20260902101112Z\n")),
            "ana 2025-11-21\nben -\ncat 2026-09-02\n");
  EXPECT_EQ(logons(import(R"({"value": [
      {"userPrincipalName": "ana@corp.example",
       "signInActivity": {"lastSignInDateTime": "2026-10-02T08:00:00Z", "lastSignInRequestId": "7"}},
      {"userPrincipalName": "ben@corp.example", "signInActivity": null},
      {"userPrincipalName": "cat@corp.example",
       "signInActivity": {"lastSignInDateTime": "2026-11-26T08:00:00Z",
                          "lastSuccessfulSignInDateTime": "2026-03-01T08:00:00Z"}}]})",
                          {}, "x.json")),
            "ana@corp.example 2026-10-02\nben@corp.example -\ncat@corp.example 2026-03-01\n");
  EXPECT_EQ(logons(import("uid,last_logon\nana,2026-09-02\nben,\ncat,9223372036854775807\n", {},
                          "x.csv")),
            "ana 2026-09-02\nben -\ncat -\n");
}

TEST(DirectoryPeople, WhoseLastLogonIsNonsenseAreTakenWithoutItAndItIsTold) {
  const Imported got = import("uid,last_logon\nana,soon\nben,2027-01-01\n", {}, "x.csv");
  EXPECT_EQ(logons(got), "ana -\nben -\n");
  EXPECT_EQ(got.warnings,
            (Texts{"entry 2: last_logon is 'soon', which is no time",
                   "entry 3: last_logon is '2027-01-01', which is ahead of this machine's clock"}));
}

TEST(DirectoryPeople, KeepTheirLastLogonInTheUsersFile) {
  const Imported got = import("uid,last_logon\nana,2026-09-02\nben,\n", {}, "x.csv");
  EXPECT_EQ(to_csv(got),
            "name,user,upn,mail,groups,manager,last_logon\nana,,,,,,2026-09-02\nben,,,,,,\n");
}

TEST(DirectoryPeople, WhatIsWrittenIsReadAsWritten) {
  const Imported got = import(kActiveDirectory, {.domain = "CORP"});
  Diagnostics warnings;
  const auto users = parse_users(std::make_shared<const Source>(Source{"users.csv", to_csv(got)}),
                                 nullptr, warnings);
  ASSERT_TRUE(users) << render(users.error());
  ASSERT_EQ((*users)->size(), 3u);
  const Person* ana = (*users)->find("CORP\\ana");
  ASSERT_NE(ana, nullptr);
  EXPECT_EQ(ana->name, "ana");
  EXPECT_EQ(ana->groups, (Texts{"everyone", "sales, emea"}));
  EXPECT_EQ(ana->manager, "ben");
  EXPECT_EQ((*users)->find("am@corp.example"), ana);
}

TEST(DistinguishedNames, AreComparedWithoutCaseAndBlanksAndReadWithoutEscapes) {
  EXPECT_EQ(normal_dn("CN=Ana B , OU = People,DC=corp "), "cn=ana b,ou=people,dc=corp");
  EXPECT_EQ(name_in_dn("CN=Sales\\, EMEA,OU=Groups"), "Sales, EMEA");
  EXPECT_EQ(name_in_dn("CN=M\\C3\\BCller+SN=x,OU=y"), "Müller");
  EXPECT_EQ(name_in_dn("CN=x\\"), "x\\");
  EXPECT_EQ(name_in_dn("nothing"), "");
  EXPECT_EQ(name_in_dn(""), "");
}

}  // namespace
}  // namespace sallyport::discovery::directory
