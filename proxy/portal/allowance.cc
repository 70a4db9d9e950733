#include "proxy/portal/allowance.h"

#include <algorithm>

#include "base/core/check.h"
#include "base/crypto/random.h"

namespace sallyport::portal {

Allowance::Allowance(std::uint32_t number, std::chrono::milliseconds window, Moment begin,
                     std::size_t cells)
    : window_(window),
      step_(std::max<std::chrono::milliseconds>(window / std::max(number, 1U),
                                                std::chrono::milliseconds(1))),
      table_(cells, begin) {
  CHECK(number >= 1);
  random_bytes(secret_);
}

bool Allowance::take(std::string_view key, Moment now) {
  const std::uint64_t hash =
      siphash(secret_, {reinterpret_cast<const std::uint8_t*>(key.data()), key.size()});
  if (table_.left(hash, now) + step_ > window_) return false;
  table_.extend(hash, step_, now);
  return true;
}

}  // namespace sallyport::portal
