#pragma once
// Alerts by webhook (webhook_message.h) and by mail (mail_message.h), both by way of libcurl on a
// thread of each carrier's own, so that none waits for another's receiver.

#include "base/io/pool.h"
#include "proxy/delivery/carrier.h"
#include "proxy/delivery/curl_session.h"

namespace sallyport::delivery {

class WebhookCarrier final : public Carrier {
 public:
  WebhookCarrier(const ReceiverOptions& options, const CarrierParts& parts)
      : options_(options), parts_(parts) {}

  // One POST, one alert: what a receiver makes of it is about that alert.
  std::size_t most(std::size_t) const override { return 1; }
  Task<Outcome> carry(std::span<const discovery::Alert> alerts, bool test) override;
  void abandon() override { session_.abandon(); }
  Task<void> close() override;

 private:
  const ReceiverOptions& options_;
  const CarrierParts& parts_;
  CurlSession session_;
  io::WorkPool thread_{1, 1, "deliver"};
};

class MailCarrier final : public Carrier {
 public:
  static constexpr std::size_t kMostSingle = 3;   // more that wait go as one mail
  static constexpr std::size_t kMostDigest = 50;  // alerts of one mail

  MailCarrier(const ReceiverOptions& options, const CarrierParts& parts)
      : options_(options), parts_(parts) {}

  std::size_t most(std::size_t waiting) const override {
    return waiting > kMostSingle ? kMostDigest : 1;
  }
  Task<Outcome> carry(std::span<const discovery::Alert> alerts, bool test) override;
  void abandon() override { session_.abandon(); }
  Task<void> close() override;

 private:
  const ReceiverOptions& options_;
  const CarrierParts& parts_;
  CurlSession session_;
  io::WorkPool thread_{1, 1, "deliver"};
};

// What a mail server's answer comes to. A wrong password is for later: it is mended here, not
// there.
Outcome judge_mail(const CurlAnswer& answer);
Outcome judge_webhook(const CurlAnswer& answer);

}  // namespace sallyport::delivery
