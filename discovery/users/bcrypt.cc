#include "discovery/users/bcrypt.h"

#include <array>
#include <crypt.h>
#include <fmt/format.h>
#include <memory>

#include "base/crypto/random.h"
#include "base/crypto/secret.h"

namespace sallyport::discovery {

namespace {

bool is_usable(std::string_view password) {
  // crypt_r takes a C string: what stands behind a NUL would not be looked at.
  return password.size() <= kMostPassword && password.find('\0') == std::string_view::npos;
}

std::string crypted(std::string_view password, const std::string& setting) {
  std::string phrase(password);
  const auto work = std::make_unique<crypt_data>();
  const char* made = ::crypt_r(phrase.c_str(), setting.c_str(), work.get());
  // Failures begin with '*'.
  std::string out = made != nullptr && made[0] == '$' ? made : "";
  secure_wipe(work.get(), sizeof(crypt_data));
  secure_wipe(phrase);
  return out;
}

}  // namespace

bool bcrypt_matches(const std::string& hash, std::string_view password) {
  const bool usable = is_usable(password);
  const std::string made = crypted(usable ? password : std::string_view(), hash);
  return usable && !made.empty() && constant_time_equal(std::string_view(made), hash);
}

std::string bcrypt_hash(std::string_view password, int cost) {
  if (!is_usable(password)) return "";
  std::array<std::uint8_t, 16> salt;
  random_bytes(salt);
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  const char* made = ::crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost),
                                        reinterpret_cast<const char*>(salt.data()),
                                        static_cast<int>(salt.size()), setting, sizeof setting);
  return made == nullptr ? "" : crypted(password, made);
}

std::string bcrypt_decoy(int cost) { return fmt::format("$2b${:02}${:.<22}", cost, ""); }

}  // namespace sallyport::discovery
