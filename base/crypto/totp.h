#pragma once
// One-time codes from a shared secret: by a counter (HOTP, RFC 4226) and by the clock (TOTP,
// RFC 6238).
//
//   const auto step = check_totp(secret, typed, now, person.last_step);
//   if (!step) refuse();
//   person.last_step = *step;       // kept before anything is granted
//
// INVARIANT: a code is good once. check_totp() accepts no step at or before `last_step`; the caller
// keeps the step that it got back, and lets no second check of the same person run in between.
// Guesses are the caller's to limit: one in 333,333 guesses of six digits is right.
//
// Pure: from any thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/core/clock.h"

namespace sallyport {

enum class OtpHash : std::uint8_t { sha1, sha256, sha512 };

struct TotpSettings {
  // Programs on phones know these three defaults; some know nothing else.
  OtpHash hash = OtpHash::sha1;
  int digits = 6;  // 6 to 8
  std::chrono::seconds step{30};

  bool operator==(const TotpSettings&) const = default;
};

// RFC 4226 section 4 asks for 128 bits at least and recommends 160.
inline constexpr std::size_t kTotpSecretBytes = 20;

// The code of one counter, with its leading zeros. REQUIRES: 6 to 8 digits.
std::string hotp(std::string_view secret, std::uint64_t counter, const TotpSettings& settings = {});

// Which step of the clock this is; 0 before 1970. REQUIRES: a step of one second at least.
std::uint64_t totp_step(Time now, const TotpSettings& settings = {});

// The step whose code was typed: the one of now, or one before or after it (RFC 6238 section 5.2).
// Nothing where the code is wrong, malformed, or of a step that was used (`last_step`; 0: none
// was). Blanks in the code, as phones show them, are passed over. How long it takes does not tell
// how much of a code was right.
std::optional<std::uint64_t> check_totp(std::string_view secret, std::string_view code, Time now,
                                        std::uint64_t last_step, const TotpSettings& settings = {});

std::string new_totp_secret();

// What a QR code for enrolment says: "otpauth://totp/Corp:ana?secret=...&issuer=Corp" (the Key Uri
// Format of Google Authenticator, which has no RFC). A ':' of either name is dropped, as the format
// splits there.
std::string otpauth_uri(std::string_view issuer, std::string_view account, std::string_view secret,
                        const TotpSettings& settings = {});

}  // namespace sallyport
