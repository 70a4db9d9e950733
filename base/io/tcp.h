#pragma once
// TCP: streams, listeners and attempts to connect.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/core/address.h"
#include "base/io/stream.h"
#include "base/io/worker.h"

namespace sallyport::io {

// Reaches an address. An interface, so that tests run the whole walk in memory.
class Connector {
 public:
  // One try, which may be abandoned: run() then ends with ErrorKind::cancelled.
  class Attempt {
   public:
    virtual ~Attempt() = default;
    virtual Task<Result<std::unique_ptr<ByteStream>>> run() = 0;
    virtual void abandon() = 0;
  };

  virtual ~Connector() = default;
  virtual std::unique_ptr<Attempt> attempt(const IpEndpoint& to) = 0;
};

// The real one. Must not outlive the worker.
std::unique_ptr<Connector> make_tcp_connector(Worker& worker);

struct Accepted {
  std::unique_ptr<ByteStream> stream;
  IpEndpoint peer;
  IpEndpoint local;
};

class TcpListener {
 public:
  struct Options {
    IpEndpoint address;      // Port 0: the system chooses; see local().
    bool reuse_port = true;  // One listener per worker on the same address.
    bool v6_only = false;
    int backlog = 1024;
    // So many open files are left to others: who connects when no more are free is turned away.
    // At most an eighth of all that this process may have open.
    std::size_t keep_free = 0;
  };

  static Result<std::unique_ptr<TcpListener>> open(Worker& worker, const Options& options);
  virtual ~TcpListener() = default;

  // Asked of each that connected, before anything is made for it; false: it is reset. So whoever
  // floods the door takes three system calls of us for each, and no turn of the loop.
  using Door = std::function<bool(const IpEndpoint& peer)>;

  // The next one whom `door` lets in; null: everybody. ErrorKind::unavailable where files or memory
  // are short: the caller waits a little and goes on; see turned_away().
  // ErrorKind::closed after close(). Lifetime: the door outlives the task.
  virtual Task<Result<Accepted>> accept(const Door* door = nullptr) = 0;
  // Connections that were closed unserved in the last accept() that said unavailable, so that
  // nobody hangs in the backlog. Where not one file is free, one that is kept for this makes room
  // for it.
  virtual std::size_t turned_away() const = 0;

  // What these clients begin is dropped by the kernel from now on, before a handshake: it takes
  // nothing of this process, and who asks again does so after a second (RFC 6298). A client is an
  // IPv4 address, or an IPv6 address with all others of its /64. Takes the place of those named
  // before; of more than kMostIgnored the rest is heard. Connections that exist go on.
  // False where the kernel has no filters for sockets; then everybody is heard.
  static constexpr std::size_t kMostIgnored = 64;
  virtual bool ignore(std::span<const IpAddress> clients) = 0;

  virtual void close() = 0;
  virtual IpEndpoint local() const = 0;
};

// Every address of this machine's own interfaces.
std::vector<IpAddress> own_addresses();

}  // namespace sallyport::io
