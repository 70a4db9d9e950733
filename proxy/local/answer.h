#pragma once
// The frame of every answer that the gateway gives itself: never cached, never sniffed, never a
// script.
//
// Pure: from any thread.

#include <string>
#include <string_view>

#include "base/http/exchange.h"

namespace sallyport::local {

// A reply with Content-Type, `Cache-Control: no-store`, `X-Content-Type-Options: nosniff`,
// `Referrer-Policy: no-referrer` and, for HTML, a Content-Security-Policy under which nothing
// loads, runs, posts or frames. A field of `extra` replaces ours of the same name.
//
// An empty `content_type` means no content at all (204, 304): `body` must then be empty (CHECK).
// An answer to HEAD is built like one to GET: the codec sends the head, with the body's length, and
// leaves the body out.
http::Reply make_answer(int status, std::string_view content_type, std::string body,
                        const http::Headers& extra = {});

}  // namespace sallyport::local
