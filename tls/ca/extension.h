#pragma once
// The X.509 extensions that our authority and its leaves carry, put on a certificate under
// construction. Built from values, never from OpenSSL's configuration syntax, in which a comma in a
// name would begin another entry.
//
// Each returns whether it worked; the reason is in OpenSSL's error queue.

#include <string>
#include <vector>

#include "base/core/address.h"
#include "tls/cert/openssl.h"

namespace sallyport::tls {

enum class Criticality : unsigned char { normal, critical };

// basicConstraints: CA:TRUE,pathlen:0 (critical), or CA:FALSE.
bool add_authority_constraints(x509_st* certificate);
bool add_leaf_constraints(x509_st* certificate);

// keyUsage, critical. `bits` are KU_* of <openssl/x509v3.h>.
bool add_key_usage(x509_st* certificate, unsigned bits);

bool add_server_auth(x509_st* certificate);

bool add_subject_names(x509_st* certificate, const std::vector<std::string>& dns_names,
                       const std::vector<IpAddress>& addresses, Criticality criticality);

// The left 160 bits of the SHA-256 of the public key (RFC 7093 section 2, method 1).
// REQUIRES: the public key is set.
bool add_subject_key_identifier(x509_st* certificate);

// The issuer's subjectKeyIdentifier, which it must have.
bool add_authority_key_identifier(x509_st* certificate, const x509_st* issuer);
bool add_authority_key_identifier(X509_crl_st* crl, const x509_st* issuer);

bool add_crl_distribution_point(x509_st* certificate, const std::string& url);

// 128 random bits, not zero.
bool set_random_serial(x509_st* certificate);

}  // namespace sallyport::tls
