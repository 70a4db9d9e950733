#pragma once
// What this machine lets the gateway have, against what its configuration asks for. Pure.

#include <cstddef>
#include <string>

namespace sallyport::app {

struct Capacity {
  std::size_t connections = 0;  // of clients, in all
  std::string warning;          // "" where all that was asked for fits
};

// Each connection of a client may need a second file for its origin; idle connections to origins,
// the store, the logs, listeners and the admin listener need theirs as well, and the last ones must
// never be short of them: what is kept for them, clients do not get.
Capacity connections_that_fit(std::size_t asked, std::size_t descriptors, std::size_t workers,
                              std::size_t idle_origins_per_worker);

}  // namespace sallyport::app
