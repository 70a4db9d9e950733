#pragma once
// Whom the organisation's devices have their certificates from, and what such a certificate proves.
//
//   stream asks for a certificate whose issuer is one of names(); after the handshake:
//   DeviceProof proof = authorities->prove(chain, clock.now());
//
// A certificate proves what its authority's entry says where its chain leads to one of the entry's
// certificates (roots, or intermediates that stand for themselves), its times hold, it may be used
// by TLS clients, its keys and signatures are strong enough (security level 2), and, where the
// entry has lists of revoked ones, a list of its issuer that is in force does not name it. That the
// device has the key was proven by the handshake. Pure: no network, no clock of its own.
// Immutable; shared by all workers.

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/core/clock.h"
#include "base/core/result.h"
#include "tls/cert/certificate.h"
#include "tls/cert/openssl.h"

namespace sallyport::tls {

struct DeviceProof {
  std::vector<std::string> tags;  // of policy::device_tag_words(), sorted; empty: nothing is proven
  std::string fault;              // why not, where a certificate was shown; else ""
};

class ClientAuthorities {
 public:
  static constexpr std::size_t kMaxFile = 4 * 1024 * 1024;  // bytes, of each file
  static constexpr std::size_t kMaxAuthorities = 200;       // in all
  static constexpr std::size_t kMaxChain = 10;              // certificates shown by a client

  struct Source {
    std::string authorities;         // PEM
    std::vector<std::string> lists;  // PEM, of certificate revocation lists; may be empty
    std::vector<std::string> tags;   // beside valid_client_certificate
  };

  // Errors: invalid, with what is wrong with which entry's text (`place` is its number).
  struct Refusal {
    std::size_t entry = 0;
    std::string why;
  };
  static std::expected<std::shared_ptr<const ClientAuthorities>, Refusal> make(
      std::span<const Source> sources);

  // `chain`: as the client sent it, its own certificate first.
  DeviceProof prove(std::span<const Certificate> chain, Time at) const;

  // Of all entries, for the request in the handshake.
  const std::vector<Certificate>& authorities() const { return all_; }

 private:
  struct Entry {
    StorePtr store;
    bool has_lists = false;
    std::vector<std::string> tags;
  };
  std::vector<Entry> entries_;
  std::vector<Certificate> all_;
};

}  // namespace sallyport::tls
