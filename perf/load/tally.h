#pragma once
// What all connections of a run add to.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace sallyport::perf {

// Of a window, or of the warm-up before it.
struct Tally {
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t opened = 0;           // connections begun
  std::uint64_t handshakes = 0;       // TLS, finished
  std::uint64_t resumed = 0;          // of these
  std::uint64_t bytes_in = 0;         // bodies of replies
  std::uint64_t bytes_out = 0;        // bodies of requests
  std::vector<std::uint32_t> micros;  // of each request done
};

// Of a whole run.
struct Shared {
  Tally tally;
  bool pausing = false;         // what is in flight is finished, nothing new begins
  std::uint64_t next_name = 0;  // counts connections, where each has a host of its own
  std::uint64_t next_client = 0;
  std::set<std::string> leaves;  // their digests, where each connection has a host of its own
  std::string issuer;            // of the last leaf seen, protocol and ALPN likewise
  std::string protocol;
  std::string alpn;
  std::string digest;  // of the last body, where the plan asks for it
  std::string first_failure;
};

}  // namespace sallyport::perf
