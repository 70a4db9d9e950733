#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "discovery/consents/scope_levels.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kAny = "any";
constexpr std::size_t kMostPrefixes = 20;  // of an app

using Written = std::vector<Spanned<std::string>>;

bool is_date(std::string_view text) {
  const auto digits = [](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, is_digit);
  };
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && digits(text.substr(0, 4)) &&
         digits(text.substr(5, 2)) && digits(text.substr(8, 2));
}

}  // namespace

class ScopeLevelsReader {
 public:
  static Checked<std::shared_ptr<const ScopeLevels>> read(const yaml::Node& node,
                                                          const Catalog& catalog) {
    ScopeLevelsReader reader(catalog);
    yaml::MapReader map(node, reader.found_, "scopes");
    map.each("lists", [&](const yaml::Node& list) { reader.read_list(list); });
    map.each("shapes", [&](const yaml::Node& shape) { reader.read_shape(shape); });
    map.finish();
    if (reader.found_.has_errors()) return std::unexpected(std::move(reader.found_));
    return std::move(reader.made_);
  }

 private:
  explicit ScopeLevelsReader(const Catalog& catalog) : catalog_(catalog) {
    for (const App& app : catalog.apps()) ids_.push_back(app.facts.id);
    ids_.push_back(kAny);
  }

  void read_list(const yaml::Node& node) {
    yaml::MapReader map(node, found_, "list");
    (void)map.required_text("name");
    const Written apps = map.required("apps") == nullptr ? Written() : map.texts("apps");
    if (const yaml::Node* source = map.required("source")) read_source(*source);
    const Written prefixes = map.texts("prefixes");
    std::vector<std::pair<PermissionLevel, Written>> scopes;
    for (const std::string_view word : policy::permission_level_words()) {
      scopes.emplace_back(*parse_permission_level(word), map.texts(word));
    }
    map.finish();
    for (const auto& app : apps) {
      if (*app != kAny && catalog_.find(*app) == nullptr) {
        found_.error(app.place, fmt::format("no app '{}' in the catalog", printable(*app)),
                     did_you_mean(*app, ids_));
        continue;
      }
      ScopeLevels::Lists& lists = made_->of_apps_[*app == kAny ? std::string() : *app];
      for (const auto& prefix : prefixes) add_prefix(prefix, lists);
      for (const auto& [level, names] : scopes) {
        for (const auto& name : names) add(*app, name, level, lists);
      }
    }
  }

  void read_source(const yaml::Node& node) {
    yaml::MapReader map(node, found_, "source");
    if (map.required("kind") != nullptr) {
      (void)map.word("kind", {"common_knowledge", "vendor_documentation", "sdk", "openapi"});
    }
    (void)map.required_text("name");
    const Spanned<std::string> date = map.required_text("date");
    if (!date->empty() && !is_date(*date)) {
      found_.error(date.place, fmt::format("'{}' is no date", printable(*date)), "2026-11-26");
    }
    map.finish();
  }

  void add_prefix(const Spanned<std::string>& written, ScopeLevels::Lists& lists) {
    std::string prefix = lower(*written);
    if (std::ranges::find(lists.prefixes, prefix) != lists.prefixes.end()) return;
    if (prefix.empty() || lists.prefixes.size() == kMostPrefixes) {
      found_.error(written.place,
                   prefix.empty() ? "a prefix is empty"
                                  : fmt::format("more than {} prefixes of an app", kMostPrefixes));
      return;
    }
    lists.prefixes.push_back(std::move(prefix));
  }

  void add(const std::string& app, const Spanned<std::string>& written, PermissionLevel level,
           ScopeLevels::Lists& lists) {
    const std::string scope = lower(*written);
    if (scope.empty() || scope.size() > ScopeLevels::kMostScopeBytes ||
        scope.find_first_of(" *") != scope.npos) {
      found_.error(written.place, fmt::format("'{}' is no scope", printable(*written)),
                   fmt::format("1 to {} bytes without blanks and stars; patterns are 'shapes'",
                               ScopeLevels::kMostScopeBytes));
      return;
    }
    if (made_->size_ == ScopeLevels::kMostScopes) {
      found_.error(written.place, fmt::format("more than {} scopes", ScopeLevels::kMostScopes));
      return;
    }
    const auto [at, fresh] = lists.levels.emplace(scope, level);
    made_->size_ += fresh ? 1 : 0;
    if (!fresh) {
      found_.error(written.place,
                   fmt::format("scope '{}' of '{}' is listed already", printable(*written), app));
    }
  }

  void read_shape(const yaml::Node& node) {
    yaml::MapReader map(node, found_, "shape");
    const Spanned<std::string> like = map.required_text("like");
    const auto words = policy::permission_level_words();
    std::optional<std::size_t> level;
    if (map.required("level") != nullptr) level = map.word("level", {words.begin(), words.end()});
    (void)map.text("note");
    map.finish();
    if (like->empty() || !level) return;
    const auto stars = static_cast<std::size_t>(std::ranges::count(*like, '*'));
    if (stars > ScopeLevels::kMostStars) {
      found_.error(like.place,
                   fmt::format("a shape has {} stars at most", ScopeLevels::kMostStars));
    } else if (made_->shapes_.size() == ScopeLevels::kMostShapes) {
      found_.error(like.place, fmt::format("more than {} shapes", ScopeLevels::kMostShapes));
    } else {
      made_->shapes_.emplace_back(lower(*like), static_cast<PermissionLevel>(*level));
    }
  }

  const Catalog& catalog_;
  std::vector<std::string_view> ids_;
  Diagnostics found_;
  std::shared_ptr<ScopeLevels> made_ = std::make_shared<ScopeLevels>();
};

Checked<std::shared_ptr<const ScopeLevels>> load_scope_levels(const std::string& path,
                                                              const Catalog& catalog) {
  const auto parsed = yaml::parse_file(path);
  if (!parsed) return std::unexpected(parsed.error());
  return ScopeLevelsReader::read(*parsed, catalog);
}

Checked<std::shared_ptr<const ScopeLevels>> parse_scope_levels(SourcePtr source,
                                                               const Catalog& catalog) {
  const auto parsed = yaml::parse(std::move(source));
  if (!parsed) return std::unexpected(parsed.error());
  return ScopeLevelsReader::read(*parsed, catalog);
}

}  // namespace sallyport::discovery
