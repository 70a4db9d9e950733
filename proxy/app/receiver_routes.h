#pragma once
// /api/v1/alert-receivers: who gets alerts, and how that goes.
//
//   GET  /api/v1/alert-receivers                 [{name, type, to, waiting, oldest, aside,
//                                                delivered, failures, last_success, error,
//                                                error_at, next_try}]; what is not known is absent
//   POST /api/v1/alert-receivers/{}/test         brings a test alert: {"outcome": "delivered",
//                                                "answer": "HTTP 200: ok"}; outcome is delivered,
//                                                later or refused
//   POST /api/v1/alert-receivers/{}/deliver      tries at once; ?again=yes also what was put aside:
//                                                {"again": 3}

#include "base/json/writer.h"
#include "proxy/admin/api.h"
#include "proxy/delivery/delivery.h"

namespace sallyport::app {

// All outlive the Api. `desk` is where its calls run; `draining`: nothing new is begun.
void add_receiver_routes(admin::Api& api, delivery::Delivery& delivery, io::Worker& desk,
                         const std::atomic<bool>& draining);

void write_receiver(JsonWriter& json, const delivery::ReceiverStatus& receiver);

// Gauges with a value per receiver, in the format of Prometheus.
std::string render_receiver_metrics(const std::vector<delivery::ReceiverStatus>& receivers,
                                    Time now);

}  // namespace sallyport::app
