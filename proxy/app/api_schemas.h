#pragma once
// What answers of /api/v1 look like, for its document: the members that are always there. More may
// come, in answers and with time.

#include <span>

#include "proxy/admin/openapi.h"

namespace sallyport::app {

std::span<const admin::NamedSchema> api_schemas();

}  // namespace sallyport::app
