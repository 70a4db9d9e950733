#include "tls/verify/verifier.h"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <memory>
#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <optional>

#include "base/core/check.h"
#include "base/core/text.h"
#include "tls/verify/known_bad.h"
#include "tls/verify/staple.h"
#include "tls/verify/strength.h"

namespace sallyport::tls {

namespace {

constexpr std::size_t kMaxDetail = 2048;  // bytes
constexpr int kSecurityLevel = 2;         // 112 bits: RSA and DH of 2048 bits, no SHA-1

class Findings {
 public:
  void add(Fault fault, const std::string& detail) {
    faults_.push_back(fault);
    if (detail_.size() + detail.size() > kMaxDetail) return;
    if (!detail_.empty()) detail_ += "; ";
    detail_ += detail;
  }
  // `at`: the certificate's place in the chain, the leaf at 0.
  void add(Fault fault, int at, x509_st* certificate, std::string_view what) {
    const std::string subject =
        certificate == nullptr ? std::string() : Certificate::share(certificate).subject();
    add(fault, fmt::format("certificate {} ({}): {}", at, subject.substr(0, 128), what));
  }
  bool has(Fault fault) const {
    return std::find(faults_.begin(), faults_.end(), fault) != faults_.end();
  }

  Report report(Revocation revocation, bool stapled) {
    std::sort(faults_.begin(), faults_.end());
    faults_.erase(std::unique(faults_.begin(), faults_.end()), faults_.end());
    Report report;
    report.accepted = faults_.empty();
    for (const Fault fault : faults_) {
      if (!report.summary.empty()) report.summary += ',';
      report.summary += to_string(fault);
    }
    report.faults = std::move(faults_);
    report.detail = std::move(detail_);
    report.revocation = revocation;
    report.stapled = stapled;
    return report;
  }

