#include "proxy/portal/provider_metadata.h"

#include <gtest/gtest.h>

namespace sallyport::portal {
namespace {

constexpr std::string_view kIssuer = "https://login.corp.example/tenant";

std::string document(std::string_view issuer, std::string_view token_endpoint,
                     std::string_view more = "") {
  return R"({"issuer":")" + std::string(issuer) +
         R"(","authorization_endpoint":"https://login.corp.example/authorize",)" +
         R"("token_endpoint":")" + std::string(token_endpoint) +
         R"(","jwks_uri":"https://keys.corp.example:8443/jwks?v=2","claims_supported":["sub"])" +
         std::string(more) + "}";
}

constexpr std::string_view kToken = "https://login.corp.example/token";

TEST(WebAddress, IsReadAndWrittenOneWay) {
  for (const auto& [text, written] :
       {std::pair<std::string_view, std::string_view>{"https://a.example", "https://a.example/"},
        {"https://A.example:443/x?y=z", "https://a.example/x?y=z"},
        {"http://127.0.0.1:3000/x", "http://127.0.0.1:3000/x"},
        {"https://a.example?x", "https://a.example/?x"},
        {"https://[2001:db8::1]/", "https://[2001:db8::1]/"}}) {
    const auto address = WebAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), written);
  }
  for (const std::string_view text :
       {"", "a.example", "//a.example/", "ftp://a.example/", "https://", "https://u@a.example/",
        "https://a.example/#x", "https://a.example/\\x", "https://a.example/ x",
        "https://a.example/\r\nx", "https://a.example:0/", "HTTPS://a.example/"}) {
    EXPECT_FALSE(WebAddress::parse(text)) << text;
  }
}

TEST(ProviderMetadata, IsFoundBesideItsIssuer) {
  EXPECT_EQ(metadata_address("https://a.example")->to_string(),
            "https://a.example/.well-known/openid-configuration");
  EXPECT_EQ(metadata_address("https://a.example/tenant/")->to_string(),
            "https://a.example/tenant/.well-known/openid-configuration");
  EXPECT_FALSE(metadata_address("https://a.example/?x"));
  EXPECT_FALSE(metadata_address("a.example"));
}

TEST(ProviderMetadata, NamesItsAddresses) {
  const auto provider = ProviderMetadata::parse(document(kIssuer, kToken), kIssuer);
  ASSERT_TRUE(provider);
  EXPECT_EQ(provider->token.to_string(), kToken);
  EXPECT_EQ(provider->keys.to_string(), "https://keys.corp.example:8443/jwks?v=2");
}

TEST(ProviderMetadataAttack, OfAnotherIssuerIsRefused) {
  for (const std::string_view issuer :
       {"https://evil.example", "https://login.corp.example/tenant/", "https://login.corp.example",
        ""}) {
    EXPECT_FALSE(ProviderMetadata::parse(document(issuer, kToken), kIssuer)) << issuer;
  }
  EXPECT_FALSE(ProviderMetadata::parse(
      document(kIssuer, kToken, R"(,"issuer":"https://login.corp.example/tenant")"), kIssuer));
}

TEST(ProviderMetadataAttack, WithAnAddressThatAnybodyReadsIsRefused) {
  for (const std::string_view token : {"http://login.corp.example/token", "", "javascript:x"}) {
    EXPECT_FALSE(ProviderMetadata::parse(document(kIssuer, token), kIssuer)) << token;
  }
  // Where the operator named a provider without TLS, that is what there is.
  EXPECT_TRUE(ProviderMetadata::parse(document("http://127.0.0.1:3000", "http://127.0.0.1:3000/t"),
                                      "http://127.0.0.1:3000"));
}

TEST(ProviderMetadata, MustKnowS256WhereItKnowsProofKeysAtAll) {
  const auto with = [](std::string_view methods) {
    return ProviderMetadata::parse(
        document(kIssuer, kToken, R"(,"code_challenge_methods_supported":)" + std::string(methods)),
        kIssuer);
  };
  EXPECT_TRUE(with(R"(["plain","S256"])"));
  EXPECT_FALSE(with(R"(["plain"])"));
  EXPECT_FALSE(with(R"([1])"));
}

TEST(ProviderMetadata, IsRefusedWhereItIsNone) {
  for (const std::string_view text : {"", "{}", "[]", "<html>", "{\"issuer\":1}"}) {
    EXPECT_FALSE(ProviderMetadata::parse(text, kIssuer)) << text;
  }
}

// RFC 7636 appendix B.
TEST(SignInAddress, HoldsTheChallengeAndNotTheVerifier) {
  const auto provider = ProviderMetadata::parse(document(kIssuer, kToken), kIssuer);
  SignInRequest request;
  request.client_id = "sally port";
  request.redirect_uri = "https://sallyport.internal/signed-in";
  request.state = "STATE";
  request.nonce = "NONCE";
  request.verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  request.acr = {"mfa", "phr"};
  EXPECT_EQ(sign_in_address(*provider, request),
            "https://login.corp.example/authorize?response_type=code&client_id=sally%20port"
            "&redirect_uri=https%3A%2F%2Fsallyport.internal%2Fsigned-in&scope=openid%20profile"
            "&state=STATE&nonce=NONCE&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
            "&code_challenge_method=S256&prompt=login&max_age=600&acr_values=mfa%20phr");
}

TEST(SignInAddress, AsksNobodyToSignInAgainWhereASessionWillDo) {
  const auto provider = ProviderMetadata::parse(document(kIssuer, kToken), kIssuer);
  SignInRequest request;
  request.signed_in_within.reset();
  const std::string url = sign_in_address(*provider, request);
  EXPECT_EQ(url.find("prompt"), std::string::npos);
  EXPECT_EQ(url.find("max_age"), std::string::npos);
}

TEST(ProviderMetadata, MayKnowWhereASessionEnds) {
  const auto end = [](std::string_view more) {
    const auto provider = ProviderMetadata::parse(document(kIssuer, kToken, more), kIssuer);
    if (!provider) return std::string("refused");
    return provider->end_session ? provider->end_session->to_string() : std::string("unknown");
  };
  EXPECT_EQ(end(""), "unknown");
  EXPECT_EQ(end(R"(,"end_session_endpoint":"https://login.corp.example/logout")"),
            "https://login.corp.example/logout");
  EXPECT_EQ(end(R"(,"end_session_endpoint":"http://login.corp.example/logout")"), "unknown");
  EXPECT_EQ(end(R"(,"end_session_endpoint":"javascript:x")"), "unknown");
}

TEST(SignInAddress, KeepsTheQueryOfTheProvidersAddress) {
  auto provider = *ProviderMetadata::parse(document(kIssuer, kToken), kIssuer);
  provider.authorization = *WebAddress::parse("https://login.corp.example/authorize?tenant=1");
  EXPECT_TRUE(
      sign_in_address(provider, {})
          .starts_with("https://login.corp.example/authorize?tenant=1&response_type=code&"));
}

TEST(IdTokenOfReply, IsTakenOnce) {
  EXPECT_EQ(id_token_of(R"({"access_token":"x","id_token":"a.b.c","expires_in":1})"), "a.b.c");
  EXPECT_EQ(id_token_of(R"({"access_token":"x"})"), std::nullopt);
  EXPECT_EQ(id_token_of(R"({"id_token":"a","id_token":"b"})"), std::nullopt);
  EXPECT_EQ(id_token_of("<html>"), std::nullopt);
}

}  // namespace
}  // namespace sallyport::portal
