#include "proxy/session/quarantine.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace sallyport::session {
namespace {

namespace fs = std::filesystem;

std::string certificate() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* made = X509_new();
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 7);
  X509_gmtime_adj(X509_getm_notBefore(made), 0);
  X509_gmtime_adj(X509_getm_notAfter(made), 3600);
  X509_set_pubkey(made, key);
  X509_sign(made, key, EVP_sha256());
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(out, made);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(out);
  X509_free(made);
  EVP_PKEY_free(key);
  return text;
}

struct QuarantineTest : ::testing::Test {
  QuarantineTest() {
    char name[] = "/tmp/sallyport-quarantine-XXXXXX";
    base = ::mkdtemp(name);
    quarantine = std::make_unique<Quarantine>(base + "/q");
    rules(1 << 20);
    quarantine->tend(now);
  }
  ~QuarantineTest() override {
    std::error_code ignored;
    fs::remove_all(base, ignored);
  }
  void rules(std::uint64_t most) {
    quarantine->set_rules({*CmsRecipients::parse(certificate()), most, std::chrono::hours(24)});
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& one : fs::directory_iterator(base + "/q", ignored)) {
      names.push_back(one.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  bool keep(const std::string& id, std::size_t bytes, const std::string& who = "ana") {
    auto copy = quarantine->begin(id, who);
    if (!copy) return false;
    for (std::size_t done = 0; done < bytes; done += 1000) {
      if (!(*copy)->append(std::string(1000, 's'))) return false;
    }
    return (*copy)->finish("{\"user\":\"" + who + "\"}\n").has_value();
  }

  std::string base;
  std::unique_ptr<Quarantine> quarantine;
  Time now = system_clock().now();
};

TEST_F(QuarantineTest, KeepsAWholeCopyAndWhatIsKnownOfIt) {
  EXPECT_TRUE(keep("A", 5'000));
  EXPECT_EQ(files(), (std::vector<std::string>{"A.json", "A.p7m"}));
  std::ifstream in(base + "/q/A.p7m", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(text.find("ssss"), std::string::npos);
  EXPECT_EQ(fs::status(base + "/q").permissions(), fs::perms::owner_all);
}

TEST_F(QuarantineTest, WhatIsGivenUpLeavesNothingBehind) {
  auto copy = quarantine->begin("A", "ana");
  ASSERT_TRUE(copy.has_value());
  ASSERT_TRUE((*copy)->append(std::string(10'000, 's')).has_value());
  copy->reset();
  EXPECT_EQ(files(), std::vector<std::string>());
  rules(48'000);
  EXPECT_TRUE(keep("B", 10'000));  // The room is there again.
}

TEST_F(QuarantineTest, OneClientHasAQuarterOfTheRoomAndPushesNobodyOut) {
  rules(48'000);
  EXPECT_TRUE(keep("A", 10'000));
  EXPECT_FALSE(keep("B", 10'000));
  EXPECT_EQ(files(), (std::vector<std::string>{"A.json", "A.p7m"}));
  EXPECT_TRUE(keep("C", 10'000, "bob"));
  EXPECT_TRUE(keep("D", 10'000, "eve"));
  EXPECT_TRUE(keep("E", 10'000, "dan"));
  EXPECT_FALSE(keep("F", 10'000, "fay"));  // All of it is taken.
}

TEST_F(QuarantineTest, WhatIsTakenOutMakesRoom) {
  rules(48'000);
  EXPECT_TRUE(keep("A", 10'000));
  fs::remove(base + "/q/A.p7m");
  quarantine->tend(now);
  EXPECT_TRUE(keep("B", 10'000));
}

TEST_F(QuarantineTest, ARestartKnowsWhatIsThereAndWhose) {
  EXPECT_TRUE(keep("A", 10'000));
  quarantine = std::make_unique<Quarantine>(base + "/q");
  rules(48'000);
  EXPECT_FALSE(keep("B", 10'000));  // Nothing is kept before it has looked.
  quarantine->tend(now);
  EXPECT_FALSE(keep("B", 10'000));
  EXPECT_TRUE(keep("C", 10'000, "bob"));
}

TEST_F(QuarantineTest, OldCopiesGoWithoutNewOnes) {
  EXPECT_TRUE(keep("A", 1'000));
  quarantine->tend(now + std::chrono::hours(25));
  EXPECT_EQ(files(), std::vector<std::string>());
}

TEST_F(QuarantineTest, FailuresAreToldOnceAMinute) {
  EXPECT_TRUE(quarantine->may_tell(now));
  EXPECT_FALSE(quarantine->may_tell(now + std::chrono::seconds(59)));
  EXPECT_TRUE(quarantine->may_tell(now + std::chrono::seconds(60)));
}

TEST_F(QuarantineTest, KeepsNothingWithoutACertificate) {
  quarantine->set_rules({nullptr, 1 << 20, std::chrono::hours(24)});
  EXPECT_FALSE(keep("A", 10));
  EXPECT_EQ(files(), std::vector<std::string>());
}

TEST_F(QuarantineTest, DoesNotWriteThroughALinkOrOverACopy) {
  fs::create_symlink(base + "/elsewhere", base + "/q/A.part");
  EXPECT_FALSE(keep("A", 10));
  EXPECT_FALSE(fs::exists(base + "/elsewhere"));
}

}  // namespace
}  // namespace sallyport::session
