#pragma once
// A webhook action: what only an app's own API can do (take collaborators away, revoke a grant,
// suspend somebody inside the app) is asked of a program that may.
//
//   POST <url>, with the fields of webhook_message.h; Sallyport-Id is the call's: the same at every
//   try, so whoever has done it answers 2xx again
//
//   {"type":"action","id":"01KB...","gateway":"gw.example","action":"box-remove","at":"...",
//    "user":"ana","app":"box","alert":"","reason":"...","by":"ida","parameters":{...}}
//
// `parameters` are what the configuration writes, filled (call_template.h).

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/clock.h"
#include "proxy/delivery/webhook_message.h"

namespace sallyport::delivery {

struct ActionCall {
  std::string id;      // a ULID
  std::string action;  // its name in the configuration
  std::string user, app, alert, reason, by;
  Time at{};
};

using ActionParameters = std::vector<std::pair<std::string, std::string>>;

// The names that stand for something in a template of an action.
std::span<const std::string_view> action_places();

WebhookMessage make_action_message(const ActionCall& call, const ActionParameters& parameters,
                                   std::string_view secret, std::string_view gateway, Time now);

}  // namespace sallyport::delivery
