#include "proxy/delivery/webhook_call.h"

#include <array>

#include "base/json/writer.h"
#include "proxy/delivery/call_template.h"

namespace sallyport::delivery {

std::span<const std::string_view> action_places() {
  static constexpr std::array<std::string_view, 6> kPlaces = {"user",   "app", "alert",
                                                              "reason", "by",  "id"};
  return kPlaces;
}

WebhookMessage make_action_message(const ActionCall& call, const ActionParameters& parameters,
                                   std::string_view secret, std::string_view gateway, Time now) {
  const std::array<TemplateValue, 6> values = {{{"user", call.user},
                                                {"app", call.app},
                                                {"alert", call.alert},
                                                {"reason", call.reason},
                                                {"by", call.by},
                                                {"id", call.id}}};
  WebhookMessage message;
  JsonWriter json(message.body);
  json.begin_object();
  json.member("type", "action");
  json.member("id", call.id);
  json.member("gateway", gateway);
  json.member("action", call.action);
  json.member("at", format_rfc3339(call.at));
  json.member("user", call.user);
  json.member("app", call.app);
  json.member("alert", call.alert);
  json.member("reason", call.reason);
  json.member("by", call.by);
  json.key("parameters");
  json.begin_object();
  for (const auto& [name, text] : parameters) {
    json.member(name, fill_template(text, values, TemplateKind::text));
  }
  json.end_object();
  json.end_object();
  message.fields = webhook_fields(call.id, secret, message.body, now);
  return message;
}

}  // namespace sallyport::delivery
