#include "tls/cert/certificate.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <string>

#include "tests/kit/certs.h"
#include "tls/cert/asn1.h"
#include "tls/cert/key.h"

namespace sallyport::tls {
namespace {

using testkit::CertSpec;
using testkit::issue;
using testkit::Issued;
using testkit::make_root;
using testkit::noon;
using testkit::server_spec;

std::string show(const SubjectNames& names) {
  std::string text = names.present ? "san" : "none";
  for (const std::string& dns : names.dns) text += ' ' + dns;
  for (const IpAddress& address : names.addresses) text += ' ' + address.to_string();
  if (names.malformed) text += " !";
  return text;
}

TEST(Certificate, TellsItsFields) {
  const Issued root = make_root("Test Root, Inc.");
  CertSpec spec = server_spec("WWW.Example.com");
  spec.addresses = {*IpAddress::parse("192.0.2.1"), *IpAddress::parse("2001:db8::1")};
  const Certificate leaf = issue(spec, &root).certificate;
  EXPECT_EQ(leaf.subject(), "CN=WWW.Example.com");
  EXPECT_EQ(leaf.issuer(), "CN=Test Root\\, Inc.");
  EXPECT_EQ(leaf.common_name(), "WWW.Example.com");
  EXPECT_EQ(show(leaf.names()), "san www.example.com 192.0.2.1 2001:db8::1");
  EXPECT_EQ(leaf.not_before(), spec.not_before);
  EXPECT_EQ(leaf.not_after(), spec.not_after);
  EXPECT_EQ(leaf.signature_algorithm(), "ecdsa-with-SHA256");
  EXPECT_FALSE(leaf.is_ca());
  EXPECT_FALSE(leaf.is_self_issued());
  EXPECT_TRUE(root.certificate.is_ca());
  EXPECT_TRUE(root.certificate.is_self_issued());
  EXPECT_EQ(show(root.certificate.names()), "none");
  EXPECT_EQ(leaf.sha256().size(), 64u);
  EXPECT_FALSE(leaf.serial().empty());
}

TEST(Certificate, HashesThePublicKeyAsTheKeyItselfDoes) {
  for (const std::string kind : {"P-256", "RSA-2048"}) {
    CertSpec spec = server_spec("a.example");
    spec.key = kind;
    const Issued issued = issue(spec, nullptr);
    EXPECT_EQ(issued.certificate.public_key_sha256(), issued.key.public_key_sha256());
    EXPECT_NE(issued.certificate.public_key_sha256(), issued.certificate.sha256());
  }
}

TEST(Certificate, ComesBackFromDerAndPem) {
  const Certificate one = make_root("One").certificate;
  EXPECT_EQ(*Certificate::from_der(one.to_der()), one);
  EXPECT_EQ(*Certificate::from_pem(one.to_pem()), one);
  EXPECT_FALSE(make_root("One").certificate == one);
}

TEST(Certificate, IsSharedByItsCopies) {
  Certificate copy;
  {
    const Certificate one = make_root("One").certificate;
    copy = one;
    EXPECT_EQ(copy.native(), one.native());
  }
  EXPECT_EQ(copy.common_name(), "One");
}

TEST(Certificate, RefusesBytesBehindItAndBytesMissing) {
  auto der = make_root("One").certificate.to_der();
  der.push_back(std::byte{0});
  EXPECT_FALSE(Certificate::from_der(der));
  der.resize(der.size() - 2);
  EXPECT_FALSE(Certificate::from_der(der));
  EXPECT_FALSE(Certificate::from_der({}));
  EXPECT_EQ(ERR_peek_error(), 0u);
  EXPECT_EQ(Certificate::from_der(std::vector<std::byte>(Certificate::kMaxDer + 1)).error().kind,
            ErrorKind::limit);
}

TEST(Certificate, ReadsAChainBetweenProseAndKeys) {
  const Issued a = make_root("A");
  const Issued b = make_root("B");
  const std::string text = "first\n" + a.certificate.to_pem() + *a.key.to_pem() + "second\n" +
                           b.certificate.to_pem() + "end\n";
  const auto all = Certificate::all_from_pem(text, 2);
  ASSERT_TRUE(all) << all.error().detail;
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0], a.certificate);
  EXPECT_EQ((*all)[1], b.certificate);
  EXPECT_EQ(Certificate::all_from_pem(text, 1).error().kind, ErrorKind::limit);
}

