// Tokens signed by keys that are made here, right and wrong in every way that is known.

#include "proxy/portal/id_token.h"

#include <gtest/gtest.h>

#include "base/crypto/base64.h"
#include "base/crypto/hmac.h"
#include "tests/kit/id_provider.h"

namespace sallyport::portal {
namespace {

const Time kNow = *parse_rfc3339("2026-11-26T20:00:00Z");
const std::int64_t kSeconds =
    std::chrono::floor<std::chrono::seconds>(kNow.time_since_epoch()).count();

using testkit::number;
using Provider = testkit::IdProvider;

const Provider& provider() {
  static const Provider made;
  return made;
}

const ExpectedToken kExpected{
    .issuer = "https://login.corp.example", .client_id = "sallyport", .nonce = "n-0S6_WzA2Mj"};

// The claims of a good token, with one of them said otherwise: replace("\"aud\":...", "...").
std::string claims(std::string_view without = "", std::string_view with = "") {
  const std::string now = std::to_string(kSeconds);
  std::string text =
      R"({"iss":"https://login.corp.example","sub":"248289761001","aud":"sallyport",)"
      R"("exp":)" +
      std::to_string(kSeconds + 300) + R"(,"iat":)" + now + R"(,"auth_time":)" + now +
      R"(,"nonce":"n-0S6_WzA2Mj","preferred_username":"ana"})";
  if (!without.empty()) {
    const std::size_t at = text.find(without);
    EXPECT_NE(at, std::string::npos) << without;
    text.replace(at, without.size(), with);
  }
  return text;
}

std::string said_of(std::string_view token, const ExpectedToken& expected = kExpected) {
  const auto keys = KeySet::parse(provider().jwks());
  EXPECT_TRUE(keys && keys->size() == 2);
  const auto user = check_id_token(token, *keys, expected, kNow);
  return user ? "believed: " + user->subject + ' ' + user->name : user.error();
}

constexpr std::string_view kEs = R"({"alg":"ES256","kid":"e1"})";

TEST(IdToken, IsBelievedWhereAKeyOfTheProviderSignedIt) {
  EXPECT_EQ(said_of(provider().token(kEs, claims())), "believed: 248289761001 ana");
  EXPECT_EQ(said_of(provider().token(R"({"alg":"RS256","kid":"r1","typ":"JWT"})", claims())),
            "believed: 248289761001 ana");
  // Without an id, where there is only one of that algorithm.
  EXPECT_EQ(said_of(provider().token(R"({"alg":"RS256"})", claims())),
            "believed: 248289761001 ana");
  EXPECT_EQ(said_of(provider().token(kEs, claims(R"("aud":"sallyport")",
                                                 R"("aud":["x","sallyport"],"azp":"sallyport")"))),
            "believed: 248289761001 ana");
}

TEST(IdToken, TellsTheRolesOfTheClaimAndNothingThatIsNoText) {
  const auto roles = [](std::string_view more, std::string claim) {
    ExpectedToken expected = kExpected;
    expected.roles_claim = std::move(claim);
    const auto keys = KeySet::parse(provider().jwks());
    const std::string text = claims(R"("ana"})", R"("ana")" + std::string(more) + "}");
    const auto user = check_id_token(provider().token(kEs, text), *keys, expected, kNow);
    if (!user) return user.error();
    std::string told;
    for (const std::string& role : user->roles) told += '[' + role + ']';
    return told;
  };
  EXPECT_EQ(roles(R"(,"groups":["soc","it"])", "groups"), "[soc][it]");
  EXPECT_EQ(roles(R"(,"groups":"soc it")", "groups"), "[soc it]");
  EXPECT_EQ(roles(R"(,"groups":[["soc"],{"it":1},7,null,"x"])", "groups"), "[x]");
  EXPECT_EQ(roles(R"(,"groups":{"soc":true})", "groups"), "");
  EXPECT_EQ(roles(R"(,"groups":["soc"])", "roles"), "");
  EXPECT_EQ(roles(R"(,"groups":["soc"])", ""), "");
  EXPECT_EQ(roles(R"(,"":["soc"])", ""), "");
  EXPECT_EQ(roles("", "preferred_username"), "[ana]");
  EXPECT_EQ(roles("", "sub"), "[248289761001]");
  // Readers differ in which of the two they take.
  EXPECT_EQ(roles(R"(,"groups":["soc"],"groups":["it"])", "groups"), "its claims cannot be read");
}

TEST(IdToken, NeedsNoTimeOfSigningInWhereNoneIsAskedFor) {
  const std::string auth_time = R"("auth_time":)" + std::to_string(kSeconds) + ",";
  const std::string token = provider().token(kEs, claims(auth_time, ""));
  EXPECT_EQ(said_of(token), "it does not say that the person signed in just now (auth_time)");
  ExpectedToken expected = kExpected;
  expected.signed_in_within.reset();
  EXPECT_EQ(said_of(token, expected), "believed: 248289761001 ana");
}

TEST(IdTokenAttack, WithoutASignatureIsRefused) {
  for (const std::string_view alg : {"none", "None", "NONE", "nOnE"}) {
    const std::string header = R"({"alg":")" + std::string(alg) + R"("})";
    EXPECT_EQ(said_of(base64url_encode(header) + '.' + base64url_encode(claims()) + '.'),
              "its algorithm is neither RS256 nor ES256");
  }
  const std::string token = provider().token(kEs, claims());
  EXPECT_EQ(said_of(token.substr(0, token.rfind('.') + 1)), "its signature is not the provider's");
  EXPECT_EQ(said_of(token.substr(0, token.rfind('.'))), "it is no signed token");
}

// The public key as the secret of an HMAC, which everybody knows.
TEST(IdTokenAttack, SignedByAnHmacOfThePublicKeyIsRefused) {
  for (const std::string_view alg : {"HS256", "HS384", "HS512"}) {
    const std::string text =
        base64url_encode(R"({"alg":")" + std::string(alg) + R"(","kid":"r1"})") + '.' +
        base64url_encode(claims());
    const Sha256Digest mac = hmac_sha256(number(provider().rsa, OSSL_PKEY_PARAM_RSA_N), text);
    EXPECT_EQ(said_of(text + '.' + base64url_encode(mac)),
              "its algorithm is neither RS256 nor ES256");
  }
}

TEST(IdTokenAttack, OfTheOtherAlgorithmThanItsKeyIsRefused) {
  const std::string text =
      base64url_encode(R"({"alg":"RS256","kid":"e1"})") + '.' + base64url_encode(claims());
  EXPECT_EQ(said_of(text + '.' + base64url_encode(Provider::sign(provider().ec, text))),
            "no key of the provider is the one it names");
}

TEST(IdTokenAttack, SignedBySomebodyElseIsRefused) {
  const Provider other;
  EXPECT_EQ(said_of(other.token(kEs, claims())), "its signature is not the provider's");
  EXPECT_EQ(said_of(provider().token(R"({"alg":"ES256","kid":"e2"})", claims())),
            "no key of the provider is the one it names");
  std::string changed = provider().token(kEs, claims());
  const std::string evil = base64url_encode(claims(R"("ana")", R"("eve")"));
  const std::size_t at = changed.find('.') + 1;
  changed.replace(at, changed.rfind('.') - at, evil);
  EXPECT_EQ(said_of(changed), "its signature is not the provider's");
}

TEST(IdTokenAttack, WithItsOwnKeyInItsHeaderIsRefused) {
  const Provider other;
  EXPECT_EQ(
      said_of(other.token(R"({"alg":"ES256","kid":"e1","jwk":)" + other.jwks() + "}", claims())),
      "its signature is not the provider's");
  EXPECT_EQ(said_of(provider().token(R"({"alg":"ES256","kid":"e1","crit":["b64"],"b64":false})",
                                     claims())),
            "it has extensions that are not known here");
}

TEST(IdTokenAttack, OfOtherClaimsIsRefused) {
  const auto said = [](std::string_view without, std::string_view with) {
    return said_of(provider().token(kEs, claims(without, with)));
  };
  EXPECT_EQ(said("login.corp", "evil.corp"), "it is of another issuer");
  EXPECT_EQ(said("corp.example\"", "corp.example/\""), "it is of another issuer");
  EXPECT_EQ(said("\"sallyport\"", "\"other\""), "it is for another audience");
  EXPECT_EQ(said("\"sallyport\"", "[]"), "it is for another audience");
  EXPECT_EQ(said("\"sallyport\"", "[\"sallyport\",\"other\"]"), "it was given to another party");
  EXPECT_EQ(said("\"sallyport\"", "\"sallyport\",\"azp\":\"other\""),
            "it was given to another party");
  EXPECT_EQ(said("n-0S6", "n-0S7"), "it answers another request");
  EXPECT_EQ(said(",\"nonce\":\"n-0S6_WzA2Mj\"", ""), "it answers another request");
  EXPECT_EQ(said("\"248289761001\"", "\"\""), "it names no subject");
  EXPECT_EQ(said("\"preferred_username\":\"ana\"", "\"name\":\"ana\""),
            "it has no claim 'preferred_username'");
}

TEST(IdTokenAttack, OutOfItsTimeIsRefused) {
  const auto said = [](std::string_view name, std::int64_t from_now) {
    std::string text = claims();
    const std::size_t at = text.find(name) + name.size() + 1;
    text.replace(at, text.find_first_of(",}", at) - at, std::to_string(kSeconds + from_now));
    return said_of(provider().token(kEs, text));
  };
  EXPECT_EQ(said("exp\"", -61), "it has expired");
  EXPECT_EQ(said("exp\"", -59), "believed: 248289761001 ana");
  EXPECT_EQ(said("iat\"", 61), "it is from the future");
  EXPECT_EQ(said("auth_time\"", -661),
            "it does not say that the person signed in just now (auth_time)");
  EXPECT_EQ(said("auth_time\"", -600), "believed: 248289761001 ana");
  EXPECT_EQ(said_of(provider().token(kEs, claims("\"auth_time\"", "\"other\""))),
            "it does not say that the person signed in just now (auth_time)");
  EXPECT_EQ(said_of(provider().token(kEs, claims("\"exp\"", "\"other\""))), "it has expired");
}

TEST(IdTokenAttack, ThatSaysAThingTwiceIsRefused) {
  for (const std::string_view more :
       {R"("iss":"https://login.corp.example",)", R"("nonce":"n-0S6_WzA2Mj",)",
        R"("aud":"sallyport",)", R"("preferred_username":"eve",)", R"("sub":"1",)"}) {
    const std::string text = "{" + std::string(more) + claims().substr(1);
    EXPECT_EQ(said_of(provider().token(kEs, text)), "its claims cannot be read") << more;
  }
  EXPECT_EQ(said_of(provider().token(R"({"alg":"ES256","alg":"none","kid":"e1"})", claims())),
            "its header cannot be read");
}

TEST(IdToken, WantsTheStrengthThatIsAskedFor) {
  ExpectedToken strong = kExpected;
  strong.acr = {"phr", "mfa"};
  const std::string_view why = "the person did not sign in as strongly as is asked for (acr)";
  EXPECT_EQ(said_of(provider().token(kEs, claims()), strong), why);
  EXPECT_EQ(
      said_of(provider().token(kEs, claims("\"nonce\"", "\"acr\":\"pwd\",\"nonce\"")), strong),
      why);
  EXPECT_EQ(
      said_of(provider().token(kEs, claims("\"nonce\"", "\"acr\":\"mfa\",\"nonce\"")), strong),
      "believed: 248289761001 ana");
}

TEST(IdTokenAttack, WithAMailAddressThatNobodyVerifiedIsRefused) {
  ExpectedToken mail = kExpected;
  mail.user_claim = "email";
  const auto said = [&](std::string_view more) {
    return said_of(provider().token(kEs, claims("\"nonce\"", std::string(more) + "\"nonce\"")),
                   mail);
  };
  EXPECT_EQ(said(R"("email":"ana@corp.example","email_verified":true,)"),
            "believed: 248289761001 ana@corp.example");
  const std::string_view why = "its mail address is not verified";
  EXPECT_EQ(said(R"("email":"ana@corp.example",)"), why);
  EXPECT_EQ(said(R"("email":"ana@corp.example","email_verified":false,)"), why);
  EXPECT_EQ(said(R"("email":"ana@corp.example","email_verified":"true",)"), why);
}

TEST(IdToken, IsNotReadPastItsLimit) {
  EXPECT_EQ(said_of(std::string(kLongestToken + 1, 'a')), "it is no signed token");
  EXPECT_EQ(said_of(""), "it is no signed token");
  EXPECT_EQ(said_of("a.b.c.d"), "it is no signed token");
  EXPECT_EQ(said_of("!.!.!"), "it is no signed token");
}

TEST(KeySet, LeavesOutWhatItCannotUseAndRefusesWhatIsNone) {
  const auto keys = KeySet::parse(
      R"({"keys":[{"kty":"oct","k":"AAAA"},{"kty":"RSA","n":"AQ","e":"AQAB"},{"kty":"EC","crv":"P-521"},)"
      R"({"use":"enc"},{}],"more":[1]})");
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->size(), 0U);
  for (const std::string_view text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[1]})",
                                      R"({"keys":[],"keys":[]})", R"({"keys":[]}x)"}) {
    EXPECT_FALSE(KeySet::parse(text)) << text;
  }
}

TEST(KeySet, IsBounded) {
  std::string text = R"({"keys":[)";
  const std::string jwks = provider().jwks();
  const std::string one = jwks.substr(9, jwks.size() - 11);
  for (int i = 0; i < 33; ++i) text += (i > 0 ? "," : "") + one;  // two each
  EXPECT_FALSE(KeySet::parse(text + "]}"));
}

TEST(KeySet, GivesNoKeyWhereItIsNotClearWhichIsMeant) {
  const std::string jwks = provider().jwks();
  const std::string one = jwks.substr(9, jwks.size() - 11);
  const auto keys = KeySet::parse(R"({"keys":[)" + one + "," + one + "]}");
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->find(std::nullopt, JwsKey::Algorithm::es256), nullptr);
  EXPECT_EQ(keys->find("e1", JwsKey::Algorithm::es256), nullptr);
}

}  // namespace
}  // namespace sallyport::portal
