#pragma once
// What a directory says of one thing, person or group: attributes with their values, as LDAP has
// them (RFC 4511 section 4.1.7). The readers of files and of a server end here; people.h makes
// people of it.

#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"

namespace sallyport::discovery::directory {

struct Limits {
  std::size_t text = std::size_t{256} << 20;  // bytes of a file
  std::size_t entries = 500'000;
  std::size_t values = 50'000;                // of an entry, all attributes together
  std::size_t value = std::size_t{64} << 10;  // bytes of one; longer ones are left out
};

struct Entry {
  std::string dn;        // "" where the source has none
  std::size_t line = 0;  // where it begins in its file; of a server its number
  // By name in lower case, without options ("userCertificate;binary" is "usercertificate").
  std::map<std::string, std::vector<std::string>, std::less<>> attributes;

  // The first value, "" where there is none; `names` in order of preference, in lower case.
  std::string_view first(std::initializer_list<std::string_view> names) const;
  std::vector<std::string_view> all(std::initializer_list<std::string_view> names) const;
  bool has_class(std::string_view word) const;  // objectClass, without case
};

using Entries = std::vector<Entry>;

// LDIF (RFC 2849): content records, and changes that add. Values after ":<" (which name a file or
// address to read) are refused, other changes too.
Entries read_ldif(const SourcePtr& source, Diagnostics& found, const Limits& limits = {});
// RFC 4180 with a header of attribute names; several values of a field stand between ';'.
Entries read_csv(const SourcePtr& source, Diagnostics& found, const Limits& limits = {});
// An array of objects, or an object that holds one under "users", "people", "value" (Microsoft
// Graph) or "Resources" (SCIM 2.0, RFC 7644 section 3.4.2). Members are attributes; of an object
// inside, such as {"value": ..., "display": ...}, the members go by "emails.value" and the like.
Entries read_json(const SourcePtr& source, Diagnostics& found, const Limits& limits = {});

// By the name's end: .ldif, .csv, .json. Nothing, with a diagnostic, for others.
Entries read_file(const SourcePtr& source, Diagnostics& found, const Limits& limits = {});

}  // namespace sallyport::discovery::directory
