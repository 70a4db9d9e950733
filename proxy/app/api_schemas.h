#pragma once
// What answers of /api/v1 look like, for its document: every member that may be there, and which
// are always there. tests/e2e/api_contract holds the answers against them.

#include <span>

#include "proxy/admin/openapi.h"

namespace sallyport::app {

// All of them.
std::span<const admin::NamedSchema> api_schemas();

// Parts of these.
std::span<const admin::NamedSchema> api_event_schemas();
std::span<const admin::NamedSchema> api_person_schemas();
std::span<const admin::NamedSchema> api_report_schemas();

}  // namespace sallyport::app
