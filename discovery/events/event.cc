#include "discovery/events/event.h"

#include <algorithm>

namespace sallyport::discovery {

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::exchange:
      return "exchange";
    case EventKind::tunnel:
      return "tunnel";
    case EventKind::connection:
      return "connection";
  }
  return "";
}

std::string_view to_string(Ending ending) {
  switch (ending) {
    case Ending::completed:
      return "completed";
    case Ending::blocked:
      return "blocked";
    case Ending::refused:
      return "refused";
    case Ending::client_closed:
      return "client_closed";
    case Ending::origin_failed:
      return "origin_failed";
    case Ending::timed_out:
      return "timed_out";
    case Ending::failed:
      return "failed";
  }
  return "";
}

bool is_block(const Event& event) {
  return event.ending == Ending::blocked || event.verdict.stops() ||
         std::any_of(event.activities.begin(), event.activities.end(),
                     [](const ActivityRecord& one) { return one.verdict.stops(); });
}

bool must_keep(const Event& event) { return event.ending == Ending::refused || is_block(event); }

}  // namespace sallyport::discovery
