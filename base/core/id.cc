#include "base/core/id.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <sys/random.h>

#include "base/core/check.h"

namespace sallyport {
namespace {

constexpr std::uint64_t kLastMs = (std::uint64_t{1} << 48) - 1;  // The year 10889.

// xoshiro256** 1.0 by Blackman and Vigna (public domain algorithm). Ids need to be distinct, not
// secret.
std::uint64_t next(std::uint64_t (&state)[4]) {
  const std::uint64_t out = std::rotl(state[1] * 5, 7) * 9;
  const std::uint64_t shifted = state[1] << 17;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = std::rotl(state[3], 45);
  return out;
}

}  // namespace

std::string Ulid::to_string() const {
  static constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  // 26 characters are 130 bits: the two in front of the 128 are zero.
  std::string out(26, '0');
  char* to = out.data();
  unsigned pending = 0;
  int bits = 2;
  for (const std::uint8_t byte : bytes) {
    pending = (pending << 8 | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      *to++ = kAlphabet[pending >> bits & 31];
    }
  }
  return out;
}

UlidMaker::UlidMaker() {
  auto* at = reinterpret_cast<unsigned char*>(state_);
  std::size_t missing = sizeof state_;
  while (missing > 0) {
    const ssize_t got = getrandom(at, missing, 0);
    CHECK(got > 0 || errno == EINTR);
    if (got <= 0) continue;
    at += got;
    missing -= static_cast<std::size_t>(got);
  }
  state_[0] |= 1;  // The one state that xoshiro may not have is all zero.
}

Ulid UlidMaker::make(Time now) {
  const std::int64_t since_epoch =
      std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::uint64_t ms =
      std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(since_epoch, 0)), kLastMs);
  // random_ holds 80 bits: 16 in [0], 64 in [1].
  if (ms > last_ms_) {
    last_ms_ = ms;
    random_[0] = next(state_) >> 48;
    random_[1] = next(state_);
  } else if (++random_[1] == 0 && ++random_[0] >> 16 != 0) {
    CHECK(last_ms_ < kLastMs);
    ++last_ms_;
    random_[0] = next(state_) >> 48;
    random_[1] = next(state_);
  }
  Ulid out;
  for (int i = 0; i < 6; ++i) out.bytes[i] = static_cast<std::uint8_t>(last_ms_ >> (40 - 8 * i));
  for (int i = 0; i < 2; ++i)
    out.bytes[6 + i] = static_cast<std::uint8_t>(random_[0] >> (8 - 8 * i));
  for (int i = 0; i < 8; ++i)
    out.bytes[8 + i] = static_cast<std::uint8_t>(random_[1] >> (56 - 8 * i));
  return out;
}

}  // namespace sallyport
