// Which addresses are reached, and why not.

#include "proxy/origin/guard.h"

#include <gtest/gtest.h>

namespace sallyport::origin {
namespace {

IpAddress address(const std::string& text) {
  const auto parsed = IpAddress::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(IpAddress());
}

std::string refusal(const std::string& text, std::uint16_t port = 443,
                    const std::vector<std::string>& allowed = {}) {
  std::vector<IpPrefix> prefixes;
  for (const std::string& prefix : allowed) prefixes.push_back(*IpPrefix::parse(prefix));
  const AddressGuard guard(prefixes, {}, {});
  return guard.refusal({address(text), port});
}

TEST(AddressGuard, NamesWhyAnAddressIsRefused) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"127.0.0.1", "loopback"},
      {"127.255.255.255", "loopback"},
      {"10.1.2.3", "private"},
      {"172.16.0.0", "private"},
      {"172.31.255.255", "private"},
      {"192.168.1.1", "private"},
      {"169.254.169.254", "metadata"},
      {"100.100.100.200", "metadata"},
      {"168.63.129.16", "metadata"},
      {"fd00:ec2::254", "metadata"},
      {"169.254.1.1", "link-local"},
      {"fe80::1", "link-local"},
      {"100.64.0.1", "shared address space"},
      {"0.0.0.0", "unspecified"},
      {"0.1.2.3", "unspecified"},
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"224.0.0.1", "multicast"},
      {"ff02::1", "multicast"},
      {"255.255.255.255", "reserved"},
      {"198.18.0.1", "benchmarking"},
      {"203.0.113.9", "documentation"},
      {"2001:db8::1", "documentation"},
      {"fc00::1", "unique local"},
      {"fdff::1", "unique local"},
      {"fec0::1", "site-local"},
      {"::ffff:127.0.0.1", "loopback"},
      {"::ffff:a9fe:a9fe", "metadata"},
      {"64:ff9b::10.0.0.1", "private"},
      {"64:ff9b::169.254.169.254", "metadata"},
      {"2002:7f00:1::1", "loopback"},
      {"2002:c0a8:101::", "private"},
  };
  for (const auto& [text, why] : cases) EXPECT_EQ(refusal(text), why) << text;
  for (const std::string text :
       {"::10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b:1::1", "2001::1", "100::1", "3fff::1"}) {
    EXPECT_NE(refusal(text), "") << text;
  }
}

TEST(AddressGuard, LetsTheWorldPass) {
  for (const std::string text :
       {"8.8.8.8",         "1.1.1.1",       "126.255.255.255", "128.0.0.1",
        "9.255.255.255",   "11.0.0.0",      "172.15.255.255",  "172.32.0.0",
        "192.167.255.255", "192.169.0.0",   "100.63.255.255",  "100.128.0.0",
        "169.253.255.255", "169.255.0.0",   "198.17.255.255",  "198.20.0.0",
        "223.255.255.255", "2606:4700::1",  "2a00:1450::1",    "64:ff9b::8.8.8.8",
        "2002:808:808::1", "::ffff:8.8.8.8"}) {
    EXPECT_EQ(refusal(text), "") << text;
  }
}

TEST(AddressGuard, LetsPassWhatIsListed) {
  EXPECT_EQ(refusal("10.1.2.3", 443, {"10.1.0.0/16"}), "");
  EXPECT_EQ(refusal("10.2.2.3", 443, {"10.1.0.0/16"}), "private");
  EXPECT_EQ(refusal("127.0.0.1", 443, {"127.0.0.1/32"}), "");
  EXPECT_EQ(refusal("::ffff:10.1.2.3", 443, {"10.1.0.0/16"}), "");
  // In other clothes it goes another way than the one that was allowed.
  EXPECT_EQ(refusal("64:ff9b::10.1.2.3", 443, {"10.1.0.0/16"}), "private");
}

TEST(AddressGuard, NeverReachesItsOwnListeners) {
  const std::vector<IpPrefix> everything = {*IpPrefix::parse("0.0.0.0/0"),
                                            *IpPrefix::parse("::/0")};
  const auto refused = [&](const std::string& listener, const std::string& to, std::uint16_t port) {
    const AddressGuard guard(everything, {{address(listener), 3128}},
                             {address("192.168.1.10"), address("2001:db8::10")});
    return guard.refusal({address(to), port});
  };
  EXPECT_EQ(refused("127.0.0.1", "127.0.0.1", 3128), "own listener");
  EXPECT_EQ(refused("127.0.0.1", "::ffff:127.0.0.1", 3128), "own listener");
  EXPECT_EQ(refused("127.0.0.1", "127.0.0.1", 80), "");
  // Linux takes the unspecified address for this host.
  EXPECT_EQ(refused("127.0.0.1", "0.0.0.0", 3128), "own listener");
  EXPECT_EQ(refused("127.0.0.1", "192.168.1.10", 3128), "");
  for (const std::string any : {"0.0.0.0", "::"}) {
    for (const std::string to :
         {"127.0.0.1", "127.9.9.9", "::1", "192.168.1.10", "2001:db8::10", "0.0.0.0", "::"}) {
      EXPECT_EQ(refused(any, to, 3128), "own listener") << any << " " << to;
    }
    EXPECT_EQ(refused(any, "192.168.1.11", 3128), "") << any;
    EXPECT_EQ(refused(any, "127.0.0.1", 80), "") << any;
  }
}

}  // namespace
}  // namespace sallyport::origin
