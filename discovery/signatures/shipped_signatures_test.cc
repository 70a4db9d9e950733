// What we ship in conf/catalog: every signature is proven by a request beside it.

#include <filesystem>
#include <gtest/gtest.h>

#include "discovery/signatures/signature_tests.h"

namespace sallyport::discovery {
namespace {

TEST(ShippedSignatures, AreProvenByTheRequestsBesideThem) {
  const std::string folder = SALLYPORT_SOURCE_DIR "/conf/catalog";
  Diagnostics found;
  const auto catalog = load_catalog(folder, found);
  ASSERT_TRUE(catalog) << render(catalog.error());
  const auto book = SignatureBook::load({folder}, **catalog, found);
  ASSERT_TRUE(book) << render(book.error());
  EXPECT_GE((*book)->apps(), 60u);
  Diagnostics faults;
  for (const App& app : (*catalog)->apps()) {
    if ((*book)->find(app.facts.id) == nullptr) continue;
    const std::string file = folder + "/" + app.facts.id + "/activities.test.yaml";
    const auto node = yaml::parse_file(file);
    ASSERT_TRUE(node) << render(node.error());
    const auto report = run_signature_tests(*node, app.facts.id, **book, **catalog, faults);
    for (const std::string& one : report.unproven) ADD_FAILURE() << "no request proves " << one;
  }
  const auto generic = yaml::parse_file(folder + "/generic.test.yaml");
  ASSERT_TRUE(generic) << render(generic.error());
  const auto report = run_signature_tests(*generic, "generic", **book, **catalog, faults);
  for (const std::string& one : report.unproven) ADD_FAILURE() << "no request proves " << one;
  EXPECT_TRUE(faults.empty()) << render(faults);
}

}  // namespace
}  // namespace sallyport::discovery
