#pragma once
// A path for policy: percent-escapes of unreserved characters decoded, "." and ".." resolved, runs
// of "/" made one (RFC 3986 section 6.2.2), without the query. What the origin receives stays as it
// was written. Pure; fuzzed by proxy/http1/target_fuzz.cc.

#include <string>
#include <string_view>

namespace sallyport::http {

std::string normal_path(std::string_view path);

}  // namespace sallyport::http
