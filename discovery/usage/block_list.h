#pragma once
// Apps as lists of what other gateways are to refuse, so that they obey the same tags.
//
// A list names hosts, and catalogs know more than hosts:
//   - An app that is a path on a host that others share is left out, and named as such.
//   - A domain is refused with all that is below it, but for what below it is of an app that is not
//     on the list; and that again but for what is of one that is.
//   - A format that knows no exceptions refuses such a domain by itself alone, without what is
//     below: it never refuses an app that is not on the list for its parent's sake.
//   - An app that is a path on a host that is refused as a whole is refused with it, which is said.
//
// Pure. The same catalog and choice make the same list, in the same order.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/clock.h"
#include "discovery/usage/app_book.h"

namespace sallyport::discovery {

struct BlockName {
  std::string name;
  bool itself = true;
  bool below = true;
  auto operator<=>(const BlockName&) const = default;
};

struct BlockList {
  // From the deepest on: whoever looks at one after the other and stops at the first that refuses
  // or excepts decides as the catalog does.
  struct Level {
    std::vector<BlockName> refused;   // none of it covers another
    std::vector<BlockName> excepted;  // below one of `refused`, and of an app not on the list
  };
  std::vector<Level> levels;
  // For formats that know no exceptions.
  std::vector<BlockName> plain;
  std::vector<std::string> names;     // all of them, for formats whose names cover nothing below
  std::vector<std::string> apps;      // ids that are refused, sorted
  std::vector<std::string> left_out;  // domains with a path, of apps on the list
  std::vector<std::string> also;      // likewise of others, on hosts that are refused
  std::vector<std::string> alone;     // of `plain`, those that are refused without what is below
  std::vector<std::string> excepted;  // all of the levels, for whoever reads
};

BlockList make_block_list(const AppBook& book, const AppChoice& choice);

enum class BlockFormat : std::uint8_t {
  squid,      // lines of squid.conf
  zscaler,    // a custom URL category, as the ZIA API takes it
  paloalto,   // an external dynamic list of URLs
  fortigate,  // commands that make a URL filter
  bluecoat,   // CPL
  hosts,      // /etc/hosts: names alone, nothing below them
  plain,      // a name a line
};
std::optional<BlockFormat> parse_block_format(std::string_view word);
std::vector<std::string> block_format_words();

struct BlockTitle {
  std::string what;  // "apps tagged unsanctioned"
  Time made{};
};
std::string render(const BlockList& list, BlockFormat format, const BlockTitle& title);

}  // namespace sallyport::discovery
