#pragma once
// Tags of apps as people change them while the gateway runs, on top of what the files say.
//
// The order of who is believed: a file of the operator's own (conf/tags/apps.yaml), then a change
// by hand, then the entry that we ship. So a change that contradicts the operator's file is refused
// with the line that stands against it, and the edit that would do.
//
// Immutable after making; share it between threads as shared_ptr<const AppTagOverlay>. It knows no
// catalog, so the two are published apart; a change about an app that is gone does nothing.
//
//   auto fine = check_app_tag_change(catalog, overlay, change);
//   if (!fine) return render(fine.error());
//   changes.push_back(change);
//   auto next = std::make_shared<const AppTagOverlay>(changes);
//   ...
//   activity.app = facts_of(*app, *next);

#include <expected>
#include <span>
#include <string>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/catalog/app.h"

namespace sallyport::discovery {

class Catalog;

inline constexpr std::size_t kMaxAppTags = 64;  // of one app

enum class TagEdit : unsigned char { add, remove };

struct AppTagChange {
  std::string app;  // its id
  std::string tag;
  TagEdit edit = TagEdit::add;

  bool operator==(const AppTagChange&) const = default;
};

class AppTagOverlay {
 public:
  AppTagOverlay() = default;  // Changes nothing.
  // In the order made: of several changes about the same tag of the same app the last one holds,
  // and `sanctioned` takes `unsanctioned` away, as the other way round.
  explicit AppTagOverlay(std::span<const AppTagChange> changes);

  bool empty() const { return apps_.empty(); }
  // Tags stay sorted and unique. Cost: where nothing is changed by hand, one comparison.
  void apply(policy::AppFacts& facts) const {
    if (!apps_.empty()) apply_changes(facts);
  }

 private:
  struct Changed {
    std::string app;
    std::vector<std::string> added;    // Sorted; none of them in `removed`.
    std::vector<std::string> removed;  // Sorted.
  };
  void apply_changes(policy::AppFacts& facts) const;

  std::vector<Changed> apps_;  // Sorted by app.
};

inline policy::AppFacts facts_of(const App& app, const AppTagOverlay& overlay) {
  policy::AppFacts facts = app.facts;
  overlay.apply(facts);
  return facts;
}

// Whether a change may be made on top of `overlay`: the app is known, the tag is a word (and not
// nearly a built-in one), the app would not have more than kMaxAppTags, and the operator's own file
// says nothing about the same key. `sanctioned` and `unsanctioned` are one key. The refusal has the
// place in that file, and the edit as its hint.
//
// After a reload the desk asks again for each change that it keeps (with an empty overlay), and
// leaves out those that the new files overrule.
std::expected<void, Diagnostics> check_app_tag_change(const Catalog& catalog,
                                                      const AppTagOverlay& overlay,
                                                      const AppTagChange& change);

// "unsanctioned" for "sanctioned" and the other way round: the tag that an app cannot have beside
// this one; "" for any other.
std::string_view opposite_tag(std::string_view tag);

// Reports a tag that is no word of [a-z0-9_], or nearly a built-in one: "unsanctionned" would
// quietly protect nothing.
void check_app_tag(const Spanned<std::string>& tag, Diagnostics& found);

}  // namespace sallyport::discovery
