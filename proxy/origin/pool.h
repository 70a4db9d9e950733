#pragma once
// Connections to origins, shared only under the same key: host, port, TLS or not, identity class.
// One per worker. Those of HTTP/1 are here while nobody uses them, those of HTTP/2 for as long as
// they take requests.
//
// INVARIANT: a connection in here is exactly between two messages (http1::Client::reusable). One
// that said something or closed meanwhile is thrown away when it is taken, never used.

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/io/nursery.h"
#include "base/io/worker.h"
#include "proxy/http1/client.h"
#include "proxy/http2/client.h"
#include "proxy/origin/dialer.h"

namespace sallyport::origin {

// A connection and what is known of it. The facts live as long as the connection.
struct Connection {
  std::shared_ptr<http1::Client> client;
  std::shared_ptr<const OriginFacts> facts;
};

class Pool {
 public:
  struct Options {
    // Of all origins, per worker. One more of HTTP/2 ends the one that has been idle for longest.
    std::size_t most_idle = 1024;
    std::size_t most_idle_per_key = 256;
    std::chrono::milliseconds keep{55'000};  // origins commonly close after 60 s

    bool operator==(const Options&) const = default;
  };

  Pool(io::Worker& worker, Options options);
  ~Pool();

  // The one used last, or nothing.
  std::optional<Connection> take(const std::string& key);
  // The facts of a connection that may be used now, of either version, without taking it.
  std::shared_ptr<const OriginFacts> peek(const std::string& key);
  // REQUIRES: connection.client->reusable().
  void put(const std::string& key, Connection connection);

  struct Shared {
    std::shared_ptr<http2::Client> client;
    std::shared_ptr<const OriginFacts> facts;
  };
  // One that takes another request now, or nothing.
  std::optional<Shared> shared(const std::string& key);
  // Starts it and keeps it for everybody with this key.
  void share(const std::string& key, Shared connection);

  // An origin that asked for HTTP/1.1 (HTTP_1_1_REQUIRED) is offered nothing else for a while.
  void demand_http1(const std::string& key);
  bool demands_http1(const std::string& key) const;

  // Where a connection that may be shared is being opened, others wait for it instead of opening
  // their own. True where there was one, and it is done now or `scope` was cancelled.
  Task<bool> wait_for_opening(const std::string& key, io::Nursery& scope);
  class Opening {
   public:
    Opening(Pool& pool, const std::string& key);
    ~Opening();

   private:
    Pool& pool_;
    std::string key_;
  };

  // Closes every idle connection; what runs on shared ones goes on.
  void clear();
  // Closes all of them, at once.
  void abort();
  // Until the last connection has ended. REQUIRES: abort().
  Task<void> join();
  // Only connections whose chain was believed under `trust` (OriginFacts) are kept from now on.
  void believe(std::uint32_t trust);

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    Connection connection;
    std::unique_ptr<io::Deadline> expiry;  // knows its entry
    bool resting = false;                  // its buffers were given back
  };
  using Entries = std::list<Entry>;
  // Those of one key, the newest last.
  using Index = std::unordered_map<std::string, std::vector<Entries::iterator>>;
  Connection remove(Index::iterator same, std::vector<Entries::iterator>::iterator at);
  void erase(Entries::iterator entry);
  Entries::iterator fresh_entry();
  void expire(Entries::iterator entry);
  struct SharedEntry {
    Shared connection;
    std::unique_ptr<io::Deadline> expiry;
    bool resting = false;
    std::chrono::steady_clock::time_point idle_since;
  };
  using SharedEntries = std::unordered_multimap<std::string, std::unique_ptr<SharedEntry>>;
  void look_at(const std::string& key, http2::Client* client);
  void expire(const std::string& key, SharedEntry& entry);
  SharedEntries::iterator retire(SharedEntries::iterator entry);
  void start(const std::shared_ptr<http2::Client>& client);
  void make_room();

  io::Worker& worker_;
  Options options_;
  std::uint32_t trust_ = 0;
  Entries entries_;  // oldest first
  Entries spare_;    // without a connection: memory and deadlines of those that were taken
  Index index_;      // keys may stay for a while when nothing is left of them
  SharedEntries shared_;
  std::unordered_map<std::string, std::chrono::steady_clock::time_point> demanding_;  // until then
  std::unordered_map<std::string, std::vector<io::Signal*>> opening_;  // who waits for it
  std::vector<std::weak_ptr<http2::Client>> started_;
  io::Nursery running_;
};

}  // namespace sallyport::origin
