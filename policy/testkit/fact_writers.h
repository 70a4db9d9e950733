#pragma once
// How each fact is put into an Activity: one row for each attribute but those of time, which make
// one moment together (facts.cc). Private to policy/testkit.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/core/address.h"
#include "policy/activity/activity.h"

namespace sallyport::policy {

// monostate: the fact is missing. Words, addresses and numbers have been checked.
using FactValue =
    std::variant<std::monostate, std::int64_t, std::string, std::vector<std::string>, IpAddress>;

struct FactWriter {
  std::string_view attribute;
  void (*write)(Activity&, const FactValue&);
  // Of numbers: both ends belong to it.
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max() - 1;
};

// Null for attributes of time.
const FactWriter* find_fact_writer(std::string_view attribute);

}  // namespace sallyport::policy
