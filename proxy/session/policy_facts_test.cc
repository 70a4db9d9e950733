// The facts that policies ask for, as an exchange on the wire tells them.

#include <gtest/gtest.h>

#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

std::string rule(const std::string& name, const std::string& when, const std::string& then) {
  return "- { name: " + name + ", when: { " + when + " }, then: " + then + " }\n";
}

std::string get(const std::string& path, const std::string& fields = "") {
  return "GET http://files.example" + path + " HTTP/1.1\r\nHost: files.example\r\n" + fields +
         "\r\n";
}

std::string put(const std::string& path, const std::string& fields, const std::string& body) {
  return "PUT http://files.example" + path + " HTTP/1.1\r\nHost: files.example\r\n" + fields +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// "report.pdf pdf application/pdf 5", "-" for what is not known; "none".
std::string file_of(const discovery::Event& event) {
  if (!event.activity.file) return "none";
  const policy::FileFacts& file = *event.activity.file;
  const auto word = [](const std::string& text) { return text.empty() ? "-" : text; };
  return word(file.name) + " " + word(file.extension) + " " + word(file.type) + " " +
         (file.size ? std::to_string(*file.size) : "-");
}

TEST(PolicyFacts, AnUploadIsJudgedByItsFileBeforeAByteOfItLeaves) {
  Rig rig({.rules = rule("no programs", "activity: upload, file.extension: [exe, msi]", "block") +
                    rule("not so large", "activity: upload, file.size: \"> 10 B\"", "block") +
                    rule("documents", "file.type: application/pdf", "monitor")});
  OriginServer& origin = rig.origin("files.example");
  origin.always_says(kOk);
  Client client = rig.client();
  client.says(put("/a%2Eexe.%20", "", "MZ"));
  EXPECT_EQ(status_of(client.hears()), 403);
  client.says(put("/a.pdf", "Content-Type: application/pdf\r\n", "01234567890"));
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(origin.connections(), 0u);
  client.says(put("/a.pdf", "Content-Type: application/pdf\r\n", "%PDF"));
  EXPECT_EQ(status_of(client.hears()), 200);
  EXPECT_EQ(rig.events(),
            "- upload files.example: blocked 403, 'no programs'\n"
            "- upload files.example: blocked 403, 'not so large'\n"
            "- upload files.example: completed 200, 'documents'\n");
  EXPECT_EQ(file_of(rig.recorded().at(0)), "a.exe exe - 2");
  EXPECT_EQ(file_of(rig.recorded().at(2)), "a.pdf pdf application/pdf 4");
}

TEST(PolicyFacts, ADownloadIsJudgedByItsFileBeforeAByteOfItComes) {
  Rig rig({.rules = rule("no programs", "file.name: \"*.exe\"", "block")});
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(get("/d?id=1"));
  origin.says(
      "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 6\r\n"
      "Content-Disposition: attachment; filename=a.pdf; filename*=UTF-8''a%E2%80%AEfdp.exe\r\n\r\n"
      "secret");
  const std::string reply = client.hears();
  EXPECT_EQ(status_of(reply), 403);
  EXPECT_EQ(reply.find("secret"), std::string::npos);
  client.says(get("/b.zip"));
  origin.says("HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: 2\r\n\r\nPK");
  EXPECT_EQ(status_of(client.hears()), 200);
  EXPECT_EQ(rig.events(),
            "- download files.example: blocked 403, 'no programs'\n"
            "- download files.example: completed 200\n");
  EXPECT_EQ(file_of(rig.recorded().at(0)), "afdp.exe exe application/octet-stream 6");
  EXPECT_EQ(file_of(rig.recorded().at(1)), "b.zip zip application/zip 2");
}

// What is on the wire in pieces has no size, and a form does not say what is in it.
TEST(PolicyFacts, AFileThatNoHeadTellsOfIsUnknown) {
  Rig rig({.rules = rule("named", "activity: upload, file.name: is set", "block")});
  OriginServer& origin = rig.origin("files.example");
  origin.always_says(kOk);
  Client client = rig.client();
  client.says(
      "POST http://files.example/f HTTP/1.1\r\nHost: files.example\r\n"
      "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\n\r\n");
  EXPECT_EQ(status_of(client.hears()), 200);
  EXPECT_EQ(rig.events(), "- upload files.example: completed 200\n");
  EXPECT_EQ(file_of(rig.recorded().at(0)), "none");
}

TEST(PolicyFacts, AdministrationIsKnownFromTheRequestOn) {
  Rig rig({.rules = rule("no administration", "activity.admin: true", "block") +
                    rule("the rest", "activity.admin: false", "monitor")});
  rig.origin("files.example").always_says(kOk);
  Client client = rig.client();
  client.says(get("/admin/users"));
  EXPECT_EQ(status_of(client.hears()), 403);
  client.says(get("/administer"));
  EXPECT_EQ(status_of(client.hears()), 200);
  EXPECT_EQ(rig.events(),
            "- other files.example: blocked 403, 'no administration'\n"
            "- other files.example: completed 200, 'the rest'\n");
}

TEST(PolicyFacts, QueryAndNamesOfFieldsAreThereWhereAPolicyAsks) {
  const std::string query = rule("no debugging", "query: \"*debug=1*\"", "block");
  const std::string header = rule("no overrides", "header: x-http-method-override", "block");
  const std::string ask =
      get("/a?x=2&debug=1", "X-B: 1\r\nX-HTTP-Method-Override: PUT\r\nx-b: 2\r\n");
  {
    Rig rig({.rules = query});
    Client client = rig.client();
    client.says(ask);
    EXPECT_EQ(rig.events(), "- other files.example: origin_failed 502\n") << "no origin is there";
  }
  {
    Rig rig({.rules = query});
    OriginServer& origin = rig.origin("files.example");
    Client client = rig.client();
    client.says(ask);
    EXPECT_EQ(origin.connections(), 0u);
    EXPECT_EQ(rig.events(), "- other files.example: blocked 403, 'no debugging'\n");
    EXPECT_EQ(rig.recorded().at(0).query, "") << "it is judged, and not kept";
    EXPECT_FALSE(rig.recorded().at(0).activity.header_names);
  }
  {
    Rig rig({.rules = header});
    OriginServer& origin = rig.origin("files.example");
    Client client = rig.client();
    client.says(ask);
    EXPECT_EQ(origin.connections(), 0u);
    EXPECT_EQ(rig.events(), "- other files.example: blocked 403, 'no overrides'\n");
    EXPECT_EQ(rig.recorded().at(0).activity.header_names,
              (std::vector<std::string>{"x-b", "x-http-method-override"}));
    EXPECT_FALSE(rig.recorded().at(0).activity.query);
  }
}

TEST(PolicyFacts, AConnectionRemembersWhatItCarried) {
  Rig rig({.rules = rule("enough down", "connection.downloaded: \"> 3 B\"", "block") +
                    rule("enough up", "connection.uploaded: \"> 3 B\"", "block")});
  rig.origin("files.example").always_says(kOk);
  Client client = rig.client();
  for (int i = 0; i < 2; ++i) {
    client.says(get("/"));
    EXPECT_EQ(status_of(client.hears()), 200);
  }
  client.says(get("/"));
  EXPECT_EQ(status_of(client.hears()), 403);
  EXPECT_EQ(rig.recorded().at(2).activity.connection_downloaded, 4u);

  Client other = rig.client();  // Of the same client, and another connection.
  other.says(put("/a", "", "abcd"));
  EXPECT_EQ(status_of(other.hears()), 200);
  other.says(get("/"));
  EXPECT_EQ(status_of(other.hears()), 403);
  EXPECT_EQ(rig.recorded().at(4).activity.connection_uploaded, 4u);
  EXPECT_EQ(rig.recorded().at(4).verdict.policy, "enough up");
}

TEST(PolicyFacts, AnActivityIsOfTheMomentAtWhichItsExchangeBegan) {
  Rig rig;
  OriginServer& origin = rig.origin("files.example");
  Client client = rig.client();
  client.says(get("/"));
  rig.pass(std::chrono::seconds(5));
  origin.says(kOk);
  client.hears();
  rig.resolve("closed.example", "198.18.9.9");
  client.says("GET http://closed.example/ HTTP/1.1\r\nHost: closed.example\r\n\r\n");
  rig.pass(std::chrono::seconds(20));
  Client raw = rig.client();
  raw.says("CONNECT files.example:443 HTTP/1.1\r\nHost: files.example\r\n\r\n");
  rig.pass(std::chrono::seconds(11));  // No ClientHello comes.
  ASSERT_EQ(rig.recorded().size(), 3u);
  for (const discovery::Event& event : rig.recorded()) {
    EXPECT_EQ(event.activity.at, event.start) << to_string(event.kind);
  }
}

}  // namespace
}  // namespace sallyport::testkit
