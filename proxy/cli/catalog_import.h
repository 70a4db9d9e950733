#pragma once
// `sallyport catalog import` and `catalog imports`: apps from data of others, the second tier of
// the catalog (discovery/catalog/imported_apps.h); in force at once, and taken away again.

#include <string>

#include "proxy/cli/commands.h"

namespace sallyport::cli {

struct CatalogImportOptions {
  CommonOptions common;
  std::string file;
  std::string license;  // required: what the data may be used under
  std::string origin;   // where it is from; "" is the file's name alone
  std::string name;     // of the import; "" is made of the file's
  std::string by;       // who; "" is the user of this shell
  std::string remove;   // the import to take away instead
  bool dry_run = false;
  std::string format = "text";
};
int catalog_import(const CatalogImportOptions& options);

struct CatalogImportsOptions {
  CommonOptions common;
  std::string format = "table";
};
int catalog_imports(const CatalogImportsOptions& options);

}  // namespace sallyport::cli
