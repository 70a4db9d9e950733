#pragma once
// The registrable domain of a host: what somebody registered, one label above a public suffix.
// "www.example.co.uk" is of "example.co.uk". It is what discovery shows of an app that nobody has
// written down yet.
//
// The suffixes are Mozilla's Public Suffix List as the distribution ships it (publicsuffix, or what
// libpsl has built in), private suffixes such as github.io included. Read by libpsl, which appears
// nowhere else.
//
// Immutable after making; share it between threads as shared_ptr<const PublicSuffixes>.
//
// Cost: 0.4 to 3 us a look-up, the number of labels notwithstanding. The caller remembers it for as
// long as a connection asks for the same host.

#include <memory>
#include <string>
#include <string_view>

#include "base/core/diagnostics.h"

struct psl_ctx_st;

namespace sallyport::discovery {

class PublicSuffixes {
 public:
  PublicSuffixes() = default;  // Knows no suffix: no host has a registrable domain.

  // A part of `host`; "" for a public suffix, a name of one label, an address.
  // REQUIRES: the spelling of Host::text().
  std::string_view registrable(const std::string& host) const;

 private:
  friend Checked<std::shared_ptr<const PublicSuffixes>> load_public_suffixes(const std::string&);
  struct Free {
    void operator()(psl_ctx_st* list) const;
  };
  std::unique_ptr<psl_ctx_st, Free> list_;
};

// The list in a file, as text (public_suffix_list.dat) or compiled (.dafsa); "" is the newer of the
// distribution's file and what libpsl has built in. Refused: what cannot be read, and what is no
// such list. At most 16 MiB.
Checked<std::shared_ptr<const PublicSuffixes>> load_public_suffixes(const std::string& path);

// The distribution's file, which need not exist.
std::string distributed_public_suffixes();

}  // namespace sallyport::discovery
