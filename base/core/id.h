#pragma once
// ULIDs: 48 bits of milliseconds, 80 random bits, 26 characters of Crockford's base 32. They sort
// by time as text, which the store relies on.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/clock.h"

namespace sallyport {

struct Ulid {
  std::array<std::uint8_t, 16> bytes{};

  std::string to_string() const;
  auto operator<=>(const Ulid&) const = default;
};

// Makes ids that rise strictly within one maker, also inside one millisecond and when the clock
// steps back. One per thread.
class UlidMaker {
 public:
  UlidMaker();
  Ulid make(Time now);

 private:
  std::uint64_t last_ms_ = 0;
  std::uint64_t random_[2] = {0, 0};
  std::uint64_t state_[4];
};

}  // namespace sallyport
