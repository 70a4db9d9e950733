#pragma once
// How much the rights give that an app asks for by OAuth: low, medium or high.
//
//   # conf/tags/consent_scopes.yaml
//   lists:
//     - name: microsoft_graph
//       apps: [microsoft_365, microsoft_entra]      # where the consent is asked for, or any
//       source: {kind: vendor_documentation, name: permissions reference, date: 2026-11-26}
//       prefixes: ["https://graph.microsoft.com/"]  # taken off a scope before it is looked for
//       low: [User.Read]
//       medium: [Calendars.ReadWrite]
//       high: [Mail.ReadWrite]
//   shapes:                                         # of what no list has; the first that fits
//     - {like: "*write*", level: medium}
//
// A list of the app goes before those of any. What only a shape told is not checked. Case of ASCII
// counts not.
//
// Immutable after making; share it between threads. Limits: kMostScopes scopes, kMostShapes shapes
// with kMostStars stars; a scope longer than kMostScopeBytes is known by nobody.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/catalog/catalog.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

// In the order of policy::permission_level_words().
enum class PermissionLevel : std::uint8_t { low, medium, high };
std::string_view word_for(PermissionLevel level);
std::optional<PermissionLevel> parse_permission_level(std::string_view word);

class ScopeLevels {
 public:
  static constexpr std::size_t kMostScopes = 50'000;
  static constexpr std::size_t kMostShapes = 60;
  static constexpr std::size_t kMostStars = 3;
  static constexpr std::size_t kMostScopeBytes = 256;

  ScopeLevels() = default;  // Knows none.

  struct Known {
    PermissionLevel level = PermissionLevel::low;
    bool checked = false;  // a list has it

    bool operator==(const Known&) const = default;
  };
  // `app` is that where the consent is asked for; "" for none of the catalog.
  std::optional<Known> find(std::string_view app, std::string_view scope) const;
  // The highest of them.
  std::optional<PermissionLevel> highest(std::string_view app,
                                         std::span<const std::string> scopes) const;
  std::size_t size() const { return size_; }

 private:
  friend class ScopeLevelsReader;
  struct Lists {
    std::map<std::string, PermissionLevel, std::less<>> levels;  // in small letters
    std::vector<std::string> prefixes;                           // likewise
  };
  const PermissionLevel* find_in(std::string_view app, std::string_view lower_scope) const;

  std::map<std::string, Lists, std::less<>> of_apps_;            // "": of any
  std::vector<std::pair<std::string, PermissionLevel>> shapes_;  // in small letters
  std::size_t size_ = 0;
};

Checked<std::shared_ptr<const ScopeLevels>> load_scope_levels(const std::string& path,
                                                              const Catalog& catalog);
Checked<std::shared_ptr<const ScopeLevels>> parse_scope_levels(SourcePtr source,
                                                               const Catalog& catalog);

// Sets the activity's consent_level where it has scopes.
void tell_level(const ScopeLevels& levels, policy::Activity& activity);

}  // namespace sallyport::discovery
