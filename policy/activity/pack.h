#pragma once
// The facts of an activity as bytes: what the event store keeps in one column, so that an activity
// can be judged again by other policies (policy/replay).
//
//   pack(event.activity, column);                // when it is recorded
//   if (unpack(column, activity)) ...            // later, by this version or another
//
// Every fact but those that the attribute table marks `passing` (query, header names): what they
// hold is not kept anywhere.
//
// Versions read each other: a fact that this version does not know is passed over, one that the
// writer did not know stays unknown. The format stands in pack_format.h.

#include <cstddef>
#include <string>
#include <string_view>

#include "policy/activity/activity.h"

namespace sallyport::policy {

constexpr std::size_t kMostPacked = 1024 * 1024;  // bytes; more is refused by unpack()

// Appends; about 150 to 500 bytes.
void pack(const Activity& activity, std::string& out);

// Some of the facts alone, as a field of a record of the caller's own.
void pack_details(const Details& details, unsigned field, std::string& out);
void pack_file(const FileFacts& facts, unsigned field, std::string& out);
// From the bytes of such a field. False where they are malformed.
bool unpack_details(std::string_view packed, Details& into);
bool unpack_file(std::string_view packed, FileFacts& into);

// False where the bytes are malformed, of an unknown version or too many; `into` is then of no use.
// Else it holds exactly the facts in there; `query` and `header_names` are unknown. Texts and lists
// that `into` has already are written over in place, so that a loop over many allocates little.
bool unpack(std::string_view packed, Activity& into);

}  // namespace sallyport::policy
