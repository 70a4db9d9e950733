#pragma once
// The OpenAPI 3.1 document of the API, made of its routes: whatever answers is in it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/admin/api.h"

namespace sallyport::admin {

// A schema (JSON Schema 2020-12) that RouteFacts name.
struct NamedSchema {
  std::string_view name;
  std::string_view json;
};

// REQUIRES: every schema is JSON.
std::string openapi(const std::vector<Api::Told>& routes, std::span<const NamedSchema> schemas);

}  // namespace sallyport::admin
