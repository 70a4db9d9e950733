#include "proxy/delivery/webhook_call.h"

#include <gtest/gtest.h>

namespace sallyport::delivery {
namespace {

TEST(WebhookCall, HoldsTheCallAndItsFilledParameters) {
  const ActionCall call{
      "01M856PHB00000000000000001",          "box-remove", "ana \"x\"", "box", "", "left us", "ida",
      *parse_rfc3339("2026-11-27T20:00:00Z")};
  const WebhookMessage message =
      make_action_message(call, {{"member", "{user}"}, {"note", "{reason} ({by})"}},
                          "0123456789abcdef", "gw.example", *parse_rfc3339("2026-11-27T20:00:10Z"));
  EXPECT_EQ(message.body,
            R"({"type":"action","id":"01M856PHB00000000000000001","gateway":"gw.example",)"
            R"("action":"box-remove","at":"2026-11-27T20:00:00.000000Z","user":"ana \"x\"",)"
            R"("app":"box","alert":"","reason":"left us","by":"ida",)"
            R"x("parameters":{"member":"ana \"x\"","note":"left us (ida)"}})x");
  ASSERT_EQ(message.fields.size(), 4u);
  EXPECT_EQ(message.fields[1], "Sallyport-Id: 01M856PHB00000000000000001");
  EXPECT_EQ(message.fields[2], "Sallyport-Timestamp: 1795809610");
  EXPECT_EQ(
      message.fields[3],
      "Sallyport-Signature: " + webhook_signature("0123456789abcdef", "1795809610", message.body));
}

}  // namespace
}  // namespace sallyport::delivery
