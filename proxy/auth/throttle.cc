#include "proxy/auth/throttle.h"

#include <algorithm>
#include <cstring>

#include "base/crypto/hmac.h"
#include "base/crypto/random.h"

namespace sallyport::auth {
namespace {

constexpr std::size_t kCells = 16 * 1024;  // of each table; 128 KiB
constexpr std::size_t kPairCells = 32 * 1024;
constexpr std::chrono::milliseconds kAtHome = std::chrono::hours(12);
// Tries into a closed door, for each failure that is allowed.
constexpr std::uint32_t kPatience = 10;

using Span = std::chrono::milliseconds;

// How long one failure counts.
Span step(const SignInLimits& limits, std::uint32_t number) {
  return std::max(Span(1), limits.window / number);
}

// How long until one more is allowed, where `left` is what all of them still count.
Span wait_for(Span left, const SignInLimits& limits, std::uint32_t number) {
  const Span allowed = step(limits, number) * (number - 1);
  return left > allowed ? left - allowed : Span(0);
}

}  // namespace

std::string_view to_string(SignInThrottle::Cause cause) {
  switch (cause) {
    case SignInThrottle::Cause::none:
      return "";
    case SignInThrottle::Cause::user_at_address:
      return "of this user from this address";
    case SignInThrottle::Cause::address:
      return "from this address";
    case SignInThrottle::Cause::user:
      return "of this user";
  }
  return "";
}

IpAddress client_block(const IpAddress& address) {
  return address.is_v4() ? address : IpPrefix{address, 64}.masked().address;
}

SignInThrottle::SignInThrottle(Moment begin)
    : pairs_(kPairCells, begin),
      addresses_(kCells, begin),
      users_(kCells, begin),
      guesses_(kCells, begin),
      refusals_(kCells, begin),
      homes_(kCells, begin) {
  random_bytes(secret_);
}

// A client that could choose its bucket could push out whom it likes; so the hash has a key.
std::uint64_t SignInThrottle::key(char kind, const IpAddress* client, std::string_view user) const {
  std::string bytes(1, kind);
  if (client != nullptr) {
    const IpAddress block = client_block(*client);
    bytes += block.is_v4() ? '4' : '6';
    bytes.append(reinterpret_cast<const char*>(block.bytes().data()), block.bytes().size());
  }
  bytes += user;
  const Sha256Digest digest = hmac_sha256(secret_, bytes);
  std::uint64_t hash;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

SignInThrottle::Answer SignInThrottle::judge(const IpAddress& client, std::string_view user,
                                             const SignInLimits& limits, Moment now) const {
  const std::uint64_t pair = key('p', &client, user);
  if (limits.failures > 0) {
    const Span wait = wait_for(pairs_.left(pair, now), limits, limits.failures);
    if (wait > Span(0)) return {Cause::user_at_address, wait};
  }
  if (homes_.left(pair, now) > Span(0)) return {};
  if (limits.failures_of_address > 0) {
    const Span left = addresses_.left(key('a', &client, ""), now);
    const Span wait = wait_for(left, limits, limits.failures_of_address);
    if (wait > Span(0)) return {Cause::address, wait};
  }
  if (limits.failures_of_user > 0) {
    const Span left = users_.left(key('u', nullptr, user), now);
    const Span wait = wait_for(left, limits, limits.failures_of_user);
    if (wait > Span(0)) return {Cause::user, wait};
  }
  return {};
}

SignInThrottle::Answer SignInThrottle::shut(const IpAddress& client, std::string_view user,
                                            const SignInLimits& limits, Moment now) const {
  if (limits.failures == 0) return {};
  const Span left = refusals_.left(key('p', &client, user), now);
  const Span wait = wait_for(left, limits, limits.failures * kPatience);
  if (wait > Span(0)) return {Cause::user_at_address, wait};
  return {};
}

void SignInThrottle::failed(const IpAddress& client, std::string_view user,
                            std::uint64_t credentials, const SignInLimits& limits, Moment now) {
  const bool counted = guesses_.left(credentials, now) > Span(0);
  guesses_.mark(credentials, limits.window, now);
  if (counted) return;
  if (limits.failures > 0) {
    pairs_.extend(key('p', &client, user), step(limits, limits.failures), now);
  }
  if (limits.failures_of_address > 0) {
    addresses_.extend(key('a', &client, ""), step(limits, limits.failures_of_address), now);
  }
  if (limits.failures_of_user > 0) {
    users_.extend(key('u', nullptr, user), step(limits, limits.failures_of_user), now);
  }
}

void SignInThrottle::refused(const IpAddress& client, std::string_view user,
                             const SignInLimits& limits, Moment now) {
  if (limits.failures == 0) return;
  refusals_.extend(key('p', &client, user), step(limits, limits.failures * kPatience), now);
}

void SignInThrottle::succeeded(const IpAddress& client, std::string_view user, Moment now) {
  const std::uint64_t pair = key('p', &client, user);
  pairs_.clear(pair);
  refusals_.clear(pair);
  homes_.mark(pair, kAtHome, now);
}

}  // namespace sallyport::auth
