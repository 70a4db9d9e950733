#pragma once
// A JSON text as "a.b" = "value" lines. Of a list of texts the elements, joined by ", "; objects in
// a list are numbered: "a.0.b". true and false read "yes" and "no"; null is left out.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/json/cursor.h"

namespace sallyport::cli {

class FlatJson {
 public:
  explicit FlatJson(std::string_view text) : cursor_(text) {
    fine_ = value("") && cursor_.at_end();
  }
  bool fine() const { return fine_; }
  // "" where there is nothing.
  std::string operator[](const std::string& path) const {
    const auto found = values_.find(path);
    return found == values_.end() ? std::string() : found->second;
  }
  bool has(const std::string& path) const { return values_.contains(path); }

 private:
  static std::string below(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
  }
  bool value(const std::string& path);
  void add(const std::string& path, const std::string& text);

  JsonCursor cursor_;
  std::map<std::string, std::string> values_;
  bool fine_ = false;
};

}  // namespace sallyport::cli
