#pragma once
// Reports of discovery/usage as a person reads them, and as programs do: a list as table, JSON
// array or CSV; a page as text or JSON object.

#include <string>
#include <string_view>

#include "discovery/usage/report.h"

namespace sallyport::cli {

// REQUIRES: one table. "table", "json" or "csv".
std::string render_list(const discovery::Report& report, std::string_view format);
// "text" or "json".
std::string render_page(const discovery::Report& report, std::string_view format);

}  // namespace sallyport::cli
