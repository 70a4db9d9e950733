#pragma once
// What one run of the load generator does. Read from the command line.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace sallyport::perf {

enum class Way {
  proxy,   // CONNECT to the proxy, then TLS; with `tls` off, the absolute form
  direct,  // TLS (or plain HTTP) to the address itself: a reverse proxy, or the origin
};

struct Plan {
  Way way = Way::proxy;
  std::string address = "127.0.0.1";  // of the proxy, or of the server in Way::direct
  std::uint16_t port = 0;
  bool tls = true;
  bool http2 = false;  // offered alone in ALPN; a peer that does not choose it is a failure
  std::string host;    // asked for by name; also SNI. With `names`, '*' in it becomes a number.
  std::uint16_t host_port = 443;
  std::string roots;  // PEM file; what the leaf must chain to
  std::string method = "GET";
  std::string path = "/";
  std::uint64_t upload = 0;  // bytes of a request's body
  bool fresh = false;        // a new connection for each request
  bool resume = false;       // each connection offers the session that its place had last
  bool idle = false;         // one request per connection, then hold them all open until stdin ends
  bool pause = false;        // between warm-up and window nothing is in flight, until stdin says so
  bool digest = false;       // SHA-256 of each reply's body; costs time
  std::uint32_t connections = 1;
  std::uint32_t streams = 1;  // at once, on each HTTP/2 connection
  std::uint32_t names = 0;  // so many hosts in turn, a new one for each connection; 0: just `host`
  std::uint32_t first_name = 0;
  std::uint32_t clients =
      1;  // source addresses, 127.1.0.1 and on; 1 leaves the choice to the system
  std::chrono::milliseconds warm_up{0};
  std::chrono::milliseconds window{1'000};
  std::uint64_t most_requests = 0;       // ends the window sooner; 0 is no bound
  std::uint64_t most_failures = 10'000;  // no use going on
};

// Complains on stderr and returns nothing where the words make no plan.
std::optional<Plan> read_plan(int count, char** words);

}  // namespace sallyport::perf
