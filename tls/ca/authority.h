#pragma once
// Our certificate authority: one key and one self-signed certificate, made on this machine and
// nowhere else, that sign the leaves shown to clients.
//
// On disk: DIR/ca.key (PKCS#8 PEM, 0600, ours alone) and DIR/ca.pem (0644, to be installed on
// clients). Immutable once made; shared by all workers as shared_ptr<const Authority>. INVARIANT:
// the key signs leaves and CRLs only; it is never the key of a leaf (LeafKeys).

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "tls/cert/certificate.h"
#include "tls/cert/key.h"

namespace sallyport::tls {

class Authority {
 public:
  struct Options {
    // Both stand in the subject; a random suffix is added to the name, so that two installations
    // are never mistaken for each other in a client's store.
    std::string organization = "Sallyport";
    std::string common_name = "Sallyport Authority";
    std::chrono::days lifetime{3650};
  };

  static constexpr const char* kKeyFile = "ca.key";
  static constexpr const char* kCertificateFile = "ca.pem";

  // Makes a P-256 authority in `dir`, which must exist. Refuses where either file is there already.
  // Both files appear whole or not at all; a crash in between leaves a key without a certificate,
  // which load() names.
  static Result<std::shared_ptr<const Authority>> create(const std::string& dir,
                                                         const Options& options, Time now);

  // Refuses (kind permission) a key that group or others may touch, that belongs to somebody else
  // or is no regular file, (kind invalid) a pair that does not match, a certificate that is no
  // authority or has expired at `now`, and (kind not_found) a missing file. `detail` says what to
  // do about it.
  static Result<std::shared_ptr<const Authority>> load(const std::string& dir, Time now);

  // Keeps the present files beside (ca.key.20261123T215851Z, ca.pem.20261123T215851Z; the verifier
  // goes on refusing that authority) and puts new ones in their place. Where that fails the old
  // ones stay.
  static Result<std::shared_ptr<const Authority>> rotate(const std::string& dir,
                                                         const Options& options, Time now);

  // Signs in memory only, for tests and `check`.
  static Result<std::shared_ptr<const Authority>> make(const Options& options, Time now);

  const Certificate& certificate() const { return certificate_; }
  const PrivateKey& key() const { return key_; }

  // An empty CRL, signed: number rises with `now`, nextUpdate is 7 days on. Some 50 µs: the caller
  // keeps it for a while.
  Result<std::vector<std::byte>> crl_der(Time now) const;

 private:
  Authority(Certificate certificate, PrivateKey key);

  Certificate certificate_;
  PrivateKey key_;
};

}  // namespace sallyport::tls
