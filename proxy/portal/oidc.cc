#include "proxy/portal/oidc.h"

#include "base/crypto/base64.h"

namespace sallyport::portal {

Oidc::Oidc(ProviderOptions options, Fetcher& fetcher, const io::Published<TicketKeys>& keys,
           const Clock& clock)
    : client_(std::move(options), fetcher, clock), ticket_keys_(keys) {}

Result<SignInAttempt> Oidc::attempt_of(std::string_view sealed) const {
  const std::shared_ptr<const TicketKeys> keys = ticket_keys_.load();
  const std::optional<Sha256Digest> nonce = keys->derive("nonce", sealed);
  const std::optional<Sha256Digest> verifier = keys->derive("verifier", sealed);
  if (!nonce || !verifier) {
    return fail(ErrorKind::invalid, Side::ours, "the state's key is gone");
  }
  return SignInAttempt{std::string(sealed), base64url_encode(*nonce), base64url_encode(*verifier),
                       client_.options().redirect_uri};
}

Task<Result<std::string>> Oidc::begin(std::string_view sealed) {
  const Result<SignInAttempt> attempt = attempt_of(sealed);
  if (!attempt) co_return std::unexpected(attempt.error());
  co_return co_await client_.address(*attempt);
}

Task<Result<std::string>> Oidc::finish(std::string_view sealed, std::string_view code, Time now) {
  const Result<SignInAttempt> attempt = attempt_of(sealed);
  if (!attempt) co_return std::unexpected(attempt.error());
  Result<TokenUser> user = co_await client_.redeem(*attempt, code, now);
  if (!user) co_return pass_on(std::move(user));
  co_return std::move(user->name);
}

}  // namespace sallyport::portal
