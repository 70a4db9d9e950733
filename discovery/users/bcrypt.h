#pragma once
// bcrypt by the system's libcrypt: what passwords are kept as.
//
// Slow on purpose (a tenth of a second is usual): never on a worker's thread, always on a pool.
// From any thread.

#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport::discovery {

// What crypt_r takes, in bytes; bcrypt looks at 72 of them.
inline constexpr std::size_t kMostPassword = 512;

// Whether `password` is the one of `hash`. False, and as slow, for one that is too long or holds a
// NUL.
bool bcrypt_matches(const std::string& hash, std::string_view password);

// A hash with a salt of its own. `cost`: 4 to 15. "" where the system cannot make one, or the
// password cannot be one.
std::string bcrypt_hash(std::string_view password, int cost);

// A setting of that cost which no password has: to take as long for who is not known.
std::string bcrypt_decoy(int cost);

}  // namespace sallyport::discovery
