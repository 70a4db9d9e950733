#include "tls/ca/authority.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/kit/certs.h"

namespace sallyport::tls {
namespace {

using testkit::noon;

class AuthorityTest : public ::testing::Test {
 protected:
  AuthorityTest() {
    std::string name = (std::filesystem::temp_directory_path() / "sallyport-ca-XXXXXX").string();
    dir_ = ::mkdtemp(name.data());
  }
  ~AuthorityTest() override { std::filesystem::remove_all(dir_); }

  std::string path(const std::string& file) const { return dir_ + '/' + file; }
  std::string read(const std::string& file) const {
    std::ifstream in(path(file));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& file, const std::string& text) const {
    std::ofstream(path(file)) << text;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_)) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  unsigned mode(const std::string& file) const {
    struct stat info {};
    return ::stat(path(file).c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
  }
  // The error of load(): its kind and detail without the directory.
  std::string load_error(Time at = noon()) const {
    const auto loaded = Authority::load(dir_, at);
    if (loaded) return "loaded";
    std::string text = std::string(to_string(loaded.error().kind)) + ": " + loaded.error().detail;
    for (std::size_t at_dir; (at_dir = text.find(dir_)) != std::string::npos;) {
      text.replace(at_dir, dir_.size(), "DIR");
    }
    return text;
  }

  std::string dir_;
};

using Files = std::vector<std::string>;

TEST_F(AuthorityTest, HasTheProfileThatStrictClientsAccept) {
  const auto made = Authority::make({}, noon());
  ASSERT_TRUE(made) << made.error().detail;
  const Certificate& certificate = (*made)->certificate();
  x509_st* const x509 = certificate.native();
  EXPECT_EQ(X509_get_version(x509), X509_VERSION_3);
  EXPECT_TRUE(certificate.is_self_issued());
  EXPECT_EQ(certificate.signature_algorithm(), "ecdsa-with-SHA256");
  EXPECT_EQ((*made)->key().kind(), KeyKind::ecdsa_p256);
  EXPECT_EQ(X509_get_pathlen(x509), 0);
  EXPECT_EQ(X509_get_key_usage(x509), unsigned{KU_KEY_CERT_SIGN | KU_CRL_SIGN});
  int critical = -1;
  BASIC_CONSTRAINTS_free(static_cast<BASIC_CONSTRAINTS*>(
      X509_get_ext_d2i(x509, NID_basic_constraints, &critical, nullptr)));
  EXPECT_EQ(critical, 1);
  critical = -1;
  ASN1_BIT_STRING_free(
      static_cast<ASN1_BIT_STRING*>(X509_get_ext_d2i(x509, NID_key_usage, &critical, nullptr)));
  EXPECT_EQ(critical, 1);
  const ASN1_OCTET_STRING* ski = X509_get0_subject_key_id(x509);
  const ASN1_OCTET_STRING* aki = X509_get0_authority_key_id(x509);
  ASSERT_TRUE(ski != nullptr && aki != nullptr);
  EXPECT_EQ(ASN1_STRING_length(ski), 20);
  EXPECT_EQ(ASN1_OCTET_STRING_cmp(ski, aki), 0);
  EXPECT_EQ(certificate.not_before(), noon() - std::chrono::hours(24));
  EXPECT_EQ(certificate.not_after(), noon() + std::chrono::days(3650));
  EXPECT_TRUE(certificate.subject().ends_with(",O=Sallyport")) << certificate.subject();
  EXPECT_TRUE(certificate.common_name().starts_with("Sallyport Authority "));
}

TEST_F(AuthorityTest, IsDifferentOnEveryInstallation) {
  const auto a = Authority::make({}, noon());
  const auto b = Authority::make({}, noon());
  EXPECT_NE((*a)->certificate().subject(), (*b)->certificate().subject());
  EXPECT_NE((*a)->certificate().serial(), (*b)->certificate().serial());
  EXPECT_NE((*a)->certificate().public_key_sha256(), (*b)->certificate().public_key_sha256());
}

TEST_F(AuthorityTest, IsWrittenForItsOwnerAloneAndLoadsAgain) {
  const ::mode_t before = ::umask(0);
  const auto made = Authority::create(dir_, {}, noon());
  ::umask(before);
  ASSERT_TRUE(made) << made.error().detail;
  EXPECT_EQ(files(), (Files{"ca.key", "ca.pem"}));
  EXPECT_EQ(mode("ca.key"), 0600u);
  EXPECT_EQ(mode("ca.pem"), 0644u);
  const auto loaded = Authority::load(dir_, noon());
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ((*loaded)->certificate(), (*made)->certificate());
  EXPECT_TRUE((*loaded)->key().same_public_key((*made)->key().native()));
  EXPECT_EQ(read("ca.pem").find("PRIVATE"), std::string::npos);
}

TEST_F(AuthorityTest, NeverOverwritesAnotherOne) {
  ASSERT_TRUE(Authority::create(dir_, {}, noon()));
  const std::string key = read("ca.key");
  const auto again = Authority::create(dir_, {}, noon());
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().detail.find("is there already"), std::string::npos);
  EXPECT_EQ(read("ca.key"), key);
  ::unlink(path("ca.key").c_str());
  EXPECT_FALSE(Authority::create(dir_, {}, noon()));
  EXPECT_EQ(files(), (Files{"ca.pem"}));
}

TEST_F(AuthorityTest, LeavesNothingBehindWhereItCannotWrite) {
  const auto made = Authority::create(path("missing"), {}, noon());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::not_found);
  EXPECT_EQ(files(), Files{});
}

