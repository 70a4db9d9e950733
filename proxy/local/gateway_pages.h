#pragma once
// What clients ask of the gateway itself: its PAC file, its CA, its health, and a page that says
// how to use them. The caller sends here what is addressed to the gateway (origin form on the proxy
// port, or its own name as host).
//
//   GET, HEAD   /            page       /proxy.pac /wpad.dat   PAC file
//               /ca.pem  /ca.crt  /ca.der  CA certificate      /crl /ca.crl  revocation list
//               /healthz     200 "ok", or 503 and why          /metrics      Prometheus text 0.0.4
//
// Anything else is 404; another method is 405. PAC, CA and CRL carry an ETag and answer
// If-None-Match. The body of a request is not read.
//
// Answers on the worker that asks. One object may serve all workers if its sources may be called
// from all of them; they must not block.

#include <cstdint>
#include <functional>
#include <string>

#include "base/http/exchange.h"

namespace sallyport::local {

class GatewayPages : public http::Origin {
 public:
  // Where contents come from. An empty function: not served here, 404 (so /metrics exists only
  // where the admin listener gives a source). A source that returns "" has nothing now: 503.
  struct Sources {
    std::function<std::string()> ca_pem;
    std::function<std::string()> ca_der;
    std::function<std::string()> ca_fingerprint;  // For people to compare: "AB:CD:..." of SHA-256
    std::function<std::string()> crl_der;
    std::function<std::string()> pac;
    std::function<std::string()> health;  // "" is well; else one line that says what is not
    std::function<std::string()> metrics;
  };
  struct Identity {
    std::string name;        // "proxy.corp.example"
    std::uint16_t port = 0;  // Of the listener that clients use as proxy
    std::string contact;     // As PageFacts::contact
  };

  GatewayPages(Identity identity, Sources sources);

  // The whole of send() but for the task.
  http::Reply answer(const http::RequestHead& request) const;

  Task<Result<http::Reply>> send(const http::RequestHead& request, http::Body& body,
                                 http::Interim& interim, io::Nursery& nursery) override;

 private:
  http::Reply front_page() const;
  http::Reply refuse(int status, std::string heading, std::string reason,
                     const http::RequestHead& request) const;

  Identity identity_;
  Sources sources_;
};

}  // namespace sallyport::local
