#include "proxy/delivery/webhook_message.h"

#include "base/core/text.h"
#include "base/crypto/hmac.h"
#include "base/json/writer.h"

namespace sallyport::delivery {

std::string webhook_signature(std::string_view secret, std::string_view timestamp,
                              std::string_view body) {
  std::string signed_text(timestamp);
  signed_text += '.';
  signed_text += body;
  const Sha256Digest digest = hmac_sha256(secret, signed_text);
  return "v1=" + to_hex(digest.data(), digest.size());
}

std::vector<std::string> webhook_fields(const std::string& id, std::string_view secret,
                                        std::string_view body, Time now) {
  const std::string timestamp =
      std::to_string(std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count());
  return {"Content-Type: application/json", "Sallyport-Id: " + id,
          "Sallyport-Timestamp: " + timestamp,
          "Sallyport-Signature: " + webhook_signature(secret, timestamp, body)};
}

WebhookMessage make_webhook_message(const discovery::Alert& alert, std::string_view secret,
                                    std::string_view gateway, Time now, bool test) {
  WebhookMessage message;
  JsonWriter json(message.body);
  json.begin_object();
  json.member("type", test ? "test" : "alert");
  json.member("gateway", gateway);
  json.key("alert");
  json.begin_object();
  write_members(json, alert);
  json.end_object();
  json.end_object();
  message.fields = webhook_fields(alert.id.to_string(), secret, message.body, now);
  return message;
}

}  // namespace sallyport::delivery
