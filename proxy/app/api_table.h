#pragma once
// Every route of /api/v1: who may ask, and what the API's document says of it. A test holds it
// against the routes that the gateway has.

#include <span>

#include "proxy/admin/route_facts.h"

namespace sallyport::app {

std::span<const admin::RouteFacts> api_table();

}  // namespace sallyport::app
