#pragma once
// Kept-alive connections to origins, shared only under the same key: host, port, TLS or not,
// identity class. One per worker.
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

#include "base/io/worker.h"
#include "proxy/http1/client.h"
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
    std::size_t most_idle = 1024;  // of all origins, per worker
    std::size_t most_idle_per_key = 256;
    std::chrono::milliseconds keep{55'000};  // origins commonly close after 60 s

    bool operator==(const Options&) const = default;
  };

  Pool(io::Worker& worker, Options options);
  ~Pool();

  // The one used last, or nothing.
  std::optional<Connection> take(const std::string& key);
  // The same without taking it: its facts, while it is quiet and its certificate still valid.
  std::shared_ptr<const OriginFacts> peek(const std::string& key);
  // REQUIRES: connection.client->reusable().
  void put(const std::string& key, Connection connection);
  // Closes every idle connection.
  void clear();
  // Only connections whose chain was believed under `trust` (OriginFacts) are kept from now on.
  void believe(std::uint32_t trust);

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    Connection connection;
    std::unique_ptr<io::Deadline> expiry;
    bool resting = false;  // its buffers were given back
  };
  using Entries = std::list<Entry>;
  void erase(Entries::iterator entry);
  void expire(Entries::iterator entry);

  io::Worker& worker_;
  Options options_;
  std::uint32_t trust_ = 0;
  Entries entries_;                                                        // oldest first
  std::unordered_map<std::string, std::vector<Entries::iterator>> index_;  // newest last
};

}  // namespace sallyport::origin
