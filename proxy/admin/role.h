#pragma once
// What an operator, or a program of theirs, may do with the gateway. Each role may what those
// before it may.

#include <optional>
#include <string_view>

namespace sallyport::admin {

enum class Role : unsigned char {
  viewer,    // reports in which no single person shows
  analyst,   // what persons did, and handling alerts
  operator_  // everything
};

std::string_view to_string(Role role);  // "viewer", "analyst", "operator"
std::optional<Role> parse_role(std::string_view word);

}  // namespace sallyport::admin
