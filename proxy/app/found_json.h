#pragma once
// Diagnostics as JSON: [{"file", "line", "column", "length", "severity", "message", "hint"}].
// `line` 0 is the file as a whole.

#include <string>
#include <string_view>

#include "base/core/diagnostics.h"
#include "base/http/exchange.h"
#include "base/json/writer.h"

namespace sallyport::app {

// `folder`: what is left off the names of files, with its '/'.
void write_found(JsonWriter& json, const Diagnostics& found, std::string_view folder = {});

// Problem details (RFC 9457) with a member `diagnostics`; `detail` is the first of them.
http::Reply problem_with(int status, std::string_view title, const Diagnostics& found,
                         std::string_view folder = {});

}  // namespace sallyport::app
