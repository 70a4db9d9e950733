#include "discovery/history/detect_history.h"

#include <string>

#include "discovery/events/decode.h"
#include "discovery/store/replayed_event.h"

namespace sallyport::discovery {
namespace {

void look(Event& event, const std::shared_ptr<const policy::Program>& program, Detectors& detectors,
          const EachFinding& each, DetectedPast& past) {
  ++past.events;
  if (event.ending == Ending::refused) return;
  detectors.enrich(event);
  detectors.look(program, event,
                 [&](const policy::CompiledPolicy& detection, const Finding& found) {
                   ++past.findings;
                   each(detection, event, found);
                 });
}

}  // namespace

Result<DetectedPast> detect_in_store(Store& store, Time since, Time until,
                                     const std::shared_ptr<const policy::Program>& program,
                                     Detectors& detectors, const EachFinding& each) {
  DetectedPast past;
  Event event;
  const auto read = store.read_past(since, until, [&](const PastEvent& one) {
    if (!replay_event(one, event)) {
      ++past.unreadable;
      return;
    }
    look(event, program, detectors, each, past);
  });
  if (!read) return std::unexpected(read.error());
  return past;
}

DetectedPast detect_in_log(std::istream& lines,
                           const std::shared_ptr<const policy::Program>& program,
                           Detectors& detectors, const EachFinding& each) {
  DetectedPast past;
  std::string line;
  for (std::uint64_t number = 1; std::getline(lines, line); ++number) {
    if (line.empty()) continue;
    auto event = parse_event(line, RecordId::may_be_missing);
    if (!event) {
      if (++past.unreadable == 1) past.first_unreadable = number;
      continue;
    }
    if (event->id == Ulid()) {
      for (std::size_t i = 0; i < 8; ++i) {
        event->id.bytes[15 - i] = static_cast<std::uint8_t>(number >> 8 * i);
      }
    }
    look(*event, program, detectors, each, past);
  }
  return past;
}

}  // namespace sallyport::discovery
