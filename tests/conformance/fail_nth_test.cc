// The whole walk with its n-th operation broken, for n = 0, 1, 2, ... until nothing breaks any
// more: every read, write, wait, look-up and connect, of every side, fails once.
//
// What holds for each n, for a client that asks one thing on one connection:
//   - exactly one event is left, once a byte of the client was read. Only a connection on which
//   nothing was
//     read leaves none, so no event is a matter of the first few operations alone.
//   - the client is answered, or its connection ends, at the latest after the longest deadline.
//   - an event that says "completed" is of an exchange that the client heard whole.
//   - all tasks end: Rig::finish() checks it, and the sanitizers check the memory.

#include <functional>
#include <gtest/gtest.h>

#include "tests/conformance/strict_reader.h"
#include "tests/kit/rig.h"

namespace sallyport::testkit {
namespace {

struct Told {
  bool whole = false;  // the client heard all that it should
  bool ended = false;  // or its connection was ended
};

struct Scenario {
  std::string rules;
  // Runs once; must cope with everything that may be missing. `look` says what the client has by
  // now.
  std::function<std::function<Told()>(Rig&)> run;
};

std::function<Told()> looks_for(Client client, std::string wanted) {
  auto heard = std::make_shared<std::string>();
  return [client, wanted = std::move(wanted), heard]() mutable {
    *heard += client.hears();
    return Told{heard->find(wanted) != std::string::npos, client.ended()};
  };
}

void says_if_connected(OriginServer& origin, std::string_view text) {
  if (origin.connections() > 0) origin.says(text);
}

void fail_every_operation(const Scenario& scenario) {
  int silent = 0;  // n for which nothing was recorded
  int n = 0;
  for (bool fired = true; fired; ++n) {
    ASSERT_LT(n, 2000) << "no end of operations";
    SCOPED_TRACE("operation " + std::to_string(n));
    Rig rig({.rules = scenario.rules, .fail_operation = n});
    const std::function<Told()> look = scenario.run(rig);
    Told told = look();
    if (!told.whole && !told.ended) {
      rig.pass(std::chrono::seconds(310));
      told = look();
    }
    EXPECT_TRUE(told.whole || told.ended) << "the client hangs";
    fired = rig.faults().fired;
    if (!fired) {
      EXPECT_TRUE(told.whole);
    }
    rig.finish();
    const std::vector<discovery::Event>& events = rig.recorded();
    EXPECT_LE(events.size(), 1u) << rig.events();
    if (events.empty()) {
      EXPECT_EQ(silent, n) << "read something, and left no event";
      ++silent;
    } else {
      const discovery::Event& event = events.front();
      EXPECT_FALSE(event.snapshot.empty());
      if (event.ending == discovery::Ending::completed &&
          event.kind == discovery::EventKind::exchange) {
        EXPECT_TRUE(told.whole) << rig.events();
      }
      if (event.ending == discovery::Ending::completed) {
        EXPECT_TRUE(event.error.empty()) << event.error;
      }
    }
  }
  // Looking for a first byte, waiting for it, waking up, and reading it.
  EXPECT_LE(silent, 4);
  EXPECT_GT(n, 5);
}

constexpr const char* kReply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

TEST(FailNth, PlainGet) {
  fail_every_operation({"", [](Rig& rig) {
                          OriginServer& origin = rig.origin("files.example");
                          Client client = rig.client();
                          client.says(
                              "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n\r\n");
                          says_if_connected(origin, kReply);
                          return looks_for(client, "\r\n\r\nhello");
                        }});
}

TEST(FailNth, PlainGetOfWhichThePartsDripIn) {
  fail_every_operation({"", [](Rig& rig) {
                          OriginServer& origin = rig.origin("files.example");
                          Client client = rig.client();
                          client.says("GET http://files.example/ HTTP/1.1\r\n");
                          client.says("Host: files.example\r\n\r\n");
                          for (const char* part :
                               {"HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 200 OK\r\n",
                                "Transfer-Encoding: chunked\r\n\r\n", "5\r\n", "hello", "\r\n0\r\n",
                                "\r\n"}) {
                            says_if_connected(origin, part);
                          }
                          return looks_for(client, "5\r\nhello\r\n0\r\n\r\n");
                        }});
}

TEST(FailNth, PostWithAChunkedBody) {
  fail_every_operation({"", [](Rig& rig) {
                          OriginServer& origin = rig.origin("files.example");
                          Client client = rig.client();
                          client.says(
                              "POST http://files.example/ HTTP/1.1\r\nHost: files.example\r\n"
                              "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n");
                          client.says("2\r\nlo\r\n");
                          client.says("0\r\n\r\n");
                          says_if_connected(origin, kReply);
                          return looks_for(client, "\r\n\r\nhello");
                        }});
}

TEST(FailNth, PostThatWaitsForAnInvitation) {
  fail_every_operation({"", [](Rig& rig) {
                          OriginServer& origin = rig.origin("files.example");
                          Client client = rig.client();
                          client.says(
                              "POST http://files.example/ HTTP/1.1\r\nHost: files.example\r\n"
                              "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
                          says_if_connected(origin, "HTTP/1.1 100 Continue\r\n\r\n");
                          client.says("hello");
                          says_if_connected(origin, kReply);
                          return looks_for(client, "\r\n\r\nhello");
                        }});
}

TEST(FailNth, InterceptedGet) {
  fail_every_operation({"", [](Rig& rig) {
                          OriginServer& origin = rig.tls_origin("files.example");
                          Client client = rig.client();
                          if (client.opens("files.example:443", {.server_name = "files.example"})) {
                            client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
                            says_if_connected(origin, kReply);
                          }
                          return looks_for(client, "\r\n\r\nhello");
                        }});
}

TEST(FailNth, BlockedInterceptedGet) {
  fail_every_operation(
      {"- {name: no files, when: {host: files.example}, then: block}\n", [](Rig& rig) {
         rig.tls_origin("files.example");
         Client client = rig.client();
         if (client.opens("files.example:443", {.server_name = "files.example"})) {
           client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
         }
         return looks_for(client, "urn:sallyport:problem:blocked");
       }});
}

TEST(FailNth, PlainBlockedGet) {
  fail_every_operation(
      {"- {name: no files, when: {host: files.example}, then: block}\n", [](Rig& rig) {
         rig.origin("files.example");
         Client client = rig.client();
         client.says("GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\n\r\n");
         return looks_for(client, "urn:sallyport:problem:blocked");
       }});
}

TEST(FailNth, UntrustedOrigin) {
  fail_every_operation({"", [](Rig& rig) {
                          rig.tls_origin("files.example", {}, {}, "other.example");
                          Client client = rig.client();
                          if (client.opens("files.example:443", {.server_name = "files.example"})) {
                            client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
                          }
                          return looks_for(client, "urn:sallyport:problem:origin_untrusted");
                        }});
}

TEST(FailNth, Tunnel) {
  fail_every_operation(
      {"- {name: banks, when: {host: bank.example}, kind: tls, then: bypass}\n", [](Rig& rig) {
         OriginServer& origin = rig.tls_origin("bank.example");
         Client client = rig.client();
         if (client.opens("bank.example:443", {.server_name = "bank.example"})) {
           client.says("GET / HTTP/1.1\r\nHost: bank.example\r\n\r\n");
           says_if_connected(origin, kReply);
         }
         auto look = looks_for(client, "\r\n\r\nhello");
         const Told told = look();
         client.ends();
         if (origin.connections() > 0) origin.ends();
         return std::function<Told()>([client, told] { return Told{told.whole, client.ended()}; });
       }});
}

TEST(FailNth, TunnelPastAFaultyCertificate) {
  fail_every_operation(
      {"- {name: old, when: {certificate.fault: wrong_host}, kind: tls, then: bypass}\n",
       [](Rig& rig) {
         OriginServer& origin = rig.tls_origin("box.example", {}, {}, "other.example");
         Client client = rig.client();
         if (client.opens("box.example:443", {.server_name = "box.example"})) {
           client.says("GET / HTTP/1.1\r\nHost: box.example\r\n\r\n");
           says_if_connected(origin, kReply);
         }
         auto look = looks_for(client, "\r\n\r\nhello");
         const Told told = look();
         client.ends();
         if (origin.connections() > 0) origin.ends();
         return std::function<Told()>([client, told] { return Told{told.whole, client.ended()}; });
       }});
}

TEST(FailNth, OriginThatAPolicyBlocksForItsCertificate) {
  fail_every_operation(
      {"- {name: no, when: {certificate.fault: wrong_host}, kind: tls, then: block}\n",
       [](Rig& rig) {
         rig.tls_origin("files.example", {}, {}, "other.example");
         Client client = rig.client();
         if (client.opens("files.example:443", {.server_name = "files.example"})) {
           client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
         }
         return looks_for(client, "urn:sallyport:problem:origin_untrusted");
       }});
}

TEST(FailNth, RedirectedGet) {
  fail_every_operation(
      {"- {name: no files, when: {host: files.example}, then: block, redirect: "
       "'https://why.example/'}\n",
       [](Rig& rig) {
         rig.tls_origin("files.example");
         Client client = rig.client();
         if (client.opens("files.example:443", {.server_name = "files.example"})) {
           client.says("GET / HTTP/1.1\r\nHost: files.example\r\nAccept: text/html\r\n\r\n");
         }
         return looks_for(client, "Location: https://why.example/");
       }});
}

TEST(FailNth, UploadWithEditedFields) {
  fail_every_operation(
      {"- {name: tenant, add_headers: {X-Tenant: a}}\n"
       "- {name: programs, when: {file.extension: exe}, then: block}\n",
       [](Rig& rig) {
         OriginServer& origin = rig.origin("files.example");
         Client client = rig.client();
         client.says(
             "PUT http://files.example/a.txt HTTP/1.1\r\nHost: files.example\r\n"
             "Content-Length: 5\r\n\r\nhe");
         client.says("llo");
         says_if_connected(origin, kReply);
         return looks_for(client, "\r\n\r\nhello");
       }});
}

TEST(FailNth, RefusedAfterConnect) {
  fail_every_operation({"", [](Rig& rig) {
                          rig.tls_origin("files.example");
                          Client client = rig.client();
                          client.says(
                              "CONNECT files.example:443 HTTP/1.1\r\nHost: files.example\r\n\r\n");
                          client.says("GET / HTTP/1.1\r\nHost: files.example\r\n\r\n");
                          return looks_for(client, "200 Connection established");
                        }});
}

TEST(FailNth, RefusedHead) {
  fail_every_operation({"", [](Rig& rig) {
                          Client client = rig.client();
                          client.says(
                              "GET http://files.example/ HTTP/1.1\r\nHost : files.example\r\n\r\n");
                          return looks_for(client, "urn:sallyport:problem:bad_request");
                        }});
}

TEST(FailNth, WebSocket) {
  fail_every_operation(
      {"", [](Rig& rig) {
         OriginServer& origin = rig.origin("files.example");
         Client client = rig.client();
         client.says(
             "GET http://files.example/ HTTP/1.1\r\nHost: files.example\r\nConnection: Upgrade\r\n"
             "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
         says_if_connected(
             origin,
             "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
         auto switched = looks_for(client, "HTTP/1.1 101 ");
         Told told;
         if (switched().whole) {
           client.says("\x81\x84****ping");
           says_if_connected(origin, "\x81\x04pong");
           told = looks_for(client, "pong")();
         }
         if (origin.connections() > 0) origin.ends();
         client.ends();
         return std::function<Told()>([client, told] { return Told{told.whole, client.ended()}; });
       }});
}

}  // namespace
}  // namespace sallyport::testkit
