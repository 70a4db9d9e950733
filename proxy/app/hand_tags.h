#pragma once
// Tags of apps that people set while the gateway runs: kept in the state store with who and when,
// in force as an overlay on the catalog. A change that the operator's own file contradicts is
// refused with the line that stands against it (decisions: a change by hand beats what we ship, and
// the operator's file beats a change by hand).
//
// INVARIANT: what is in overlay() was durable first.
// Thread rule: the desk's.

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/catalog/app_tag_overlay.h"
#include "discovery/catalog/catalog.h"
#include "discovery/store/state_store.h"

namespace sallyport::app {

class HandTags {
 public:
  explicit HandTags(discovery::StateStore& store) : store_(store) {}

  // What was set before. Once, before anything else.
  Result<void> load(const discovery::Catalog& catalog, Time now);

  // Why a change was not made: an answer for the operator.
  struct Refusal {
    int status = 409;  // 404: no such app; 409: the file says otherwise; 503: not kept
    std::string detail;
  };
  std::optional<Refusal> change(const discovery::Catalog& catalog,
                                const discovery::AppTagChange& change, std::string_view who,
                                Time now);
  // The same for a policy's `tag_app`: true where it is new. A policy speaks only where nobody has
  // spoken: what a person or another policy set by hand about this tag or its opposite stays, taking
  // it away included, until `forget` takes that back. So policies never undo each other in a circle.
  // An app that has the tag is left as it is.
  std::expected<bool, Refusal> change_for_policy(const discovery::Catalog& catalog,
                                                 const std::string& app, const std::string& tag,
                                                 std::string_view policy_id, Time now);
  // Takes back every change about an app.
  std::optional<Refusal> forget(const discovery::Catalog& catalog, std::string_view app,
                                std::string_view who, Time now);

  // With another catalog some changes may not hold any more: they are kept, left out, and returned
  // with the reasons, each time it is another set of them.
  std::vector<std::string> fit(const discovery::Catalog& catalog);

  // Never null.
  const std::shared_ptr<const discovery::AppTagOverlay>& overlay() const { return overlay_; }
  // What stands in the overlay, as text, for the snapshot's id; "" where nothing does.
  const std::string& text() const { return text_; }

  struct Kept {
    discovery::AppTagChange change;
    std::string who;
    Time at;
    bool holds = true;
  };
  const std::vector<Kept>& kept() const { return kept_; }

 private:
  void rebuild();

  discovery::StateStore& store_;
  std::vector<Kept> kept_;  // in the order made
  std::shared_ptr<const discovery::AppTagOverlay> overlay_ =
      std::make_shared<const discovery::AppTagOverlay>();
  std::string text_;
  std::vector<std::string> said_;
};

}  // namespace sallyport::app
