// The bad-certificate set: every way in which a chain can be wrong that we know of, each refused by
// name.

#include "tls/verify/verifier.h"

#include <cctype>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <set>
#include <stdlib.h>
#include <string>

#include "base/core/text.h"
#include "tests/kit/certs.h"
#include "tls/verify/known_bad.h"

namespace sallyport::tls {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using testkit::authority_spec;
using testkit::CertSpec;
using testkit::issue;
using testkit::Issued;
using testkit::make_root;
using testkit::noon;
using testkit::server_spec;
using testkit::staple;
using testkit::StapleSpec;

const std::string kHost = "www.example.com";

// Everybody's actors: a root in the store, an intermediate below it, a root that is not in the
// store.
class VerifierTest : public ::testing::Test {
 protected:
  VerifierTest()
      : root_(make_root("Trusted Root")),
        intermediate_(issue(authority_spec("Intermediate"), &root_)),
        stranger_(make_root("Stranger Root")) {
    const std::vector<Certificate> roots{root_.certificate};
    store_ = *TrustStore::of(roots);
  }

  Report report(const std::vector<Certificate>& chain, const std::string& host = kHost,
                const std::vector<std::byte>& ocsp = {}) const {
    const Report report = Verifier(store_, options_).verify(chain, *Host::parse(host), ocsp, at_);
    EXPECT_EQ(report.accepted, report.faults.empty());
    EXPECT_EQ(report.accepted, report.summary.empty());
    EXPECT_EQ(report.accepted, report.detail.empty()) << report.detail;
    EXPECT_LE(report.detail.size(), 2048u);
    EXPECT_EQ(ERR_peek_error(), 0u);
    return report;
  }
  // "" where accepted, otherwise the faults.
  std::string faults(const std::vector<Certificate>& chain, const std::string& host = kHost,
                     const std::vector<std::byte>& ocsp = {}) const {
    return report(chain, host, ocsp).summary;
  }
  // Of a server certificate below the intermediate.
  std::string faults(const CertSpec& spec, const std::string& host = kHost) const {
    return faults({issue(spec, &intermediate_).certificate, intermediate_.certificate}, host);
  }
  // Of a good server certificate below `spec`, which the root signs.
  std::string faults_below(const CertSpec& spec) const {
    const Issued above = issue(spec, &root_);
    return faults({issue(server_spec(kHost), &above).certificate, above.certificate});
  }

