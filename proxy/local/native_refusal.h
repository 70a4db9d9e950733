#pragma once
// A refusal in the words of an app's own protocol, for programs whose libraries show nothing else:
// Slack's try whatever is not 200 again for half an hour, and those of AWS read a code and a message
// from XML or JSON of a shape of their own.
//
// Pure: from any thread.

#include <optional>
#include <string>
#include <string_view>

#include "base/http/exchange.h"

namespace sallyport::local {

// Nothing where the request is of no such protocol. `message`: what its user is told, with the
// address to go to. `event_id`: for the field that support is told.
//   Slack's Web API: 200, {"ok":false,"error":"blocked_by_policy",...}
//   requests signed for AWS (Signature Version 4): `status`, <Error> of S3, <ErrorResponse> of the
//   query protocol, {"__type":...} of the JSON protocol
std::optional<http::Reply> native_refusal(int status, std::string_view message,
                                          std::string_view event_id,
                                          const http::RequestHead& request);

}  // namespace sallyport::local
