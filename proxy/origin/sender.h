#pragma once
// The network as an http::Origin: one route, one identity class, either version of HTTP.

#include <memory>
#include <optional>
#include <string>

#include "base/http/exchange.h"
#include "proxy/origin/dialer.h"
#include "proxy/origin/pool.h"

namespace sallyport::origin {

class Sender final : public http::Origin {
 public:
  // `identity`: connections are shared only with senders of the same one; "" is everybody. `offer`
  // is for new connections; one that is there serves whatever it speaks.
  Sender(Pool& pool, Dialer& dialer, const Route& route, std::string identity, Offer offer);

  // Sent once more, on a fresh connection, is a request without a body whose method is idempotent
  // and which died with a reused connection before any reply (RFC 9110 section 9.2.2), and one that
  // the origin has surely not looked at, where nothing of its body left (RFC 9113 section 8.7).
  Task<Result<http::Reply>> send(const http::RequestHead& request, http::Body& body,
                                 http::Interim& interim, io::Nursery& nursery) override;

  // Makes sure that there is a believed connection, without sending anything. The facts are those
  // of the connection, or of the failure.
  Task<Result<void>> reach(io::Nursery& scope);

  // What is known of the connection used or reached last, or of the one that failed; may be null.
  const std::shared_ptr<const OriginFacts>& facts() const { return facts_; }

 private:
  // A connection that is there already.
  std::optional<Line> pooled(const http::RequestHead& request);
  // A connection for one request: from the pool where `fresh` is not asked for, else opened. One
  // that can be shared is, at once.
  Task<Result<Line>> line_for(const http::RequestHead& request, bool fresh, io::Nursery& scope);
  Task<Result<Line>> open(Offer offer, io::Nursery& scope);

  Pool& pool_;
  Dialer& dialer_;
  const Route& route_;
  std::string identity_;
  std::string key_;
  Offer offer_;
  std::shared_ptr<const OriginFacts> facts_;
};

}  // namespace sallyport::origin
