#include "tls/ca/mint.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <set>
#include <string>

#include "tests/kit/certs.h"

namespace sallyport::tls {
namespace {

using std::chrono::days;
using std::chrono::hours;
using testkit::CertSpec;
using testkit::noon;
using testkit::server_spec;

Host host(const std::string& text) { return *Host::parse(text); }

struct World {
  std::shared_ptr<const Authority> authority = *Authority::make({}, noon() - days(30));
  std::shared_ptr<LeafKeys> keys = *LeafKeys::make();

  std::shared_ptr<const Leaf> mint(const LeafSpec& spec, const std::string& crl_url = "",
                                   Time at = noon()) const {
    const auto leaf = tls::mint(*authority, spec, keys->ecdsa(), at, crl_url);
    EXPECT_TRUE(leaf) << leaf.error().detail;
    return leaf ? *leaf : nullptr;
  }
};

LeafSpec spec_for(const std::string& name) { return own_answer(host(name), noon()); }

std::string show(const LeafSpec& spec) {
  std::string text;
  for (const std::string& name : spec.dns_names) text += name + ' ';
  for (const IpAddress& address : spec.addresses) text += address.to_string() + ' ';
  if (spec.host_added) text += "(added) ";
  return text + "CN=" + spec.common_name;
}

// The extensions as OpenSSL shows them, one per line; identifiers only by their length.
std::string extensions(const Certificate& certificate) {
  std::string text;
  x509_st* const x509 = certificate.native();
  for (int i = 0; i < X509_get_ext_count(x509); ++i) {
    X509_EXTENSION* const extension = X509_get_ext(x509, i);
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
    text += OBJ_nid2sn(nid);
    if (X509_EXTENSION_get_critical(extension) == 1) text += " critical";
    const BioPtr bio(BIO_new(BIO_s_mem()));
    X509V3_EXT_print(bio.get(), extension, 0, 0);
    const char* shown = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &shown);
    std::string value(shown, static_cast<std::size_t>(size));
    if (nid == NID_subject_key_identifier || nid == NID_authority_key_identifier) {
      value = std::to_string(value.size()) + " characters";
    }
    for (std::size_t at; (at = value.find('\n')) != std::string::npos;) value.replace(at, 1, " ");
    text += ": " + value + '\n';
  }
  return text;
}

// X509_verify_cert in its strictest mode.
std::string strict_verify(const World& world, const Leaf& leaf, const std::string& name) {
  const StorePtr store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), world.authority->certificate().native());
  const StoreCtxPtr ctx(X509_STORE_CTX_new());
  X509_STORE_CTX_init(ctx.get(), store.get(), leaf.certificate.native(), nullptr);
  X509_STORE_CTX_set_default(ctx.get(), "ssl_server");
  X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(ctx.get());
  X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_auth_level(param, 2);
  X509_VERIFY_PARAM_set_time(
      param, std::chrono::duration_cast<std::chrono::seconds>(noon().time_since_epoch()).count());
  X509_VERIFY_PARAM_set1_host(param, name.data(), name.size());
  X509_verify_cert(ctx.get());
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx.get()));
}

TEST(Mint, GivesTheProfileThatEveryClientAccepts) {
  const World world;
  const auto leaf = world.mint(spec_for("www.example.com"), "http://192.0.2.1:8080/a,b.crl");
  ASSERT_TRUE(leaf);
  EXPECT_EQ(extensions(leaf->certificate),
            "basicConstraints: CA:FALSE\n"
            "keyUsage critical: Digital Signature\n"
            "extendedKeyUsage: TLS Web Server Authentication\n"
            "subjectAltName: DNS:www.example.com\n"
            "subjectKeyIdentifier: 59 characters\n"
            "authorityKeyIdentifier: 59 characters\n"
            "crlDistributionPoints: Full Name:   URI:http://192.0.2.1:8080/a,b.crl\n");
  EXPECT_EQ(leaf->certificate.subject(), "CN=www.example.com");
  EXPECT_EQ(leaf->certificate.issuer(), world.authority->certificate().subject());
  EXPECT_EQ(X509_get_version(leaf->certificate.native()), X509_VERSION_3);
  EXPECT_EQ(leaf->certificate.signature_algorithm(), "ecdsa-with-SHA256");
  EXPECT_EQ(
      ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(leaf->certificate.native()),
                            X509_get0_subject_key_id(world.authority->certificate().native())),
      0);
  EXPECT_EQ(strict_verify(world, *leaf, "www.example.com"), "ok");
  EXPECT_EQ(leaf->serial, leaf->certificate.serial());
  EXPECT_EQ(leaf->not_after, leaf->certificate.not_after());
}

