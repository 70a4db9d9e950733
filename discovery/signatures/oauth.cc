#include "discovery/signatures/oauth.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::discovery {

std::string redirect_host(std::string_view uri) {
  uri = trim(uri);
  if (istarts_with(uri, "urn:")) return lower(uri);
  const std::size_t mark = uri.find("://");
  const bool whole = mark != uri.npos;
  std::string_view scheme;
  if (whole) {
    scheme = uri.substr(0, mark);
    uri.remove_prefix(mark + 3);
  } else if (const std::size_t colon = uri.find(":/"); colon != uri.npos) {
    return lower(uri.substr(0, colon));
  }
  // RFC 3986 section 3.2: authority = [ userinfo "@" ] host [ ":" port ]
  std::string_view host = uri.substr(0, uri.find_first_of("/?#\\"));
  host = host.substr(host.rfind('@') + 1);
  const std::size_t colon = host.starts_with('[') ? host.find(':', host.find(']')) : host.find(':');
  host = host.substr(0, colon);
  return lower(host.empty() ? scheme : host);
}

std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" ,", from), text.size());
    if (end > from) scopes.emplace_back(text.substr(from, end - from));
    from = end + 1;
  }
  return scopes;
}

}  // namespace sallyport::discovery
