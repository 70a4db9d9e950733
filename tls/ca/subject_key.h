#pragma once
// A P-256 key in the form that is cheap to put into a certificate.
//
// X509_set_pubkey with a key of OpenSSL 3's provider runs an encoder and then a decoder, 180 µs;
// with the older EC_KEY inside the EVP_PKEY it takes 6 µs. Minting is 43 instead of 237 µs.

#include "tls/cert/key.h"

namespace sallyport::tls {

// The same key as an EC_KEY. Where OpenSSL does not go along (another kind of key, a build without
// the deprecated functions), `key` itself: slower, and right.
PrivateKey cheap_to_certify(const PrivateKey& key);

}  // namespace sallyport::tls
