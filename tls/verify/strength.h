#pragma once
// Whether a key or a signature is strong enough today. Stricter than OpenSSL's security level 2 in
// two places: which curves, and SHA-1 by name.

#include <string>

struct evp_pkey_st;
struct x509_st;

namespace sallyport::tls {

// "" or what is weak about it: "an RSA key of 1024 bits".
std::string weakness_of_key(evp_pkey_st* key, int min_rsa_bits);

// "" or what is weak about the signature on the certificate: "signed with sha1".
std::string weakness_of_signature(x509_st* certificate);

// Whether the digest with this OpenSSL number resists collisions.
bool is_strong_digest(int nid);

}  // namespace sallyport::tls
