#pragma once
// Bytes carried unopened between two streams: a true splice, nothing read, nothing changed.
//
// Small exchanges are copied. Bulk between two sockets goes by splice(2) through a pipe of the
// worker's, which is held only while bytes are in it.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/io/stream.h"
#include "base/io/worker.h"

namespace sallyport::session {

struct TunnelEnd {
  std::uint64_t to_origin = 0;  // bytes
  std::uint64_t to_client = 0;
  bool timed_out = false;
  bool client_failed = false;  // the client's stream broke first
  bool origin_failed = false;
  std::string error;  // for the administrator
};

// Until both directions have ended, one has failed, or nothing moved for `idle`. `early` are bytes
// of the client that were read before. Each direction ends on its own (half-close).
Task<TunnelEnd> splice(io::Worker& worker, io::ByteStream& client, io::ByteStream& origin,
                       std::string_view early, std::chrono::milliseconds idle);

}  // namespace sallyport::session
