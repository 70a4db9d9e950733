#pragma once
// What an edit changed, as a unified diff: one hunk from the first line that differs to the last,
// with three lines around. "" where nothing differs.

#include <string>
#include <string_view>

namespace sallyport::policy {

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace sallyport::policy
