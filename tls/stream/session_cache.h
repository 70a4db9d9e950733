#pragma once
// Sessions with origins that may be resumed, by a key that its user makes of everything that they
// rest on (host, port, identity class). One per worker.
//
// A resumed session brings the chain of the handshake that made it and no new proof of it; so the
// chain is judged again each time, name, time and all (safety.md B3-19). The OCSP response of then is
// kept beside it. Whoever changes what chains are judged by clears the cache.
//
// INVARIANT: a session is handed out once (RFC 8446 appendix C.4).

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tls/cert/openssl.h"

namespace sallyport::tls {

class SessionCache : public std::enable_shared_from_this<SessionCache> {
 public:
  explicit SessionCache(std::size_t most = 1024) : most_(most) {}

  struct Entry {
    SslSessionPtr session;
    std::vector<std::byte> staple;
  };
  // The newest, or an empty one.
  Entry take(const std::string& key);
  void put(const std::string& key, Entry entry);
  void clear();
  std::size_t size() const { return order_.size(); }

  // What `ssl` is given by its server is kept under `key`; where there is something to resume, it
  // tries. Before the handshake.
  void serve(ssl_st* ssl, const std::string& key);
  // The staple that stands for a resumed handshake.
  static const std::vector<std::byte>* remembered_staple(ssl_st* ssl);
  // Once, for a context whose connections are served.
  static void enable(ssl_ctx_st* context);

 private:
  struct Kept {
    std::string key;
    Entry entry;
  };
  std::size_t most_;
  std::list<Kept> order_;  // oldest first
  std::unordered_multimap<std::string, std::list<Kept>::iterator> index_;
};

}  // namespace sallyport::tls
