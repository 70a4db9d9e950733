#include "tls/verify/report.h"

#include <algorithm>

namespace sallyport::tls {

namespace {

struct Row {
  std::string_view word;
  std::string_view sentence;
};

Row row_of(Fault fault) {
  switch (fault) {
    case Fault::own_authority:
      return {
          "own_authority",
          "The site shows a certificate of this gateway's own authority, which no site may have."};
    case Fault::known_bad:
      return {"known_bad",
              "The site's certificate depends on a key that is known to be stolen or unsafe."};
    case Fault::revoked:
      return {"revoked", "The site's certificate was withdrawn by the authority that issued it."};
    case Fault::empty_chain:
      return {"empty_chain", "The site showed no certificate."};
    case Fault::malformed:
      return {"malformed", "The site's certificate cannot be read."};
    case Fault::untrusted_root:
      return {"untrusted_root",
              "The site's certificate comes from an authority that is not trusted here."};
    case Fault::self_signed:
      return {"self_signed", "The site vouches for itself; nobody who is trusted here knows it."};
    case Fault::missing_intermediate:
      return {
          "missing_intermediate",
          "The site did not show how its certificate leads to an authority that is trusted here."};
    case Fault::bad_signature:
      return {"bad_signature", "A signature on the site's certificates is not genuine."};
    case Fault::wrong_host:
      return {"wrong_host", "The site's certificate belongs to another name."};
    case Fault::no_san:
      return {"no_san", "The site's certificate names no host in the way that is required today."};
    case Fault::expired:
      return {"expired", "A certificate of the site has expired."};
    case Fault::not_yet_valid:
      return {"not_yet_valid", "A certificate of the site is not valid yet."};
    case Fault::weak_signature:
      return {"weak_signature",
              "A certificate of the site is signed in a way that can be forged today."};
    case Fault::weak_key:
      return {"weak_key", "A certificate of the site has a key that is too weak."};
    case Fault::name_constraint:
      return {"name_constraint", "The site's authority may not vouch for this name."};
    case Fault::path_length:
      return {"path_length",
              "More authorities stand between the site and its root than are allowed."};
    case Fault::not_a_ca:
      return {"not_a_ca", "The site's certificate was issued by somebody who may not issue any."};
    case Fault::wrong_purpose:
      return {"wrong_purpose", "The site's certificate is not meant for a web site."};
    case Fault::unknown_critical_extension:
      return {"unknown_critical_extension",
              "The site's certificate makes a demand that this gateway does not understand."};
    case Fault::staple_invalid:
      return {"staple_invalid",
              "The site's proof that its certificate was not withdrawn is broken or too old."};
    case Fault::staple_required:
      return {
          "staple_required",
          "The site's certificate demands a proof that it was not withdrawn, and there is none."};
    case Fault::revocation_unknown:
      return {"revocation_unknown",
              "There is no proof that the site's certificate was not withdrawn, which is demanded "
              "here."};
    case Fault::other:
      return {"other", "The site's certificate could not be verified."};
  }
  return {"other", "The site's certificate could not be verified."};
}

}  // namespace

std::string_view to_string(Fault fault) { return row_of(fault).word; }

std::string_view explain(Fault fault) { return row_of(fault).sentence; }

std::string_view to_string(Revocation revocation) {
  switch (revocation) {
    case Revocation::unknown:
      return "unknown";
    case Revocation::good:
      return "good";
    case Revocation::revoked:
      return "revoked";
  }
  return "unknown";
}

bool Report::has(Fault fault) const {
  return std::find(faults.begin(), faults.end(), fault) != faults.end();
}

}  // namespace sallyport::tls
