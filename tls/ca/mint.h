#pragma once
// Making leaves: the certificate that a client sees in place of the origin's.
//
// A leaf either mirrors a *verified* origin certificate, or stands for a page of our own where
// there is no origin to speak for. Nothing that a client sends reaches a certificate except a
// canonical host.

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/core/address.h"
#include "base/core/clock.h"
#include "base/core/host.h"
#include "base/core/result.h"
#include "tls/ca/authority.h"
#include "tls/cert/certificate.h"
#include "tls/cert/key.h"

namespace sallyport::tls {

// REQUIRES: at least one name or address.
struct LeafSpec {
  std::vector<std::string> dns_names;  // Canonical hosts, or "*." before one.
  std::vector<IpAddress> addresses;
  Time not_before;
  Time not_after;
  std::string
      common_name;  // Left out of the subject where "" or above 64 bytes; then SAN is critical.
  bool host_added = false;  // mirror() had to put the host in: the leaf is that host's own.
};

struct MintLimits {
  // However long the origin's certificate lives.
  std::chrono::seconds max_lifetime = std::chrono::days(7);
  // How far a leaf is dated back, for clients whose clock is behind.
  std::chrono::seconds back_dating = std::chrono::hours(24);
  static constexpr std::size_t kMaxNames = 100;
  static constexpr std::size_t kMaxNameBytes = 8 * 1024;
};

// What an origin's leaf says, for `host`: its DNS and address SANs in their order, bounded by
// MintLimits; where the bound cuts off all that cover `host`, it is put first. Names that are no
// canonical host (or a wildcard of one) are left out. not_before and not_after are the origin's.
// REQUIRES: a Verifier accepted `origin` for `host`; otherwise `host` would be vouched for by
// nobody.
LeafSpec mirror(const Certificate& origin, const Host& host);

// Whether one of the names or addresses covers the host: equal, or a wildcard for the left-most
// label.
bool covers(const LeafSpec& spec, const Host& host);

// For a page of our own: `host` alone, for one hour.
LeafSpec own_answer(const Host& host, Time now);

// Immutable; shared by a cache and the connections that show it.
struct Leaf {
  Certificate certificate;
  PrivateKey key;
  std::string serial;  // Lower-case hex.
  Time not_after;
};

// The keys of all leaves of this process, never the authority's and never on disk.
class LeafKeys {
 public:
  static Result<std::shared_ptr<LeafKeys>> make();  // Generates the P-256 key.
  ~LeafKeys();
  LeafKeys(const LeafKeys&) = delete;
  LeafKeys& operator=(const LeafKeys&) = delete;

  const PrivateKey& ecdsa() const { return ecdsa_; }
  // Null until prepare_rsa() has returned.
  const PrivateKey* rsa() const { return rsa_.load(std::memory_order_acquire); }
  // Makes the RSA-2048 key, for clients that offer no ECDSA. Takes 50 ms to a second: never on a
  // worker. A second call does nothing. From any thread.
  Result<void> prepare_rsa();

 private:
  LeafKeys() = default;

  PrivateKey ecdsa_;
  std::atomic<const PrivateKey*> rsa_{nullptr};  // Owned; set once.
};

// About 50 µs with the P-256 key. The validity is cut to the authority's, to limits, and never
// begins before spec.not_before; a spec that is not valid at `now` is refused. `crl_url`: where our
// CRL is served ("http://..."), or "" for none.
Result<std::shared_ptr<const Leaf>> mint(const Authority& authority, const LeafSpec& spec,
                                         const PrivateKey& key, Time now,
                                         const std::string& crl_url, const MintLimits& limits = {});

}  // namespace sallyport::tls
