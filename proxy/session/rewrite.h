#pragma once
// What changes between the request that came and the one that goes, and likewise for replies,
// beyond what the codecs remove. Pure.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/result.h"
#include "base/http/head.h"
#include "policy/eval/compiled_policy.h"

namespace sallyport::session {

// Whether the request has been through us already (Via names us): it goes in circles.
bool has_looped(const http::RequestHead& request, std::string_view pseudonym);

// What goes on of a request: all but what is for us, with room for Via.
void copy_request(const http::RequestHead& asked, http::RequestHead& into);

// Removes what a client may not say about itself (forwarding and identity fields, Proxy-*), and
// adds Via.
void rewrite_request(http::RequestHead& request, std::string_view pseudonym);

// What policies add and remove, in the order given, of a request to `host`. A field that is added
// stands in place of every one of that name, whatever its capitals and however often it came; so do
// names with '_' for '-', which many origins read as one. Of an app whose tenants are restricted on
// this host, the client's own fields go first, all that speak of the restriction; elsewhere they
// pass, because such a field only narrows, and a gateway before us may have set it. False where the
// head has no room for what is added: then the request must not go.
[[nodiscard]] bool edit_request(std::span<const policy::CompiledPolicy* const> policies,
                                std::string_view host, http::Headers& fields);

// The parameters that policies want in what is asked at this host and path (SafeSearch). They live
// as long as the policies.
std::vector<const policy::ParameterOnHosts*> parameters_for(
    std::span<const policy::CompiledPolicy* const> policies, const http::RequestHead& request);

// A query or a form (application/x-www-form-urlencoded) in which `wanted` stands in place of every
// parameter of its name, in whatever capitals and escapes it was written, also where ';' stands for
// '&' or a NUL ends the name, as some origins read it.
std::string with_parameter(std::string_view form, const policy::ParameterOnHosts& wanted);

// Whether what is sent may be read as a form: any field says so, up to a ';', ',' or blank.
bool may_be_form(const http::Headers& fields);
// Whether such a form stands there as with_parameter() reads it: not compressed, in a charset that
// writes ASCII as ASCII.
bool is_plain_form(const http::Headers& fields);

// Puts them into the target. False where it grows beyond what a request may have: then it must not
// go.
[[nodiscard]] bool edit_query(std::span<const policy::ParameterOnHosts* const> wanted,
                              http::RequestHead& request);

// In small letters, sorted, each once.
std::vector<std::string> names_of(const http::Headers& fields);

// The removing half of rewrite_reply.
void clean_reply(http::ReplyHead& reply);

// Removes Alt-Svc, so that browsers stay on TCP, and Proxy-*; adds Via.
void rewrite_reply(http::ReplyHead& reply, std::string_view pseudonym);

// Whether a field of the message authenticates the connection and not the request: NTLM, Negotiate
// (RFC 4559).
bool binds_connection(const http::Headers& headers, std::string_view field);

}  // namespace sallyport::session
