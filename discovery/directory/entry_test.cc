#include "discovery/directory/entry.h"

#include <gtest/gtest.h>

namespace sallyport::discovery::directory {
namespace {

SourcePtr source(const std::string& name, std::string text) {
  return std::make_shared<const Source>(Source{name, std::move(text)});
}

struct Read {
  Entries entries;
  std::string faults;
};

Read read(const std::string& name, std::string text, const Limits& limits = {}) {
  Diagnostics found;
  Read out;
  out.entries = read_file(source(name, std::move(text)), found, limits);
  out.faults = render(found);
  return out;
}

using Texts = std::vector<std::string>;

TEST(Ldif, FoldedLinesCommentsAndBase64AreReadAsMeant) {
  const Read got = read("people.ldif",
                        "version: 1\n"
                        "# a comment\n"
                        "  that goes on\n"
                        "dn: uid=ana,ou=people,dc=corp,\n"
                        " dc=example\n"
                        "objectClass: inetOrgPerson\n"
                        "cn:: QW5hIE3DvGxsZXI=\n"
                        "mail: ana@corp.example\r\n"
                        "mail: a.m@corp.example\n"
                        "userCertificate;binary:: AAEC\n"
                        "\n"
                        "\n"
                        "dn:: dWlkPWJlbixkYz1jb3Jw\n"
                        "description:\n");
  EXPECT_EQ(got.faults, "");
  ASSERT_EQ(got.entries.size(), 2u);
  const Entry& ana = got.entries[0];
  EXPECT_EQ(ana.dn, "uid=ana,ou=people,dc=corp,dc=example");
  EXPECT_EQ(ana.line, 4u);
  EXPECT_EQ(ana.first({"cn"}), "Ana Müller");
  EXPECT_EQ(ana.attributes.at("mail"), (Texts{"ana@corp.example", "a.m@corp.example"}));
  EXPECT_EQ(ana.attributes.at("usercertificate"), (Texts{std::string("\0\1\2", 3)}));
  EXPECT_TRUE(ana.has_class("INETORGPERSON"));
  EXPECT_EQ(got.entries[1].dn, "uid=ben,dc=corp");
  EXPECT_EQ(got.entries[1].first({"description"}), "");
}

TEST(Ldif, NothingIsFetchedChangesAreRefusedAndEachFaultHasItsLine) {
  const Read got = read("people.ldif",
                        "dn: uid=ana\n"
                        "jpegPhoto:< file:///etc/passwd\n"
                        "cn:: !!!\n"
                        "no colon\n"
                        "\n"
                        "dn: uid=ben\n"
                        "changetype: delete\n"
                        "\n"
                        "dn: uid=eva\n"
                        "changetype: add\n"
                        "uid: eva\n"
                        "\n"
                        "uid: nobody\n");
  EXPECT_NE(got.faults.find("people.ldif:2:1: error: the value of 'jpegphoto' stands elsewhere"),
            std::string::npos)
      << got.faults;
  EXPECT_NE(got.faults.find("people.ldif:3:1: error: the value of 'cn' is no base 64"),
            std::string::npos);
  EXPECT_NE(got.faults.find("people.ldif:4:1: error: a line without ':'"), std::string::npos);
  EXPECT_NE(got.faults.find("people.ldif:7:1: error: a change of type 'delete'"),
            std::string::npos);
  EXPECT_NE(got.faults.find("people.ldif:13:1: error: a record begins with 'dn:'"),
            std::string::npos);
  ASSERT_EQ(got.entries.size(), 2u);
  EXPECT_EQ(got.entries[1].first({"uid"}), "eva");
}

TEST(Ldif, WhatIsTooMuchIsSaid) {
  EXPECT_NE(read("a.ldif", "dn: a\n\ndn: b\n\ndn: c\n", {.entries = 2})
                .faults.find("more than 2 entries"),
            std::string::npos);
  EXPECT_NE(
      read("a.ldif", "dn: a\nx: 1\nx: 2\nx: 3\n", {.values = 2}).faults.find("more than 2 values"),
      std::string::npos);
  EXPECT_NE(read("a.ldif", "dn: abcdef\n", {.text = 4}).faults.find("more than 4 bytes"),
            std::string::npos);
  const Read one = read("a.ldif", "dn: a\nx: 123456\nx: 1\n", {.value = 3});
  EXPECT_EQ(one.entries.at(0).attributes.at("x"), (Texts{"1"})) << "a photograph is left out";
  std::string faulty;
  for (int i = 0; i < 1'000; ++i) faulty += "dn: a\nx\n\n";
  const std::string faults = read("a.ldif", faulty).faults;
  EXPECT_LT(std::count(faults.begin(), faults.end(), '^'), 60);
}

TEST(DirectoryJson, ListsOfGraphOfScimAndOfOurOwnAreRead) {
  const Read graph = read("users.json", R"({"@odata.context":"x","value":[
    {"userPrincipalName":"ana@corp.example","accountEnabled":false,"proxyAddresses":["SMTP:a@corp.example"],
     "manager":{"userPrincipalName":"ben@corp.example"},"employeeId":null}]})");
  EXPECT_EQ(graph.faults, "");
  ASSERT_EQ(graph.entries.size(), 1u);
  EXPECT_EQ(graph.entries[0].first({"accountenabled"}), "false");
  EXPECT_EQ(graph.entries[0].first({"proxyaddresses"}), "SMTP:a@corp.example");
  EXPECT_EQ(graph.entries[0].first({"manager.userprincipalname"}), "ben@corp.example");

