#pragma once
// Passwords as Apache's htpasswd keeps them: "user:hash" lines, bcrypt only (htpasswd -B). Every
// other kind of hash is refused with its line: they are too quick to guess.
//
// Immutable after loading; verify() may run on many threads at once.
//
// Limits: 4 MiB, 100,000 users, bcrypt cost 4 to 15.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"

namespace sallyport::discovery {

class Htpasswd {
 public:
  Htpasswd() = default;  // Knows nobody.

  // Whether `password` is the user's. Slow on purpose (a tenth of a second is usual): never on a
  // worker's thread, always on the pool. A user who is not known costs the same time as one who is,
  // so that names cannot be learnt with a stop-watch. User names are compared as normal_user_name()
  // spells them.
  bool verify(std::string_view user, std::string_view password) const;

  // Whether there is a line for the name, which is normal.
  bool has(std::string_view user) const { return hashes_.contains(user); }
  std::vector<std::string> users() const;  // sorted
  std::size_t size() const { return hashes_.size(); }
  // SHA-256 of the file, hex: a cached answer is good only for the file that gave it.
  const std::string& version() const { return version_; }

 private:
  friend class HtpasswdParser;
  std::map<std::string, std::string, std::less<>> hashes_;
  std::string decoy_;  // A setting of the file's usual cost.
  std::string version_;
};

// Warns of hashes with a cost below 10. Diagnostics show lines with the hash struck out.
Checked<std::shared_ptr<const Htpasswd>> load_htpasswd(const std::string& path,
                                                       Diagnostics& warnings);
Checked<std::shared_ptr<const Htpasswd>> parse_htpasswd(const Source& source,
                                                        Diagnostics& warnings);

}  // namespace sallyport::discovery
