#pragma once
// The record of encode.h, read back: for the journal's replay and for explaining an event that is
// kept.
//
// Unknown fields are passed over, so that an older version can read what a newer one wrote. Wrong
// types, unknown words and records over kMaxRecord are refused with a sentence.

#include <optional>
#include <string_view>

#include "base/core/result.h"
#include "discovery/events/event.h"

namespace sallyport::discovery {

constexpr std::size_t kMaxRecord = 1024 * 1024;  // bytes

enum class RecordId : std::uint8_t { needed, may_be_missing };
Result<Event> parse_event(std::string_view json, RecordId id = RecordId::needed);

// 26 characters of Crockford's base 32 in either case, at most 7ZZZ...; no I, L, O, U.
std::optional<Ulid> parse_ulid(std::string_view text);

std::optional<EventKind> parse_event_kind(std::string_view word);
std::optional<Ending> parse_ending(std::string_view word);

}  // namespace sallyport::discovery
