#pragma once
// Who stands at a listener of ours that is no proxy, and whatever answers by that.

#include "base/core/address.h"
#include "base/http/exchange.h"

namespace sallyport::local {

struct Visitor {
  IpAddress client;
  bool tls = false;
};

class VisitedOrigin {
 public:
  virtual ~VisitedOrigin() = default;
  // As http::Origin::send().
  virtual Task<Result<http::Reply>> serve(const Visitor& visitor, const http::RequestHead& request,
                                          http::Body& body, http::Interim& interim,
                                          io::Nursery& nursery) = 0;
};

}  // namespace sallyport::local
