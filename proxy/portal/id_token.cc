#include "proxy/portal/id_token.h"

#include <algorithm>

#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "base/crypto/secret.h"
#include "base/json/cursor.h"

namespace sallyport::portal {
namespace {

using std::chrono::seconds;

constexpr seconds kLeeway{60};  // that clocks may differ by

// A value of a member that may come once: what comes twice has failed the whole text, because
// readers differ in which of the two they take (RFC 7515 section 4).
template <class T>
bool once(JsonCursor& cursor, std::optional<T>& out, bool (JsonCursor::*read)(T&)) {
  if (out) return false;
  return (cursor.*read)(out.emplace());
}

struct Header {
  std::optional<std::string> algorithm;
  std::optional<std::string> key;
  bool critical = false;
};

std::optional<Header> read_header(std::string_view json) {
  JsonCursor cursor(json);
  Header header;
  const bool read = cursor.object([&](std::string_view name) {
    if (name == "alg") return once(cursor, header.algorithm, &JsonCursor::string);
    if (name == "kid") return once(cursor, header.key, &JsonCursor::string);
    // Extensions that must be understood (RFC 7515 section 4.1.11), of which we know none; b64
    // (RFC 7797) and a nested token are among what they announce.
    if (name == "crit") header.critical = true;
    return cursor.skip();
  });
  if (!read || !cursor.at_end()) return std::nullopt;
  return header;
}

struct Claims {
  std::optional<std::string> issuer;
  std::optional<std::string> subject;
  std::vector<std::string> audience;
  bool has_audience = false;
  std::optional<std::string> party;  // azp
  std::optional<std::string> nonce;
  std::optional<std::string> acr;
  std::optional<std::string> user;
  std::optional<double> expires, issued, not_before, signed_in;
  std::optional<bool> email_verified;
  std::optional<std::vector<std::string>> roles;
};

bool read_audience(JsonCursor& cursor, Claims& claims) {
  if (std::exchange(claims.has_audience, true)) return false;
  if (cursor.next() == JsonCursor::Kind::string) {
    return cursor.string(claims.audience.emplace_back());
  }
  return cursor.array(
      [&] { return claims.audience.size() < 64 && cursor.string(claims.audience.emplace_back()); });
}

// A text, or an array of texts. Whatever else stands in it gives nobody a role.
bool read_roles(JsonCursor& cursor, Claims& claims) {
  if (claims.roles) return false;
  std::vector<std::string>& roles = claims.roles.emplace();
  const auto one = [&] {
    if (cursor.next() != JsonCursor::Kind::string) return cursor.skip();
    return cursor.string(roles.emplace_back());
  };
  return cursor.next() == JsonCursor::Kind::array ? cursor.array(one) : one();
}

std::optional<Claims> read_claims(std::string_view json, std::string_view user_claim,
                                  std::string_view roles_claim) {
  JsonCursor cursor(json);
  Claims claims;
  const auto number = static_cast<bool (JsonCursor::*)(double&)>(&JsonCursor::number);
  const bool read = cursor.object([&](std::string_view name) {
    if (name == "iss") return once(cursor, claims.issuer, &JsonCursor::string);
    if (name == "aud") return read_audience(cursor, claims);
    if (name == "azp") return once(cursor, claims.party, &JsonCursor::string);
    if (name == "nonce") return once(cursor, claims.nonce, &JsonCursor::string);
    if (name == "acr") return once(cursor, claims.acr, &JsonCursor::string);
    if (name == "exp") return once(cursor, claims.expires, number);
    if (name == "iat") return once(cursor, claims.issued, number);
    if (name == "nbf") return once(cursor, claims.not_before, number);
    if (name == "auth_time") return once(cursor, claims.signed_in, number);
    if (name == "email_verified" && cursor.next() == JsonCursor::Kind::boolean) {
      return once(cursor, claims.email_verified, &JsonCursor::boolean);
    }
    if (name == "sub") {
      if (!once(cursor, claims.subject, &JsonCursor::string)) return false;
      if (user_claim == "sub") claims.user = claims.subject;
      return true;
    }
    if (name == user_claim) return once(cursor, claims.user, &JsonCursor::string);
    if (!roles_claim.empty() && name == roles_claim) return read_roles(cursor, claims);
    return cursor.skip();
  });
  if (!read || !cursor.at_end()) return std::nullopt;
  // Roles may hang on who it is.
  if (roles_claim == user_claim && claims.user) claims.roles = {*claims.user};
  if (roles_claim == "sub" && claims.subject) claims.roles = {*claims.subject};
  return claims;
}

double seconds_of(Time time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

// "" where the claims are those expected, else what is not.
std::string wrong_in(const Claims& claims, const ExpectedToken& expected, Time now) {
  const double present = seconds_of(now);
  const double leeway = static_cast<double>(kLeeway.count());
  if (claims.issuer != expected.issuer) return "it is of another issuer";
  const auto& audience = claims.audience;
  if (std::find(audience.begin(), audience.end(), expected.client_id) == audience.end()) {
    return "it is for another audience";
  }
  if ((audience.size() > 1 || claims.party) && claims.party != expected.client_id) {
    return "it was given to another party";
  }
  if (!claims.expires || *claims.expires + leeway <= present) return "it has expired";
  if (!claims.issued || *claims.issued - leeway > present) return "it is from the future";
  if (claims.not_before && *claims.not_before - leeway > present) return "it is from the future";
  if (!claims.nonce || !constant_time_equal(*claims.nonce, expected.nonce)) {
    return "it answers another request";
  }
  if (expected.signed_in_within) {
    const double within = static_cast<double>(expected.signed_in_within->count());
    if (!claims.signed_in || *claims.signed_in < present - within - leeway ||
        *claims.signed_in - leeway > present) {
      return "it does not say that the person signed in just now (auth_time)";
    }
  }
  if (!expected.acr.empty() && (!claims.acr || std::find(expected.acr.begin(), expected.acr.end(),
                                                         *claims.acr) == expected.acr.end())) {
    return "the person did not sign in as strongly as is asked for (acr)";
  }
  if (!claims.subject || claims.subject->empty()) return "it names no subject";
  if (!claims.user || claims.user->empty()) {
    return "it has no claim '" + expected.user_claim + "'";
  }
  // An address that nobody has proven to have is anybody's.
  if (expected.user_claim == "email" && claims.email_verified != true) {
    return "its mail address is not verified";
  }
  return "";
}

struct Parts {
  std::string_view signed_bytes, header, claims, signature;
};

// JWS Compact Serialization: three parts (RFC 7515 section 7.1).
std::optional<Parts> take_apart(std::string_view token) {
  if (token.size() > kLongestToken) return std::nullopt;
  const std::vector<std::string_view> parts = split(token, '.');
  if (parts.size() != 3) return std::nullopt;
  return Parts{token.substr(0, parts[0].size() + 1 + parts[1].size()), parts[0], parts[1],
               parts[2]};
}

}  // namespace

std::optional<KeySet> KeySet::parse(std::string_view json) {
  JsonCursor cursor(json);
  KeySet set;
  bool has_keys = false;
  const auto read_key = [&] {
    std::optional<std::string> type, id, use, algorithm, curve, n, e, x, y;
    const bool read = cursor.object([&](std::string_view name) {
      if (name == "kty") return once(cursor, type, &JsonCursor::string);
      if (name == "kid") return once(cursor, id, &JsonCursor::string);
      if (name == "use") return once(cursor, use, &JsonCursor::string);
      if (name == "alg") return once(cursor, algorithm, &JsonCursor::string);
      if (name == "crv") return once(cursor, curve, &JsonCursor::string);
      if (name == "n") return once(cursor, n, &JsonCursor::string);
      if (name == "e") return once(cursor, e, &JsonCursor::string);
      if (name == "x") return once(cursor, x, &JsonCursor::string);
      if (name == "y") return once(cursor, y, &JsonCursor::string);
      return cursor.skip();
    });
    if (!read || set.keys_.size() == kMostKeys) return false;
    const auto bytes = [](const std::optional<std::string>& text) {
      return base64url_decode(text.value_or("!"), 1024).value_or("");
    };
    std::optional<JwsKey> key;
    if (type == "RSA" && algorithm.value_or("RS256") == "RS256") {
      key = JwsKey::rsa(bytes(n), bytes(e));
    } else if (type == "EC" && curve == "P-256" && algorithm.value_or("ES256") == "ES256") {
      key = JwsKey::p256(bytes(x), bytes(y));
    }
    if (key && use.value_or("sig") == "sig") set.keys_.push_back({id, std::move(*key)});
    return true;
  };
  const bool read = cursor.object([&](std::string_view name) {
    if (name != "keys") return cursor.skip();
    return !std::exchange(has_keys, true) && cursor.array(read_key);
  });
  if (!read || !has_keys || !cursor.at_end()) return std::nullopt;
  return set;
}

const JwsKey* KeySet::find(const std::optional<std::string>& id,
                           JwsKey::Algorithm algorithm) const {
  const JwsKey* found = nullptr;
  for (const Named& named : keys_) {
    if (named.key.algorithm() != algorithm || (id && named.id != id)) continue;
    if (found != nullptr) return nullptr;  // Which one is meant nobody says.
    found = &named.key;
  }
  return found;
}

std::optional<std::string> key_id_of(std::string_view token) {
  const std::optional<Parts> parts = take_apart(token);
  if (!parts) return std::nullopt;
  const std::optional<std::string> json = base64url_decode(parts->header, kLongestToken);
  const std::optional<Header> header = json ? read_header(*json) : std::optional<Header>();
  return header ? header->key : std::nullopt;
}

std::expected<TokenUser, std::string> check_id_token(std::string_view token, const KeySet& keys,
                                                     const ExpectedToken& expected, Time now) {
  const std::optional<Parts> parts = take_apart(token);
  if (!parts) return std::unexpected("it is no signed token");
  const std::optional<std::string> header_json = base64url_decode(parts->header, kLongestToken);
  const std::optional<std::string> claims_json = base64url_decode(parts->claims, kLongestToken);
  const std::optional<std::string> signature = base64url_decode(parts->signature, 1024);
  if (!header_json || !claims_json || !signature) {
    return std::unexpected("it is no signed token");
  }
  const std::optional<Header> header = read_header(*header_json);
  if (!header || !header->algorithm) return std::unexpected("its header cannot be read");
  if (header->critical) return std::unexpected("it has extensions that are not known here");
  JwsKey::Algorithm algorithm;
  if (*header->algorithm == "RS256") {
    algorithm = JwsKey::Algorithm::rs256;
  } else if (*header->algorithm == "ES256") {
    algorithm = JwsKey::Algorithm::es256;
  } else {
    return std::unexpected("its algorithm is neither RS256 nor ES256");
  }
  const JwsKey* key = keys.find(header->key, algorithm);
  if (key == nullptr) return std::unexpected("no key of the provider is the one it names");
  if (!key->verify(parts->signed_bytes, *signature)) {
    return std::unexpected("its signature is not the provider's");
  }
  const std::optional<Claims> claims =
      read_claims(*claims_json, expected.user_claim, expected.roles_claim);
  if (!claims) return std::unexpected("its claims cannot be read");
  std::string wrong = wrong_in(*claims, expected, now);
  if (!wrong.empty()) return std::unexpected(std::move(wrong));
  return TokenUser{*claims->subject, *claims->user,
                   claims->roles.value_or(std::vector<std::string>())};
}

}  // namespace sallyport::portal
