// Credentials for the proxy are seen by the proxy alone. A canary stands in every place where a
// client may put them, well-formed or not; it must turn up at no origin, in no answer, in no event,
// in no line of a log and in no counter.

#include <gtest/gtest.h>

#include "base/crypto/base64.h"
#include "discovery/events/encode.h"
#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

using namespace std::string_literals;

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
// "correct horse"; nobody is called as the canary is.
constexpr const char* kPasswords =
    "ana:$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n";

// Itself, as base64 (of it and behind a name, which shifts it), in hex and percent-encoded.
std::vector<std::string> spellings(const std::string& canary) {
  std::vector<std::string> all{canary};
  for (const std::string& text : {canary, "a" + canary, "an" + canary}) {
    // Without the characters at either end, which depend on what stands beside.
    const std::string encoded = base64_encode(text);
    all.push_back(encoded.substr(4, encoded.size() - 8));
  }
  return all;
}

// Everything that leaves the gateway because of these bytes, apart from the client's own eyes.
struct Traces {
  std::string origin, client, records, lines, metrics;
};

Traces traces_of(const std::string& bytes, bool with_passwords) {
  Rig rig({.passwords = with_passwords ? kPasswords : ""});
  OriginServer& origin = rig.origin("files.example");
  origin.always_says(kHello);
  Client client = rig.client();
  client.says(bytes);
  Traces traces;
  traces.client = client.hears();
  traces.origin = origin.heard();
  client.ends();
  rig.pass(std::chrono::minutes(2));
  for (const discovery::Event& event : rig.recorded()) {
    discovery::append_json(traces.records, event);
    discovery::append_text(traces.lines, event);
  }
  traces.metrics = render_prometheus({&rig.parts().worker().metrics()});
  return traces;
}

void expect_no_trace(const std::string& canary, const std::string& bytes, const std::string& what) {
  for (const bool with_passwords : {true, false}) {
    const Traces traces = traces_of(bytes, with_passwords);
    for (const std::string& text : spellings(canary)) {
      for (const auto& [where, trace] :
           {std::pair("origin", &traces.origin), std::pair("answer", &traces.client),
            std::pair("record", &traces.records), std::pair("live log", &traces.lines),
            std::pair("metrics", &traces.metrics)}) {
        // Names are written in lower case, so the canary is.
        EXPECT_EQ(trace->find(text), std::string::npos)
            << what << ": '" << text << "' in " << where << ":\n"
            << *trace;
      }
    }
    EXPECT_FALSE(traces.records.empty()) << what;
  }
}

std::string get(const std::string& fields) {
  return "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\nAccept: text/html\r\n" +
         fields + "\r\n";
}