TEST(Mint, ComesBackFromItsBytesUnchanged) {
  const World world;
  const auto leaf = world.mint(spec_for("www.example.com"));
  const auto back = Certificate::from_der(leaf->certificate.to_der());
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, leaf->certificate);
  EXPECT_TRUE(leaf->key.same_public_key(X509_get0_pubkey(back->native())));
  EXPECT_EQ(X509_check_private_key(leaf->certificate.native(), leaf->key.native()), 1);
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(Mint, LetsRsaKeysEncipher) {
  const World world;
  EXPECT_EQ(world.keys->rsa(), nullptr);
  ASSERT_TRUE(world.keys->prepare_rsa());
  const PrivateKey* const key = world.keys->rsa();
  ASSERT_NE(key, nullptr);
  ASSERT_TRUE(world.keys->prepare_rsa());
  EXPECT_EQ(world.keys->rsa(), key);
  const auto leaf = mint(*world.authority, spec_for("a.example"), *key, noon(), "");
  ASSERT_TRUE(leaf) << leaf.error().detail;
  EXPECT_NE(extensions((*leaf)->certificate).find("Digital Signature, Key Encipherment"),
            std::string::npos);
  EXPECT_EQ(strict_verify(world, **leaf, "a.example"), "ok");
}

TEST(Mint, MakesTheNamesCriticalWhereThereIsNoSubject) {
  const World world;
  const std::string name = std::string(40, 'a') + '.' + std::string(40, 'b') + ".example";
  const auto leaf = world.mint(spec_for(name));
  ASSERT_TRUE(leaf);
  EXPECT_EQ(leaf->certificate.subject(), "");
  EXPECT_NE(extensions(leaf->certificate).find("subjectAltName critical: DNS:" + name),
            std::string::npos);
  EXPECT_EQ(strict_verify(world, *leaf, name), "ok");
}

TEST(Mint, NamesAddressesByTheirBytes) {
  const World world;
  const auto leaf = world.mint(spec_for("[2001:db8::1]"));
  EXPECT_NE(extensions(leaf->certificate).find("subjectAltName: IP Address:2001:DB8:0:0:0:0:0:1\n"),
            std::string::npos)
      << extensions(leaf->certificate);
}

TEST(Mint, NeverUsesTheAuthoritysKey) {
  const World world;
  EXPECT_FALSE(world.keys->ecdsa().same_public_key(world.authority->key().native()));
  EXPECT_FALSE(mint(*world.authority, spec_for("a.example"), world.authority->key(), noon(), ""));
  EXPECT_FALSE(mint(*world.authority, spec_for("a.example"), PrivateKey(), noon(), ""));
}

TEST(Mint, GivesEveryLeafAnotherSerialOf128Bits) {
  const World world;
  std::set<std::string> serials;
  for (int i = 0; i < 200; ++i) {
    const auto leaf = world.mint(spec_for("a.example"));
    EXPECT_GE(leaf->serial.size(), 31u);
    EXPECT_LE(leaf->serial.size(), 32u);
    EXPECT_NE(leaf->serial[0], '-');
    serials.insert(leaf->serial);
  }
  EXPECT_EQ(serials.size(), 200u);
}

// "not_before not_after" in hours from now.
std::string validity(const World& world, Time not_before, Time not_after) {
  LeafSpec spec = spec_for("a.example");
  spec.not_before = not_before;
  spec.not_after = not_after;
  const auto leaf = mint(*world.authority, spec, world.keys->ecdsa(), noon(), "");
  if (!leaf) return "refused";
  const auto in_hours = [](Time time) {
    return std::to_string(std::chrono::duration_cast<hours>(time - noon()).count());
  };
  return in_hours((*leaf)->certificate.not_before()) + ' ' +
         in_hours((*leaf)->certificate.not_after());
}

TEST(Mint, IsValidNoLongerThanOriginAuthorityAndLimit) {
  World world;
  EXPECT_EQ(validity(world, noon() - days(90), noon() + days(90)), "-24 168");
  EXPECT_EQ(validity(world, noon() - hours(2), noon() + hours(5)), "-2 5");
  EXPECT_EQ(validity(world, noon() + hours(1), noon() + hours(5)), "refused");
  EXPECT_EQ(validity(world, noon() - hours(9), noon() - hours(1)), "refused");
  EXPECT_EQ(validity(world, Time::max(), Time::min()), "refused");
  Authority::Options brief;
  brief.lifetime = days(1);
  world.authority = *Authority::make(brief, noon() + hours(20));  // Back-dated by 24 hours.
  EXPECT_EQ(validity(world, noon() - days(90), noon() + days(90)), "-4 44");
}

