#pragma once
// The network as an http::Origin: one route, one identity class.

#include <memory>
#include <string>

#include "base/http/exchange.h"
#include "proxy/origin/dialer.h"
#include "proxy/origin/pool.h"

namespace sallyport::origin {

class Sender final : public http::Origin {
 public:
  // `identity`: connections are shared only with senders of the same one; "" is everybody.
  Sender(Pool& pool, Dialer& dialer, const Route& route, std::string identity);

  // A request that died with a reused connection before any reply is sent once more on a fresh one
  // where its method is idempotent and it has no body (RFC 9110 section 9.2.2).
  Task<Result<http::Reply>> send(const http::RequestHead& request, http::Body& body,
                                 http::Interim& interim, io::Nursery& nursery) override;

  // Makes sure that there is a believed connection, without sending anything. The facts are those
  // of the connection, or of the failure.
  Task<Result<void>> reach(io::Nursery& scope);

  // What is known of the connection used or reached last, or of the one that failed; may be null.
  const std::shared_ptr<const OriginFacts>& facts() const { return facts_; }

 private:
  Task<Result<Connection>> connect(io::Nursery& scope);

  Pool& pool_;
  Dialer& dialer_;
  const Route& route_;
  std::string identity_;
  std::shared_ptr<const OriginFacts> facts_;
};

}  // namespace sallyport::origin