TEST(Certificate, SaysWhichOfSeveralIsBroken) {
  const std::string good = make_root("A").certificate.to_pem();
  std::string bad = good;
  bad.replace(40, 4, "AAAA");
  const auto all = Certificate::all_from_pem(good + bad, 9);
  ASSERT_FALSE(all);
  EXPECT_TRUE(all.error().detail.starts_with("certificate 2: ")) << all.error().detail;
  EXPECT_FALSE(Certificate::all_from_pem("no certificate at all", 9));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(Certificate, LeavesNamesOutThatNoHostHas) {
  CertSpec spec = server_spec("a.example");
  spec.dns = {"ok.example", std::string("bank.example\0.evil.example", 26), "", "has blank.example",
              "b\xc3\xbc"
              "cher.example"};
  EXPECT_EQ(show(issue(spec, nullptr).certificate.names()), "san ok.example !");
}

TEST(Certificate, SaysThatASubjectAltNameCannotBeRead) {
  CertSpec spec = server_spec("a.example");
  spec.dns.clear();
  spec.extensions = {{"2.5.29.17", "DER:0402ffff"}};
  EXPECT_EQ(show(issue(spec, nullptr).certificate.names()), "san !");
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(Certificate, BoundsTheNamesItReads) {
  CertSpec spec = server_spec("a.example");
  spec.dns.assign(Certificate::kMaxNames + 1, "a.example");
  const SubjectNames names = issue(spec, nullptr).certificate.names();
  EXPECT_EQ(names.dns.size(), Certificate::kMaxNames);
  EXPECT_TRUE(names.malformed);
}

TEST(Certificate, ShowsHostileSubjectsInPrintableForm) {
  CertSpec spec = server_spec("a.example");
  spec.common_name = "a\x1b[31m\xe2\x80\xae";
  const Certificate certificate = issue(spec, nullptr).certificate;
  for (const std::string& text : {certificate.common_name(), certificate.subject()}) {
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos) << text;
  }
}

TEST(Asn1Time, SurvivesTheTurnOfTheEncoding) {
  for (const int year : {1950, 1999, 2049, 2050, 9999}) {
    const Time time = Time(std::chrono::sys_days(std::chrono::year(year) / 12 / 31)) +
                      std::chrono::seconds(86399);
    EXPECT_EQ(time_of(asn1_time(time).get()), time) << year;
  }
  EXPECT_FALSE(time_of(nullptr));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(PrivateKey, ComesBackFromPem) {
  for (const KeyKind kind : {KeyKind::ecdsa_p256, KeyKind::rsa_2048}) {
    const auto key = PrivateKey::generate(kind);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->kind(), kind);
    auto pem = key->to_pem();
    ASSERT_TRUE(pem);
    EXPECT_TRUE(pem->starts_with("-----BEGIN PRIVATE KEY-----\n"));
    const auto back = PrivateKey::from_pem(*pem);
    ASSERT_TRUE(back);
    EXPECT_TRUE(back->same_public_key(key->native()));
    EXPECT_EQ(back->public_key_sha256(), key->public_key_sha256());
    wipe(*pem);
    EXPECT_TRUE(pem->empty());
  }
}

TEST(PrivateKey, RefusesWhatIsNoPlainKey) {
  const std::string encrypted =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGzAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
  for (const std::string& text :
       {std::string(), std::string("x"), encrypted, make_root("A").certificate.to_pem()}) {
    EXPECT_FALSE(PrivateKey::from_pem(text));
    EXPECT_EQ(ERR_peek_error(), 0u);
  }
  EXPECT_EQ(PrivateKey::from_pem(std::string(PrivateKey::kMaxPem + 1, 'x')).error().kind,
            ErrorKind::limit);
}

TEST(PrivateKey, DiffersFromTheNextOne) {
  const auto a = PrivateKey::generate(KeyKind::ecdsa_p256);
  const auto b = PrivateKey::generate(KeyKind::ecdsa_p256);
  EXPECT_FALSE(a->same_public_key(b->native()));
  EXPECT_FALSE(a->same_public_key(nullptr));
  EXPECT_FALSE(PrivateKey().same_public_key(a->native()));
}

TEST(OpensslErrors, EmptiesTheQueueInOneBoundedLine) {
  for (int i = 0; i < 40; ++i) ERR_raise_data(ERR_LIB_USER, 1, "line\nbreak %d", i);
  const std::string text = openssl_errors();
  EXPECT_LE(text.size(), 1024u);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(openssl_errors(), "");
}

TEST(ErrorMark, DropsWhatIsInsideAndKeepsWhatWasBefore) {
  ERR_raise_data(ERR_LIB_USER, 1, "before");
  {
    const ErrorMark mark;
    ERR_raise_data(ERR_LIB_USER, 2, "inside");
  }
  const std::string text = openssl_errors();
  EXPECT_NE(text.find("before"), std::string::npos);
  EXPECT_EQ(text.find("inside"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::tls
