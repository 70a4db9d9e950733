#include "proxy/admin/role.h"

namespace sallyport::admin {

std::string_view to_string(Role role) {
  switch (role) {
    case Role::viewer:
      return "viewer";
    case Role::analyst:
      return "analyst";
    case Role::operator_:
      return "operator";
  }
  return "";
}

std::optional<Role> parse_role(std::string_view word) {
  for (const Role role : {Role::viewer, Role::analyst, Role::operator_}) {
    if (word == to_string(role)) return role;
  }
  return std::nullopt;
}

}  // namespace sallyport::admin
