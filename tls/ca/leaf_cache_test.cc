#include "tls/ca/leaf_cache.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "tests/kit/certs.h"

namespace sallyport::tls {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testkit::noon;

Host host(const std::string& text) { return *Host::parse(text); }

LeafCacheKey own(const std::string& name) {
  return LeafCacheKey::own(host(name), KeyKind::ecdsa_p256);
}

std::shared_ptr<const Leaf> leaf_until(Time not_after) {
  auto leaf = std::make_shared<Leaf>();
  leaf->not_after = not_after;
  return leaf;
}

TEST(LeafCache, GivesBackWhatWasPutIn) {
  LeafCache cache;
  EXPECT_EQ(cache.find(own("a.example"), noon()), nullptr);
  const auto leaf = leaf_until(noon() + hours(1));
  cache.insert(own("a.example"), leaf);
  EXPECT_EQ(cache.find(own("a.example"), noon()), leaf);
  EXPECT_EQ(cache.find(own("b.example"), noon()), nullptr);
  EXPECT_EQ(cache.stats().hits, 1u);
  EXPECT_EQ(cache.stats().misses, 2u);
}

TEST(LeafCache, GivesNothingThatEndsSoon) {
  LeafCache cache;
  cache.insert(own("a.example"), leaf_until(noon() + hours(1)));
  EXPECT_NE(cache.find(own("a.example"), noon() + minutes(49)), nullptr);
  EXPECT_EQ(cache.find(own("a.example"), noon() + minutes(50)), nullptr);
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(cache.stats().expired, 1u);
}

TEST(LeafCache, ReplacesUnderTheSameKey) {
  LeafCache cache;
  cache.insert(own("a.example"), leaf_until(noon() + hours(1)));
  const auto second = leaf_until(noon() + hours(2));
  cache.insert(own("a.example"), second);
  EXPECT_EQ(cache.find(own("a.example"), noon()), second);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(LeafCache, KeepsHotNamesThroughAStormOfNewOnes) {
  LeafCache cache(100);
  const auto leaf = leaf_until(noon() + hours(1));
  for (int i = 0; i < 60; ++i) {
    const LeafCacheKey key = own("hot" + std::to_string(i) + ".example");
    cache.insert(key, leaf);
    EXPECT_NE(cache.find(key, noon()), nullptr);
  }
  for (int i = 0; i < 20'000; ++i) {
    const LeafCacheKey key = own("storm" + std::to_string(i) + ".example");
    EXPECT_EQ(cache.find(key, noon()), nullptr);
    cache.insert(key, leaf);
    EXPECT_LE(cache.size(), 100u);
  }
  for (int i = 0; i < 60; ++i) {
    EXPECT_NE(cache.find(own("hot" + std::to_string(i) + ".example"), noon()), nullptr) << i;
  }
  EXPECT_EQ(cache.stats().evicted, 20'000u - 40u);
}

TEST(LeafCache, LetsHotNamesCoolDown) {
  LeafCache cache(10);  // Eight protected.
  const auto leaf = leaf_until(noon() + hours(1));
  for (int i = 0; i < 9; ++i) {
    const LeafCacheKey key = own("h" + std::to_string(i) + ".example");
    cache.insert(key, leaf);
    cache.find(key, noon());
  }
  // h0, the least recent of nine, is on probation again: two newcomers fit, the third takes its
  // place.
  for (int i = 0; i < 2; ++i) cache.insert(own("n" + std::to_string(i) + ".example"), leaf);
  EXPECT_EQ(cache.find(own("h0.example"), noon()), nullptr);
  EXPECT_NE(cache.find(own("h1.example"), noon()), nullptr);
}

TEST(LeafCache, IsEmptyAfterClear) {
  LeafCache cache;
  const auto leaf = leaf_until(noon() + hours(1));
  cache.insert(own("a.example"), leaf);
  cache.insert(own("b.example"), leaf);
  cache.find(own("a.example"), noon());
  cache.clear();
  EXPECT_EQ(cache.size(), 0u);
  EXPECT_EQ(cache.find(own("a.example"), noon()), nullptr);
}

TEST(LeafCacheKey, IsOneForAllHostsOfAnOrdinaryCertificate) {
  const auto origin = testkit::issue(testkit::server_spec("*.example.com"), nullptr).certificate;
  const auto key = [&](const std::string& name, KeyKind kind = KeyKind::ecdsa_p256) {
    return LeafCacheKey::mirrored(origin, host(name), kind).text();
  };
  EXPECT_EQ(key("a.example.com"), key("b.example.com"));
  EXPECT_NE(key("a.example.com"), key("a.example.com", KeyKind::rsa_2048));
  const auto other = testkit::issue(testkit::server_spec("*.example.com"), nullptr).certificate;
  EXPECT_NE(key("a.example.com"),
            LeafCacheKey::mirrored(other, host("a.example.com"), KeyKind::ecdsa_p256).text());
}

TEST(LeafCacheKey, NamesTheHostWhereTheLeafIsForItAlone) {
  testkit::CertSpec spec = testkit::server_spec("x");
  spec.dns.clear();
  for (int i = 0; i < 150; ++i) spec.dns.push_back("n" + std::to_string(i) + ".example");
  const auto origin = testkit::issue(spec, nullptr).certificate;
  const auto key = [&](const std::string& name) {
    return LeafCacheKey::mirrored(origin, host(name), KeyKind::ecdsa_p256).text();
  };
  EXPECT_EQ(key("n1.example"), key("n2.example"));
  EXPECT_NE(key("n140.example"), key("n141.example"));
  EXPECT_NE(key("n140.example"), key("n1.example"));
  EXPECT_NE(own("a.example").text(), key("n1.example"));
}

// However the slots are shared: of many certificates, hosts and kinds, each asked for again.
TEST(MirroredKeys, AreThoseThatWouldBeMade) {
  std::vector<Certificate> origins;
  testkit::CertSpec spec = testkit::server_spec("x");
  spec.dns.clear();
  for (int i = 0; i < 150; ++i) spec.dns.push_back("n" + std::to_string(i) + ".example");
  origins.push_back(testkit::issue(spec, nullptr).certificate);
  for (int i = 0; i < 3; ++i) {
    origins.push_back(testkit::issue(testkit::server_spec("*.example"), nullptr).certificate);
  }
  MirroredKeys keys;
  for (int n = 0; n < 1200; ++n) {
    const Certificate& origin = origins[n % origins.size()];
    const Host name = host("n" + std::to_string(n * 7 % 300) + ".example");
    const KeyKind kind = n % 3 == 0 ? KeyKind::rsa_2048 : KeyKind::ecdsa_p256;
    EXPECT_EQ(keys.of(origin, name, kind).text(),
              LeafCacheKey::mirrored(origin, name, kind).text());
    EXPECT_EQ(keys.of(origin, name, kind).text(),
              LeafCacheKey::mirrored(origin, name, kind).text());
  }
}

}  // namespace
}  // namespace sallyport::tls
