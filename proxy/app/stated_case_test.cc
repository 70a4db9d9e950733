#include "proxy/app/stated_case.h"

#include <gtest/gtest.h>

#include "discovery/catalog/catalog.h"
#include "discovery/catalog/registrable.h"
#include "policy/activity/attribute_table.h"

namespace sallyport::app {
namespace {

// ---- The words of these tests: a case, and the facts that it comes to, with their sources.

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

template <class T>
T must(Checked<T> made) {
  if (!made) ADD_FAILURE() << render(made.error());
  return std::move(*made);
}

std::string app_text(const std::string& id, const std::string& domain) {
  return "id: " + id + "\nname: " + id + "\nvendor: Test\ncategory: cloud_storage\ndomains: [" +
         domain + "]\nsources: [{ kind: common_knowledge, date: 2026-11-01 }]\n";
}

session::Snapshot snapshot() {
  Diagnostics warnings;
  session::Snapshot now;
  now.policy = std::make_shared<const policy::Program>();
  now.catalog = must(discovery::parse_catalog(
      {source("catalog/mega/app.yaml", app_text("mega", "mega.nz"))}, warnings));
  now.suffixes = must(discovery::load_public_suffixes(""));
  now.tags = std::make_shared<const discovery::IpTags>();
  now.users = must(discovery::parse_users(
      source("users.yaml", "users: [{ name: ana, upn: ana@corp.example, groups: [finance] }]\n"),
      source("addresses.yaml", "- { address: 192.0.2.7, user: ana }\n"), warnings));
  return now;
}

// The attributes asked for, one a line: "app: mega, derived".
std::string told(const StatedCase& stated, const std::vector<std::string_view>& attributes) {
  const session::Snapshot now = snapshot();
  const auto facts = facts_of(stated, now, *parse_rfc3339("2026-11-26T09:30:00Z"));
  if (!facts) return facts.error().detail;
  std::string text = facts->title + "\n";
  for (const std::string_view name : attributes) {
    const policy::Value value = policy::find_attribute(name)->get(facts->whole);
    text += std::string(name) + ":";
    if (const auto* number = std::get_if<std::int64_t>(&value))
      text += " " + std::to_string(*number);
    if (const auto* one = std::get_if<std::string_view>(&value)) text += " " + std::string(*one);
    if (const auto* address = std::get_if<IpAddress>(&value)) text += " " + address->to_string();
    if (const auto* many = std::get_if<std::span<const std::string>>(&value)) {
      for (const std::string& each : *many) text += " " + each;
    }
    const auto from = facts->sources.find(name);
    text += from == facts->sources.end() ? " unknown\n" : ", " + from->second + "\n";
  }
  return text;
}

TEST(StatedCase, KnowsWhatThePathWouldKnow) {
  EXPECT_EQ(told({.url = "https://MEGA.nz/a/../folder?x=1", .from = "192.0.2.7"},
                 {"user", "user.group", "client.ip", "app", "host", "host.domain", "port", "path",
                  "query", "method", "activity", "destination.ip", "status", "header"}),
            "GET https://MEGA.nz/a/../folder?x=1, ana from 192.0.2.7\n"
            "user: ana ana@corp.example, derived\n"
            "user.group: finance, derived\n"
            "client.ip: 192.0.2.7, given\n"
            "app: mega, derived\n"
            "host: mega.nz, given\n"
            "host.domain: mega.nz, derived\n"
            "port: 443, given\n"
            "path: /folder, given\n"
            "query: x=1, given\n"
            "method: GET, assumed\n"
            "activity: other, derived\n"
            "destination.ip: unknown\n"
            "status: unknown\n"
            "header: unknown\n");
}

TEST(StatedCase, ReadsTheRequestAsItWouldBeRead) {
  EXPECT_EQ(told({.url = "mega.nz/x",
                  .user = "ANA@corp.example",
                  .file_name = "Plan.PDF",
                  .file_type = "application/pdf",
                  .file_size = "3 MB",
                  .headers = {"X-Note: a"}},
                 {"user", "scheme", "method", "activity", "file.name", "file.extension",
                  "file.size", "file.type", "header"}),
            "POST mega.nz/x, ana from 127.0.0.1\n"
            "user: ana ana@corp.example, given\n"
            "scheme: https, given\n"
            "method: POST, assumed\n"
            "activity: upload, derived\n"
            "file.name: Plan.PDF, given\n"
            "file.extension: pdf, derived\n"
            "file.size: 3000000, given\n"
            "file.type: application/pdf, given\n"
            "header: content-type x-note, given\n");
}

TEST(StatedCase, GoesOnToTheReplyWhereThereIsOne) {
  EXPECT_EQ(told({.url = "http://x.example/login",
                  .to = "198.51.100.1",
                  .method = "POST",
                  .status = "401",
                  .at = "2026-01-02T03:04:05Z",
                  .headers = {"Content-Type: application/x-www-form-urlencoded"}},
                 {"activity", "status", "destination.ip", "port", "time.date"}),
            "POST http://x.example/login, nobody known from 127.0.0.1\n"
            "activity: login_failed, derived\n"
            "status: 401, given\n"
            "destination.ip: 198.51.100.1, given\n"
            "port: 80, given\n"
            "time.date: 1767323045000000, given\n");
  EXPECT_EQ(told({.url = "http://x.example/", .activity = "login", .status = "200"}, {"activity"}),
            "GET http://x.example/, nobody known from 127.0.0.1\nactivity: login, given\n");
}

TEST(StatedCase, SaysEverythingThatIsWrongAtOnce) {
  EXPECT_EQ(told({.url = "https://",
                  .user = "a:b",
                  .from = "x",
                  .to = "y",
                  .activity = "uplod",
                  .file_size = "much",
                  .status = "7",
                  .at = "soon",
                  .headers = {"a b: c"}},
                 {}),
            "'https://' is no URL; write https://host/path\n"
            "--from 'x' is no address\n"
            "--to 'y' is no address\n"
            "--user 'a:b' is no name of a user\n"
            "--at 'soon' is no time; write 2026-11-26T09:30:00Z\n"
            "--activity 'uplod' is no activity; did you mean 'upload'?\n"
            "--size 'much' is no size; write 25 MB\n"
            "--status '7' is no status of a reply\n"
            "--header 'a b: c' is no header field");
}

TEST(StatedCase, SeesAtConnectWhatIsKnownThen) {
  const session::Snapshot now = snapshot();
  const Time at = *parse_rfc3339("2026-11-26T09:30:00Z");
  const auto plain = facts_of({.url = "http://mega.nz/", .to = "198.51.100.1"}, now, at);
  EXPECT_FALSE(plain->at_connect.destination);
  EXPECT_FALSE(plain->at_connect.path);
  const auto opened = facts_of({.url = "https://mega.nz/", .to = "198.51.100.1"}, now, at);
  EXPECT_TRUE(opened->at_connect.destination);
  EXPECT_EQ(opened->until, policy::Point::request);
}

}  // namespace
}  // namespace sallyport::app