  Issued root_;
  Issued intermediate_;
  Issued stranger_;
  std::shared_ptr<const TrustStore> store_;
  Verifier::Options options_;
  Time at_ = noon();
};

// --- Good ones

TEST_F(VerifierTest, AcceptsALeafSignedByARoot) {
  EXPECT_EQ(faults({issue(server_spec(kHost), &root_).certificate}), "");
}

TEST_F(VerifierTest, AcceptsALeafBelowAnIntermediate) { EXPECT_EQ(faults(server_spec(kHost)), ""); }

TEST_F(VerifierTest, AcceptsTheRootSentAlongAndAnyOrder) {
  const Issued second = issue(authority_spec("Second"), &intermediate_);
  const Certificate leaf = issue(server_spec(kHost), &second).certificate;
  const Certificate a = root_.certificate;
  const Certificate b = intermediate_.certificate;
  EXPECT_EQ(faults({leaf, second.certificate, b, a}), "");
  EXPECT_EQ(faults({leaf, a, b, second.certificate, stranger_.certificate, b}), "");
}

TEST_F(VerifierTest, AcceptsAWildcardForOneLabel) {
  EXPECT_EQ(faults(server_spec("*.example.com"), "a.example.com"), "");
}

TEST_F(VerifierTest, AcceptsAnAddressByItsBytes) {
  CertSpec spec = server_spec("a.example");
  spec.addresses = {*IpAddress::parse("192.0.2.1"), *IpAddress::parse("2001:db8::1")};
  EXPECT_EQ(faults(spec, "192.0.2.1"), "");
  EXPECT_EQ(faults(spec, "[2001:db8::1]"), "");
}

TEST_F(VerifierTest, AcceptsStrongKeysOfEveryKind) {
  for (const std::string kind : {"P-256", "P-384", "RSA-2048", "ED25519"}) {
    CertSpec spec = server_spec(kHost);
    spec.key = kind;
    EXPECT_EQ(faults(spec), "") << kind;
  }
  CertSpec ed = authority_spec("Ed");
  ed.key = "ED25519";
  const Issued above = issue(ed, &root_);
  CertSpec below = server_spec(kHost);
  below.digest = "";
  EXPECT_EQ(faults({issue(below, &above).certificate, above.certificate}), "");
}

TEST_F(VerifierTest, AcceptsALeafWithoutExtendedKeyUsage) {
  CertSpec spec = server_spec(kHost);
  spec.extended_key_usage = "";
  EXPECT_EQ(faults(spec), "");
  spec.extended_key_usage = "clientAuth,serverAuth";
  EXPECT_EQ(faults(spec), "");
}

TEST_F(VerifierTest, AcceptsWhatANameConstraintPermits) {
  CertSpec spec = authority_spec("Constrained");
  spec.extensions = {{"nameConstraints", "critical,permitted;DNS:example.com"}};
  EXPECT_EQ(faults_below(spec), "");
}

TEST_F(VerifierTest, AcceptsAGoodStaple) {
  const Certificate leaf = issue(server_spec(kHost), &intermediate_).certificate;
  const Report good = report({leaf, intermediate_.certificate}, kHost,
                             staple({}, leaf, intermediate_.certificate, intermediate_));
  EXPECT_TRUE(good.accepted) << good.detail;
  EXPECT_EQ(good.revocation, Revocation::good);
  EXPECT_TRUE(good.stapled);
}

TEST_F(VerifierTest, AcceptsASelfSignedServerThatTheOperatorTrusts) {
  CertSpec spec = server_spec(kHost);
  spec.is_ca = true;  // As `openssl req -x509` makes them.
  spec.key_usage = "";
  const Certificate own = issue(spec, nullptr).certificate;
  const std::vector<Certificate> roots{own};
  store_ = *TrustStore::of(roots);
  EXPECT_EQ(faults({own}), "");
}

// --- Bad ones: times

TEST_F(VerifierTest, RefusesExpiredOnesAnywhereInTheChain) {
  CertSpec spec = server_spec(kHost);
  spec.not_after = noon() - hours(1);
  EXPECT_EQ(faults(spec), "expired");
  CertSpec above = authority_spec("Old");
  above.not_after = noon() - hours(1);
  EXPECT_EQ(faults_below(above), "expired");
  at_ = noon() + days(5000);
  EXPECT_EQ(faults({root_.certificate}, kHost).find("expired") != std::string::npos, true);
}

TEST_F(VerifierTest, RefusesOnesThatAreNotValidYet) {
  CertSpec spec = server_spec(kHost);
  spec.not_before = noon() + hours(1);
  EXPECT_EQ(faults(spec), "not_yet_valid");
  CertSpec above = authority_spec("New");
  above.not_before = noon() + hours(1);
  EXPECT_EQ(faults_below(above), "not_yet_valid");
}

TEST_F(VerifierTest, JudgesAtTheTimeGivenAndNotAtTheMachines) {
  const Certificate leaf = issue(server_spec(kHost), &root_).certificate;
  at_ = leaf.not_after() - std::chrono::seconds(1);
  EXPECT_EQ(faults({leaf}), "");
  at_ += std::chrono::seconds(1);
  EXPECT_EQ(faults({leaf}), "expired");
  at_ = leaf.not_before() - std::chrono::seconds(1);
  EXPECT_EQ(faults({leaf}), "not_yet_valid");
}

// --- Bad ones: names

TEST_F(VerifierTest, RefusesOtherNames) {
  struct Case {
    std::string name;
    std::string host;
  };
  const std::vector<Case> cases = {
      {"other.example", kHost},
      {"example.com", kHost},
      {"*.example.com", "a.b.example.com"},
      {"*.example.com", "example.com"},
      {"f*.example.com", "foo.example.com"},
      {"*oo.example.com", "foo.example.com"},
      {"f*o.example.com", "foo.example.com"},
      {"a.*.example.com", "a.b.example.com"},
      {"*.com", "example.com"},
      {"*", "localhost"},
      {std::string("www.example.com\0.evil.example", 29), kHost},
      {std::string("www.example.com\0", 16), kHost},
      {"192.0.2.1", "192.0.2.1"},
      {"2001:db8::1", "[2001:db8::1]"},
      {"*.0.2.1", "192.0.2.1"},
      {"", kHost},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(faults(server_spec(one.name), one.host), "wrong_host")
        << printable(one.name) << " for " << one.host;
  }
}

TEST_F(VerifierTest, RefusesACommonNameInPlaceOfASan) {
  CertSpec spec = server_spec(kHost);
  spec.dns.clear();
  spec.common_name = kHost;
  EXPECT_EQ(faults(spec), "wrong_host,no_san");
}

TEST_F(VerifierTest, RefusesACommonNameBesideASanOfAnotherKind) {
  CertSpec spec = server_spec(kHost);
  spec.common_name = kHost;
  spec.dns.clear();
  spec.addresses = {*IpAddress::parse("192.0.2.1")};
  EXPECT_EQ(faults(spec), "wrong_host");
}

TEST_F(VerifierTest, RefusesAnotherAddress) {
  CertSpec spec = server_spec(kHost);
  spec.addresses = {*IpAddress::parse("192.0.2.1")};
  EXPECT_EQ(faults(spec, "192.0.2.2"), "wrong_host");
}

TEST_F(VerifierTest, RefusesAnEmptyHost) {
  const Certificate leaf = issue(server_spec(kHost), &root_).certificate;
  const std::vector<Certificate> chain{leaf};
  const Report report = Verifier(store_, {}).verify(chain, Host(), {}, noon());
  EXPECT_EQ(report.summary, "wrong_host");
}

TEST_F(VerifierTest, RefusesNamesOutsideAConstraint) {
  CertSpec spec = authority_spec("Constrained");
  spec.extensions = {{"nameConstraints", "critical,permitted;DNS:example.org"}};
  EXPECT_EQ(faults_below(spec), "name_constraint");
  spec.extensions = {{"nameConstraints", "critical,excluded;DNS:example.com"}};
  EXPECT_EQ(faults_below(spec), "name_constraint");
}

// --- Bad ones: trust

TEST_F(VerifierTest, RefusesASelfSignedLeaf) {
  EXPECT_EQ(faults({issue(server_spec(kHost), nullptr).certificate}), "self_signed");
}

TEST_F(VerifierTest, RefusesAnUntrustedRoot) {
  const Certificate leaf = issue(server_spec(kHost), &stranger_).certificate;
  EXPECT_EQ(faults({leaf, stranger_.certificate}), "untrusted_root");
  const Issued middle = issue(authority_spec("Middle"), &stranger_);
  const Certificate below = issue(server_spec(kHost), &middle).certificate;
  EXPECT_EQ(faults({below, middle.certificate, stranger_.certificate}), "untrusted_root");
  EXPECT_EQ(faults({below, middle.certificate}), "untrusted_root");
}

TEST_F(VerifierTest, RefusesARootOfTheSameNameWithAnotherKey) {
  const Issued forged = make_root("Trusted Root");
  const Certificate leaf = issue(server_spec(kHost), &forged).certificate;
  EXPECT_NE(faults({leaf}), "");
  EXPECT_NE(faults({leaf, forged.certificate}), "");
}

TEST_F(VerifierTest, RefusesAForgedSignature) {
  // The same name and key identifier as the intermediate, another key.
  CertSpec spec = authority_spec("Intermediate");
  spec.subject_key_identifier = false;
  const Issued real = issue(spec, &root_);
  const Issued forged = issue(spec, &root_);
  const Certificate leaf = issue(server_spec(kHost), &forged).certificate;
  EXPECT_EQ(faults({leaf, real.certificate}), "bad_signature");
}

TEST_F(VerifierTest, RefusesAMissingIntermediate) {
  EXPECT_EQ(faults({issue(server_spec(kHost), &intermediate_).certificate}),
            "missing_intermediate");
}

TEST_F(VerifierTest, RefusesNothing) {
  EXPECT_EQ(faults(std::vector<Certificate>{}), "empty_chain");
  EXPECT_EQ(faults(std::vector<Certificate>{Certificate()}), "empty_chain");
}

TEST_F(VerifierTest, RefusesTooManyCertificates) {
  const Certificate leaf = issue(server_spec(kHost), &root_).certificate;
  std::vector<Certificate> chain(16, root_.certificate);
  chain.front() = leaf;
  EXPECT_EQ(faults(chain), "");
  chain.push_back(root_.certificate);
  EXPECT_EQ(faults(chain), "malformed");
}

TEST_F(VerifierTest, RefusesACertificateAbove64Kibibytes) {
  // Certificate::from_der() would not take it; the TLS library hands one over as an object.
  const X509Ptr large(X509_dup(issue(server_spec(kHost), &root_).certificate.native()));
  const std::string blob(Certificate::kMaxDer, 'x');
  const Asn1StringPtr value(ASN1_OCTET_STRING_new());
  ASN1_STRING_set(value.get(), blob.data(), static_cast<int>(blob.size()));
  const ExtensionPtr extension(
      X509_EXTENSION_create_by_NID(nullptr, NID_netscape_comment, 0, value.get()));
  X509_add_ext(large.get(), extension.get(), -1);
  X509_sign(large.get(), root_.key.native(), EVP_sha256());
  EXPECT_EQ(faults({Certificate::share(large.get())}), "malformed");
}

// --- Bad ones: authorities

TEST_F(VerifierTest, RefusesIssuersThatAreNoAuthorities) {
  CertSpec spec = authority_spec("Not an authority");
  spec.is_ca = false;
  EXPECT_EQ(faults_below(spec), "not_a_ca");
  spec = authority_spec("Without basic constraints");
  spec.is_ca.reset();
  EXPECT_EQ(faults_below(spec), "not_a_ca");
  spec.key_usage = "";
  EXPECT_EQ(faults_below(spec), "not_a_ca");
  EXPECT_EQ(faults_below(server_spec("Server as issuer")), "not_a_ca");
}

TEST_F(VerifierTest, RefusesAnAuthorityThatMayNotSignCertificates) {
  CertSpec spec = authority_spec("CRLs only");
  spec.key_usage = "critical,cRLSign";
  EXPECT_EQ(faults_below(spec), "not_a_ca");
}

TEST_F(VerifierTest, RefusesMoreAuthoritiesThanAllowed) {
  CertSpec spec = authority_spec("Last");
  spec.path_length = 0;
  const Issued last = issue(spec, &root_);
  const Issued below = issue(authority_spec("Below"), &last);
  const Certificate leaf = issue(server_spec(kHost), &below).certificate;
  EXPECT_EQ(faults({leaf, below.certificate, last.certificate}), "path_length");
  EXPECT_EQ(faults({issue(server_spec(kHost), &last).certificate, last.certificate}), "");
}

TEST_F(VerifierTest, RefusesAChainThatIsTooDeep) {
  std::vector<Certificate> chain;
  Issued above = root_;
  for (int i = 0; i < 10; ++i) {
    above = issue(authority_spec("Level " + std::to_string(i)), &above);
    chain.insert(chain.begin(), above.certificate);
  }
  chain.insert(chain.begin(), issue(server_spec(kHost), &above).certificate);
  EXPECT_NE(faults(chain), "");
  options_.max_depth = 12;
  EXPECT_EQ(faults(chain), "");
}

// --- Bad ones: purpose and extensions

TEST_F(VerifierTest, RefusesOtherPurposes) {
  for (const std::string usage : {"clientAuth", "codeSigning", "anyExtendedKeyUsage", "msSGC"}) {
    CertSpec spec = server_spec(kHost);
    spec.extended_key_usage = usage;
    EXPECT_EQ(faults(spec), "wrong_purpose") << usage;
  }
  CertSpec above = authority_spec("Mail only");
  above.extended_key_usage = "emailProtection";
  EXPECT_EQ(faults_below(above), "wrong_purpose");
  CertSpec usage = server_spec(kHost);
  usage.key_usage = "critical,cRLSign";
  EXPECT_EQ(faults(usage), "wrong_purpose");
}

TEST_F(VerifierTest, RefusesAnAuthorityUsedAsAServer) {
  CertSpec spec = server_spec(kHost);
  spec.is_ca = true;
  spec.key_usage = "critical,digitalSignature,keyCertSign";
  EXPECT_EQ(faults(spec), "wrong_purpose");
}

TEST_F(VerifierTest, RefusesCriticalExtensionsThatItDoesNotKnow) {
  CertSpec spec = server_spec(kHost);
  spec.extensions = {{"1.3.6.1.4.1.99999.1", "critical,DER:0500"}};
  EXPECT_EQ(faults(spec), "unknown_critical_extension");
  spec.extensions = {{"1.3.6.1.4.1.99999.1", "DER:0500"}};
  EXPECT_EQ(faults(spec), "");
  CertSpec above = authority_spec("Strange");
  above.extensions = {{"1.3.6.1.4.1.99999.1", "critical,DER:0500"}};
  EXPECT_EQ(faults_below(above), "unknown_critical_extension");
}

TEST_F(VerifierTest, RefusesExtensionsThatCannotBeRead) {
  CertSpec spec = server_spec(kHost);
  spec.extensions = {{"1.3.6.1.5.5.7.1.24", "DER:0201ff"}};  // TLS feature: no SEQUENCE
  EXPECT_EQ(faults(spec), "malformed");
  spec = server_spec(kHost);
  spec.extensions = {{"2.5.29.30", "DER:0201ff"}};  // name constraints
  EXPECT_NE(faults(spec).find("malformed"), std::string::npos) << faults(spec);
}

// --- Bad ones: strength

TEST_F(VerifierTest, RefusesWeakSignatures) {
  CertSpec rsa = authority_spec("RSA Root");  // ECDSA has no form with MD5.
  rsa.key = "RSA-2048";
  const Issued rsa_root = issue(rsa, nullptr);
  const std::vector<Certificate> roots{root_.certificate, rsa_root.certificate};
  store_ = *TrustStore::of(roots);
  const std::vector<std::pair<std::string, const Issued*>> cases = {
      {"SHA1", &root_}, {"SHA224", &root_}, {"SHA1", &rsa_root}, {"MD5", &rsa_root}};
  for (const auto& [digest, root] : cases) {
    CertSpec spec = server_spec(kHost);
    spec.digest = digest;
    EXPECT_EQ(faults({issue(spec, root).certificate}), "weak_signature") << digest;
    CertSpec above_spec = authority_spec("Weak");
    above_spec.digest = digest;
    const Issued above = issue(above_spec, root);
    EXPECT_EQ(faults({issue(server_spec(kHost), &above).certificate, above.certificate}),
              "weak_signature")
        << digest;
  }
}

TEST_F(VerifierTest, TakesAWeakSignatureOnTheRootItself) {
  CertSpec spec = authority_spec("Old root");
  spec.digest = "SHA1";
  const Issued old = issue(spec, nullptr);
  const std::vector<Certificate> roots{old.certificate};
  store_ = *TrustStore::of(roots);
  EXPECT_EQ(faults({issue(server_spec(kHost), &old).certificate}), "");
}

TEST_F(VerifierTest, RefusesWeakKeys) {
  for (const std::string kind : {"RSA-1024", "P-192", "P-224", "secp256k1", "DSA"}) {
    CertSpec spec = server_spec(kHost);
    spec.key = kind;
    EXPECT_EQ(faults(spec), "weak_key") << kind;
  }
  for (const std::string kind : {"RSA-1024", "P-192"}) {
    CertSpec above = authority_spec("Weak");
    above.key = kind;
    EXPECT_EQ(faults_below(above), "weak_key") << kind;
  }
}

TEST_F(VerifierTest, TakesAHigherMinimumForRsa) {
  CertSpec spec = server_spec(kHost);
  spec.key = "RSA-2048";
  options_.min_rsa_bits = 3072;
  EXPECT_EQ(faults(spec), "weak_key");
}

// --- Bad ones: our own authority, known ones

TEST_F(VerifierTest, RefusesOurOwnAuthorityFromAnOrigin) {
  const Issued own = make_root("Sallyport Authority");
  options_.own_authorities = {own.certificate};
  const Certificate leaf = issue(server_spec(kHost), &own).certificate;
  EXPECT_EQ(faults({leaf, own.certificate}), "own_authority,untrusted_root");
  EXPECT_EQ(faults({leaf}), "own_authority,missing_intermediate");
  // Even where it stands in the system's store, as it may on a machine that is also a client.
  const std::vector<Certificate> roots{root_.certificate, own.certificate};
  store_ = *TrustStore::of(roots);
  EXPECT_EQ(faults({leaf}), "own_authority");
  EXPECT_EQ(faults({own.certificate}).substr(0, 13), "own_authority");
  EXPECT_EQ(faults(server_spec(kHost)), "");
}

TEST_F(VerifierTest, DoesNotBelieveAnIssuerNameAlone) {
  const Issued own = make_root("Issuing CA");
  const Issued namesake = issue(authority_spec("Issuing CA"), &root_);
  options_.own_authorities = {own.certificate};
  EXPECT_EQ(faults({issue(server_spec(kHost), &namesake).certificate, namesake.certificate}), "");
}

TEST_F(VerifierTest, RefusesKnownBadCertificatesAndKeys) {
  options_.known_bad = {intermediate_.certificate.sha256()};
  EXPECT_EQ(faults(server_spec(kHost)), "known_bad");
  std::string upper = root_.certificate.public_key_sha256();
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  options_.known_bad = {upper};
  EXPECT_EQ(faults(server_spec(kHost)), "known_bad");
}

TEST(KnownBad, IsASortedListOfFingerprints) {
  const auto list = known_bad_certificates();
  EXPECT_TRUE(std::is_sorted(list.begin(), list.end()));
  for (const std::string_view entry : list) {
    EXPECT_EQ(entry.size(), 64u);
    EXPECT_TRUE(std::all_of(entry.begin(), entry.end(), is_hex)) << entry;
    EXPECT_EQ(entry, lower(entry));
  }
}

// --- All faults at once

TEST_F(VerifierTest, NamesEveryFaultAndNotJustTheFirst) {
  CertSpec spec = server_spec("other.example");
  spec.not_after = noon() - hours(1);
  spec.extended_key_usage = "clientAuth";
  spec.digest = "SHA1";
  const Certificate leaf = issue(spec, &stranger_).certificate;
  EXPECT_EQ(faults({leaf, stranger_.certificate}),
            "untrusted_root,wrong_host,expired,weak_signature,wrong_purpose");
}

TEST_F(VerifierTest, SaysWhichCertificateIsMeant) {
  CertSpec above = authority_spec("Old");
  above.not_after = noon() - hours(1);
  const Issued old = issue(above, &root_);
  const Report refused = report({issue(server_spec(kHost), &old).certificate, old.certificate});
  EXPECT_EQ(refused.detail, "certificate 1 (CN=Old): certificate has expired");
}

// --- Staples

struct StapleCase {
  std::string what;
  std::vector<std::byte> der;
  std::string faults;
};

TEST_F(VerifierTest, JudgesStaples) {
  const Certificate leaf = issue(server_spec(kHost), &intermediate_).certificate;
  const Certificate other = issue(server_spec(kHost), &intermediate_).certificate;
  const Certificate& ca = intermediate_.certificate;
  const auto with = [&](auto change, const Issued& responder) {
    StapleSpec spec;
    change(spec);
    return staple(spec, leaf, ca, responder);
  };
  using Status = StapleSpec::Status;

  CertSpec responder_spec = server_spec("ocsp.example");
  responder_spec.extended_key_usage = "OCSPSigning";
  const Issued delegate = issue(responder_spec, &intermediate_);
  const Issued foreign = issue(responder_spec, &stranger_);
  const Issued above = issue(responder_spec, &root_);
  const Issued server = issue(server_spec("ocsp.example"), &intermediate_);
  responder_spec.not_after = noon() - hours(1);
  const Issued expired = issue(responder_spec, &intermediate_);
  const auto along = [](StapleSpec& spec) { spec.with_responder_certificate = true; };

  auto damaged = with([](StapleSpec&) {}, intermediate_);
  damaged[damaged.size() - 4] ^= std::byte{1};
  auto longer = with([](StapleSpec&) {}, intermediate_);
  longer.push_back(std::byte{0});

  const std::vector<StapleCase> cases = {
      {"none", {}, ""},
      {"good", with([](StapleSpec&) {}, intermediate_), ""},
      {"by a delegate", with(along, delegate), ""},
      {"try later", testkit::staple_try_later(), ""},
      {"within the skew of the clock",
       with(
           [](StapleSpec& s) {
             s.this_update = noon() + minutes(4);
             s.next_update = noon() + hours(1);
           },
           intermediate_),
       ""},
      {"without an end, of yesterday",
       with([](StapleSpec& s) { s.next_update.reset(); }, intermediate_), ""},
      {"revoked", with([](StapleSpec& s) { s.status = Status::revoked; }, intermediate_),
       "revoked"},
      {"unknown", with([](StapleSpec& s) { s.status = Status::unknown; }, intermediate_),
       "staple_invalid"},
      {"expired",
       with(
           [](StapleSpec& s) {
             s.this_update = noon() - days(9);
             s.next_update = noon() - minutes(6);
           },
           intermediate_),
       "staple_invalid"},
      {"of the future",
       with([](StapleSpec& s) { s.this_update = noon() + minutes(6); }, intermediate_),
       "staple_invalid"},
      {"ends before it begins",
       with(
           [](StapleSpec& s) {
             s.this_update = noon() + minutes(1);
             s.next_update = noon();
           },
           intermediate_),
       "staple_invalid"},
      {"without an end, too old",
       with(
           [](StapleSpec& s) {
             s.this_update = noon() - days(8);
             s.next_update.reset();
           },
           intermediate_),
       "staple_invalid"},
      {"for another certificate", staple({}, other, ca, intermediate_), "staple_invalid"},
      {"signed by a stranger", with([](StapleSpec&) {}, stranger_), "staple_invalid"},
      {"signed by the leaf's sibling", with(along, server), "staple_invalid"},
      {"by a delegate of a stranger", with(along, foreign), "staple_invalid"},
      {"by a delegate of the root", with(along, above), "staple_invalid"},
      {"by a delegate that has expired", with(along, expired), "staple_invalid"},
      {"by a delegate that is not sent along", with([](StapleSpec&) {}, delegate),
       "staple_invalid"},
      {"signed with SHA-1", with([](StapleSpec& s) { s.digest = "SHA1"; }, intermediate_),
       "staple_invalid"},
      {"damaged", damaged, "staple_invalid"},
      {"with a byte behind it", longer, "staple_invalid"},
      {"noise", std::vector<std::byte>(300, std::byte{0x30}), "staple_invalid"},
      {"too large", std::vector<std::byte>(Verifier::kMaxStaple + 1), "staple_invalid"},
  };
  for (const StapleCase& one : cases) {
    const Report got = report({leaf, ca}, kHost, one.der);
    EXPECT_EQ(got.summary, one.faults) << one.what << ": " << got.detail;
    EXPECT_EQ(got.stapled, !one.der.empty()) << one.what;
  }
}

TEST_F(VerifierTest, DemandsTheStapleThatTheLeafDemands) {
  CertSpec spec = server_spec(kHost);
  spec.extensions = {{"tlsfeature", "status_request"}};
  const Certificate leaf = issue(spec, &intermediate_).certificate;
  const Certificate& ca = intermediate_.certificate;
  const auto judged = [&](const std::vector<std::byte>& der) {
    return faults({leaf, ca}, kHost, der);
  };
  EXPECT_EQ(judged({}), "staple_required");
  EXPECT_EQ(judged(testkit::staple_try_later()), "staple_required");
  EXPECT_EQ(judged(std::vector<std::byte>(9)), "staple_invalid,staple_required");
  EXPECT_EQ(judged(staple({}, leaf, ca, intermediate_)), "");
}

TEST_F(VerifierTest, BlocksTheUnknownWhereTheOperatorSaysSo) {
  options_.revocation_unknown = Verifier::Options::UnknownRevocation::block;
  const Certificate leaf = issue(server_spec(kHost), &intermediate_).certificate;
  const Certificate& ca = intermediate_.certificate;
  EXPECT_EQ(faults({leaf, ca}), "revocation_unknown");
  EXPECT_EQ(faults({leaf, ca}, kHost, testkit::staple_try_later()), "revocation_unknown");
  EXPECT_EQ(faults({leaf, ca}, kHost, staple({}, leaf, ca, intermediate_)), "");
}

// --- Hostile bytes

TEST_F(VerifierTest, SurvivesEveryChangedByteOfALeaf) {
  CertSpec spec = server_spec(kHost);
  spec.extensions = {{"tlsfeature", "status_request"}};
  const auto der = issue(spec, &root_).certificate.to_der();
  for (std::size_t i = 0; i < der.size(); ++i) {
    auto changed = der;
    changed[i] ^= std::byte{0x41};
    const auto leaf = Certificate::from_der(changed);
    if (!leaf) continue;
    EXPECT_NE(faults({*leaf}), "") << i;
    leaf->names();
    leaf->subject();
    leaf->serial();
  }
}

// --- The words

TEST(Fault, HasAWordAndASentenceEach) {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(Fault::other); ++i) {
    const Fault fault = static_cast<Fault>(i);
    words.insert(to_string(fault));
    EXPECT_TRUE(explain(fault).ends_with('.')) << to_string(fault);
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(Fault::other) + 1);
}

