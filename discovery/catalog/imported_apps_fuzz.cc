// Any bytes as data of others: read or refused with counts that add up; what is read comes back
// from how it is kept, and makes a catalog that keeps its promises.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/core/check.h"
#include "discovery/catalog/catalog.h"
#include "discovery/catalog/imported_apps.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ImportOrigin origin{"fuzz", "none", "fuzz.csv", "nobody", "2026-11-28"};
  ImportRows rows =
      read_import(std::make_shared<const Source>(Source{"fuzz.csv", text}), origin, {});
  std::size_t domains = 0;
  for (const ImportedApp& app : rows.apps) domains += app.domains.size();
  CHECK(rows.trouble.empty() ? domains + rows.bad() == rows.rows : rows.apps.empty());
  CHECK(rows.first_bad.size() <= ImportRows::kMostBad);
  (void)parse_kept("fuzz", text);
  if (rows.apps.empty()) return 0;
  auto back = parse_kept("fuzz", kept_text(origin, rows.apps));
  CHECK(back && back->apps.size() == rows.apps.size());
  std::vector<CatalogImport> imports;
  imports.push_back(std::move(*back));
  Diagnostics warnings;
  const auto catalog = parse_catalog({}, std::move(imports), warnings);
  CHECK(catalog);
  for (const App& app : (*catalog)->apps()) {
    CHECK((*catalog)->find(app.facts.id) == &app && app.imported);
    for (const std::string& domain : app.domains) {
      const std::size_t slash = std::min(domain.find('/'), domain.size());
      CHECK((*catalog)->find(domain.substr(0, slash), domain.substr(slash)) == &app);
    }
  }
  return 0;
}
