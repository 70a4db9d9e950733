#pragma once
// What changes between the request that came and the one that goes, and likewise for replies,
// beyond what the codecs remove. Pure.

#include <string_view>

#include "base/core/result.h"
#include "base/http/head.h"

namespace sallyport::session {

// Whether the request has been through us already (Via names us): it goes in circles.
bool has_looped(const http::RequestHead& request, std::string_view pseudonym);

// Removes what a client may not say about itself (forwarding and identity fields, Proxy-*), and
// adds Via.
void rewrite_request(http::RequestHead& request, std::string_view pseudonym);

// The removing half of rewrite_reply.
void clean_reply(http::ReplyHead& reply);

// Removes Alt-Svc, so that browsers stay on TCP, and Proxy-*; adds Via.
void rewrite_reply(http::ReplyHead& reply, std::string_view pseudonym);

// Whether a field of the message authenticates the connection and not the request: NTLM, Negotiate
// (RFC 4559).
bool binds_connection(const http::Headers& headers, std::string_view field);

}  // namespace sallyport::session
