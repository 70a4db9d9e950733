#pragma once
// The roots that origins may end in: the system's and what the operator adds. Our own authority is
// never among them, and Verifier refuses it even where an operator put it there.
//
// Built once at start or reload; immutable and shared by all workers.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/core/result.h"
#include "tls/cert/certificate.h"
#include "tls/cert/openssl.h"

namespace sallyport::tls {

class TrustStore {
 public:
  static constexpr std::size_t kMaxFile = 16 * 1024 * 1024;  // bytes
  static constexpr std::size_t kMaxRoots = 5000;

  struct Sources {
    // The system's bundle; "" for none. Default: where Debian's ca-certificates puts it.
    std::string system_file = "/etc/ssl/certs/ca-certificates.crt";
    // PEM files with further roots, each with one or more certificates.
    std::vector<std::string> extra_files;
  };

  // Refuses a file that cannot be read or holds no certificate, and names it: fewer roots than the
  // operator believes is a fault that shows up as broken sites a week later.
  static Result<std::shared_ptr<const TrustStore>> load(const Sources& sources);
  static Result<std::shared_ptr<const TrustStore>> of(std::span<const Certificate> roots);

  std::size_t size() const { return roots_.size(); }
  const std::vector<Certificate>& roots() const { return roots_; }
  // Whether the store holds this very certificate.
  bool holds(const Certificate& certificate) const;

  x509_store_st* native() const { return store_.get(); }  // Borrowed; used read-only.

 private:
  TrustStore() = default;
  Result<void> add(const Certificate& root);

  StorePtr store_;
  std::vector<Certificate> roots_;
  std::vector<std::string> fingerprints_;  // Of roots_, sorted.
};

}  // namespace sallyport::tls
