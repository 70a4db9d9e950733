#include "proxy/portal/isolation.h"

#include "base/crypto/base64.h"
#include "base/crypto/ed25519.h"
#include "base/json/writer.h"
#include "proxy/portal/form.h"
#include "proxy/portal/ticket.h"

namespace sallyport::portal {
namespace {

constexpr std::string_view kPurpose = "isolation ed25519";

// "https://isolation.example/open?x" -> "https://isolation.example"
std::string_view origin_of(std::string_view url) {
  const std::size_t host = url.find("://") + 3;
  return url.substr(0, url.find_first_of("/?#", host));
}

std::int64_t seconds_of(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

void add(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value);
}

}  // namespace

std::string isolation_url(std::string_view to, const IsolationContext& context,
                          const TicketKeys& keys) {
  const TicketKeys::Derived key = keys.derive_each(kPurpose).front();
  std::string head;
  {
    JsonWriter json(head);
    json.begin_object();
    json.member("alg", "EdDSA");
    json.member("kid", key.id);
    json.member("typ", "JWT");
    json.end_object();
  }
  std::string claims;
  {
    JsonWriter json(claims);
    json.begin_object();
    add(json, "iss", context.gateway);
    add(json, "sub", context.user);
    json.member("aud", origin_of(to));
    json.member("iat", seconds_of(context.now));
    json.member("exp", seconds_of(context.now + kIsolationLives));
    json.member("jti", base64url_encode(fresh_nonce()));
    json.member("url", context.url);
    add(json, "app", context.app);
    add(json, "policy", context.policy);
    add(json, "event", context.event);
    json.end_object();
  }
  std::string token = base64url_encode(head) + '.' + base64url_encode(claims);
  const Ed25519Signature signature = ed25519_sign(key.secret, token);
  token += '.' + base64url_encode(std::span<const std::uint8_t>(signature));

  // A fragment would swallow what follows.
  std::string url(to.substr(0, to.find('#')));
  url += url.find('?') == std::string::npos ? '?' : '&';
  return url + "url=" + url_encode(context.url) + "&context=" + token;
}

std::string isolation_keys(const TicketKeys& keys) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("keys");
  json.begin_array();
  for (const TicketKeys::Derived& key : keys.derive_each(kPurpose)) {
    const Ed25519PublicKey point = ed25519_public_key(key.secret);
    json.begin_object();
    json.member("kty", "OKP");
    json.member("crv", "Ed25519");
    json.member("use", "sig");
    json.member("alg", "EdDSA");
    json.member("kid", key.id);
    json.member("x", base64url_encode(std::span<const std::uint8_t>(point)));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  text += '\n';
  return text;
}

}  // namespace sallyport::portal
