#include "proxy/app/hand_tags.h"

#include <algorithm>

namespace sallyport::app {

using discovery::AppTagChange;
using discovery::AppTagOverlay;
using discovery::StateEntry;
using discovery::TagEdit;

namespace {

constexpr std::string_view kKind = "app_tag";

// Ids and tags are words of [a-z0-9_], so that '/' parts them.
std::string key_of(const AppTagChange& change) { return change.app + "/" + change.tag; }

std::optional<AppTagChange> change_of(const StateEntry& entry) {
  const std::size_t slash = entry.key.find('/');
  if (slash == std::string::npos) return std::nullopt;
  if (entry.value != "add" && entry.value != "remove") return std::nullopt;
  return AppTagChange{entry.key.substr(0, slash), entry.key.substr(slash + 1),
                      entry.value == "add" ? TagEdit::add : TagEdit::remove};
}

std::string_view word_of(TagEdit edit) { return edit == TagEdit::add ? "add" : "remove"; }

}  // namespace

Result<void> HandTags::load(const discovery::Catalog& catalog, Time now) {
  Result<std::vector<StateEntry>> entries = store_.entries(kKind, now);
  if (!entries) return pass_on(std::move(entries));
  for (const StateEntry& entry : *entries) {
    if (std::optional<AppTagChange> change = change_of(entry)) {
      kept_.push_back({std::move(*change), entry.who, entry.at, true});
    }
  }
  fit(catalog);
  return {};
}

std::optional<HandTags::Refusal> HandTags::change(const discovery::Catalog& catalog,
                                                  const AppTagChange& change, std::string_view who,
                                                  Time now) {
  const auto fine = discovery::check_app_tag_change(catalog, *overlay_, change);
  if (!fine) {
    return Refusal{catalog.find(change.app) == nullptr ? 404 : 409, render(fine.error())};
  }
  const StateEntry entry{
      std::string(kKind), key_of(change), std::string(word_of(change.edit)), std::string(who), now,
      std::nullopt};
  const Result<void> put = store_.put(std::span(&entry, 1));
  if (!put)
    return Refusal{503, "the change could not be kept, and was not made: " + put.error().detail};
  std::erase_if(kept_, [&](const Kept& one) {
    return one.change.app == change.app && one.change.tag == change.tag;
  });
  kept_.push_back({change, std::string(who), now, true});
  rebuild();
  return std::nullopt;
}

std::expected<bool, HandTags::Refusal> HandTags::change_for_policy(
    const discovery::Catalog& catalog, const std::string& app, const std::string& tag,
    std::string_view policy_id, Time now) {
  const std::string_view opposite = discovery::opposite_tag(tag);
  for (const Kept& one : kept_) {
    if (one.change.app != app) continue;
    if (one.change.tag == tag || one.change.tag == opposite) return false;
  }
  if (const discovery::App* known = catalog.find(app)) {
    const std::vector<std::string> tags = discovery::facts_of(*known, *overlay_).tags;
    if (std::find(tags.begin(), tags.end(), tag) != tags.end()) return false;
  }
  std::optional<Refusal> refusal =
      change(catalog, {app, tag, TagEdit::add}, "policy " + std::string(policy_id), now);
  if (refusal) return std::unexpected(std::move(*refusal));
  return true;
}

std::optional<HandTags::Refusal> HandTags::forget(const discovery::Catalog& catalog,
                                                  std::string_view app, std::string_view who,
                                                  Time now) {
  if (catalog.find(app) == nullptr &&
      std::none_of(kept_.begin(), kept_.end(),
                   [&](const Kept& one) { return one.change.app == app; })) {
    return Refusal{404, "no app '" + std::string(app) + "' in the catalog"};
  }
  for (auto one = kept_.begin(); one != kept_.end();) {
    if (one->change.app != app) {
      ++one;
      continue;
    }
    const Result<void> removed = store_.remove(kKind, key_of(one->change), who, now);
    if (!removed) {
      rebuild();
      return Refusal{503, "not all of it could be taken back: " + removed.error().detail};
    }
    one = kept_.erase(one);
  }
  rebuild();
  return std::nullopt;
}

std::vector<std::string> HandTags::fit(const discovery::Catalog& catalog) {
  std::vector<std::string> reasons;
  const AppTagOverlay nothing;
  for (Kept& one : kept_) {
    const auto fine = discovery::check_app_tag_change(catalog, nothing, one.change);
    one.holds = fine.has_value();
    if (!fine) {
      reasons.push_back("set by hand, and not in force: " + one.change.app + ": " +
                        std::string(word_of(one.change.edit)) + " " + one.change.tag + ": " +
                        fine.error().sorted().front().message);
    }
  }
  rebuild();
  if (reasons == said_) return {};
  said_ = reasons;
  return reasons;
}

void HandTags::rebuild() {
  std::vector<AppTagChange> holding;
  text_.clear();
  for (const Kept& one : kept_) {
    if (!one.holds) continue;
    holding.push_back(one.change);
    text_ += key_of(one.change) + "=" + std::string(word_of(one.change.edit)) + "\n";
  }
  overlay_ = std::make_shared<const AppTagOverlay>(holding);
}

}  // namespace sallyport::app