// --- The store

class TrustStoreTest : public ::testing::Test {
 protected:
  TrustStoreTest() {
    std::string name = (std::filesystem::temp_directory_path() / "sallyport-roots-XXXXXX").string();
    dir_ = ::mkdtemp(name.data());
  }
  ~TrustStoreTest() override { std::filesystem::remove_all(dir_); }
  std::string write(const std::string& file, const std::string& text) const {
    const std::string path = dir_ + '/' + file;
    std::ofstream(path) << text;
    return path;
  }
  std::string dir_;
};

TEST_F(TrustStoreTest, HoldsTheRootsOfAllFilesOnce) {
  const Certificate a = make_root("A").certificate;
  const Certificate b = make_root("B").certificate;
  TrustStore::Sources sources;
  sources.system_file = write("system.pem", a.to_pem());
  sources.extra_files = {write("extra.pem", "# ours\n" + b.to_pem() + a.to_pem())};
  const auto store = TrustStore::load(sources);
  ASSERT_TRUE(store) << store.error().detail;
  EXPECT_EQ((*store)->size(), 2u);
  EXPECT_TRUE((*store)->holds(a));
  EXPECT_TRUE((*store)->holds(b));
  EXPECT_FALSE((*store)->holds(make_root("A").certificate));
}

TEST_F(TrustStoreTest, NamesTheFileThatItCannotUse) {
  const auto error_of = [&](const std::string& path) {
    TrustStore::Sources sources;
    sources.system_file = "";
    sources.extra_files = {path};
    const auto store = TrustStore::load(sources);
    return store ? std::string("loaded") : store.error().detail;
  };
  EXPECT_NE(error_of(dir_ + "/missing.pem").find("/missing.pem: No such file"), std::string::npos);
  EXPECT_NE(error_of(dir_).find("Is a directory"), std::string::npos);
  EXPECT_NE(error_of(write("empty.pem", "")).find("/empty.pem: no certificate"), std::string::npos);
  const std::string pem = make_root("A").certificate.to_pem();
  EXPECT_NE(error_of(write("cut.pem", pem + pem.substr(0, 200))).find("/cut.pem: "),
            std::string::npos);
}

TEST_F(TrustStoreTest, MayBeEmptyOnPurpose) {
  TrustStore::Sources sources;
  sources.system_file = "";
  const auto store = TrustStore::load(sources);
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->size(), 0u);
}

}  // namespace
}  // namespace sallyport::tls