TEST_F(AuthorityTest, IsRefusedWhereOthersMayTouchTheKey) {
  ASSERT_TRUE(Authority::create(dir_, {}, noon()));
  for (const ::mode_t bad : {0640, 0604, 0620, 0601}) {
    ::chmod(path("ca.key").c_str(), bad);
    const std::string error = load_error();
    EXPECT_TRUE(error.starts_with("permission: DIR/ca.key has mode 06")) << error;
    EXPECT_NE(error.find("chmod 600 DIR/ca.key"), std::string::npos) << error;
  }
  ::chmod(path("ca.key").c_str(), 0400);
  EXPECT_EQ(load_error(), "loaded");
}

TEST_F(AuthorityTest, IsRefusedWhereTheKeyIsNoFile) {
  ASSERT_TRUE(Authority::create(dir_, {}, noon()));
  ::unlink(path("ca.key").c_str());
  ASSERT_EQ(::mkfifo(path("ca.key").c_str(), 0600), 0);
  EXPECT_EQ(load_error(), "permission: DIR/ca.key is no regular file");
}

TEST_F(AuthorityTest, SaysWhatToDoWhereAFileIsMissing) {
  EXPECT_EQ(load_error(),
            "not_found: cannot open DIR/ca.key: No such file or directory. Make an authority with: "
            "sallyport ca init");
  ASSERT_TRUE(Authority::create(dir_, {}, noon()));
  ::unlink(path("ca.pem").c_str());
  EXPECT_EQ(load_error(),
            "not_found: cannot open DIR/ca.pem: No such file or directory, though DIR/ca.key is "
            "there: bring the certificate back, or make both anew with: sallyport ca rotate");
}

TEST_F(AuthorityTest, IsRefusedWhereKeyAndCertificateDoNotBelongTogether) {
  ASSERT_TRUE(Authority::create(dir_, {}, noon()));
  write("ca.pem", (*Authority::make({}, noon()))->certificate().to_pem());
  EXPECT_TRUE(load_error().starts_with("invalid: DIR/ca.pem: the key is not the certificate's"));
}

