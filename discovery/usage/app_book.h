#pragma once
// The apps of the catalog as use is looked at: with the tags that were set by hand, by id and by
// name; and which of them a question means.
//
// Thread rule: const all the way down.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/catalog/app_tag_overlay.h"
#include "discovery/catalog/catalog.h"

namespace sallyport::discovery {

// One app with its tags as they are in force.
struct BookedApp {
  const App* app = nullptr;  // never null
  policy::AppFacts facts;

  bool has_tag(std::string_view tag) const;
  bool sanctioned() const { return has_tag("sanctioned"); }
  bool unsanctioned() const { return has_tag("unsanctioned"); }
  // "sanctioned", "unsanctioned" or "other".
  std::string_view standing() const;
  std::optional<std::uint32_t> score() const;
  // It is known that it has it; of a text or an address, that there is one.
  bool has(std::string_view factor) const;
  bool lacks(std::string_view factor) const;  // it is known that it has it not
};

// What has() and lacks() can be asked.
bool is_factor(std::string_view word);

// "high" (0 to 3), "medium" (4 to 6), "low" (7 to 10), "unknown".
std::string_view risk_level(std::optional<std::uint32_t> score);

class AppBook {
 public:
  AppBook(std::shared_ptr<const Catalog> catalog, const AppTagOverlay& overlay);

  const BookedApp* find(std::string_view id) const;
  // By id, by name or by a domain of it, without case.
  const BookedApp* find_any(std::string_view text) const;
  std::span<const BookedApp> apps() const { return apps_; }  // by id
  const RiskRules& risk_rules() const { return catalog_->risk_rules(); }
  // What is nearly `text`: "did you mean ...", or "".
  std::string hint(std::string_view text) const;

 private:
  std::shared_ptr<const Catalog> catalog_;
  std::vector<BookedApp> apps_;
};

// Which apps; every condition that is set must hold. Words are as catalogs and policies write them.
struct AppChoice {
  std::vector<std::string> apps;        // ids, of which one
  std::vector<std::string> categories;  // of which one
  std::vector<std::string> tags;  // of which one; "none": neither sanctioned, unsanctioned nor
                                  // monitored
  std::optional<std::uint32_t> least_score;  // then apps without a score do not pass
  std::optional<std::uint32_t> most_score;
  std::vector<std::string> has;    // factors, all of them
  std::vector<std::string> lacks;  // likewise

  bool all() const;
  bool passes(const BookedApp& app) const;
  // Both must hold.
  void also(const AppChoice& other);
};

// The questions that people ask most, by name.
struct SuggestedQuery {
  std::string_view name;
  std::string_view what;
  AppChoice choice;
};
std::span<const SuggestedQuery> suggested_queries();
const SuggestedQuery* find_suggested_query(std::string_view name);

}  // namespace sallyport::discovery
