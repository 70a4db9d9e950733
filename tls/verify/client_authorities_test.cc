#include "tls/verify/client_authorities.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/kit/certs.h"

namespace sallyport::tls {
namespace {

using testkit::CertSpec;
using testkit::Issued;
using testkit::noon;
using Strings = std::vector<std::string>;

CertSpec client_spec(const std::string& name) {
  CertSpec spec;
  spec.common_name = name;
  spec.key_usage = "critical,digitalSignature";
  spec.extended_key_usage = "clientAuth";
  return spec;
}

// A list of revoked certificates in PEM; `serial` is the one that it names, in hex.
std::string list_of(const Issued& issuer, const std::string& serial, Time from, Time until) {
  const CrlPtr crl(X509_CRL_new());
  X509_CRL_set_version(crl.get(), 1);
  X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.certificate.native()));
  const auto time = [](Time at) {
    return Asn1StringPtr(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(at)));
  };
  X509_CRL_set1_lastUpdate(crl.get(), time(from).get());
  X509_CRL_set1_nextUpdate(crl.get(), time(until).get());
  if (!serial.empty()) {
    BIGNUM* number = nullptr;
    BN_hex2bn(&number, serial.c_str());
    X509_REVOKED* revoked = X509_REVOKED_new();
    const Asn1StringPtr integer(BN_to_ASN1_INTEGER(number, nullptr));
    X509_REVOKED_set_serialNumber(revoked, integer.get());
    X509_REVOKED_set_revocationDate(revoked, time(from).get());
    X509_CRL_add0_revoked(crl.get(), revoked);
    BN_free(number);
  }
  X509_CRL_sign(crl.get(), issuer.key.native(), EVP_sha256());
  const BioPtr bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_CRL(bio.get(), crl.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

class ClientAuthoritiesTest : public ::testing::Test {
 protected:
  const Issued root_ = testkit::make_root("Devices");
  const Issued device_ = testkit::issue(client_spec("laptop-7"), &root_);

  std::shared_ptr<const ClientAuthorities> of(std::vector<ClientAuthorities::Source> sources) {
    auto made = ClientAuthorities::make(sources);
    EXPECT_TRUE(made.has_value()) << made.error().why;
    return made ? *made : nullptr;
  }
  std::shared_ptr<const ClientAuthorities> usual(Strings lists = {}) {
    return of({{root_.certificate.to_pem(), std::move(lists), {"managed"}}});
  }
  static Strings tags(const ClientAuthorities& authorities, std::vector<Certificate> chain,
                      Time at = noon()) {
    return authorities.prove(chain, at).tags;
  }
};

TEST_F(ClientAuthoritiesTest, ACertificateOfTheirsProvesWhatTheEntrySays) {
  EXPECT_EQ(tags(*usual(), {device_.certificate}),
            (Strings{"managed", "valid_client_certificate"}));
  EXPECT_EQ(usual()->authorities().size(), 1u);
}

TEST_F(ClientAuthoritiesTest, NoneProvesNothingAndIsNoFault) {
  const DeviceProof proof = usual()->prove({}, noon());
  EXPECT_TRUE(proof.tags.empty());
  EXPECT_EQ(proof.fault, "");
}

TEST_F(ClientAuthoritiesTest, OneOfSomebodyElseProvesNothing) {
  const Issued other = testkit::make_root("Devices");
  const Issued stranger = testkit::issue(client_spec("laptop-7"), &other);
  const std::vector<Certificate> chain = {stranger.certificate, other.certificate};
  const DeviceProof proof = usual()->prove(chain, noon());
  EXPECT_TRUE(proof.tags.empty());
  EXPECT_NE(proof.fault, "");
}

TEST_F(ClientAuthoritiesTest, TimesAreThoseOfTheAskedMoment) {
  EXPECT_TRUE(tags(*usual(), {device_.certificate}, noon() + std::chrono::days(60)).empty());
  EXPECT_TRUE(tags(*usual(), {device_.certificate}, noon() - std::chrono::days(60)).empty());
}

TEST_F(ClientAuthoritiesTest, AServersCertificateIsNoDevices) {
  const Issued server = testkit::issue(testkit::server_spec("www.example.com"), &root_);
  EXPECT_TRUE(tags(*usual(), {server.certificate}).empty());
}

TEST_F(ClientAuthoritiesTest, WeakKeysProveNothing) {
  CertSpec weak = client_spec("old");
  weak.key = "RSA-1024";
  const Issued old = testkit::issue(weak, &root_);
  EXPECT_TRUE(tags(*usual(), {old.certificate}).empty());
}

TEST_F(ClientAuthoritiesTest, AnIntermediateMayBeShownOrStandForItself) {
  const Issued issuing = testkit::issue(testkit::authority_spec("Issuing"), &root_);
  const Issued device = testkit::issue(client_spec("phone"), &issuing);
  EXPECT_FALSE(tags(*usual(), {device.certificate, issuing.certificate}).empty());
  EXPECT_TRUE(tags(*usual(), {device.certificate}).empty());
  const auto alone = of({{issuing.certificate.to_pem(), {}, {}}});
  EXPECT_EQ(tags(*alone, {device.certificate}), Strings{"valid_client_certificate"});
  EXPECT_TRUE(tags(*alone, {device_.certificate}).empty());  // of the root, not of the intermediate
}

TEST_F(ClientAuthoritiesTest, ADeviceCannotSignForOthers) {
  const Issued fake = testkit::issue(client_spec("fake"), &device_);
  EXPECT_TRUE(tags(*usual(), {fake.certificate, device_.certificate}).empty());
}

TEST_F(ClientAuthoritiesTest, WhatAListNamesProvesNothing) {
  const Time from = noon() - std::chrono::days(1);
  const Time until = noon() + std::chrono::days(1);
  EXPECT_FALSE(tags(*usual({list_of(root_, "", from, until)}), {device_.certificate}).empty());
  EXPECT_TRUE(tags(*usual({list_of(root_, device_.certificate.serial(), from, until)}),
                   {device_.certificate})
                  .empty());
}

TEST_F(ClientAuthoritiesTest, AListThatIsOutOfDateProvesNothing) {
  const std::string old =
      list_of(root_, "", noon() - std::chrono::days(9), noon() - std::chrono::days(2));
  EXPECT_TRUE(tags(*usual({old}), {device_.certificate}).empty());
}

TEST_F(ClientAuthoritiesTest, AListOfAnotherAuthorityDoesNotVouch) {
  const Issued other = testkit::make_root("Other");
  const std::string list =
      list_of(other, "", noon() - std::chrono::days(1), noon() + std::chrono::days(1));
  EXPECT_TRUE(tags(*usual({list}), {device_.certificate}).empty());
}

TEST_F(ClientAuthoritiesTest, SeveralEntriesProveTogether) {
  const auto both = of({{root_.certificate.to_pem(), {}, {"managed"}},
                        {root_.certificate.to_pem(), {}, {"compliant"}}});
  EXPECT_EQ(tags(*both, {device_.certificate}),
            (Strings{"compliant", "managed", "valid_client_certificate"}));
}

TEST_F(ClientAuthoritiesTest, TellsWhichTextIsWrongAndHow) {
  const auto refused = [](ClientAuthorities::Source source) {
    const std::vector<ClientAuthorities::Source> sources = {std::move(source)};
    const auto made = ClientAuthorities::make(sources);
    return made ? std::string("taken") : made.error().why;
  };
  EXPECT_NE(refused({"no PEM", {}, {}}).find("authorities"), std::string::npos);
  EXPECT_NE(refused({device_.certificate.to_pem(), {}, {}}).find("is no authority"),
            std::string::npos);
  EXPECT_EQ(refused({root_.certificate.to_pem(), {"no PEM"}, {}}),
            "no list of revoked certificates in PEM is there");
}

TEST_F(ClientAuthoritiesTest, LongChainsAreNotLookedAt) {
  std::vector<Certificate> chain(ClientAuthorities::kMaxChain + 1, device_.certificate);
  EXPECT_NE(usual()->prove(chain, noon()).fault.find("more than"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::tls
