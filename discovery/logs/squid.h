#pragma once
// An event in Squid's words, for log analysers that know Squid's access.log.
//
//   what became of it                              result          hierarchy
//   completed                                      TCP_MISS        HIER_DIRECT/address
//   completed, carried unopened                    TCP_TUNNEL      HIER_DIRECT/address
//   blocked by policy, refused for what it was     TCP_DENIED      HIER_NONE/-, or HIER_DIRECT
//                                                                  where the reply was judged
//   the client went away                           ..._ABORTED
//   a deadline passed                              ..._TIMEDOUT
//   the origin failed, or we did                   TCP_MISS or TCP_TUNNEL, with the status shown
//   a connection that never came to a request      NONE, NONE_ABORTED, NONE_TIMEDOUT
//
// There is no cache, hence no HIT. HIER_DIRECT needs an address: a name that did not resolve leaves
// HIER_NONE.

#include <string>
#include <string_view>

#include "discovery/events/event.h"

namespace sallyport::discovery::squid {

std::string result(const Event& event);          // %Ss
std::string_view hierarchy(const Event& event);  // %Sh
std::string server_address(const Event& event);  // %<a; "" where none was asked
std::string_view method(const Event& event);     // %rm; CONNECT for a tunnel, "" for nothing
Time end(const Event& event);                    // %ts, %tu: when it was recorded
std::int64_t milliseconds(const Event& event);   // %tr

// %ru: scheme://host[:port]/path[?query] of a request, opened or not; host:port of a CONNECT and of
// what became of it; error:... as Squid writes it where no request was read. The port is left out
// where it is the scheme's own.
std::string url(const Event& event);

}  // namespace sallyport::discovery::squid
