#pragma once
// An OCSP response that an origin stapled to its handshake (RFC 6960, RFC 6066 section 8).

#include <chrono>
#include <cstddef>
#include <span>
#include <string>

#include "base/core/clock.h"

struct x509_st;

namespace sallyport::tls {

inline constexpr std::chrono::minutes kStapleSkew{5};
// How long a response without nextUpdate counts.
inline constexpr std::chrono::days kStapleMaxAge{7};
inline constexpr std::size_t kMaxStapleAnswers = 64;
inline constexpr std::size_t kMaxStapleCertificates = 8;

struct StapleAnswer {
  enum class State : unsigned char {
    none,     // the responder says that it cannot answer now: as good as no staple
    good,     //
    revoked,  //
    invalid,  // broken, forged, stale, or about something else
  };
  State state = State::invalid;
  std::string detail;  // What is wrong, or when and why it was revoked.
};

// `issuer` signed `leaf` and is part of a chain that is believed. The response must be signed by
// it, or by a responder that it certified for that (RFC 6960 section 4.2.2.2).
StapleAnswer read_staple(std::span<const std::byte> der, x509_st* leaf, x509_st* issuer, Time at,
                         int min_rsa_bits);

}  // namespace sallyport::tls
