#pragma once
// What lets the script of a page read an answer that we gave in another site's name (Fetch
// standard, section 3.2). Without it the script, and so the person, sees only "network error".
//
// Pure: from any thread.

#include <string>
#include <string_view>

#include "base/http/exchange.h"

namespace sallyport::local {

// The Origin of the request where it is spelt as browsers serialise it: "https://app.example:8443",
// else
// "". "null" counts as none: any sandboxed frame has it, so it says nothing about who asks.
std::string_view asking_origin(const http::RequestHead& request);

// Whether this is a CORS preflight from such an origin.
bool is_preflight(const http::RequestHead& request);

// 204 that lets the request proper come. Not remembered by the browser, because it is an answer of
// ours and not of the site. REQUIRES: is_preflight(request)
http::Reply answer_preflight(const http::RequestHead& request);

// Adds the fields that let asking_origin() read the answer; nothing where there is none.
void let_read(http::Headers& reply, const http::RequestHead& request);

}  // namespace sallyport::local
