#pragma once
// What in a catalog says the same twice, or against itself, beyond what its reader refuses (two
// apps that claim one name and path, a tag and its opposite, unknown words, a domain that is none).
//
//   - Two apps of one name, but for case and what is no letter or digit.
//   - A domain of an app that another one of it covers already, with no other app's in between.
//   - A range inside another one: of the same app, which says nothing new, or of another app, where
//     the longer one holds.
//   - A day or a year that is not yet, and factors that contradict each other (factor_check.h).
//
// What was imported is passed over: nobody here can mend it.
//
// Pure. Warnings, each at the app's id or the factor, sorted by place.

#include <chrono>

#include "base/core/diagnostics.h"
#include "discovery/catalog/catalog.h"

namespace sallyport::discovery {

Diagnostics check_catalog(const Catalog& catalog, std::chrono::sys_days today);

}  // namespace sallyport::discovery
