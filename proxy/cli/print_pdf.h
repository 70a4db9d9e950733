#pragma once
// A page as PDF, printed by a Chromium that is installed.

#include <string>

#include "base/core/result.h"

namespace sallyport::cli {

// `browser`: a program; "" looks for chromium, chromium-browser, google-chrome on PATH.
// not_found: there is none. `storage`: it failed, took longer than a minute, or made no PDF.
// `pdf` is replaced as a whole, or stays as it was.
Result<void> print_pdf(const std::string& html, const std::string& pdf, const std::string& browser);

}  // namespace sallyport::cli
