#pragma once
// One connection to a syslog receiver, over UDP, TCP or TLS, from its opening to its end. What is
// sent on it, and what becomes of that when it breaks, is its owner's.
//
//   SyslogConnection connection(address, carriers, [this] { wake_.notify(); });
//   Result<void> opened = co_await connection.open(verifier);
//   ...  co_await io::write_all(connection.stream(), bytes)  ... connection.over() ...
//   co_await connection.close();
//
// Receivers say nothing (RFC 6587, RFC 5425), so it reads only to hear of the end, and says so in
// over().
//
// INVARIANT: with TLS, open() succeeds only for a receiver whose chain leads to the given roots for
// the given name (RFC 5425 sections 4.2.1 and 5.2).
// Thread rule: the worker's. close() has returned before it is destroyed, if open() succeeded.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/core/host.h"
#include "base/io/nursery.h"
#include "base/io/resolver.h"
#include "base/io/tcp.h"
#include "base/io/worker.h"
#include "tls/stream/context.h"
#include "tls/verify/verifier.h"

namespace sallyport::exporting {

enum class SyslogTransport : std::uint8_t { udp, tcp, tls };
std::string_view to_string(SyslogTransport transport);

struct SyslogAddress {
  Host host;
  std::uint16_t port = 514;
  SyslogTransport transport = SyslogTransport::udp;
  Host server_name;  // TLS: the name that the certificate must have, also sent as SNI

  bool operator==(const SyslogAddress&) const = default;
};

// "tls://siem.example:6514"
std::string to_string(const SyslogAddress& address);

// What carries the messages. Outlives the connections.
struct SyslogCarriers {
  io::Worker& worker;
  io::Connector& tcp;
  io::Connector& udp;
  io::Resolver& resolver;
  const tls::ClientContext& context;
};

class SyslogConnection {
 public:
  // `ended` is called once the receiver has ended it. `address` and `carriers` outlive it.
  SyslogConnection(const SyslogAddress& address, const SyslogCarriers& carriers,
                   std::function<void()> ended);
  ~SyslogConnection();
  SyslogConnection(const SyslogConnection&) = delete;
  SyslogConnection& operator=(const SyslogConnection&) = delete;

  // At most 10 s for the name, for each address, and for each handshake. `verifier` is for TLS.
  // Once.
  Task<Result<void>> open(std::shared_ptr<const tls::Verifier> verifier);
  // REQUIRES: open() succeeded.
  io::ByteStream& stream() { return *stream_; }
  // Whether the receiver ended it, and how. `closed`: orderly.
  bool over() const { return over_; }
  const Error& why() const { return why_; }

  Task<void> close();
  // From any state: what waits on it ends at once.
  void abandon();

 private:
  Task<Result<std::unique_ptr<io::ByteStream>>> reach(io::Nursery& scope);
  Task<Result<std::unique_ptr<io::ByteStream>>> secure(std::unique_ptr<io::ByteStream> stream,
                                                       io::Nursery& scope);
  Task<void> listen();

  const SyslogAddress& address_;
  const SyslogCarriers& carriers_;
  const std::function<void()> ended_;
  std::shared_ptr<const tls::Verifier> verifier_;
  std::unique_ptr<io::ByteStream> stream_;
  io::Nursery listening_;
  io::Nursery* opening_ = nullptr;
  bool over_ = false;
  Error why_;
};

}  // namespace sallyport::exporting
