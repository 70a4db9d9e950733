#pragma once
// One app.yaml, taken apart and checked for what can be seen in it alone.
//
//   id: dropbox
//   name: Dropbox
//   vendor: Dropbox, Inc.
//   category: cloud_storage                  # policy::app_category_words()
//   domains: [dropbox.com, dropboxapi.com]   # With a path where needed: www.google.com/maps
//   ranges: [192.0.2.0/24]                   # Of addresses; domains or ranges, or both.
//   website: https://www.dropbox.com/        # May be absent, as may tags.
//   tags: [consumer]
//   sources: [{kind: common_knowledge, date: 2026-11-23}]

#include <string_view>
#include <vector>

#include "base/yaml/node.h"
#include "discovery/catalog/app.h"

namespace sallyport::discovery {

// An app with the places that checks across apps point back at.
struct WrittenApp {
  App app;
  // Of its catalog: a higher one wins; 0 is what we ship. Below all of them is what was imported
  // (app.imported).
  std::size_t rank = 0;
  std::vector<Spanned<std::string>> domains;  // Canonical. app.domains is still empty.
  std::vector<Spanned<IpPrefix>> ranges;      // Without host bits; app.ranges is still empty.
};

// Reports to `found`; what it returns is of use only while `found` has no errors.
WrittenApp read_app(const yaml::Node& node, Diagnostics& found);

// A word of [a-z0-9_], 1 to 64 bytes, that begins with a letter or a digit: ids and tags.
bool is_catalog_word(std::string_view text);

}  // namespace sallyport::discovery
