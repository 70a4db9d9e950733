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
  std::string host;  // asked for by name; also SNI
  std::uint16_t host_port = 443;
  std::string roots;  // PEM file; what the leaf must chain to
  std::string method = "GET";
  std::string path = "/";
  std::uint64_t upload = 0;  // bytes of a request's body
  bool fresh = false;        // a new connection for each request
  bool idle = false;         // one request per connection, then hold them all open until stdin ends
  std::uint32_t connections = 1;
  std::chrono::milliseconds warm_up{0};
  std::chrono::milliseconds window{1'000};
  std::uint64_t most_requests = 0;  // ends the window sooner; 0 is no bound
};

// Complains on stderr and returns nothing where the words make no plan.
std::optional<Plan> read_plan(int count, char** words);

}  // namespace sallyport::perf
