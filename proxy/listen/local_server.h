#pragma once
// An HTTP server for one http::Origin of ours, without a proxy around it: the admin listener. Its
// exchanges are not traffic of clients and leave no events.

#include <list>
#include <memory>
#include <vector>

#include "base/http/exchange.h"
#include "base/io/nursery.h"
#include "base/io/tcp.h"
#include "base/io/worker.h"

namespace sallyport::listen {

class LocalServer {
 public:
  LocalServer(io::Worker& worker, http::Origin& origin);

  // Adds a listener; start() begins to accept on all of them, until close().
  void listen(std::unique_ptr<io::TcpListener> listener);
  void start();
  void take(io::Accepted accepted);
  // Ends everything at once.
  void close();
  Task<void> join();

 private:
  using Streams = std::list<std::unique_ptr<io::ByteStream>>;
  Task<void> accept_loop(io::TcpListener& listener);
  Task<void> serve(Streams::iterator stream);

  static constexpr std::size_t kMostConnections = 256;

  io::Worker& worker_;
  http::Origin& origin_;
  std::vector<std::unique_ptr<io::TcpListener>> listeners_;
  Streams streams_;
  io::Nursery nursery_;
};

}  // namespace sallyport::listen
