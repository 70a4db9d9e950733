#pragma once
// Alerts to a syslog receiver (syslog_alert.h), over one connection that stays open.
//
// What "delivered" means where a protocol has no answers: over TCP and TLS the receiver's machine
// has acknowledged every byte, and the connection had not ended by then; what its program has not
// read when it dies is lost. Over UDP the network has not said within 250 ms that nobody listens;
// what it loses is lost.

#include "base/io/signal.h"
#include "proxy/delivery/carrier.h"

namespace sallyport::delivery {

class SyslogCarrier final : public Carrier {
 public:
  SyslogCarrier(const ReceiverOptions& options, const CarrierParts& parts);
  ~SyslogCarrier() override;

  std::size_t most(std::size_t) const override;
  Task<Outcome> carry(std::span<const discovery::Alert> alerts, bool test) override;
  void abandon() override;
  Task<void> close() override;

 private:
  bool is_udp() const;
  Task<Result<void>> connect();
  Task<Result<void>> send(const std::vector<std::string>& pieces);
  Task<Result<void>> arrived();
  // Shorter where the receiver ends it or nobody wants it any more.
  Task<void> rest(std::chrono::milliseconds span);

  const ReceiverOptions& options_;
  const SyslogOptions& to_;
  const CarrierParts& parts_;
  std::shared_ptr<const tls::Verifier> verifier_;
  std::unique_ptr<exporting::SyslogConnection> connection_;
  io::Signal wake_;
  bool abandoned_ = false;
};

}  // namespace sallyport::delivery
