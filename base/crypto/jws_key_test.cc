// Published vectors: RFC 7515 appendices A.2 and A.3.

#include "base/crypto/jws_key.h"

#include <gtest/gtest.h>
#include <string>

#include "base/crypto/base64.h"

namespace sallyport {
namespace {

constexpr std::string_view kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ";
constexpr std::string_view kModulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-"
    "4qPCJrcS2mJPMEzP1Pt0Bm4d4Ql"
    "L-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-"
    "bSf63kpaSHSXndS5z5rexMdbBYUs"
    "LA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-"
    "DWNmoud"
    "F8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view kRsaSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujG"
    "bds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_"
    "nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
    "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
    "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6"
    "LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
constexpr std::string_view kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view kEcSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

std::string bytes(std::string_view text) { return base64url_decode(text, 1024).value(); }

const std::string kRsaSigned = "eyJhbGciOiJSUzI1NiJ9." + std::string(kPayload);
const std::string kEcSigned = "eyJhbGciOiJFUzI1NiJ9." + std::string(kPayload);

TEST(JwsKey, MatchesRfc7515) {
  const auto rsa = JwsKey::rsa(bytes(kModulus), bytes("AQAB"));
  ASSERT_TRUE(rsa);
  EXPECT_EQ(rsa->algorithm(), JwsKey::Algorithm::rs256);
  EXPECT_TRUE(rsa->verify(kRsaSigned, bytes(kRsaSignature)));
  const auto ec = JwsKey::p256(bytes(kX), bytes(kY));
  ASSERT_TRUE(ec);
  EXPECT_EQ(ec->algorithm(), JwsKey::Algorithm::es256);
  EXPECT_TRUE(ec->verify(kEcSigned, bytes(kEcSignature)));
}

TEST(JwsKey, RefusesEveryOtherSignature) {
  const auto rsa = JwsKey::rsa(bytes(kModulus), bytes("AQAB"));
  const auto ec = JwsKey::p256(bytes(kX), bytes(kY));
  EXPECT_FALSE(rsa->verify(kRsaSigned + "x", bytes(kRsaSignature)));
  EXPECT_FALSE(ec->verify(kEcSigned + "x", bytes(kEcSignature)));
  EXPECT_FALSE(rsa->verify(kEcSigned, bytes(kEcSignature)));
  EXPECT_FALSE(ec->verify(kRsaSigned, bytes(kRsaSignature)));
  for (const std::string& signature :
       {std::string(), std::string(64, '\0'), std::string(63, '\1'), std::string(65, '\1'),
        std::string(256, '\0'), std::string(256, '\xff'), std::string(64, '\xff')}) {
    EXPECT_FALSE(rsa->verify(kRsaSigned, signature));
    EXPECT_FALSE(ec->verify(kEcSigned, signature));
  }
  std::string changed = bytes(kEcSignature);
  changed[10] = static_cast<char>(changed[10] ^ 1);
  EXPECT_FALSE(ec->verify(kEcSigned, changed));
}

TEST(JwsKey, RefusesKeysThatProveNothing) {
  const std::string modulus = bytes(kModulus);
  EXPECT_FALSE(JwsKey::rsa(modulus.substr(0, 128), bytes("AQAB")));         // 1,024 bits
  EXPECT_FALSE(JwsKey::rsa(std::string(2000, '\x7f'), bytes("AQAB")));      // 16,000 bits
  EXPECT_FALSE(JwsKey::rsa(modulus.substr(0, 255) + '\0', bytes("AQAB")));  // even
  EXPECT_FALSE(JwsKey::rsa(modulus, std::string("\1", 1)));
  EXPECT_FALSE(JwsKey::rsa(modulus, std::string("\2", 1)));
  EXPECT_FALSE(JwsKey::rsa(modulus, ""));
  EXPECT_FALSE(JwsKey::rsa("", bytes("AQAB")));
  EXPECT_FALSE(JwsKey::p256(bytes(kX), bytes(kX)));  // on no curve
  EXPECT_FALSE(JwsKey::p256(std::string(32, '\0'), std::string(32, '\0')));
  EXPECT_FALSE(JwsKey::p256(bytes(kX).substr(1), bytes(kY)));
}

}  // namespace
}  // namespace sallyport
