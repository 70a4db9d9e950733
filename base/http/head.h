#pragma once
// The heads of a request and a reply, without a version: HTTP/1 and HTTP/2 meet here, and nothing
// above the codecs can tell them apart.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/host.h"
#include "base/http/headers.h"

namespace sallyport::http {

struct RequestHead {
  std::string method = "GET";  // A token, case kept (RFC 9110 section 9.1).
  std::string scheme;          // "http" or "https"
  Authority authority;         // Where it goes: absolute form, Host or :authority, already agreed.
  std::string path = "/";      // Origin form with query: "/a?b=c"; "*" for OPTIONS.
  Headers headers;             // End-to-end fields only: no Host, no framing, no hop-by-hop.
  std::string upgrade;         // "websocket" for an upgrade or an extended CONNECT, else "".
  bool expects_continue = false;
  bool takes_trailers = false;         // "TE: trailers"; gRPC asks for it
  std::string_view protocol = "1.1";   // as received, for Via (RFC 9110 section 7.6.3); a constant
  std::string proxy_authorization;  // For us; never among the headers, never sent on.

  // The path without its query, and the query without '?'.
  std::string_view path_only() const;
  std::string_view query() const;
};

struct ReplyHead {
  int status = 200;
  std::string reason;     // HTTP/1 only, may be empty. Never copied from an origin.
  Headers headers;        // End-to-end fields only.
  bool upgraded = false;  // A validated switch: from here both bodies are raw bytes.
  std::string_view protocol = "1.1";  // as RequestHead::protocol
};

// "Not Found"; "" for a status that has no registered phrase.
std::string_view reason_phrase(int status);

// GET, HEAD, OPTIONS, TRACE, PUT, DELETE (RFC 9110 section 9.2.2).
bool is_idempotent(std::string_view method);
bool is_safe(std::string_view method);

// "text/html; charset=utf-8" -> "text/html", lower case; "" where it is no media type.
std::string media_type(std::string_view content_type);

}  // namespace sallyport::http
