#pragma once
// What a provider says of itself (OpenID Connect Discovery 1.0 section 4), and the address at which
// somebody signs in there (RFC 6749 section 4.1.1, RFC 7636).
//
// Pure: from any thread. Bytes are the provider's, or somebody's who poses as it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/host.h"

namespace sallyport::portal {

// An absolute http or https URL without user and fragment.
struct WebAddress {
  bool tls = true;
  Authority authority;
  std::string path = "/";  // with query

  static std::optional<WebAddress> parse(std::string_view text);
  std::string to_string() const;
  bool operator==(const WebAddress&) const = default;
};

struct ProviderMetadata {
  WebAddress authorization;
  WebAddress token;
  WebAddress keys;
  // Where somebody ends their session there (RP-Initiated Logout 1.0); most providers have it.
  std::optional<WebAddress> end_session = std::nullopt;

  // Nothing where the text is no such document, where it is of another issuer, where an address is
  // missing or not https (http counts where the issuer itself is http), or where the provider knows
  // proof keys but not S256.
  static std::optional<ProviderMetadata> parse(std::string_view json, std::string_view issuer);
};

// Where the document of an issuer stands; nothing where the issuer is no address, or has a query.
std::optional<WebAddress> metadata_address(std::string_view issuer);

struct SignInRequest {
  std::string client_id;
  std::string redirect_uri;
  std::string scope = "openid profile";
  std::string state;
  std::string nonce;
  std::string verifier;  // RFC 7636 section 4.1; only its SHA-256 is in the address
  std::vector<std::string> acr;
  // Longer ago is asked for again, in seconds; nothing: a session that is there will do.
  std::optional<std::uint64_t> signed_in_within = 600;
};
std::string sign_in_address(const ProviderMetadata& provider, const SignInRequest& request);

// The `id_token` of a token endpoint's reply; nothing where it has none.
std::optional<std::string> id_token_of(std::string_view json);

}  // namespace sallyport::portal
