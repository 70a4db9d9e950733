#include "proxy/portal/openid_client.h"

#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "proxy/portal/form.h"

namespace sallyport::portal {
namespace {

std::unexpected<Error> not_believed(std::string why) {
  return fail(ErrorKind::invalid, Side::origin, std::move(why));
}

}  // namespace

OpenIdClient::OpenIdClient(ProviderOptions options, Fetcher& fetcher, const Clock& clock)
    : options_(std::move(options)), fetcher_(fetcher), clock_(clock) {}

Task<Result<std::string>> OpenIdClient::fetch_json(const Asked& asked) {
  Result<Fetched> fetched = co_await fetcher_.fetch(asked);
  if (!fetched) co_return pass_on(std::move(fetched));
  const std::string& type = fetched->media_type;
  if (fetched->status != 200) {
    co_return not_believed(asked.address.authority.to_string() + " answered " +
                           std::to_string(fetched->status));
  }
  if (type != "application/json" && !type.ends_with("+json")) {
    co_return not_believed(asked.address.authority.to_string() + " answered with no JSON");
  }
  co_return std::move(fetched->body);
}

Task<Result<ProviderMetadata>> OpenIdClient::metadata() {
  if (metadata_ && clock_.steady() < metadata_until_) co_return *metadata_;
  const std::optional<WebAddress> address = metadata_address(options_.issuer);
  if (!address) co_return not_believed("the issuer is no address: " + options_.issuer);
  Asked asked;
  asked.address = *address;
  asked.headers.add("Accept", "application/json");
  Result<std::string> json = co_await fetch_json(asked);
  if (!json) co_return pass_on(std::move(json));
  const std::optional<ProviderMetadata> read = ProviderMetadata::parse(*json, options_.issuer);
  if (!read) co_return not_believed("the document of " + options_.issuer + " is not one to follow");
  metadata_ = *read;
  metadata_until_ = clock_.steady() + kKeepMetadata;
  co_return *read;
}

Task<Result<std::shared_ptr<const KeySet>>> OpenIdClient::key_set(const ProviderMetadata& provider,
                                                                  bool again) {
  const Moment now = clock_.steady();
  const bool fresh = keys_ != nullptr && now < keys_until_;
  if (fresh && (!again || now < keys_again_)) co_return keys_;
  Asked asked;
  asked.address = provider.keys;
  asked.headers.add("Accept", "application/json");
  Result<std::string> json = co_await fetch_json(asked);
  if (!json) co_return pass_on(std::move(json));
  std::optional<KeySet> read = KeySet::parse(*json);
  if (!read) co_return not_believed("the keys of " + options_.issuer + " cannot be read");
  keys_ = std::make_shared<const KeySet>(std::move(*read));
  keys_until_ = clock_.steady() + kKeepMetadata;
  keys_again_ = clock_.steady() + kKeysAgain;
  co_return keys_;
}

Task<Result<std::string>> OpenIdClient::address(const SignInAttempt& attempt) {
  const Result<ProviderMetadata> provider = co_await metadata();
  if (!provider) co_return std::unexpected(provider.error());
  SignInRequest request;
  request.client_id = options_.client_id;
  request.redirect_uri = attempt.redirect_uri;
  request.scope = options_.scope;
  request.state = attempt.state;
  request.nonce = attempt.nonce;
  request.verifier = attempt.verifier;
  request.acr = options_.acr;
  request.signed_in_within.reset();
  if (options_.signed_in_within) {
    request.signed_in_within = static_cast<std::uint64_t>(options_.signed_in_within->count());
  }
  co_return sign_in_address(*provider, request);
}

std::string OpenIdClient::end_session_address() const {
  if (!metadata_ || !metadata_->end_session) return "";
  std::string url = metadata_->end_session->to_string();
  url += url.find('?') == std::string::npos ? '?' : '&';
  return url + "client_id=" + url_encode(options_.client_id);
}

// RFC 6749 section 4.1.3.
Task<Result<std::string>> OpenIdClient::ask_for_token(const ProviderMetadata& provider,
                                                      const SignInAttempt& attempt,
                                                      std::string_view code) {
  Asked asked;
  asked.method = "POST";
  asked.address = provider.token;
  asked.headers.add("Accept", "application/json");
  asked.headers.add("Content-Type", "application/x-www-form-urlencoded");
  asked.body = "grant_type=authorization_code&code=" + url_encode(code) +
               "&redirect_uri=" + url_encode(attempt.redirect_uri) +
               "&code_verifier=" + url_encode(attempt.verifier);
  if (options_.client_secret.empty()) {
    asked.body += "&client_id=" + url_encode(options_.client_id);
  } else {
    // Section 2.3.1: both are encoded as in a form before they are put together.
    asked.headers.add("Authorization",
                      "Basic " + base64_encode(url_encode(options_.client_id) + ':' +
                                               url_encode(options_.client_secret)));
  }
  co_return co_await fetch_json(asked);
}

Task<Result<TokenUser>> OpenIdClient::redeem(const SignInAttempt& attempt, std::string_view code,
                                             Time now) {
  const Result<ProviderMetadata> provider = co_await metadata();
  if (!provider) co_return std::unexpected(provider.error());
  Result<std::string> reply = co_await ask_for_token(*provider, attempt, code);
  if (!reply) co_return pass_on(std::move(reply));
  const std::optional<std::string> token = id_token_of(*reply);
  if (!token) co_return not_believed(options_.issuer + " gave no ID token");

  Result<std::shared_ptr<const KeySet>> keys = co_await key_set(*provider, false);
  if (!keys) co_return pass_on(std::move(keys));
  // Keys change; one that is not known may be a new one.
  const std::optional<std::string> id = key_id_of(*token);
  if (id && (*keys)->find(id, JwsKey::Algorithm::rs256) == nullptr &&
      (*keys)->find(id, JwsKey::Algorithm::es256) == nullptr) {
    keys = co_await key_set(*provider, true);
    if (!keys) co_return pass_on(std::move(keys));
  }
  const ExpectedToken expected{.issuer = options_.issuer,
                               .client_id = options_.client_id,
                               .nonce = attempt.nonce,
                               .user_claim = options_.user_claim,
                               .signed_in_within = options_.signed_in_within,
                               .acr = options_.acr,
                               .roles_claim = options_.roles_claim};
  std::expected<TokenUser, std::string> user = check_id_token(*token, **keys, expected, now);
  if (!user) co_return not_believed("the ID token of " + options_.issuer + ": " + user.error());
  co_return std::move(*user);
}

}  // namespace sallyport::portal
