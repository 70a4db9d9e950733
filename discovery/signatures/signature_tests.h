#pragma once
// The requests beside signatures that prove them: <app>/activities.test.yaml
// (conf/catalog/ACTIVITIES.md, "Tests").

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/catalog/catalog.h"
#include "discovery/signatures/signature_book.h"

namespace sallyport::discovery {

struct SignatureTestReport {
  std::size_t tests = 0;
  std::size_t failed = 0;
  std::size_t signatures = 0;
  std::vector<std::string> unproven;  // signatures that no test expects: "dropbox/upload"
};

// Runs one file. What fails is an error at its place, which says what was seen instead.
// `app`: whose folder it is.
SignatureTestReport run_signature_tests(const yaml::Node& file, std::string_view app,
                                        const SignatureBook& book, const Catalog& catalog,
                                        Diagnostics& found);

}  // namespace sallyport::discovery
