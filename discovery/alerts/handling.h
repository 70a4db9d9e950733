#pragma once
// What people make of an alert: read it, judge it, give it to somebody, say something about it.
// Kept apart from the alert, which never changes (alert.h). An alert that nobody touched is open
// and unread.
//
// Pure. INVARIANT: every change stands in the history, with who and when.

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "base/json/writer.h"
#include "discovery/alerts/alert.h"

namespace sallyport::discovery {

enum class AlertResolution : std::uint8_t {
  open,
  true_positive,   // it was what it says, and must not be
  benign,          // it was what it says, and may be
  false_positive,  // it was not
};

std::string_view to_string(AlertResolution resolution);
std::optional<AlertResolution> parse_alert_resolution(std::string_view word);
// Why something is closed as that; none for true_positive and open.
std::span<const std::string_view> reasons_of(AlertResolution resolution);

// One thing that somebody did.
struct AlertStep {
  enum class Kind : std::uint8_t { read, unread, close, reopen, assign, comment };
  Kind kind = Kind::read;
  AlertResolution resolution = AlertResolution::open;  // close
  std::string reason;                                  // close: one of reasons_of(), or ""
  std::string text;                                    // a comment
  std::string assignee;                                // assign; "" is nobody
  std::string who;
  Time at{};

  bool operator==(const AlertStep&) const = default;
};

std::string_view to_string(AlertStep::Kind kind);
std::optional<AlertStep::Kind> parse_alert_step(std::string_view word);

struct AlertHandling {
  static constexpr std::size_t kMostSteps = 200;     // that comments and reading may come to
  static constexpr std::size_t kMostInAll = 250;     // that judging it may
  static constexpr std::size_t kMostText = 1'000;    // bytes
  static constexpr std::size_t kMostAssignee = 255;  // bytes

  bool read = false;
  AlertResolution resolution = AlertResolution::open;
  std::string reason;
  std::string assignee;
  std::vector<AlertStep> history;  // oldest first

  bool operator==(const AlertHandling&) const = default;
};

// What it is after the step, or why that cannot be, as a sentence. A step that changes nothing
// (what is read is read again) leaves no trace.
std::expected<AlertHandling, std::string> after(AlertHandling before, const AlertStep& step);

// Which alerts are asked for by how they are handled.
struct AlertStateFilter {
  std::string state;  // "", "open", "closed", "read", "unread", or a resolution
  std::optional<std::string> assignee = {};

  bool keeps(const AlertHandling& handling) const;
  bool keeps_all() const { return state.empty() && !assignee; }
};
bool is_alert_state(std::string_view word);

// "read", "resolution", "reason", "assignee", "comments" (how many) as members of an object; and
// "history", where that is wanted.
void write_members(JsonWriter& json, const AlertHandling& handling, bool with_history);
// One object, and back; nothing where it is none.
std::string to_json(const AlertHandling& handling);
std::optional<AlertHandling> parse_alert_handling(std::string_view json);

// "closed as benign (triggered_by_test): a test of ours"
std::string describe(const AlertStep& step);

}  // namespace sallyport::discovery
