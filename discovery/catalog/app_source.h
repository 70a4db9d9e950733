#pragma once
// Where facts of the catalog come from, so that a reader can judge and renew them.

#include <string>

namespace sallyport::discovery {

struct AppSource {
  std::string kind;  // "common_knowledge", "vendor_documentation", "observed", "imported", ...
  std::string date;  // "2026-11-23"
  std::string note;  // May be empty.
};

}  // namespace sallyport::discovery
