#include "proxy/delivery/syslog_carrier.h"

#include "base/io/deadline.h"
#include "proxy/delivery/syslog_alert.h"

namespace sallyport::delivery {

namespace {

constexpr std::size_t kMostTogether = 100;  // alerts of one write
constexpr std::size_t kMostDatagrams = 20;
constexpr std::chrono::milliseconds kSilence{250};  // UDP
constexpr std::chrono::milliseconds kLook{100};     // whether the receiver's machine has it

}  // namespace

SyslogCarrier::SyslogCarrier(const ReceiverOptions& options, const CarrierParts& parts)
    : options_(options), to_(std::get<SyslogOptions>(options.to)), parts_(parts) {
  if (to_.roots) {
    verifier_ = std::make_shared<const tls::Verifier>(to_.roots, tls::Verifier::Options{});
  }
}

SyslogCarrier::~SyslogCarrier() = default;

bool SyslogCarrier::is_udp() const {
  return to_.address.transport == exporting::SyslogTransport::udp;
}

std::size_t SyslogCarrier::most(std::size_t) const {
  return is_udp() ? kMostDatagrams : kMostTogether;
}

void SyslogCarrier::abandon() {
  abandoned_ = true;
  if (connection_) connection_->abandon();
  wake_.notify();
}

Task<void> SyslogCarrier::close() {
  if (!connection_) co_return;
  co_await connection_->close();
  connection_.reset();
}

Task<Result<void>> SyslogCarrier::connect() {
  // Before the write: what a receiver that has gone would never read is not sent to it.
  if (connection_ && (connection_->over() || connection_->stream().peer_left(true))) {
    co_await close();
  }
  if (connection_) co_return Result<void>();
  connection_ = std::make_unique<exporting::SyslogConnection>(to_.address, parts_.syslog,
                                                              [this] { wake_.notify(); });
  Result<void> opened = co_await connection_->open(verifier_);
  if (!opened) connection_.reset();
  co_return opened;
}

Task<void> SyslogCarrier::rest(std::chrono::milliseconds span) {
  bool rested = false;
  io::Deadline until(parts_.syslog.worker.deadlines(), [this, &rested] {
    rested = true;
    wake_.notify();
  });
  until.set(span);
  while (!rested && !abandoned_ && !connection_->over()) co_await wake_.wait();
}

// Until the receiver's machine has what was written, as far as the protocol can tell.
Task<Result<void>> SyslogCarrier::arrived() {
  io::ByteStream& stream = connection_->stream();
  if (is_udp()) {
    co_await rest(kSilence);
  } else {
    const auto until = parts_.syslog.worker.clock().steady() + options_.timeout;
    while (!connection_->over() && !abandoned_ && stream.delivered() < stream.wire_out()) {
      if (parts_.syslog.worker.clock().steady() >= until) {
        co_return fail(ErrorKind::timed_out, Side::origin, "it takes nothing");
      }
      co_await rest(kLook);
    }
  }
  if (connection_->over()) co_return std::unexpected(connection_->why());
  if (abandoned_) co_return fail(ErrorKind::cancelled, Side::ours);
  // An end that came with the last acknowledgement: it may not have read what it took.
  if (!is_udp() && stream.peer_left(true)) {
    co_return fail(ErrorKind::closed, Side::origin, "by the receiver");
  }
  co_return Result<void>();
}

Task<Result<void>> SyslogCarrier::send(const std::vector<std::string>& pieces) {
  io::ByteStream& stream = connection_->stream();
  bool stalled = false;
  io::Deadline patience(parts_.syslog.worker.deadlines(), [&stream, &stalled] {
    stalled = true;
    stream.close();
  });
  patience.set(options_.timeout);
  for (const std::string& piece : pieces) {
    Result<void> wrote = co_await io::write_all(stream, io::as_bytes(piece));
    if (wrote) continue;
    if (stalled) co_return fail(ErrorKind::timed_out, Side::origin, "it takes nothing");
    if (connection_->over()) co_return std::unexpected(connection_->why());
    co_return pass_on(std::move(wrote));
  }
  patience.clear();
  co_return co_await arrived();
}

Task<Outcome> SyslogCarrier::carry(std::span<const discovery::Alert> alerts, bool test) {
  std::vector<std::string> pieces;
  if (!is_udp()) pieces.emplace_back();
  for (const discovery::Alert& alert : alerts) {
    std::string message;
    if (!append_syslog(message, alert, to_, parts_.gateway, test)) {
      co_return Outcome{Outcome::Kind::refused, "a message is larger than max_message", {}};
    }
    if (is_udp()) {
      pieces.push_back(std::move(message));  // RFC 5426 section 3.1: one message, one datagram.
    } else {
      append_counted(pieces.front(), message);
    }
  }
  Result<void> done = fail(ErrorKind::cancelled, Side::ours);
  if (!abandoned_) done = co_await connect();
  if (done && !abandoned_) {
    done = co_await send(pieces);
    if (!done) co_await close();
  }
  Outcome outcome;
  if (done) {
    outcome.kind = Outcome::Kind::delivered;
    outcome.what =
        is_udp() ? "sent; UDP does not tell what arrives" : "taken by the receiver's machine";
  } else {
    if (done.error().kind == ErrorKind::limit) outcome.kind = Outcome::Kind::refused;
    outcome.what = std::string(to_string(done.error().kind));
    if (!done.error().detail.empty()) outcome.what += ": " + done.error().detail;
  }
  co_return outcome;
}

}  // namespace sallyport::delivery
