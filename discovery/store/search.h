#pragma once
// A question to the store that has conditions of its own, and may be given up on the way.

#include <functional>
#include <optional>

#include "discovery/events/event.h"

namespace sallyport::discovery {

struct Search {
  // Asked last, of every event that the query's own conditions hold of. Empty: all are kept.
  std::function<bool(const Event&)> keeps = nullptr;
  // Asked now and then; true ends the search with what it has. Empty: never.
  std::function<bool()> stop = nullptr;
  // Where it ended so: the `after` of a query that goes on there.
  std::optional<Ulid> stopped_at = std::nullopt;
};

}  // namespace sallyport::discovery
