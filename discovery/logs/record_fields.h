#pragma once
// The fields of the JSON record (discovery/events/encode.h) by their dotted names, "client.ip", for
// formats that people write and for structured data.
//
// What a field says is read from the record itself, so that it is the same everywhere. The list
// below only tells a misspelt name from one that this event does not have.

#include <functional>
#include <span>
#include <string_view>

namespace sallyport::discovery {

// Sorted. Values are texts, numbers, booleans or lists of texts; lists of objects (`rehearsed`,
// `activities`) are not among them.
std::span<const std::string_view> record_fields();
bool is_record_field(std::string_view name);

// Calls `each(name, value)` for every such field that the record has, in its order, also for those
// that are not on the list. A text is its characters, a number or boolean as JSON writes it, a list
// its elements with a comma between them, where a comma or % inside an element is %2C or %25.
// REQUIRES: a record as append_json() writes it.
void for_each_field(std::string_view record,
                    const std::function<void(std::string_view name, std::string_view value)>& each);

}  // namespace sallyport::discovery
