// Any text as an app.yaml, and any text behind a line "---" as the operator's tags and as noise: it
// is read or refused with places, and what is read keeps its promises.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/core/check.h"
#include "discovery/catalog/app_tag_overlay.h"
#include "discovery/catalog/noise_hosts.h"

namespace {

sallyport::SourcePtr source(std::string name, std::string_view text) {
  return std::make_shared<const sallyport::Source>(
      sallyport::Source{std::move(name), std::string(text)});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sallyport;
  using namespace sallyport::discovery;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = input.find("\n---\n");
  const std::string_view first = input.substr(0, cut);
  const std::string_view second =
      cut == std::string_view::npos ? std::string_view() : input.substr(cut + 5);

  const auto known = source("catalog/box/app.yaml",
                            "id: box\nname: Box\nvendor: Box\ncategory: crm\n"
                            "domains: [box.com, example.com/box]\n"
                            "sources: [{kind: observed, date: 2026-11-23}]\n");
  Diagnostics warnings;
  auto catalog = parse_catalog({known, source("app.yaml", first)}, warnings);
  if (catalog) {
    for (const App& app : (*catalog)->apps()) {
      CHECK((*catalog)->find(app.facts.id) == &app);
      for (const std::string& domain : app.domains) CHECK(canonical_domain(domain) == domain);
      for (const IpPrefix& range : app.ranges) {
        CHECK(!range.has_host_bits());
        const Catalog::Found found = (*catalog)->find_by_address(range.address);
        CHECK(found.app != nullptr && found.range->length >= range.length);
        CHECK((*catalog)->find_by_host(range.address.to_string()) == found.app);
      }
    }
  } else {
    CHECK(catalog.error().has_errors() && !render(catalog.error()).empty());
    catalog = parse_catalog({known}, warnings);
    CHECK(catalog);
  }
  if (const auto noise = parse_noise(source("noise.yaml", second))) {
    check_noise(**noise, **catalog, warnings);
    for (const auto& host : (*noise)->hosts()) {
      const std::string below = "x." + host->substr(host->starts_with("*.") ? 2 : 0);
      CHECK((*noise)->find(below).kind != policy::HostKind::unknown);
    }
  } else {
    CHECK(!render(noise.error()).empty());
  }
  if (const auto tagged = parse_app_tags(source("apps.yaml", second), **catalog)) {
    for (const App& app : (*tagged)->apps()) {
      for (const std::string& tag : app.facts.tags) {
        const auto gone = check_app_tag_change(**tagged, {}, {app.facts.id, tag, TagEdit::remove});
        CHECK(gone.has_value() == ((*tagged)->stated(app.facts.id, tag) == nullptr));
      }
    }
  } else {
    CHECK(!render(tagged.error()).empty());
  }
  (void)render(warnings);
  return 0;
}
