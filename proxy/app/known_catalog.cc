#include "proxy/app/known_catalog.h"

#include "discovery/catalog/imported_apps.h"

namespace sallyport::app {

std::string imported_catalog(const std::string& state) { return state + "/catalog/imports"; }

Checked<std::shared_ptr<const discovery::Catalog>> load_known_catalog(const Config& config,
                                                                      Diagnostics& warnings) {
  if (config.catalog.empty()) return std::make_shared<const discovery::Catalog>();
  auto imports = discovery::read_imports(imported_catalog(config.state_directory), warnings);
  return discovery::load_catalog(config.catalog, std::move(imports), warnings);
}

}  // namespace sallyport::app
