// Where nobody may be led: ports, addresses inside, and names that one reader takes for another.
// Looked at after resolution, for every address. (safety.md C3)

#include <gtest/gtest.h>

#include "tests/conformance/conversation.h"

namespace sallyport::testkit {
namespace {

using namespace std::string_literals;

// --- Ports and addresses

TEST(ForbiddenPlaces, ConnectsToThePortsThatAreAllowedOnly) {
  for (const int port :
       {22, 23, 25, 53, 110, 445, 3306, 3389, 5432, 6379, 8080, 8443, 11211, 65535}) {
    Rig rig;
    OriginServer& origin = rig.origin("files.example", static_cast<std::uint16_t>(port));
    Client client = rig.client();
    const std::string authority = "files.example:" + std::to_string(port);
    client.says("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
    EXPECT_EQ(status_of(client.hears()), 403) << port;
    EXPECT_EQ(origin.connections(), 0u) << port;
    EXPECT_EQ(rig.lookups(), 0) << port;
    EXPECT_EQ(endings(rig), "exchange refused\n");
  }
}

TEST(ForbiddenPlaces, ReachesNoAddressInside) {
  const std::vector<std::string> inside = {
      "127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1",
      "172.31.255.255", "192.168.0.1", "169.254.0.1", "169.254.169.254", "100.64.0.1",
      "100.127.255.255", "100.100.100.200", "168.63.129.16", "192.0.0.1", "192.0.2.1",
      "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
      "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1",
      "fd00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1", "2001::1", "3fff::1",
      "5f00::1", "64:ff9b:1::1",
      // IPv4 in other clothes.
      "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
      "::127.0.0.1", "::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254",
      "64:ff9b::10.0.0.1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:a00:1::1", "2002:c0a8:1::1"};
  for (const std::string& address : inside) {
    ASSERT_TRUE(IpAddress::parse(address)) << address;
    // By a name that leads there.
    {
      Rig rig({.untrusted_guard = true});
      rig.resolve("rebound.example", address);
      Client client = rig.client();
      client.says(get("http://rebound.example/", "rebound.example"));
      const std::string reply = client.hears();
      EXPECT_EQ(status_of(reply), 403) << address;
      EXPECT_EQ(reply.find(address), std::string::npos) << "tells what is inside: " << address;
      EXPECT_EQ(rig.connects(), 0) << address;
      EXPECT_EQ(endings(rig), "exchange refused\n") << address;
    }
    // By CONNECT to that name.
    {
      Rig rig({.untrusted_guard = true});
      rig.resolve("rebound.example", address);
      Client client = rig.client();
      ASSERT_TRUE(client.opens("rebound.example:443", {.server_name = "rebound.example"}));
      client.says(get("/", "rebound.example"));
      EXPECT_EQ(status_of(client.hears()), 403) << address;
      EXPECT_EQ(rig.connects(), 0) << address;
    }
    // As it is.
    {
      Rig rig({.untrusted_guard = true});
      Client client = rig.client();
      const bool v6 = address.find(':') != std::string::npos;
      const std::string written = v6 ? "[" + address + "]" : address;
      client.says(get("http://" + written + ":81/", written));
      EXPECT_EQ(status_of(client.hears()), 403) << address;
      EXPECT_EQ(rig.connects(), 0) << address;
      EXPECT_EQ(rig.lookups(), 0) << address;
    }
  }
}

TEST(ForbiddenPlaces, TriesOnlyTheAddressesOutside) {
  Rig rig({.untrusted_guard = true});
  rig.resolve("mixed.example", "127.0.0.1 8.8.8.8 ::1 169.254.169.254 10.0.0.1");
  OriginServer& origin = rig.origin("mixed.example");
  Client client = rig.client();
  client.says(get("http://mixed.example/", "mixed.example"));
  EXPECT_EQ(received(origin), "GET mixed.example/");
  EXPECT_EQ(rig.connects(), 1);
  origin.says(kOk);
  ASSERT_EQ(rig.recorded().size(), 1u);
  ASSERT_TRUE(rig.recorded()[0].activity.destination);
  EXPECT_EQ(rig.recorded()[0].activity.destination->address.to_string(), "8.8.8.8");
}

TEST(ForbiddenPlaces, ReachesItsOwnListenersNever) {
  for (const bool untrusted : {false, true}) {
    Rig rig({.untrusted_guard = untrusted});
    rig.resolve("self.example", "127.0.0.1");
    Client client = rig.client();
    client.says(get("http://self.example:3128/", "self.example:3128"));
    EXPECT_EQ(status_of(client.hears()), 403);
    EXPECT_EQ(rig.connects(), 0);
  }
}

TEST(ForbiddenPlaces, StaysWithTheAddressesThatAConnectionWasOpenedFor) {
  Rig rig({.untrusted_guard = true});
  rig.resolve("files.example", "8.8.8.8");
  OriginServer& origin = rig.tls_origin("files.example");
  Client client = rig.client();
  ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
  rig.resolve("files.example", "127.0.0.1");  // rebound
  for (int i = 0; i < 3; ++i) {
    client.says(get("/a", "files.example"));
    EXPECT_EQ(received(origin), "GET files.example/a");
    origin.says("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_EQ(status_of(client.hears()), 200);
  }
  EXPECT_EQ(rig.lookups(), 1);
}

// --- Tricks with names

// Every one is refused outright, or is a plain spelling of exactly this name.
const std::vector<std::string>& tricks() {
  static const std::vector<std::string> all = {
      // Other spellings of addresses.
      "127.1",
      "127.0.1",
      "0x7f.0.0.1",
      "0x7f000001",
      "0X7F000001",
      "017700000001",
      "0177.0.0.1",
      "2130706433",
      "127.0.0.01",
      "127.0.0.1.",
      "00000127.0.0.1",
      "127.0.0.256",
      "1.2.3.4.5",
      "0",
      "127.0.0.0x1",
      "１２７.0.0.1",
      "127。0。0。1",
      "127%2e0%2e0%2e1",
      "127.0.0.1%00",
      "127.0.0.1%20",
      // IPv6.
      "::1",
      "[::1",
      "::1]",
      "[[::1]]",
      "[::1]]",
      "[::1%25eth0]",
      "[fe80::1%eth0]",
      "[::1]x",
      "[127.0.0.1]",
      "[v1.fe80::a]",
      "[]",
      "[:::1]",
      "[::ffff:127.0.0.1",
      "[0:0:0:0:0:0:0:0:1]",
      // Names.
      "",
      ".",
      "..",
      ".files.example",
      "files..example",
      "files.example..",
      "-files.example",
      "files-.example",
      "files.example-",
      "*.files.example",
      "files.example%2eevil.example",
      "%66iles.example",
      "files.example%00",
      "files.example%0d%0a",
      "f\xc3\xadles.example",
      "files\xe3\x80\x82"
      "example",
      "files\xef\xbc\x8e"
      "example",
      "files.example\xe2\x80\x8b",
      "evil@files.example",
      "user:pass@files.example",
      "files.example@evil.example",
      "files.example\\evil.example",
      "files.example;evil",
      "files.example,evil.example",
      "files.example!",
      "$files",
      "(files)",
      "files example",
      "files.example\t",
      "files.example'",
      "files.example|",
      "files.example&x",
      "files.example=",
      "files.example~",
      std::string(64, 'a') + ".example",
      std::string(254, 'a'),
      // Ports.
      "files.example:",
      "files.example:0",
      "files.example:65536",
      "files.example:80:80",
      "files.example:+80",
      "files.example:-1",
      "files.example:0x50",
      "files.example:80a",
      "files.example: 80",
      "files.example:000080",
      "files.example:８0",
      "files.example:99999999999",
      ":80",
      "[::1]:",
      "[::1]80",
  };
  return all;
}

TEST(ForbiddenPlaces, RefusesTrickyNamesInAbsoluteTargets) {
  EXPECT_GT(tricks().size(), 60u);
  for (const std::string& trick : tricks()) {
    Rig rig({.untrusted_guard = true});
    Client client = rig.client();
    client.says(get("http://" + trick + "/", "files.example"));
    const int status = status_of(client.hears());
    // 403 is the guard: a plain spelling of an address inside.
    EXPECT_TRUE(status == 400 || status == 403) << printable(trick) << " " << status;
    EXPECT_EQ(rig.connects(), 0) << printable(trick);
    EXPECT_EQ(rig.lookups(), 0) << printable(trick);
    EXPECT_EQ(rig.recorded().size(), 1u) << printable(trick);
  }
}

TEST(ForbiddenPlaces, RefusesTrickyNamesInHost) {
  for (const std::string& trick : tricks()) {
    Rig rig;
    OriginServer& origin = rig.tls_origin("files.example");
    Client client = rig.client();
    ASSERT_TRUE(client.opens("files.example:443", {.server_name = "files.example"}));
    client.says(get("/", trick));
    const int status = status_of(client.hears());
    // "files.example\t" is the name with a blank behind it, which no field value has.
    if (trick == "files.example\t") {
      EXPECT_EQ(received(origin), "GET files.example/");
      continue;
    }
    EXPECT_TRUE(status == 400 || status == 421) << printable(trick) << " " << status;
    EXPECT_EQ(origin.heard(), "") << printable(trick);
  }
}

TEST(ForbiddenPlaces, RefusesTrickyNamesInConnect) {
  for (const std::string& trick : tricks()) {
    for (const std::string port : {":443", ""}) {
      Rig rig({.untrusted_guard = true});
      Client client = rig.client();
      client.says("CONNECT " + trick + port + " HTTP/1.1\r\nHost: files.example\r\n\r\n");
      const int status = status_of(client.hears());
      // A plain spelling of an address is let into the tunnel, where the guard waits.
      EXPECT_TRUE(status == 400 || status == 403 || (trick == "127.0.0.1." && status == 200))
          << printable(trick + port) << " " << status;
      EXPECT_EQ(rig.connects(), 0) << printable(trick + port);
      EXPECT_EQ(rig.lookups(), 0) << printable(trick + port);
    }
  }
}

TEST(ForbiddenPlaces, SpellsEveryNameInOneWay) {
  for (const std::string name : {"FILES.EXAMPLE", "files.example.", "Files.Example.:80",
                                 "files.example:80", "files.example:00080"}) {
    Rig rig({.rules = "- {name: no files, when: {host: files.example}, then: block}\n"});
    Client client = rig.client();
    client.says(get("http://" + name + "/", "x.example"));
    EXPECT_EQ(status_of(client.hears()), 403) << name;
    EXPECT_EQ(rig.events(), "- other files.example: blocked 403, 'no files'\n") << name;
  }
}

TEST(ForbiddenPlaces, SendsNamesBelowLocalhostNowhereInside) {
  for (const std::string name : {"localhost", "a.localhost", "localhost."}) {
    Rig rig({.untrusted_guard = true});
    rig.resolve("localhost", "127.0.0.1 ::1");
    rig.resolve("a.localhost", "127.0.0.1");
    Client client = rig.client();
    client.says(get("http://" + name + "/", name));
    EXPECT_EQ(status_of(client.hears()), 403) << name;
    EXPECT_EQ(rig.connects(), 0) << name;
  }
}

}  // namespace
}  // namespace sallyport::testkit
