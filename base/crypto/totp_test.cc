// Published vectors: RFC 4226 appendix D, RFC 6238 appendix B, RFC 4648 section 10.

#include "base/crypto/totp.h"

#include <gtest/gtest.h>

#include "base/crypto/base32.h"

namespace sallyport {
namespace {

using std::chrono::seconds;

const std::string kSecret = "12345678901234567890";

Time at(std::int64_t unix_seconds) { return Time(seconds(unix_seconds)); }

TEST(Base32, MatchesRfc4648WithoutItsPadding) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "MY"},
                                                                   {"fo", "MZXQ"},
                                                                   {"foo", "MZXW6"},
                                                                   {"foob", "MZXW6YQ"},
                                                                   {"fooba", "MZXW6YTB"},
                                                                   {"foobar", "MZXW6YTBOI"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base32_encode(bytes), text);
    EXPECT_EQ(base32_decode(text, 6), bytes);
  }
}

TEST(Base32, IsReadAsPeopleTypeIt) {
  EXPECT_EQ(base32_decode("mzxw 6ytb-OI", 6), "foobar");
  EXPECT_EQ(base32_decode("MZXW6YTBOI======", 6), "foobar");
  EXPECT_EQ(base32_decode("========", 6), "");
}

TEST(Base32, RefusesWhatWouldMeanTheSameAsAnotherText) {
  for (const std::string_view text : {"MZ", "M", "MZX", "MZXW6Y", "MZXW6YTBO", "0ZXQ", "M1XQ",
                                      "MZXQ8", "MZ=XQ", "MZX\nQ", "\xc3\x84"}) {
    EXPECT_EQ(base32_decode(text, 100), std::nullopt) << text;
  }
}

TEST(Base32, KeepsToItsLimit) {
  EXPECT_EQ(base32_decode("MZXW6YTBOI", 5), std::nullopt);
  EXPECT_EQ(base32_decode("MZXW6YTBOI", 6), "foobar");
}

TEST(Hotp, MatchesRfc4226) {
  const std::string_view codes[] = {"755224", "287082", "359152", "969429", "338314",
                                    "254676", "287922", "162583", "399871", "520489"};
  for (std::uint64_t counter = 0; counter < std::size(codes); ++counter) {
    EXPECT_EQ(hotp(kSecret, counter), codes[counter]);
  }
}

// RFC 6238 appendix B, with the longer secrets of errata 2866.
TEST(Totp, MatchesRfc6238) {
  const std::string longer = kSecret + "123456789012";
  const std::string longest = kSecret + kSecret + kSecret + "1234";
  struct Row {
    std::int64_t time;
    std::string_view sha1, sha256, sha512;
  };
  const Row rows[] = {{59, "94287082", "46119246", "90693936"},
                      {1111111109, "07081804", "68084774", "25091201"},
                      {1111111111, "14050471", "67062674", "99943326"},
                      {1234567890, "89005924", "91819424", "93441116"},
                      {2000000000, "69279037", "90698825", "38618901"},
                      {20000000000, "65353130", "77737706", "47863826"}};
  for (const Row& row : rows) {
    const std::uint64_t step = totp_step(at(row.time));
    EXPECT_EQ(hotp(kSecret, step, {.hash = OtpHash::sha1, .digits = 8}), row.sha1);
    EXPECT_EQ(hotp(longer, step, {.hash = OtpHash::sha256, .digits = 8}), row.sha256);
    EXPECT_EQ(hotp(longest, step, {.hash = OtpHash::sha512, .digits = 8}), row.sha512);
  }
}

TEST(Totp, TakesTheCodeOfOneStepBeforeAndAfterAndNoOther) {
  const std::uint64_t present = totp_step(at(1111111109));
  for (int off = -3; off <= 3; ++off) {
    const std::uint64_t step = present + static_cast<std::uint64_t>(off);
    const auto found = check_totp(kSecret, hotp(kSecret, step), at(1111111109), 0);
    if (off >= -1 && off <= 1) {
      EXPECT_EQ(found, step) << off;
    } else {
      EXPECT_EQ(found, std::nullopt) << off;
    }
  }
}

TEST(Totp, RefusesACodeASecondTimeAndEveryOlderOne) {
  const Time now = at(1111111109);
  const std::uint64_t present = totp_step(now);
  const auto used = check_totp(kSecret, hotp(kSecret, present), now, 0);
  ASSERT_EQ(used, present);
  EXPECT_EQ(check_totp(kSecret, hotp(kSecret, present), now, *used), std::nullopt);
  EXPECT_EQ(check_totp(kSecret, hotp(kSecret, present - 1), now, *used), std::nullopt);
  EXPECT_EQ(check_totp(kSecret, hotp(kSecret, present + 1), now, *used), present + 1);
}

TEST(Totp, RefusesWhatIsNoCode) {
  const Time now = at(59);
  const std::string right = hotp(kSecret, totp_step(now));
  EXPECT_TRUE(check_totp(kSecret, right.substr(0, 3) + " " + right.substr(3), now, 0));
  for (const std::string& code :
       {std::string(), right.substr(1), "0" + right, right + "0", std::string("28708x"),
        "+" + right.substr(1), right + right, right + "\n", std::string("\0\0\0\0\0\0", 6),
        std::string(100'000, '0')}) {
    EXPECT_EQ(check_totp(kSecret, code, now, 0), std::nullopt) << code.substr(0, 20);
  }
}

TEST(Totp, HoldsAtTheFirstStepAndBeforeIt) {
  EXPECT_EQ(totp_step(at(-100)), 0U);
  EXPECT_EQ(check_totp(kSecret, hotp(kSecret, 1), at(0), 0), 1U);
  EXPECT_EQ(check_totp(kSecret, hotp(kSecret, 2), at(-100), 0), std::nullopt);
}

TEST(Totp, MakesAnotherSecretEachTime) {
  EXPECT_EQ(new_totp_secret().size(), kTotpSecretBytes);
  EXPECT_NE(new_totp_secret(), new_totp_secret());
}

TEST(OtpauthUri, SaysWhatAPhoneNeeds) {
  EXPECT_EQ(otpauth_uri("Corp", "ana@corp.example", "foobar"),
            "otpauth://totp/Corp:ana%40corp.example?secret=MZXW6YTBOI&issuer=Corp");
  EXPECT_EQ(
      otpauth_uri("", "ana", "foobar", {.hash = OtpHash::sha256, .digits = 8, .step = seconds(60)}),
      "otpauth://totp/ana?secret=MZXW6YTBOI&algorithm=SHA256&digits=8&period=60");
}

TEST(OtpauthUri, LetsNoNameAddAParameter) {
  EXPECT_EQ(otpauth_uri("A:B&secret=X", "a?b#c\xc3\xa4:d", "foobar"),
            "otpauth://totp/AB%26secret%3DX:a%3Fb%23c%C3%A4d?secret=MZXW6YTBOI"
            "&issuer=AB%26secret%3DX");
}

}  // namespace
}  // namespace sallyport
