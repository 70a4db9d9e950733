#pragma once
// An explanation for programs: everything, whatever the text would leave out.

#include <map>
#include <string>

#include "base/json/writer.h"
#include "policy/explain/explanation.h"

namespace sallyport::policy {

struct JsonOptions {
  std::string only;                                         // the id of one policy; "": all
  std::map<std::string, std::string, std::less<>> sources;  // as TextOptions
};

// Members of an object that is open: answer, facts, not_known, questions. conf/policies/README.md
// has them.
void write_explanation(JsonWriter& json, const Explanation& explanation,
                       const JsonOptions& options = {});

}  // namespace sallyport::policy