TEST(Credentials, LeaveNoTraceInWhicheverFormTheyCome) {
  const std::string canary = "canary-7q9z-hush";
  const std::string basic = base64_encode("ana:" + canary);
  for (const std::string& fields : {
           "Proxy-Authorization: Basic " + basic + "\r\n",
           "proxy-authorization:basic   " + basic + "\r\n",
           "PROXY-AUTHORIZATION: BASIC " + basic + "\r\n",
           "Proxy-Authorization: Basic " + base64_encode(canary + ":x") + "\r\n",  // wrong field
           "Proxy-Authorization: Basic " + base64_encode("eve:" + canary) + "\r\n",
           "Proxy-Authorization: Basic " + base64_encode(canary) + "\r\n",  // no colon
           "Proxy-Authorization: Basic " + base64_encode(canary + "\n:\x01") + "\r\n",
           "Proxy-Authorization: Basic " + base64_encode("\xff\xfe" + canary + ":x") + "\r\n",
           "Proxy-Authorization: Basic ana:" + canary + "\r\n",  // forgotten base64
           "Proxy-Authorization: Basic " + basic + "!\r\n",
           "Proxy-Authorization: Basic " + basic.substr(0, basic.size() - 1) + "\r\n",
           "Proxy-Authorization: Basic " + base64_encode("ana:" + std::string(2000, 'x') + canary) +
               "\r\n",
           "Proxy-Authorization: " + basic + "\r\n",
           "Proxy-Authorization: Bearer " + canary + "\r\n",
           "Proxy-Authorization: Digest username=\"ana\", response=\"" + canary + "\"\r\n",
           "Proxy-Authorization: NTLM " + basic + "\r\n",
           "Proxy-Authorization: Negotiate " + basic + "\r\n",
           "Proxy-Authorization: " + canary + "\r\n",
           "Proxy-Authorization: Basic x\r\nProxy-Authorization: Basic " + basic + "\r\n",
           "Proxy-Authorization: Basic " + basic + "\r\nProxy-Authorization: Basic x\r\n",
           "Connection: Proxy-Authorization\r\nProxy-Authorization: Basic " + basic + "\r\n",
           "Proxy-Authorization : Basic " + basic + "\r\n",     // no field name
           "Proxy-Authorization: Basic\r\n " + basic + "\r\n",  // folded
           "Proxy-Authorization: Basic " + basic + "\x01\r\n",
           "Proxy-Authorization: Basic " + basic + "\r\nContent-Length: x\r\n",  // refused later
           "Proxy-Authorization: Basic " + basic + "\r\nUpgrade: " + "h2c\r\n",
           "Proxy-Authorization: Basic " + std::string(70'000, 'x') + canary + "\r\n",  // too large
       }) {
    expect_no_trace(canary, get(fields), fields.substr(0, 100));
  }
}

TEST(Credentials, LeaveNoTraceWithConnect) {
  const std::string canary = "canary-7q9z-hush";
  for (const std::string& value : {"Basic " + base64_encode("ana:" + canary),
                                   "Basic " + base64_encode(canary + ":"), "Bearer " + canary}) {
    expect_no_trace(canary,
                    "CONNECT files.example:443 HTTP/1.1\r\nHost: files.example:443\r\n"
                    "Proxy-Authorization: " +
                        value + "\r\n\r\nthis is no TLS",
                    value);
  }
}

TEST(Credentials, LeaveNoTraceWhereTheyStandInATarget) {
  const std::string canary = "canary-7q9z-hush";
  for (const std::string& head : {
           "GET http://ana:" + canary + "@files.example/ HTTP/1.1\r\nHost: files.example\r\n",
           "GET http://" + canary + "@files.example/ HTTP/1.1\r\nHost: files.example\r\n",
           "GET http://ana:" + canary + "@files.example:80/x HTTP/1.0\r\n",
           "GET https://ana:" + canary + "@files.example/ HTTP/1.1\r\nHost: files.example\r\n",
           "GET ftp://ana:" + canary + "@files.example/ HTTP/1.1\r\nHost: files.example\r\n",
           "GET http://ana:" + canary + "%40files.example/ HTTP/1.1\r\nHost: files.example\r\n",
           "CONNECT ana:" + canary + "@files.example:443 HTTP/1.1\r\nHost: files.example\r\n",
           "GET / HTTP/1.1\r\nHost: ana:" + canary + "@files.example\r\n",
           "GET http://files.example/ HTTP/1.1\r\nHost: ana:" + canary + "@files.example\r\n",
           canary + " http://files.example/ HTTP/1.1 junk\r\nHost: files.example\r\n",
           "GET ana:" + canary + "@files.example HTTP/1.1\r\nHost: files.example\r\n",
       }) {
    // Those that are for the gateway's own pages leave no record, and none is wanted.
    if (head.starts_with("GET / ")) {
      const Traces traces = traces_of(head + "\r\n", true);
      EXPECT_EQ((traces.client + traces.records).find(canary), std::string::npos) << head;
      continue;
    }
    expect_no_trace(canary, head + "\r\n", head);
  }
}

TEST(Credentials, ThatAreRightLeaveNoTraceEither) {
  const std::string password = "correct horse";
  const Traces traces = traces_of(
      get("Proxy-Authorization: Basic " + base64_encode("ana:" + password) + "\r\n"), true);
  EXPECT_EQ(status_of(traces.client), 200);
  for (const std::string& text : spellings(password)) {
    EXPECT_EQ(
        (traces.origin + traces.client + traces.records + traces.lines + traces.metrics).find(text),
        std::string::npos)
        << text;
  }
  EXPECT_NE(traces.records.find("\"user\":\"ana\""), std::string::npos);
}

TEST(Credentials, ForTheOriginGoThereAndIntoNoRecord) {
  const std::string canary = "canary-7q9z-hush";
  const Traces traces = traces_of(
      get("Authorization: Bearer " + canary + "\r\nCookie: session=" + canary + "\r\n"), false);
  EXPECT_NE(traces.origin.find("Authorization: Bearer " + canary), std::string::npos);
  EXPECT_EQ((traces.client + traces.records + traces.lines + traces.metrics).find(canary),
            std::string::npos);
}

}  // namespace
}  // namespace sallyport::testkit
