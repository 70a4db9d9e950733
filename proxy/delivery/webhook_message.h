#pragma once
// An alert as the POST that a webhook gets.
//
//   POST <url>
//   Content-Type: application/json
//   Sallyport-Id: 01KB0W6...                    the alert's id: the same at every try
//   Sallyport-Timestamp: 1795601932             seconds since 1970, of this try
//   Sallyport-Signature: v1=6fd1...             HMAC-SHA-256 in hexadecimal, by the secret, over
//                                               the timestamp, ".", and the body
//
//   {"type":"alert","gateway":"gw.example","alert":{...}}     "type":"test" where it is a test
//
// The id stands in the body too, so it is signed. Whoever refuses timestamps that are more than
// minutes old is safe from replays.

#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "discovery/alerts/alert.h"

namespace sallyport::delivery {

struct WebhookMessage {
  std::vector<std::string> fields;  // "Name: value"
  std::string body;
};

WebhookMessage make_webhook_message(const discovery::Alert& alert, std::string_view secret,
                                    std::string_view gateway, Time now, bool test);

// Content type, id, timestamp and signature of a body that is sent now.
std::vector<std::string> webhook_fields(const std::string& id, std::string_view secret,
                                        std::string_view body, Time now);

// "v1=..."
std::string webhook_signature(std::string_view secret, std::string_view timestamp,
                              std::string_view body);

}  // namespace sallyport::delivery
