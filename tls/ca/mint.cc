// The leaf profile: v3; basicConstraints CA:FALSE; keyUsage critical digitalSignature (and
// keyEncipherment for RSA); extendedKeyUsage serverAuth; subjectAltName, critical only where the
// subject is empty; subjectKeyIdentifier; authorityKeyIdentifier; cRLDistributionPoints; a random
// serial of 128 bits; SHA-256. Every client stack that we know of takes it, the strict ones too.

#include "tls/ca/mint.h"

#include <algorithm>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <set>

#include "tls/ca/extension.h"
#include "tls/ca/subject_key.h"
#include "tls/cert/asn1.h"

namespace sallyport::tls {

namespace {

constexpr std::size_t kMaxCommonName = 64;  // bytes; X.520's upper bound, which clients enforce
constexpr std::chrono::hours kOwnAnswerLifetime{1};

// "host" or "*.host", in the one spelling that Host has.
bool is_canonical_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  const auto host = Host::parse(name);
  return host && !host->is_address() && host->text() == name;
}

bool name_covers(std::string_view name, std::string_view host) {
  if (name == host) return true;
  if (!name.starts_with("*.")) return false;
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 && host.substr(dot) == name.substr(1);
}

void add_host(LeafSpec& spec, const Host& host) {
  if (host.is_address()) {
    spec.addresses.insert(spec.addresses.begin(), *host.address());
  } else {
    spec.dns_names.insert(spec.dns_names.begin(), host.text());
  }
}

struct Validity {
  Time not_before;
  Time not_after;
};

Validity cut(const LeafSpec& spec, const Certificate& authority, Time now,
             const MintLimits& limits) {
  Validity validity;
  validity.not_before =
      std::max({spec.not_before, authority.not_before(), now - limits.back_dating});
  validity.not_after = std::min({spec.not_after, authority.not_after(), now + limits.max_lifetime});
  return validity;
}

bool set_subject(x509_st* certificate, const std::string& common_name) {
  if (common_name.empty()) return true;
  return X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                    MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

bool set_times(x509_st* certificate, const Validity& validity) {
  const Asn1StringPtr not_before = asn1_time(validity.not_before);
  const Asn1StringPtr not_after = asn1_time(validity.not_after);
  return not_before && not_after && X509_set1_notBefore(certificate, not_before.get()) == 1 &&
         X509_set1_notAfter(certificate, not_after.get()) == 1;
}

}  // namespace

bool covers(const LeafSpec& spec, const Host& host) {
  if (host.is_address()) {
    return std::find(spec.addresses.begin(), spec.addresses.end(), *host.address()) !=
           spec.addresses.end();
  }
  return std::any_of(spec.dns_names.begin(), spec.dns_names.end(),
                     [&](const std::string& name) { return name_covers(name, host.text()); });
}

LeafSpec mirror(const Certificate& origin, const Host& host) {
  LeafSpec spec;
  spec.not_before = origin.not_before();
  spec.not_after = origin.not_after();

  const SubjectNames names = origin.names();
  std::size_t count = 0;
  std::size_t bytes = 0;
  const auto fits = [&](std::size_t size) {
    if (count >= MintLimits::kMaxNames || bytes + size > MintLimits::kMaxNameBytes) return false;
    ++count;
    bytes += size;
    return true;
  };
  std::set<std::string_view> seen;
  for (const std::string& name : names.dns) {
    if (!is_canonical_name(name) || !seen.insert(name).second) continue;
    if (fits(name.size())) spec.dns_names.push_back(name);
  }
  for (const IpAddress& address : names.addresses) {
    if (fits(address.is_v4() ? 4 : 16)) spec.addresses.push_back(address);
  }

  if (!covers(spec, host)) {
    // What covers it was cut off above. Others go, so that the bounds hold.
    const auto is_full = [&] {
      return count >= MintLimits::kMaxNames ||
             bytes + host.text().size() > MintLimits::kMaxNameBytes;
    };
    while (is_full() && !spec.addresses.empty()) {
      bytes -= spec.addresses.back().is_v4() ? 4 : 16;
      --count;
      spec.addresses.pop_back();
    }
    while (is_full() && !spec.dns_names.empty()) {
      bytes -= spec.dns_names.back().size();
      --count;
      spec.dns_names.pop_back();
    }
    add_host(spec, host);
    spec.host_added = true;
  }

  // Clients look at the SAN only; this is what a person reads in the certificate's window. Taken
  // from the names and not from the origin's subject, which may hold anything.
  if (!spec.dns_names.empty()) {
    spec.common_name = spec.dns_names.front();
  } else {
    spec.common_name = spec.addresses.front().to_string();
  }
  if (spec.common_name.size() > kMaxCommonName) spec.common_name.clear();
  return spec;
}

LeafSpec own_answer(const Host& host, Time now) {
  LeafSpec spec;
  add_host(spec, host);
  spec.not_before = now - MintLimits().back_dating;
  spec.not_after = now + kOwnAnswerLifetime;
  if (host.text().size() <= kMaxCommonName) spec.common_name = host.text();
  return spec;
}

Result<std::shared_ptr<LeafKeys>> LeafKeys::make() {
  auto key = PrivateKey::generate(KeyKind::ecdsa_p256);
  if (!key) return pass_on(std::move(key));
  std::shared_ptr<LeafKeys> keys(new LeafKeys);
  keys->ecdsa_ = cheap_to_certify(*key);
  return keys;
}

LeafKeys::~LeafKeys() { delete rsa_.load(std::memory_order_acquire); }

Result<void> LeafKeys::prepare_rsa() {
  if (rsa() != nullptr) return {};
  auto key = PrivateKey::generate(KeyKind::rsa_2048);
  if (!key) return pass_on(std::move(key));
  auto made = std::make_unique<const PrivateKey>(std::move(*key));
  const PrivateKey* none = nullptr;
  // Of two threads at once the first one's key stays: it may be in use already.
  if (rsa_.compare_exchange_strong(none, made.get(), std::memory_order_acq_rel)) made.release();
  return {};
}

Result<std::shared_ptr<const Leaf>> mint(const Authority& authority, const LeafSpec& spec,
                                         const PrivateKey& key, Time now,
                                         const std::string& crl_url, const MintLimits& limits) {
  if (spec.dns_names.empty() && spec.addresses.empty()) {
    return fail(ErrorKind::invalid, Side::ours, "a leaf without names");
  }
  if (!std::all_of(spec.dns_names.begin(), spec.dns_names.end(), is_canonical_name)) {
    return fail(ErrorKind::bad_name, Side::ours, "a leaf for something that is no host name");
  }
  if (key.empty() || key.same_public_key(authority.key().native())) {
    return fail(ErrorKind::invalid, Side::ours, "a leaf with the authority's own key");
  }
  const Validity validity = cut(spec, authority.certificate(), now, limits);
  if (validity.not_before > now || validity.not_after <= now) {
    return fail(ErrorKind::invalid, Side::ours,
                "a leaf that is not valid now: " + format_rfc3339(validity.not_before) + " to " +
                    format_rfc3339(validity.not_after));
  }

  x509_st* const issuer = authority.certificate().native();
  const std::string common_name =
      spec.common_name.size() <= kMaxCommonName ? spec.common_name : std::string();
  const unsigned usage = EVP_PKEY_is_a(key.native(), "RSA")
                             ? KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT
                             : KU_DIGITAL_SIGNATURE;
  X509Ptr made(X509_new());
  const bool ok =
      made && X509_set_version(made.get(), X509_VERSION_3) == 1 && set_random_serial(made.get()) &&
      X509_set_issuer_name(made.get(), X509_get_subject_name(issuer)) == 1 &&
      set_subject(made.get(), common_name) && set_times(made.get(), validity) &&
      X509_set_pubkey(made.get(), key.native()) == 1 && add_leaf_constraints(made.get()) &&
      add_key_usage(made.get(), usage) && add_server_auth(made.get()) &&
      add_subject_names(made.get(), spec.dns_names, spec.addresses,
                        common_name.empty() ? Criticality::critical : Criticality::normal) &&
      add_subject_key_identifier(made.get()) && add_authority_key_identifier(made.get(), issuer) &&
      (crl_url.empty() || add_crl_distribution_point(made.get(), crl_url)) &&
      X509_sign(made.get(), authority.key().native(), EVP_sha256()) > 0;
  if (!ok) {
    return fail(ErrorKind::unavailable, Side::ours, "cannot mint a leaf: " + openssl_errors());
  }
  auto leaf = std::make_shared<Leaf>();
  leaf->certificate = Certificate::adopt(std::move(made));
  leaf->key = key;
  leaf->serial = leaf->certificate.serial();
  leaf->not_after = leaf->certificate.not_after();
  return std::shared_ptr<const Leaf>(std::move(leaf));
}

}  // namespace sallyport::tls
