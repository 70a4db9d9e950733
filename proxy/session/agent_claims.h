#pragma once
// What a request says of the program that sends it: User-Agent and the client hints, found in one
// pass over its fields. Of several fields of one name the first counts.

#include "base/http/headers.h"
#include "discovery/agent/client_hints.h"

namespace sallyport::session {

// Views into `headers`.
discovery::AgentClaims agent_claims(const http::Headers& headers);

}  // namespace sallyport::session