 private:
  std::vector<Fault> faults_;
  std::string detail_;
};

// The faults that OpenSSL names. Nothing for those that need a look at the chain.
std::optional<Fault> fault_of(int error) {
  switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Fault::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Fault::not_yet_valid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return Fault::wrong_host;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return Fault::self_signed;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_REJECTED:
      return Fault::untrusted_root;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
    case X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH:
    case X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY:
      return Fault::bad_signature;
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM:
      return Fault::weak_signature;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
      return Fault::weak_key;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_NON_CA:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN:
    case X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA:
      return Fault::not_a_ca;
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
      return Fault::path_length;
    case X509_V_ERR_INVALID_PURPOSE:
      return Fault::wrong_purpose;
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
      return Fault::name_constraint;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
      return Fault::unknown_critical_extension;
    case X509_V_ERR_INVALID_EXTENSION:
    case X509_V_ERR_INVALID_POLICY_EXTENSION:
    case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD:
    case X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
      return Fault::malformed;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return std::nullopt;
    default:
      return Fault::other;
  }
}

// What the callback needs; `ctx` carries a pointer to it.
struct Collector {
  Findings* findings;
  bool incomplete = false;  // No way to a root was found.
  int no_authority_at = -1;
};

// Notes the fault and goes on, so that all are found. The collected list decides, not the return
// value of X509_verify_cert.
int collect(int ok, X509_STORE_CTX* ctx) {
  if (ok == 1) return 1;
  auto* collector = static_cast<Collector*>(X509_STORE_CTX_get_app_data(ctx));
  const int error = X509_STORE_CTX_get_error(ctx);
  const auto fault = fault_of(error);
  if (!fault) {
    collector->incomplete = true;
    return 1;
  }
  const int depth = X509_STORE_CTX_get_error_depth(ctx);
  if (*fault == Fault::not_a_ca) collector->no_authority_at = depth;
  // OpenSSL says it again as a wrong purpose, which would send people looking at the key usage.
  if (error == X509_V_ERR_INVALID_PURPOSE && depth == collector->no_authority_at) return 1;
  collector->findings->add(*fault, depth, X509_STORE_CTX_get_current_cert(ctx),
                           X509_verify_cert_error_string(error));
  return 1;
}

bool set_parameters(X509_STORE_CTX* ctx, const Host& host, Time at, int max_depth) {
  // Purpose and trust: a TLS server.
  if (X509_STORE_CTX_set_default(ctx, "ssl_server") != 1) return false;
  X509_VERIFY_PARAM* const param = X509_STORE_CTX_get0_param(ctx);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  X509_VERIFY_PARAM_set_time(param, static_cast<std::time_t>(seconds));
  X509_VERIFY_PARAM_set_auth_level(param, kSecurityLevel);
  X509_VERIFY_PARAM_set_depth(param, max_depth);
  X509_VERIFY_PARAM_set_hostflags(
      param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (host.is_address()) {
    const std::size_t size = host.address()->is_v4() ? 4 : 16;
    return X509_VERIFY_PARAM_set1_ip(param, host.address()->bytes().data(), size) == 1;
  }
  return X509_VERIFY_PARAM_set1_host(param, host.text().data(), host.text().size()) == 1;
}

X509StackPtr stack_of(std::span<const Certificate> certificates) {
  X509StackPtr stack(sk_X509_new_null());
  for (const Certificate& certificate : certificates) {
    if (!stack || X509_add_cert(stack.get(), certificate.native(), X509_ADD_FLAG_UP_REF) != 1) {
      return nullptr;
    }
  }
  return stack;
}

// The chain as OpenSSL built it, the leaf first; incomplete where it found no root.
std::vector<Certificate> built_chain(X509_STORE_CTX* ctx) {
  std::vector<Certificate> chain;
  const STACK_OF(X509)* const stack = X509_STORE_CTX_get0_chain(ctx);
  for (int i = 0; i < sk_X509_num(stack); ++i) {
    chain.push_back(Certificate::share(sk_X509_value(stack, i)));
  }
  return chain;
}

// Keys and signatures; issuers that are authorities by basicConstraints and not, as OpenSSL also
// lets pass, by keyUsage alone. `trusted`: the last one is a root of the store, whose own signature
// and form nobody relies on.
void check_chain(const std::vector<Certificate>& chain, bool trusted, int min_rsa_bits,
                 Findings& findings) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    x509_st* const x509 = chain[i].native();
    const int at = static_cast<int>(i);
    EVP_PKEY* const key = X509_get0_pubkey(x509);
    if (key == nullptr) {
      findings.add(Fault::malformed, at, x509, "a public key that cannot be read");
    } else if (const std::string weak = weakness_of_key(key, min_rsa_bits); !weak.empty()) {
      findings.add(Fault::weak_key, at, x509, weak);
    }
    if ((X509_get_extension_flags(x509) & EXFLAG_INVALID) != 0) {
      findings.add(Fault::malformed, at, x509, "an extension that cannot be read");
    }
    if (trusted && i + 1 == chain.size()) continue;
    if (const std::string weak = weakness_of_signature(x509); !weak.empty()) {
      findings.add(Fault::weak_signature, at, x509, weak);
    }
    if (i > 0 && !chain[i].is_ca()) {
      findings.add(Fault::not_a_ca, at, x509, "issued a certificate without being an authority");
    }
  }
}

bool demands_staple(x509_st* leaf, Findings& findings) {
  constexpr long kStatusRequest = 5;  // RFC 7633: the TLS extension number
  int status = -1;
  auto* features =
      static_cast<TLS_FEATURE*>(X509_get_ext_d2i(leaf, NID_tlsfeature, &status, nullptr));
  if (features == nullptr) {
    if (status != -1) findings.add(Fault::malformed, 0, leaf, "a TLS feature that cannot be read");
    return false;
  }
  bool demanded = false;
  for (int i = 0; i < sk_ASN1_INTEGER_num(features); ++i) {
    demanded |= ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == kStatusRequest;
  }
  TLS_FEATURE_free(features);
  return demanded;
}

