#pragma once
// `history` and `now` of a case. Private to policy/testkit.

#include <functional>
#include <vector>

#include "base/core/diagnostics.h"
#include "base/yaml/reader.h"
#include "policy/testkit/test_case.h"

namespace sallyport::policy {

// Reads a fact: a key that is none of a step's.
using ReadFact = std::function<void(const Spanned<std::string>& key, const yaml::Node& value,
                                    std::vector<Fact>&)>;

// Reads both keys, where they are there, and holds them and `finds` against the other keys.
void read_history(yaml::MapReader& map, TestCase& test, const ReadFact& read_fact,
                  Diagnostics& found);

}  // namespace sallyport::policy
