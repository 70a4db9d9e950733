#pragma once
// What is known of a route beside how it is answered: who may ask, and what the document of the API
// (openapi.h) says of it.

#include <string_view>

#include "proxy/admin/role.h"

namespace sallyport::admin {

struct RouteFacts {
  enum class Who : unsigned char { anybody, viewer, analyst, operator_ };

  std::string_view method;
  std::string_view path;  // "/api/v1/apps/{id}/tags/{tag}"
  Who who = Who::operator_;
  std::string_view summary;  // one line
  // The name of a schema of the document, "[App]" for an array of them, or "" where there is none.
  std::string_view answer;
  std::string_view body = "";                  // of the request, likewise; "text": plain text
  std::string_view type = "application/json";  // of the answer
  // Asked by pages again and again, whether or not somebody sits there: keeps no session alive.
  bool polled = false;
};

}  // namespace sallyport::admin