TEST(Mint, RefusesNamesThatAreNoHosts) {
  const World world;
  for (const std::string name : {"", "a b", "*", "*.*.example", "f*.example", "A.example",
                                 "192.0.2.1", "a.example.", "a..b", "*."}) {
    LeafSpec spec = spec_for("a.example");
    spec.dns_names = {name};
    EXPECT_FALSE(mint(*world.authority, spec, world.keys->ecdsa(), noon(), "")) << name;
  }
  LeafSpec none = spec_for("a.example");
  none.dns_names.clear();
  EXPECT_FALSE(mint(*world.authority, none, world.keys->ecdsa(), noon(), ""));
}

std::string mirrored(const CertSpec& spec, const std::string& name) {
  return show(mirror(testkit::issue(spec, nullptr).certificate, host(name)));
}

TEST(Mirror, CopiesTheNamesOfTheOrigin) {
  CertSpec spec = server_spec("WWW.Example.com");
  spec.dns = {"WWW.Example.com", "*.example.com", "www.example.com", "other.example"};
  spec.addresses = {*IpAddress::parse("192.0.2.1")};
  EXPECT_EQ(mirrored(spec, "a.example.com"),
            "www.example.com *.example.com other.example 192.0.2.1 CN=www.example.com");
  const LeafSpec leaf = mirror(testkit::issue(spec, nullptr).certificate, host("www.example.com"));
  EXPECT_EQ(leaf.not_before, spec.not_before);
  EXPECT_EQ(leaf.not_after, spec.not_after);
}

TEST(Mirror, LeavesOutWhatIsNoHost) {
  CertSpec spec = server_spec("ok.example");
  spec.dns = {"ok.example", "f*.example",  "*",          "*.*.example",
              "192.0.2.7",  "a_b.example", "-x.example", "a.example."};
  EXPECT_EQ(mirrored(spec, "ok.example"), "ok.example a_b.example CN=ok.example");
}

TEST(Mirror, BoundsTheNamesAndKeepsTheHost) {
  CertSpec spec = server_spec("x");
  spec.dns.clear();
  for (int i = 0; i < 150; ++i) spec.dns.push_back("n" + std::to_string(i) + ".example");
  const Certificate origin = testkit::issue(spec, nullptr).certificate;
  const LeafSpec early = mirror(origin, host("n5.example"));
  EXPECT_EQ(early.dns_names.size(), 100u);
  EXPECT_EQ(early.dns_names[0], "n0.example");
  EXPECT_FALSE(early.host_added);
  const LeafSpec late = mirror(origin, host("n140.example"));
  EXPECT_EQ(late.dns_names.size(), 100u);
  EXPECT_EQ(late.dns_names[0], "n140.example");
  EXPECT_TRUE(late.host_added);
  EXPECT_TRUE(covers(late, host("n140.example")));
}

TEST(Mirror, BoundsTheBytesOfTheNames) {
  CertSpec spec = server_spec("x");
  spec.dns.clear();
  const std::string tail = "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".example";
  for (int i = 0; i < 90; ++i) spec.dns.push_back("n" + std::to_string(i) + tail);
  const LeafSpec leaf = mirror(testkit::issue(spec, nullptr).certificate, host("n89" + tail));
  std::size_t bytes = 0;
  for (const std::string& name : leaf.dns_names) bytes += name.size();
  EXPECT_LE(bytes, MintLimits::kMaxNameBytes);
  EXPECT_GT(bytes, MintLimits::kMaxNameBytes - 300);
  EXPECT_TRUE(covers(leaf, host("n89" + tail)));
}

TEST(Mirror, TakesAddressesToo) {
  CertSpec spec = server_spec("x");
  spec.dns.clear();
  spec.addresses = {*IpAddress::parse("192.0.2.1"), *IpAddress::parse("2001:db8::1")};
  EXPECT_EQ(mirrored(spec, "[2001:db8::1]"), "192.0.2.1 2001:db8::1 CN=192.0.2.1");
}

TEST(Covers, TakesAWildcardForOneLabelOnly) {
  LeafSpec spec;
  spec.dns_names = {"a.example", "*.b.example"};
  spec.addresses = {*IpAddress::parse("192.0.2.1")};
  for (const char* yes : {"a.example", "x.b.example", "192.0.2.1"})
    EXPECT_TRUE(covers(spec, host(yes)));
  for (const char* no : {"b.example", "x.y.b.example", "x.a.example", "192.0.2.2", "xb.example"}) {
    EXPECT_FALSE(covers(spec, host(no))) << no;
  }
}

}  // namespace
}  // namespace sallyport::tls
