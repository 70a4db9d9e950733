#include "proxy/export/syslog_connection.h"

#include <array>

#include "base/io/deadline.h"
#include "tls/stream/tls_stream.h"

namespace sallyport::exporting {

namespace {

constexpr std::chrono::milliseconds kConnect{10'000};    // each address
constexpr std::chrono::milliseconds kHandshake{10'000};  // TLS

}  // namespace

std::string_view to_string(SyslogTransport transport) {
  switch (transport) {
    case SyslogTransport::udp:
      return "udp";
    case SyslogTransport::tcp:
      return "tcp";
    case SyslogTransport::tls:
      return "tls";
  }
  return "";
}

std::string to_string(const SyslogAddress& address) {
  return std::string(to_string(address.transport)) + "://" + address.host.in_authority() + ":" +
         std::to_string(address.port);
}

SyslogConnection::SyslogConnection(const SyslogAddress& address, const SyslogCarriers& carriers,
                                   std::function<void()> ended)
    : address_(address),
      carriers_(carriers),
      ended_(std::move(ended)),
      listening_(carriers.worker.executor()) {}

SyslogConnection::~SyslogConnection() = default;

Task<Result<void>> SyslogConnection::open(std::shared_ptr<const tls::Verifier> verifier) {
  verifier_ = std::move(verifier);
  io::Nursery scope(carriers_.worker.executor());
  opening_ = &scope;
  Result<std::unique_ptr<io::ByteStream>> opened = co_await reach(scope);
  opening_ = nullptr;
  if (!opened) co_return pass_on(std::move(opened));
  stream_ = std::move(*opened);
  listening_.start(listen());
  co_return Result<void>();
}

Task<void> SyslogConnection::close() {
  stream_->close();
  co_await listening_.join();
}

void SyslogConnection::abandon() {
  if (opening_ != nullptr) opening_->cancel();
  if (stream_ != nullptr) stream_->close();
}

Task<Result<std::unique_ptr<io::ByteStream>>> SyslogConnection::reach(io::Nursery& scope) {
  bool late = false;
  io::Deadline patience(carriers_.worker.deadlines(), [&scope, &late] {
    late = true;
    scope.cancel();
  });
  patience.set(kConnect);
  std::vector<IpAddress> addresses;
  if (address_.host.is_address()) {
    addresses.push_back(*address_.host.address());
  } else {
    auto resolved = co_await carriers_.resolver.resolve(address_.host.text(), scope);
    if (late) co_return fail(ErrorKind::timed_out, Side::origin, "looking up its name");
    if (!resolved) co_return pass_on(std::move(resolved));
    addresses = std::move(*resolved);
  }
  io::Connector& connector =
      address_.transport == SyslogTransport::udp ? carriers_.udp : carriers_.tcp;
  Error last{ErrorKind::connect_unreachable, Side::origin, false, "no address to try"};
  for (const IpAddress& address : addresses) {
    patience.set(kConnect);
    const auto attempt = connector.attempt({address, address_.port});
    io::Connector::Attempt& raw = *attempt;
    const io::Nursery::OnCancel on_cancel(scope, [&raw] { raw.abandon(); });
    Result<std::unique_ptr<io::ByteStream>> stream = co_await attempt->run();
    if (stream && !scope.cancelled() && address_.transport == SyslogTransport::tls) {
      patience.set(kHandshake);
      stream = co_await secure(std::move(*stream), scope);
    }
    if (late) co_return fail(ErrorKind::timed_out, Side::origin, address.to_string());
    if (scope.cancelled()) co_return fail(ErrorKind::cancelled, Side::ours);
    if (stream) co_return std::move(stream);
    last = std::move(stream.error());
  }
  co_return std::unexpected(std::move(last));
}

Task<Result<std::unique_ptr<io::ByteStream>>> SyslogConnection::secure(
    std::unique_ptr<io::ByteStream> stream, io::Nursery& scope) {
  Result<tls::SslPtr> ssl = carriers_.context.connect(address_.server_name, {});
  if (!ssl) co_return pass_on(std::move(ssl));
  auto secured = std::make_unique<tls::TlsStream>(std::move(stream), std::move(*ssl));
  tls::TlsStream& raw = *secured;
  const io::Nursery::OnCancel on_cancel(scope, [&raw] { raw.close(); });
  Result<void> shaken = co_await secured->handshake();
  if (!shaken) co_return pass_on(std::move(shaken));
  // RFC 5425 sections 4.2.1 and 5.2: its chain and its name, before the first message.
  const std::vector<tls::Certificate> chain = secured->peer_chain();
  const std::vector<std::byte> staple = secured->peer_staple();
  const tls::Report report =
      verifier_->verify(chain, address_.server_name, staple, carriers_.worker.clock().now());
  if (!report.accepted) {
    co_return fail(ErrorKind::tls_verify, Side::origin, report.summary + ": " + report.detail);
  }
  std::unique_ptr<io::ByteStream> done = std::move(secured);
  co_return done;
}

// What is read is the end, or an alert.
Task<void> SyslogConnection::listen() {
  std::array<std::byte, 256> scrap;
  io::FairTurns turns;
  while (true) {
    Result<std::size_t> got = co_await io::read_some(*stream_, scrap);
    if (!got) {
      why_ = std::move(got.error());
      break;
    }
    if (*got == 0) {
      why_ = Error{ErrorKind::closed, Side::origin, false, "by the receiver"};
      break;
    }
    if (turns.due()) co_await io::yield();
  }
  over_ = true;
  stream_->close();  // A write that waits ends.
  ended_();
}

}  // namespace sallyport::exporting
