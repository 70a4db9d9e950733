#pragma once
// What a verifier found out about an origin's chain, in words for the log and for people.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::tls {

// In the order in which a summary names them: the gravest first.
enum class Fault : std::uint8_t {
  own_authority,               // the chain is signed by our own authority, or is it
  known_bad,                   // a certificate or key that the operator or we listed as compromised
  revoked,                     // a good staple says so
  empty_chain,                 // the origin showed nothing
  malformed,                   // a certificate, or a field that matters, cannot be read
  untrusted_root,              // the chain ends in a root that is not in the store
  self_signed,                 // the leaf vouches for itself
  missing_intermediate,        // no way from what was shown to a root in the store
  bad_signature,               // a signature does not match
  wrong_host,                  // the names are others
  no_san,                      // no subjectAltName: a common name is no name
  expired,                     // some certificate of the chain
  not_yet_valid,               // some certificate of the chain
  weak_signature,              // SHA-1, MD5 or weaker, anywhere but on the root
  weak_key,                    // RSA below the minimum, DSA, a small or unknown curve
  name_constraint,             // an authority may not speak for this name
  path_length,                 // more authorities below one than it allows
  not_a_ca,                    // an issuer that is no authority, or may not sign certificates
  wrong_purpose,               // not for TLS servers
  unknown_critical_extension,  // a critical extension that we do not understand
  staple_invalid,              // an OCSP staple that is broken, stale, or not about this leaf
  staple_required,             // the leaf demands a staple, and there is no good one
  revocation_unknown,          // the operator demands proof, and there is none
  other,
};

std::string_view to_string(Fault fault);  // "untrusted_root"
// One sentence for a person who looks at the page that we show instead.
std::string_view explain(Fault fault);

enum class Revocation : std::uint8_t {
  unknown,  // no staple, or none that says anything
  good,     // a valid staple
  revoked,  // a valid staple
};
std::string_view to_string(Revocation revocation);

// INVARIANT: accepted == faults.empty(). Faults are distinct and sorted.
struct Report {
  bool accepted = false;
  std::vector<Fault> faults;
  std::string summary;  // "wrong_host,expired"; "" where accepted.
  std::string
      detail;  // For the administrator: which certificate, and what is wrong with it. <= 2 KiB.
  Revocation revocation = Revocation::unknown;
  bool stapled = false;  // The origin sent an OCSP staple, good or not.

  bool has(Fault fault) const;
};

}  // namespace sallyport::tls
