#pragma once
// The catalog as a configuration names it: its folders, and behind them what was imported.

#include <memory>
#include <string>

#include "base/core/diagnostics.h"
#include "discovery/catalog/catalog.h"
#include "proxy/app/config.h"

namespace sallyport::app {

// DIR/catalog/imports: what `sallyport catalog import` keeps. Not DIR/catalog: whoever watches for
// changes watches the folder above too, and in DIR something changes all the time.
std::string imported_catalog(const std::string& state);

// Knows nothing where no folder is named.
Checked<std::shared_ptr<const discovery::Catalog>> load_known_catalog(const Config& config,
                                                                      Diagnostics& warnings);

}  // namespace sallyport::app
