#pragma once
// One JSON object of a log as fields, by the dotted names of its members. For the formats in JSON.

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "discovery/imports/fields.h"

namespace sallyport::discovery::imports {

class JsonFields {
 public:
  // Members that the table names, of texts, numbers and booleans; of a list its first text, of
  // members with one name the first. What `fields` looks at holds until the next read(). False for
  // what is no JSON object. `extra` are names whose values are asked for by extra().
  bool read(std::string_view line, std::span<const NamedRole> table,
            std::span<const std::string_view> extra, Fields& fields);
  // The value of extra[at]; "" where it is absent. Holds until the next read().
  std::string_view extra(std::size_t at) const { return extras_[at]; }

 private:
  static constexpr std::size_t kMostRows = 64;
  static constexpr std::size_t kMostExtra = 8;

  std::array<std::string, kMostRows> values_;
  std::array<std::string, kMostExtra> extras_;
};

}  // namespace sallyport::discovery::imports