  const Read scim =
      read("users.json", R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    "totalResults":1,"Resources":[{"userName":"ana","active":true,
    "emails":[{"value":"ana@corp.example","primary":true}],"groups":[{"value":"1","display":"finance"}]}]})");
  EXPECT_EQ(scim.faults, "");
  ASSERT_EQ(scim.entries.size(), 1u);
  EXPECT_EQ(scim.entries[0].first({"emails.value"}), "ana@corp.example");
  EXPECT_EQ(scim.entries[0].first({"groups.display"}), "finance");

  EXPECT_EQ(read("users.json", R"([{"name":"ana","groups":["a","b"]}])")
                .entries.at(0)
                .attributes.at("groups"),
            (Texts{"a", "b"}));
}

TEST(DirectoryJson, WhatIsNoJsonOrHasNoListIsSaidWithItsLine) {
  EXPECT_NE(read("u.json", "{\"users\":[\n{\"name\": oops}]}")
                .faults.find("u.json:2:1: error: this is no JSON"),
            std::string::npos);
  EXPECT_NE(read("u.json", "{\"groups\":[]}").faults.find("no list of people"), std::string::npos);
  EXPECT_NE(read("u.json", "[{},{},{}]", {.entries = 2}).faults.find("more than 2 entries"),
            std::string::npos);
  EXPECT_EQ(
      read("u.json", "[{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":1}}}}}}},\"b\"]").faults,
      "");
}

TEST(DirectoryFile, WhatIsOnlyAPartIsRefused) {
  for (const char* json :
       {R"({"@odata.nextLink":"https://x","value":[{"userName":"ana"}]})",
        R"({"totalResults":300,"itemsPerPage":1,"Resources":[{"userName":"ana"}]})"}) {
    const Read got = read("u.json", json);
    EXPECT_NE(got.faults.find("one page of several"), std::string::npos) << got.faults;
    EXPECT_TRUE(got.entries.empty());
  }
  EXPECT_EQ(read("u.json", R"({"totalResults":1,"Resources":[{"userName":"ana"}]})").faults, "");
  EXPECT_NE(read("u.ldif", "dn: uid=ana\nuid: ana\n\nsearch: 2\nresult: 4 Size limit exceeded\n")
                .faults.find("did not come to its end: 4 Size limit exceeded"),
            std::string::npos);
  EXPECT_EQ(read("u.ldif", "dn: uid=ana\nuid: ana\n\nsearch: 2\nresult: 0 Success\n").faults, "");
}

TEST(DirectoryCsv, ColumnsAreAttributesAndSemicolonsPartValues) {
  const Read got =
      read("export.csv",
           "SamAccountName,DistinguishedName,MemberOf\nana,\"CN=Ana,DC=corp\",\"CN=a;CN=b\"\n");
  EXPECT_EQ(got.faults, "");
  ASSERT_EQ(got.entries.size(), 1u);
  EXPECT_EQ(got.entries[0].dn, "CN=Ana,DC=corp");
  EXPECT_EQ(got.entries[0].attributes.at("memberof"), (Texts{"CN=a", "CN=b"}));
}

TEST(DirectoryFile, AnotherKindIsRefused) {
  EXPECT_NE(read("users.xlsx", "x").faults.find(".ldif, .csv or .json"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::discovery::directory
