#pragma once
// A refusal as gRPC says it: a call that ended before any message, with a status and a sentence.
// Without it a client sees only a strange HTTP status.
//
// Pure: from any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/http/exchange.h"

namespace sallyport::local {

// grpc/doc/statuscodes.md
enum class GrpcStatus : std::uint8_t {
  permission_denied = 7,
  resource_exhausted = 8,
  internal = 13,
  unavailable = 14,
  unauthenticated = 16,
};

// A POST whose Content-Type is application/grpc or one of its kind (gRPC-Web too).
bool is_grpc(const http::RequestHead& request);

// What gRPC makes of an HTTP status of ours (grpc/doc/http-grpc-status-mapping.md).
GrpcStatus grpc_status_for(int http_status);

// Trailers-Only (gRPC over HTTP/2, Responses): 200, no body, grpc-status and grpc-message in the
// head, which for HTTP/2 is the end of the stream too. The message is cut at 1 KiB.
http::Reply grpc_refusal(GrpcStatus status, std::string_view message,
                         const http::RequestHead& request);

}  // namespace sallyport::local
