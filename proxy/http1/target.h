#pragma once
// What a request line and Host say together about where a request goes (RFC 9112 section 3.2). One
// canonical answer, or a refusal. Pure; fuzzed.

#include <optional>
#include <string>
#include <string_view>

#include "base/core/host.h"
#include "base/core/result.h"
#include "base/http/headers.h"

namespace sallyport::http1 {

enum class TargetForm : unsigned char { origin, absolute, authority, asterisk };

struct Target {
  TargetForm form = TargetForm::origin;
  std::string scheme;  // absolute form: "http" or "https"; else what the connection is
  Authority authority;
  std::string path;  // "/..." with its query, or "*"
};

// `connection_scheme` is "http" on a plain connection, "https" inside an opened one; it gives the
// default port. Exactly one Host is due in HTTP/1.1; in absolute form the target wins and Host is
// not looked at but for its count (section 3.2.2).
Result<Target> parse_target(std::string_view method, std::string_view target, int minor,
                            const http::Headers& headers, std::string_view connection_scheme);

}  // namespace sallyport::http1
