#pragma once
// What is imported, and taken back, as entries of the governance log (log_import, catalog_import),
// whether a gateway runs or not.

#include <string>
#include <utility>
#include <vector>

namespace sallyport::cli {

struct LoggedImport {
  std::string kind;    // "log_import", "catalog_import"
  std::string key;     // its number, or its name
  std::string change;  // "imported", "removed"
  // More of it in words: file (its name only), records, bad, ...
  std::vector<std::pair<std::string, std::string>> facts = {};
};

// False after a message: then it is not to be done.
bool log_import(const std::string& state, const LoggedImport& import, const std::string& who);

}  // namespace sallyport::cli
