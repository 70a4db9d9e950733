#include "discovery/catalog/catalog_check.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/core/text.h"
#include "discovery/catalog/factor_check.h"

namespace sallyport::discovery {
namespace {

// "box" of "Box!"
std::string bare(std::string_view name) {
  std::string out;
  for (const char c : lower(name)) {
    const bool ascii = static_cast<unsigned char>(c) < 0x80;
    if (!ascii || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
  }
  return out;
}

void check_names(const Catalog& catalog, Diagnostics& found) {
  std::map<std::string, const App*> names;
  for (const App& app : catalog.apps()) {
    if (app.imported) continue;
    const std::string name = bare(app.facts.name);
    if (name.empty()) continue;
    const auto [at, fresh] = names.emplace(name, &app);
    if (fresh) continue;
    found.warning(app.place, "'" + app.facts.id + "' is called as '" + at->second->facts.id +
                                 "' is: '" + app.facts.name + "'");
  }
}

// The app that would have a domain of `app` if that one were not written down.
const App* without(const Catalog& catalog, const App& app, const std::string& domain) {
  const std::size_t slash = domain.find('/');
  const std::string host = domain.substr(0, slash);
  if (slash != domain.npos) {
    // The path's host without it: whoever has the host has what is below.
    const App* of_host = catalog.find_by_host(host);
    return of_host == &app ? of_host : nullptr;
  }
  // The nearest name above that anybody has.
  for (std::size_t dot = host.find('.'); dot != host.npos; dot = host.find('.', dot + 1)) {
    const std::string above = host.substr(dot + 1);
    const Catalog::Found cover = catalog.find_cover("nobody--has-this." + above);
    if (cover.app != nullptr && cover.size == above.size()) return cover.app;
  }
  return nullptr;
}

void check_domains(const Catalog& catalog, const App& app, Diagnostics& found) {
  for (const std::string& domain : app.domains) {
    if (domain.starts_with("*.")) continue;
    if (without(catalog, app, domain) != &app) continue;
    found.warning(app.place, "'" + domain + "' of '" + app.facts.id +
                                 "' says nothing new: another domain of it "
                                 "covers that already");
  }
}

// Each range beside the narrowest one that it lies in.
void check_ranges(const Catalog& catalog, Diagnostics& found) {
  struct Owned {
    IpPrefix range;
    const App* app;
  };
  std::vector<Owned> all;
  for (const App& app : catalog.apps()) {
    for (const IpPrefix& range : app.ranges) all.push_back({range, &app});
  }
  // Whatever holds a range stands before it.
  std::ranges::sort(
      all, {}, [](const Owned& one) { return std::tuple(one.range.address, one.range.length); });
  std::vector<const Owned*> around;
  for (const Owned& one : all) {
    while (!around.empty() && !around.back()->range.contains(one.range.address)) around.pop_back();
    if (!around.empty()) {
      const Owned& outer = *around.back();
      const std::string said = "'" + one.range.to_string() + "' of '" + one.app->facts.id + "' ";
      found.warning(one.app->place,
                    outer.app == one.app
                        ? said + "says nothing new: '" + outer.range.to_string() + "' holds it"
                        : said + "lies in '" + outer.range.to_string() + "' of '" +
                              outer.app->facts.id + "': the longer one holds there");
    }
    around.push_back(&one);
  }
}

void check_days(const App& app, std::chrono::sys_days today, Diagnostics& found) {
  for (const FactorValue& value : app.factors) {
    if (!value.day || *value.day <= today) continue;
    found.warning(value.place, "'" + std::string(value.factor->name) + "' of '" + app.facts.id +
                                   "' is not yet: " + value.texts.front());
  }
}

}  // namespace

Diagnostics check_catalog(const Catalog& catalog, std::chrono::sys_days today) {
  Diagnostics found;
  check_names(catalog, found);
  check_ranges(catalog, found);
  for (const App& app : catalog.apps()) {
    if (app.imported) continue;
    check_domains(catalog, app, found);
    check_days(app, today, found);
    check_factors(app, found);
  }
  return found;
}

}  // namespace sallyport::discovery
