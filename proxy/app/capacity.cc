#include "proxy/app/capacity.h"

#include <algorithm>
#include <fmt/format.h>

namespace sallyport::app {

namespace {
// Listeners and their reserves, loops, the store, journal and logs, feeds being read, and the admin
// listener with its 256 connections.
constexpr std::size_t kKept = 512;
constexpr std::size_t kLeast = 16;  // A gateway that takes nobody is none.
}  // namespace

Capacity connections_that_fit(std::size_t asked, std::size_t descriptors, std::size_t workers,
                              std::size_t idle_origins_per_worker) {
  const std::size_t idle = workers * idle_origins_per_worker;
  const std::size_t needed = 2 * asked + idle + kKept;
  if (needed <= descriptors) return {asked, {}};
  const std::size_t taken = kKept + idle;
  const std::size_t fit = descriptors > taken ? (descriptors - taken) / 2 : 0;
  Capacity capacity{std::min(asked, std::max(kLeast, fit)), {}};
  capacity.warning = fmt::format(
      "limits.connections is {}, which may need {} open files; this process may have {} (ulimit "
      "-n, "
      "or LimitNOFILE of its service). Going on with {} connections",
      asked, needed, descriptors, capacity.connections);
  return capacity;
}

}  // namespace sallyport::app