TEST_F(AuthorityTest, IsRefusedWhereTheFilesAreDamaged) {
  ASSERT_TRUE(Authority::create(dir_, {}, noon()));
  const std::string certificate = read("ca.pem");
  write("ca.pem", certificate.substr(0, 200));
  EXPECT_TRUE(load_error().starts_with("invalid: DIR/ca.pem: ")) << load_error();
  write("ca.pem", certificate);
  write("ca.key", "");
  EXPECT_TRUE(load_error().starts_with("invalid: DIR/ca.key: ")) << load_error();
  write("ca.key", std::string(70'000, 'x'));
  EXPECT_TRUE(load_error().starts_with("limit: ")) << load_error();
}

TEST_F(AuthorityTest, IsRefusedOutsideItsTime) {
  ASSERT_TRUE(Authority::create(dir_, {}, noon()));
  for (const Time at : {noon() - std::chrono::days(2), noon() + std::chrono::days(3651)}) {
    EXPECT_TRUE(load_error(at).starts_with("invalid: DIR/ca.pem: the certificate is valid from "));
  }
}

TEST_F(AuthorityTest, IsRefusedWhereTheCertificateIsNoAuthority) {
  ASSERT_TRUE(Authority::create(dir_, {}, noon()));
  const auto refused = [&](const testkit::CertSpec& spec) {
    const testkit::Issued issued = testkit::issue(spec, nullptr);
    write("ca.key", *issued.key.to_pem());
    write("ca.pem", issued.certificate.to_pem());
    return load_error();
  };
  EXPECT_TRUE(refused(testkit::server_spec("a.example"))
                  .starts_with("invalid: DIR/ca.pem: the certificate may not sign others"));
  testkit::CertSpec no_sign = testkit::authority_spec("A");
  no_sign.key_usage = "critical,cRLSign";
  EXPECT_TRUE(
      refused(no_sign).starts_with("invalid: DIR/ca.pem: the certificate may not sign others"));
  testkit::CertSpec no_id = testkit::authority_spec("A");
  no_id.subject_key_identifier = false;
  EXPECT_TRUE(refused(no_id).starts_with("invalid: DIR/ca.pem: the certificate has no subjectKey"));
  EXPECT_EQ(refused(testkit::authority_spec("A")), "loaded");
}

TEST_F(AuthorityTest, KeepsTheOldOneBesideWhenRotated) {
  ASSERT_TRUE(Authority::create(dir_, {}, noon()));
  const std::string key = read("ca.key");
  const std::string certificate = read("ca.pem");
  const auto rotated = Authority::rotate(dir_, {}, noon());
  ASSERT_TRUE(rotated) << rotated.error().detail;
  EXPECT_EQ(files(),
            (Files{"ca.key", "ca.key.20260601T120000Z", "ca.pem", "ca.pem.20260601T120000Z"}));
  EXPECT_EQ(read("ca.key.20260601T120000Z"), key);
  EXPECT_EQ(read("ca.pem.20260601T120000Z"), certificate);
  EXPECT_EQ(mode("ca.key.20260601T120000Z"), 0600u);
  EXPECT_EQ(mode("ca.key"), 0600u);
  const auto loaded = Authority::load(dir_, noon());
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ((*loaded)->certificate(), (*rotated)->certificate());
  EXPECT_NE((*loaded)->certificate().to_pem(), certificate);

  // Twice in one second: the first kept pair must not be overwritten.
  EXPECT_FALSE(Authority::rotate(dir_, {}, noon()));
  EXPECT_EQ(read("ca.key.20260601T120000Z"), key);
  EXPECT_TRUE(Authority::load(dir_, noon()));
  EXPECT_EQ(files().size(), 4u);
}

TEST_F(AuthorityTest, IsMadeByRotatingWhereThereWasNone) {
  EXPECT_TRUE(Authority::rotate(dir_, {}, noon()));
  EXPECT_EQ(files(), (Files{"ca.key", "ca.pem"}));
}

TEST_F(AuthorityTest, RefusesNamesThatDoNotFit) {
  Authority::Options options;
  options.common_name = "";
  EXPECT_FALSE(Authority::make(options, noon()));
  options.common_name = std::string(49, 'x');
  EXPECT_FALSE(Authority::make(options, noon()));
  options.common_name = "Gateway, of Example; \"x\"=y";
  EXPECT_TRUE(Authority::make(options, noon()));
}

struct FreeCrl {
  void operator()(X509_CRL* crl) const { X509_CRL_free(crl); }
};
using Crl = std::unique_ptr<X509_CRL, FreeCrl>;

Crl read_crl(const std::vector<std::byte>& der) {
  const auto* cursor = reinterpret_cast<const unsigned char*>(der.data());
  return Crl(d2i_X509_CRL(nullptr, &cursor, static_cast<long>(der.size())));
}

std::int64_t number_of(X509_CRL* crl) {
  auto* number =
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, nullptr, nullptr));
  std::int64_t value = -1;
  ASN1_INTEGER_get_int64(&value, number);
  ASN1_INTEGER_free(number);
  return value;
}

TEST_F(AuthorityTest, SignsAnEmptyCrlWhoseNumberRises) {
  const auto authority = *Authority::make({}, noon());
  const auto der = authority->crl_der(noon());
  ASSERT_TRUE(der) << der.error().detail;
  const Crl crl = read_crl(*der);
  ASSERT_TRUE(crl);
  EXPECT_EQ(X509_CRL_verify(crl.get(), X509_get0_pubkey(authority->certificate().native())), 1);
  EXPECT_EQ(X509_CRL_get_version(crl.get()), X509_CRL_VERSION_2);
  EXPECT_EQ(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(crl.get())), -1);
  const Crl later = read_crl(*authority->crl_der(noon() + std::chrono::seconds(1)));
  EXPECT_LT(number_of(crl.get()), number_of(later.get()));
}

}  // namespace
}  // namespace sallyport::tls
