#pragma once
// An HTTP server for one origin of ours, without a proxy around it: the admin listener. Its
// exchanges are not traffic of clients and leave no events.
//
// An answer may go on and on (server-sent events): a client is cut off where it takes no byte for
// 30 s, not where there is none to take.

#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/http/exchange.h"
#include "base/io/nursery.h"
#include "base/io/tcp.h"
#include "base/io/worker.h"
#include "proxy/local/visitor.h"

namespace sallyport::listen {

class LocalServer {
 public:
  // The stream inside of TLS; it takes the one that it is given, whatever comes of it.
  using OpenTls =
      std::function<Task<Result<std::unique_ptr<io::ByteStream>>>(std::unique_ptr<io::ByteStream>)>;

  // `names`: by which the gateway is asked, in small letters.
  LocalServer(io::Worker& worker, local::VisitedOrigin& origin, std::vector<std::string> names);

  // Adds a listener; start() begins to accept on all of them, until close(). Without `open_tls`
  // there is no TLS on it.
  void listen(std::unique_ptr<io::TcpListener> listener, OpenTls open_tls = nullptr);
  void start();
  // Ends everything at once.
  void close();
  Task<void> join();

 private:
  struct Client {
    std::unique_ptr<io::ByteStream> stream;  // null while TLS is opened
    io::ByteStream* raw;                     // what is below; lives as long as the client
    IpAddress local;                         // to which it came
    local::Visitor visitor;
    const OpenTls* open_tls;
    bool waits = true;   // for a request
    bool ended = false;  // by us
  };
  using Clients = std::list<Client>;
  struct Door {
    std::unique_ptr<io::TcpListener> listener;
    OpenTls open_tls;
  };
  Task<void> accept_loop(const Door& door);
  void take(io::Accepted accepted, const Door& door);
  Task<void> serve(Clients::iterator client);
  Task<bool> open(Client& client);
  Task<void> answer(Client& client);
  bool is_ours(const Client& client, const Host& host) const;

  static constexpr std::size_t kMostConnections = 256;

  io::Worker& worker_;
  local::VisitedOrigin& origin_;
  std::list<Door> doors_;
  const std::vector<std::string> names_;
  Clients clients_;
  io::Nursery nursery_;
};

}  // namespace sallyport::listen
