#include "base/crypto/cms.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace sallyport {
namespace {

struct Holder {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;

  explicit Holder(EVP_PKEY* made, const EVP_MD* digest = EVP_sha256()) : key(made) {
    certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("desk"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, digest);
  }
  ~Holder() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  std::string pem() const {
    BIO* out = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(out, certificate);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out, &bytes);
    std::string text(bytes, static_cast<std::size_t>(size));
    BIO_free(out);
    return text;
  }
  // "" where it cannot be read.
  std::string open(const std::string& message) const {
    BIO* in = BIO_new_mem_buf(message.data(), static_cast<int>(message.size()));
    CMS_ContentInfo* read = d2i_CMS_bio(in, nullptr);
    BIO_free(in);
    if (read == nullptr) return "";
    BIO* out = BIO_new(BIO_s_mem());
    std::string text;
    if (CMS_decrypt(read, key, certificate, nullptr, out, CMS_BINARY) == 1) {
      char* bytes = nullptr;
      const long size = BIO_get_mem_data(out, &bytes);
      text.assign(bytes, static_cast<std::size_t>(size));
    }
    BIO_free(out);
    CMS_ContentInfo_free(read);
    return text;
  }
};

std::string sealed(const CmsRecipients& to, const std::string& text, std::size_t piece) {
  CmsEnvelope envelope(to);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    EXPECT_TRUE(envelope.write(std::string_view(text).substr(at, piece), out).has_value());
  }
  EXPECT_TRUE(envelope.finish(out).has_value());
  return out;
}

TEST(Cms, EachRecipientReadsWhatWasWrittenInPiecesAndNobodyElse) {
  const Holder rsa(EVP_RSA_gen(2048));
  const Holder curve(EVP_EC_gen("P-256"));
  const Holder other(EVP_EC_gen("P-256"));
  const auto both = CmsRecipients::parse(rsa.pem() + curve.pem());
  ASSERT_TRUE(both.has_value()) << describe(both.error());
  EXPECT_EQ((*both)->size(), 2u);
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += "secret " + std::to_string(i);
  for (const std::size_t piece : {text.size(), std::size_t{65'536}, std::size_t{999}}) {
    const std::string message = sealed(**both, text, piece);
    EXPECT_EQ(message.find("secret"), std::string::npos);
    EXPECT_EQ(rsa.open(message), text);
    EXPECT_EQ(curve.open(message), text);
    EXPECT_EQ(other.open(message), "");
  }
}

TEST(Cms, AChangedByteIsNotRead) {
  const Holder holder(EVP_EC_gen("P-256"));
  const auto to = CmsRecipients::parse(holder.pem());
  ASSERT_TRUE(to.has_value());
  std::string message = sealed(**to, std::string(1000, 'x'), 1000);
  ASSERT_EQ(holder.open(message), std::string(1000, 'x'));
  message[message.size() - 300] = static_cast<char>(message[message.size() - 300] ^ 1);
  EXPECT_EQ(holder.open(message), "");
}

TEST(Cms, WhatIsNoRecipientIsTold) {
  EXPECT_FALSE(CmsRecipients::parse("").has_value());
  EXPECT_FALSE(CmsRecipients::parse("-----BEGIN CERTIFICATE-----\nAAAA\n").has_value());
  const Holder small(EVP_RSA_gen(1024));
  EXPECT_FALSE(CmsRecipients::parse(small.pem()).has_value());
  const Holder signer(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), nullptr);
  EXPECT_FALSE(CmsRecipients::parse(signer.pem()).has_value());
}

}  // namespace
}  // namespace sallyport
