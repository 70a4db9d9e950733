#include "discovery/history/case_history.h"

#include "discovery/detect/detectors.h"

namespace sallyport::discovery {

std::optional<std::string> CaseHistories::find(const policy::CompiledPolicy& detection,
                                               std::span<const policy::HistoryActivity> history) {
  Detectors detectors(world_, {}, Detectors::kMostSubjects, 0);
  Event event;
  std::uint64_t number = 0;
  for (const policy::HistoryActivity& one : history) {
    event.activity = one.activity;
    event.start = one.activity.at;
    event.bytes_in = one.uploaded;
    event.bytes_out = one.downloaded;
    event.kind = one.activity.client_refusal       ? EventKind::connection
                 : one.activity.scheme == "tunnel" ? EventKind::tunnel
                                                   : EventKind::exchange;
    ++number;
    for (std::size_t i = 0; i < 8; ++i) {
      event.id.bytes[15 - i] = static_cast<std::uint8_t>(number >> 8 * i);
    }
    // What a case says itself was seen before is believed.
    const auto stated = event.activity.seen;
    detectors.enrich(event);
    if (stated) event.activity.seen = stated;
    if (!detection.judge(policy::Point::download, event.activity).holds()) continue;
    const auto found = detectors.observe(detection, event);
    if (found && one.is_now) return found->text;
  }
  return std::nullopt;
}

}  // namespace sallyport::discovery