// What is asked of the leaf beyond OpenSSL's purpose check.
void check_leaf(const Certificate& leaf, bool is_root, Findings& findings) {
  x509_st* const x509 = leaf.native();
  if ((X509_get_extension_flags(x509) & EXFLAG_XKUSAGE) != 0 &&
      (X509_get_extended_key_usage(x509) & XKU_SSL_SERVER) == 0) {
    // OpenSSL also takes the old "server gated crypto" alone.
    findings.add(Fault::wrong_purpose, 0, x509, "its extended key usage is not for TLS servers");
  }
  if (leaf.is_ca() && !is_root) {
    findings.add(Fault::wrong_purpose, 0, x509, "an authority's certificate used for a server");
  }
  if (!leaf.names().present) {
    findings.add(Fault::no_san, 0, x509, "no subjectAltName");
  }
}

// Everything of both, each object once.
std::vector<Certificate> distinct(const std::vector<Certificate>& built,
                                  std::span<const Certificate> shown) {
  std::vector<Certificate> all = built;
  for (const Certificate& certificate : shown) {
    const bool known = std::any_of(built.begin(), built.end(), [&](const Certificate& other) {
      return other.native() == certificate.native();
    });
    if (!known) all.push_back(certificate);
  }
  return all;
}

Revocation judge_staple(const std::vector<Certificate>& built, const Certificate& leaf,
                        std::span<const std::byte> staple, Time at,
                        const Verifier::Options& options, Findings& findings) {
  StapleAnswer answer{StapleAnswer::State::none, {}};
  if (staple.size() > Verifier::kMaxStaple) {
    answer = {StapleAnswer::State::invalid, "a staple of more than 64 KiB"};
  } else if (!staple.empty() && built.size() > 1) {
    // Without an issuer the chain is refused already, and nobody could say whose signature is due.
    answer = read_staple(staple, leaf.native(), built[1].native(), at, options.min_rsa_bits);
  }
  if (answer.state == StapleAnswer::State::revoked) {
    findings.add(Fault::revoked, answer.detail);
    return Revocation::revoked;
  }
  if (answer.state == StapleAnswer::State::invalid) {
    findings.add(Fault::staple_invalid, answer.detail);
  }
  const bool demanded = demands_staple(leaf.native(), findings);
  if (answer.state == StapleAnswer::State::good) return Revocation::good;
  if (demanded) {
    findings.add(Fault::staple_required, "the certificate demands an OCSP staple");
  } else if (answer.state == StapleAnswer::State::none &&
             options.revocation_unknown == Verifier::Options::UnknownRevocation::block) {
    findings.add(Fault::revocation_unknown, "no OCSP staple that says the certificate is good");
  }
  return Revocation::unknown;
}

}  // namespace

Verifier::Verifier(std::shared_ptr<const TrustStore> store, Options options)
    : store_(std::move(store)), options_(std::move(options)) {
  CHECK(store_ != nullptr);
  for (const Certificate& own : options_.own_authorities) {
    own_keys_.push_back(own.public_key_sha256());
  }
  for (std::string& bad : options_.known_bad) bad = lower(bad);
  for (const std::string_view bad : known_bad_certificates()) options_.known_bad.emplace_back(bad);
  std::sort(options_.known_bad.begin(), options_.known_bad.end());
}

bool Verifier::is_known_bad(const Certificate& certificate) const {
  const auto& bad = options_.known_bad;
  return std::binary_search(bad.begin(), bad.end(), certificate.sha256()) ||
         std::binary_search(bad.begin(), bad.end(), certificate.public_key_sha256());
}

bool Verifier::is_ours(const Certificate& certificate) const {
  const ErrorMark mark;
  const std::string key = certificate.public_key_sha256();
  if (std::find(own_keys_.begin(), own_keys_.end(), key) != own_keys_.end()) return true;
  const X509_NAME* const issuer = X509_get_issuer_name(certificate.native());
  return std::any_of(options_.own_authorities.begin(), options_.own_authorities.end(),
                     [&](const Certificate& own) {
                       return X509_NAME_cmp(X509_get_subject_name(own.native()), issuer) == 0 &&
                              X509_verify(certificate.native(), X509_get0_pubkey(own.native())) ==
                                  1;
                     });
}

