#pragma once
// Whether a browser asks for its own page, or another site makes it ask.
//
// Pure: from any thread.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/http/head.h"

namespace sallyport::admin {

// False where the browser says that another site is behind it (Sec-Fetch-Site), or where the Origin
// is not where the request went. Programs that send neither are no browsers.
bool is_from_here(const http::RequestHead& request);

// Whether the Host is an address, localhost, or one of `names` (in small letters): a page whose own
// name was made to lead here has another (DNS rebinding).
bool is_own_host(const http::RequestHead& request, std::span<const std::string> names);

// The value of a cookie (RFC 6265 section 4.2.1); nothing where it is not there, or there twice.
std::optional<std::string> cookie_of(const http::RequestHead& request, std::string_view name);

}  // namespace sallyport::admin
