#pragma once
// Persons in reports under other names: the same one each time, as long as the key is the same, so
// that somebody who must not know who it is can still follow what one of them does.
//
//   Pseudonyms pseudonyms(key);               // 32 secret bytes
//   pseudonymise(report, pseudonyms);
//
// Keyed, so that nobody without the key finds a name by trying all of them. Whoever knows who did
// what may still recognise it: what is hidden is the name, not the use. Groups stay, and so do
// "(nobody)" and "(other)".
//
// Pure.

#include <string>
#include <string_view>

#include "discovery/usage/report.h"

namespace sallyport::discovery {

class Pseudonyms {
 public:
  static constexpr std::size_t kKeySize = 32;  // bytes

  // REQUIRES: kKeySize bytes.
  explicit Pseudonyms(std::string key) : key_(std::move(key)) {}

  // "user-k3v9q2m7xw". Case does not count.
  std::string user(std::string_view name) const;
  std::string address(std::string_view address) const;  // "address-..."

 private:
  std::string made(std::string_view kind, std::string_view text) const;
  std::string key_;
};

// The columns `user` and `address` of every table.
void pseudonymise(Report& report, const Pseudonyms& pseudonyms);

}  // namespace sallyport::discovery