Report Verifier::verify(std::span<const Certificate> chain, const Host& host,
                        std::span<const std::byte> ocsp_staple, Time at) const {
  const ErrorMark mark;
  Findings findings;
  const bool stapled = !ocsp_staple.empty();
  const auto refuse = [&](Fault fault, const std::string& detail) {
    findings.add(fault, detail);
    return findings.report(Revocation::unknown, stapled);
  };
  if (chain.empty() || chain.front().empty()) {
    return refuse(Fault::empty_chain, "the origin sent no certificate");
  }
  if (chain.size() > kMaxChain) {
    return refuse(Fault::malformed, fmt::format("{} certificates in the chain", chain.size()));
  }
  for (const Certificate& certificate : chain) {
    const int size = certificate.empty() ? -1 : i2d_X509(certificate.native(), nullptr);
    if (size < 0 || static_cast<std::size_t>(size) > Certificate::kMaxDer) {
      return refuse(Fault::malformed, "a certificate of more than 64 KiB, or none");
    }
  }
  // An empty name would switch OpenSSL's check off.
  if (host.empty()) return refuse(Fault::wrong_host, "no host to verify for");

  // Build and verify.
  const Certificate& leaf = chain.front();
  const X509StackPtr shown = stack_of(chain);
  const StoreCtxPtr ctx(X509_STORE_CTX_new());
  Collector collector{&findings};
  if (!shown || !ctx ||
      X509_STORE_CTX_init(ctx.get(), store_->native(), leaf.native(), shown.get()) != 1 ||
      !set_parameters(ctx.get(), host, at, options_.max_depth)) {
    return refuse(Fault::other, "cannot verify: " + openssl_errors());
  }
  X509_STORE_CTX_set_app_data(ctx.get(), &collector);
  X509_STORE_CTX_set_verify_cb(ctx.get(), collect);
  const int result = X509_verify_cert(ctx.get());
  const std::vector<Certificate> built = built_chain(ctx.get());
  if (collector.incomplete) {
    // With an authority on top, its issuer is somebody whom we do not trust; with the bare leaf,
    // what lies between it and a root was not sent. The two cannot be told apart for certain.
    const bool has_issuer = built.size() > 1;
    findings.add(
        has_issuer ? Fault::untrusted_root : Fault::missing_intermediate,
        static_cast<int>(built.size()) - 1, built.empty() ? leaf.native() : built.back().native(),
        fmt::format("its issuer is not known: {}", (built.empty() ? leaf : built.back()).issuer()));
  }
  const int error = X509_STORE_CTX_get_error(ctx.get());
  if (result != 1 && !collector.incomplete) {
    // The callback was not asked: out of memory, or a fault inside OpenSSL.
    findings.add(fault_of(error).value_or(Fault::other), X509_verify_cert_error_string(error));
  }

  // What OpenSSL lets pass.
  const bool trusted = !built.empty() && store_->holds(built.back());
  if (!trusted && !collector.incomplete && !findings.has(Fault::self_signed)) {
    findings.add(Fault::untrusted_root, "the chain does not end in a root of the store");
  }
  check_chain(built.empty() ? std::vector<Certificate>{leaf} : built, trusted,
              options_.min_rsa_bits, findings);
  check_leaf(leaf, trusted && built.size() == 1, findings);
  for (const Certificate& certificate : distinct(built, chain)) {
    if (is_known_bad(certificate)) {
      findings.add(Fault::known_bad, "known to be compromised: " + certificate.subject());
    }
    if (is_ours(certificate)) {
      findings.add(Fault::own_authority, "of our own authority: " + certificate.subject());
    }
  }
  const Revocation revocation = judge_staple(built, leaf, ocsp_staple, at, options_, findings);
  return findings.report(revocation, stapled);
}

}  // namespace sallyport::tls
