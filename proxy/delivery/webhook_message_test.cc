// What a webhook gets, and how it is signed.

#include "proxy/delivery/webhook_message.h"

#include <gtest/gtest.h>

#include "discovery/alerts/alert_samples_for_tests.h"

namespace sallyport::delivery {
namespace {

namespace samples = discovery::samples;

TEST(WebhookMessage, IsSignedOverItsTimestampAndBody) {
  // printf '1795601932.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef
  EXPECT_EQ(webhook_signature("0123456789abcdef", "1795601932", "{\"a\":1}"),
            "v1=c14f01a08068ff46a322ca43e155001368f83162409cc3cba51b98fa1dfead75");
  EXPECT_NE(webhook_signature("0123456789abcdef", "1795601933", "{\"a\":1}"),
            webhook_signature("0123456789abcdef", "1795601932", "{\"a\":1}"));
}

TEST(WebhookMessage, NamesTheAlertInAFieldAndInTheBody) {
  const discovery::Alert alert = samples::alert(1);
  std::string json;
  append_json(json, alert);
  const Time now = *parse_rfc3339("2026-11-25T12:18:52.9Z");
  const WebhookMessage message = make_webhook_message(alert, "secret", "gw.example", now, false);
  EXPECT_EQ(message.body, "{\"type\":\"alert\",\"gateway\":\"gw.example\",\"alert\":" + json + "}");
  EXPECT_EQ(
      message.fields,
      (std::vector<std::string>{
          "Content-Type: application/json", "Sallyport-Id: " + alert.id.to_string(),
          "Sallyport-Timestamp: 1795609132",
          "Sallyport-Signature: " + webhook_signature("secret", "1795609132", message.body)}));
  EXPECT_TRUE(
      make_webhook_message(alert, "s", "gw", now, true).body.starts_with("{\"type\":\"test\","));
}

}  // namespace
}  // namespace sallyport::delivery
