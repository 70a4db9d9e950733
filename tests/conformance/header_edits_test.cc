// Header fields that policies add and remove, as the origin receives them byte by byte: exactly
// ours, whatever the client wrote.

#include <gtest/gtest.h>

#include "policy/compile/compile.h"
#include "tests/conformance/conversation.h"

namespace sallyport::testkit {
namespace {

using namespace std::string_literals;

constexpr const char* kTenant =
    "- name: our tenant only\n"
    "  when: { host: files.example }\n"
    "  add_headers: { X-Tenant-Restrict: 'our tenant, only', X-Mark: '1' }\n"
    "  remove_headers: [X-Secret-Way]\n";

std::string edited(const std::string& rules, const std::string& fields, Leg leg) {
  return transcript("GET {t}a HTTP/1.1\r\nHost: files.example\r\n" + fields + "\r\n", leg,
                    {.rig = {.rules = rules}});
}

TEST(HeaderEdits, PutOursInPlaceOfEverySpellingAndRepetition) {
  const std::string only_ours =
      "> GET files.example/a; A: 1; X-Tenant-Restrict: our tenant, only; X-Mark: 1\n< 200\n";
  for (const std::string& fields :
       {"A: 1\r\n"s, "A: 1\r\nX-Tenant-Restrict: evil\r\n"s,
        "X-Tenant-Restrict: evil\r\nA: 1\r\nX-Tenant-Restrict: more evil\r\n"s,
        "x-tenant-restrict: evil\r\nX-TENANT-RESTRICT: evil\r\nA: 1\r\n"s,
        "X_Tenant_Restrict: evil\r\nA: 1\r\nX-Tenant_Restrict: evil\r\nx_mark: 2\r\n"s,
        "X-Tenant-Restrict:\r\nA: 1\r\n"s, "A: 1\r\nX-Secret-Way: 1\r\nx_secret-way: 2\r\n"s}) {
    for (const Leg leg : {Leg::plain, Leg::opened}) {
      EXPECT_EQ(edited(kTenant, fields, leg), only_ours) << fields;
    }
  }
}

// A client cannot name our field as one of its connection and have it dropped.
TEST(HeaderEdits, SurviveAClientThatCallsThemHopByHop) {
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    EXPECT_EQ(edited(kTenant, "Connection: X-Tenant-Restrict\r\nX-Tenant-Restrict: evil\r\n", leg),
              "> GET files.example/a; X-Tenant-Restrict: our tenant, only; X-Mark: 1\n< 200\n");
  }
}

TEST(HeaderEdits, KeepNeighbours) {
  EXPECT_EQ(edited(kTenant, "X-Tenant-Restricted: 1\r\nX-Tenant: 2\r\nX.Mark: 3\r\n", Leg::plain),
            "> GET files.example/a; X-Tenant-Restricted: 1; X-Tenant: 2; X.Mark: 3; "
            "X-Tenant-Restrict: our tenant, only; X-Mark: 1\n< 200\n");
}

TEST(HeaderEdits, FollowTheOrderWritten) {
  const std::string rules =
      "- { name: one, add_headers: { X-A: '1', X-B: '1' } }\n"
      "- { name: two, when: { path: /a }, add_headers: { x-a: '2' }, remove_headers: [x-b] }\n"
      "- { name: three, when: { path: /b }, add_headers: { X-A: '3' } }\n";
  EXPECT_EQ(edited(rules, "", Leg::opened), "> GET files.example/a; x-a: 2\n< 200\n");
}

TEST(HeaderEdits, TouchEachRequestOfAConnectionAndNoFramingOfIt) {
  const std::string post =
      "POST {t}a HTTP/1.1\r\nHost: files.example\r\nX-Mark: 7\r\nContent-Length: 5\r\n\r\nhello";
  const std::string chunks =
      "POST {t}a HTTP/1.1\r\nHost: files.example\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n0\r\n\r\n";
  for (const Leg leg : {Leg::plain, Leg::opened}) {
    EXPECT_EQ(transcript(post + chunks, leg, {.rig = {.rules = kTenant}}),
              "> POST files.example/a; X-Tenant-Restrict: our tenant, only; X-Mark: 1; length 5 "
              "\"hello\"\n< 200\n"
              "> POST files.example/a; X-Tenant-Restrict: our tenant, only; X-Mark: 1; chunks "
              "\"hello\"\n< 200\n");
  }
}

TEST(HeaderEdits, AreNotMadeWhereThePolicyRehearses) {
  EXPECT_EQ(edited(kTenant + "  mode: rehearse\n"s, "X-Mark: 7\r\n", Leg::plain),
            "> GET files.example/a; X-Mark: 7\n< 200\n");
}

TEST(HeaderEdits, AFieldThatIsSentToUsAloneIsNotBroughtBack) {
  EXPECT_EQ(
      edited("- { name: strip, remove_headers: [Accept, Cookie, User-Agent] }\n",
             "Accept: */*\r\nCookie: a=1\r\nCookie: b=2\r\nUser-Agent: x\r\nZ: 1\r\n", Leg::opened),
      "> GET files.example/a; Z: 1\n< 200\n");
}

// What frames, routes or identifies is refused when the policy is compiled, in any spelling.
TEST(HeaderEdits, CannotTouchFramingRoutingAndConnectionFields) {
  for (const std::string name :
       {"Content-Length", "Transfer-Encoding", "transfer-encoding", "Host", "Connection",
        "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect", "Via", "Proxy-Authorization",
        "Proxy-Connection", "Forwarded", "X-Forwarded-For", "Content_Length", "Transfer_Encoding",
        "proxy_authorization", "X_Forwarded_For"}) {
    for (const std::string& effect :
         {"add_headers: { " + name + ": x }", "remove_headers: [" + name + "]"}) {
      const std::string text = "- { name: a, " + effect + " }\n";
      Diagnostics warnings;
      const auto program =
          policy::compile({std::make_shared<const Source>(Source{"p.yaml", text})}, warnings);
      ASSERT_FALSE(program) << text;
      EXPECT_NE(render(program.error())
                    .find("'" + name + "' is the gateway's own business, and no policy's"),
                std::string::npos)
          << render(program.error());
    }
  }
}

}  // namespace
}  // namespace sallyport::testkit
