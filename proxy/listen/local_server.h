#pragma once
// An HTTP server for one http::Origin of ours, without a proxy around it: the admin listener. Its
// exchanges are not traffic of clients and leave no events.

#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/http/exchange.h"
#include "base/io/nursery.h"
#include "base/io/tcp.h"
#include "base/io/worker.h"

namespace sallyport::listen {

class LocalServer {
 public:
  // `name`: the gateway's, by which it is asked.
  LocalServer(io::Worker& worker, http::Origin& origin, std::string name);

  // Adds a listener; start() begins to accept on all of them, until close().
  void listen(std::unique_ptr<io::TcpListener> listener);
  void start();
  void take(io::Accepted accepted);
  // Ends everything at once.
  void close();
  Task<void> join();

 private:
  struct Client {
    std::unique_ptr<io::ByteStream> stream;
    IpAddress local;     // to which it came
    bool waits = true;   // for a request
    bool ended = false;  // by us
  };
  using Clients = std::list<Client>;
  Task<void> accept_loop(io::TcpListener& listener);
  Task<void> serve(Clients::iterator client);
  bool is_ours(const Client& client, const Host& host) const;

  static constexpr std::size_t kMostConnections = 256;

  io::Worker& worker_;
  http::Origin& origin_;
  std::vector<std::unique_ptr<io::TcpListener>> listeners_;
  const std::string name_;
  Clients clients_;
  io::Nursery nursery_;
};

}  // namespace sallyport::listen
