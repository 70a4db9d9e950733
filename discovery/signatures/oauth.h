#pragma once
// What requests for rights say, as providers write it (RFC 6749). Pure; the texts are strangers'.

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::discovery {

// The host that a redirect_uri leads to, in small letters and without its port; of a scheme of an
// app's own ("com.example.notes:/back") the scheme; of "urn:ietf:wg:oauth:2.0:oob" the whole. A
// host alone is one.
std::string redirect_host(std::string_view uri);

// RFC 6749 section 3.3 separates scopes by blanks; Slack, GitHub and others take commas too.
std::vector<std::string> split_scopes(std::string_view text);

}  // namespace sallyport::discovery
