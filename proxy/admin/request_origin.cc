#include "proxy/admin/request_origin.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::admin {

bool is_from_here(const http::RequestHead& request) {
  if (const auto site = request.headers.find("Sec-Fetch-Site")) {
    if (!iequals(*site, "same-origin") && !iequals(*site, "none")) return false;
  }
  const std::size_t origins = request.headers.count("Origin");
  if (origins == 0) return true;
  if (origins > 1) return false;
  const std::string_view origin = *request.headers.find("Origin");
  const std::size_t mark = origin.find("://");
  if (mark == origin.npos) return false;  // "null", too
  const bool tls = iequals(origin.substr(0, mark), "https");
  const auto authority = Authority::parse(origin.substr(mark + 3), tls ? 443 : 80);
  return authority && *authority == request.authority &&
         iequals(origin.substr(0, mark), request.scheme);
}

bool is_own_host(const http::RequestHead& request, std::span<const std::string> names) {
  const Host& host = request.authority.host;
  if (host.is_address() || host.text() == "localhost" || host.is_under("localhost")) return true;
  return std::ranges::find(names, host.text()) != names.end();
}

std::optional<std::string> cookie_of(const http::RequestHead& request, std::string_view name) {
  std::optional<std::string> found;
  for (const auto field : request.headers) {
    if (!iequals(field.name, "Cookie")) continue;
    for (const std::string_view pair : split(field.value, ';')) {
      const std::size_t equals = pair.find('=');
      if (equals == pair.npos || trim(pair.substr(0, equals)) != name) continue;
      if (found) return std::nullopt;
      found = std::string(trim(pair.substr(equals + 1)));
    }
  }
  return found;
}

}  // namespace sallyport::admin
