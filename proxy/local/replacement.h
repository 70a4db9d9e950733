#pragma once
// The text that somebody who downloads gets in the place of a file that policy keeps back: a file
// too, so that it shows among the downloads and says why.
//
// Pure: from any thread.

#include <string>
#include <string_view>

#include "base/http/exchange.h"

namespace sallyport::local {

// Whether a text may stand for the reply: GET or HEAD of somebody who navigates. A program, and the
// script of a page, would take it for the file.
bool takes_replacement(const http::RequestHead& request);

// 200, text/plain, never cached, to be saved as "NAME.blocked.txt". `name` is any text, or "".
http::Reply replacement(std::string_view text, std::string_view name, std::string_view event_id);

}  // namespace sallyport::local
