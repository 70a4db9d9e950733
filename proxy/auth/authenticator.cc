#include "proxy/auth/authenticator.h"

#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "base/crypto/secret.h"
#include "discovery/users/user_name.h"

namespace sallyport::auth {

Authenticator::Authenticator(io::Worker& worker, io::WorkPool& pool,
                             const discovery::CredentialCache::Key& key,
                             std::shared_ptr<const discovery::Htpasswd> passwords)
    : worker_(worker), pool_(pool), passwords_(std::move(passwords)), cache_(key) {}

Task<Proof> Authenticator::prove(std::string_view value) {
  Proof proof;
  if (value.empty()) co_return proof;
  proof.state = Proof::State::wrong;
  std::optional<BasicCredentials> given = parse_basic(value);
  if (!given) co_return proof;
  const std::optional<std::string> user = discovery::normal_user_name(given->user);
  if (!user) co_return proof;
  proof.user = *user;
  // Held, because the file may be another one when the pool comes back.
  const std::shared_ptr<const discovery::Htpasswd> passwords = passwords_;
  const std::string& version = passwords->version();
  std::optional<bool> right =
      cache_.find(*user, given->password, version, worker_.clock().steady());
  if (!right) {
    bool verified = false;
    auto work = [&passwords, &verified, &given, &user] {
      verified = passwords->verify(*user, given->password);
    };
    const bool done = co_await pool_.run(worker_.executor(), std::move(work));
    if (!done) {
      proof.state = Proof::State::busy;
      secure_wipe(given->password.data(), given->password.size());
      co_return proof;
    }
    right = verified;
    cache_.remember(*user, given->password, version, verified, worker_.clock().steady());
  }
  secure_wipe(given->password.data(), given->password.size());
  if (*right) {
    proof.state = Proof::State::accepted;
  } else {
    worker_.metrics().add(Metric::auth_failures_total);
  }
  co_return proof;
}

std::string Authenticator::challenge(std::string_view realm) {
  std::string value = "Basic realm=\"";
  for (const char c : realm) {
    if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20) value += c;
  }
  return value + "\", charset=\"UTF-8\"";
}

std::optional<BasicCredentials> parse_basic(std::string_view value) {
  if (!istarts_with(value, "basic ")) return std::nullopt;
  std::optional<std::string> text = base64_decode(trim(value.substr(6)), 1024);
  if (!text) return std::nullopt;
  const std::size_t colon = text->find(':');
  if (colon == std::string::npos) return std::nullopt;
  BasicCredentials credentials{text->substr(0, colon), text->substr(colon + 1)};
  secure_wipe(text->data(), text->size());
  return credentials;
}

}  // namespace sallyport::auth
