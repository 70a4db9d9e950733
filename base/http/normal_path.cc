#include "base/http/normal_path.h"

#include <vector>

#include "base/core/text.h"

namespace sallyport::http {
namespace {

bool is_unreserved(char c) {  // RFC 3986 section 2.3
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// Nothing escaped, no empty segment and none that begins with a dot: most paths.
bool is_normal(std::string_view path) {
  if (!path.starts_with('/')) return false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%') return false;
    if (path[i] == '/' && i + 1 < path.size() && (path[i + 1] == '/' || path[i + 1] == '.')) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string normal_path(std::string_view path) {
  path = path.substr(0, path.find('?'));
  if (is_normal(path)) return std::string(path);
  std::string decoded;
  decoded.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '%' && i + 2 < path.size() && is_hex(path[i + 1]) && is_hex(path[i + 2])) {
      const char c = static_cast<char>(hex_value(path[i + 1]) * 16 + hex_value(path[i + 2]));
      if (is_unreserved(c)) {
        decoded += c;
        i += 2;
        continue;
      }
    }
    decoded += path[i];
  }
  std::vector<std::string_view> segments;
  const std::string_view all = decoded;
  bool directory = false;
  for (const std::string_view segment : split(all, '/')) {
    directory = segment.empty() || segment == "." || segment == "..";
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
  }
  std::string normal;
  for (const std::string_view segment : segments) {
    normal += '/';
    normal += segment;
  }
  if (directory || normal.empty()) normal += '/';
  return normal;
}

}  // namespace sallyport::http
