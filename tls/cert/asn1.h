#pragma once
// Between OpenSSL's ASN.1 values and ours.

#include <optional>

#include "base/core/clock.h"
#include "tls/cert/openssl.h"

namespace sallyport::tls {

// UTCTime or GeneralizedTime; nothing for a null pointer and for what is no time.
std::optional<Time> time_of(const asn1_string_st* asn1_time);

// As RFC 5280 wants it: UTCTime through 2049, GeneralizedTime from 2050; whole seconds, rounded
// down. Null for a time outside the years 1950 to 9999.
Asn1StringPtr asn1_time(Time time);

}  // namespace sallyport::tls
