#include "proxy/portal/provider_metadata.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "base/crypto/sha256.h"
#include "base/json/cursor.h"
#include "proxy/portal/form.h"

namespace sallyport::portal {
namespace {

constexpr std::size_t kLongestAddress = 2048;  // bytes

bool is_address_byte(char c) {
  constexpr std::string_view kOthers = "-._~:/?@!$&'()*+,;=%[]";
  return is_alpha(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
}

void add(std::string& url, std::string_view name, std::string_view value) {
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += name;
  url += '=';
  url += url_encode(value);
}

}  // namespace

std::optional<WebAddress> WebAddress::parse(std::string_view text) {
  if (text.size() > kLongestAddress || !std::all_of(text.begin(), text.end(), is_address_byte)) {
    return std::nullopt;
  }
  WebAddress address;
  if (text.starts_with("https://")) {
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
    address.tls = false;
  } else {
    return std::nullopt;
  }
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  const std::optional<Authority> authority =
      Authority::parse(text.substr(0, end), address.tls ? 443 : 80);
  if (!authority) return std::nullopt;
  address.authority = *authority;
  address.path = text.substr(end);
  if (!address.path.starts_with('/')) address.path.insert(0, "/");
  return address;
}

std::string WebAddress::to_string() const {
  return (tls ? "https://" : "http://") + authority.to_string(tls ? 443 : 80) + path;
}

std::optional<WebAddress> metadata_address(std::string_view issuer) {
  if (issuer.find('?') != std::string_view::npos) return std::nullopt;
  std::optional<WebAddress> address = WebAddress::parse(issuer);
  if (!address) return std::nullopt;
  while (address->path.ends_with('/')) address->path.pop_back();
  address->path += "/.well-known/openid-configuration";
  return address;
}

std::optional<ProviderMetadata> ProviderMetadata::parse(std::string_view json,
                                                        std::string_view issuer) {
  JsonCursor cursor(json);
  std::optional<std::string> said, authorization, token, keys, end;
  bool knows_proofs = false;
  bool knows_s256 = false;
  const auto once = [&](std::optional<std::string>& out) {
    return !out && cursor.string(out.emplace());
  };
  const bool read = cursor.object([&](std::string_view name) {
    if (name == "issuer") return once(said);
    if (name == "authorization_endpoint") return once(authorization);
    if (name == "token_endpoint") return once(token);
    if (name == "jwks_uri") return once(keys);
    if (name == "end_session_endpoint") return once(end);
    if (name == "code_challenge_methods_supported") {
      knows_proofs = true;
      return cursor.array([&] {
        std::string method;
        if (!cursor.string(method)) return false;
        knows_s256 = knows_s256 || method == "S256";
        return true;
      });
    }
    return cursor.skip();
  });
  // Byte for byte (Discovery section 4.3): a provider cannot speak for another.
  if (!read || !cursor.at_end() || said != std::string(issuer)) return std::nullopt;
  if (knows_proofs && !knows_s256) return std::nullopt;
  const std::optional<WebAddress> at = WebAddress::parse(issuer);
  const auto address = [&](const std::optional<std::string>& text) {
    std::optional<WebAddress> parsed = WebAddress::parse(text.value_or(""));
    if (parsed && at && at->tls && !parsed->tls) parsed.reset();
    return parsed;
  };
  const std::optional<WebAddress> a = address(authorization);
  const std::optional<WebAddress> t = address(token);
  const std::optional<WebAddress> k = address(keys);
  if (!at || !a || !t || !k) return std::nullopt;
  return ProviderMetadata{*a, *t, *k, address(end)};
}

std::string sign_in_address(const ProviderMetadata& provider, const SignInRequest& request) {
  std::string url = provider.authorization.to_string();
  add(url, "response_type", "code");
  add(url, "client_id", request.client_id);
  add(url, "redirect_uri", request.redirect_uri);
  add(url, "scope", request.scope);
  add(url, "state", request.state);
  add(url, "nonce", request.nonce);
  add(url, "code_challenge", base64url_encode(sha256(request.verifier)));
  add(url, "code_challenge_method", "S256");
  if (request.signed_in_within) {
    // A session that is there already proves nothing new.
    add(url, "prompt", "login");
    add(url, "max_age", std::to_string(*request.signed_in_within));
  }
  if (!request.acr.empty()) {
    std::string values;
    for (const std::string& value : request.acr) values += (values.empty() ? "" : " ") + value;
    add(url, "acr_values", values);
  }
  return url;
}

std::optional<std::string> id_token_of(std::string_view json) {
  JsonCursor cursor(json);
  std::optional<std::string> token;
  const bool read = cursor.object([&](std::string_view name) {
    if (name == "id_token") return !token && cursor.string(token.emplace());
    return cursor.skip();
  });
  if (!read || !cursor.at_end()) return std::nullopt;
  return token;
}

}  // namespace sallyport::portal
