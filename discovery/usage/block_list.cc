#include "discovery/usage/block_list.h"

#include <algorithm>
#include <map>
#include <set>

namespace sallyport::discovery {
namespace {

// A name of the catalog, by the name turned around, so that what is below another follows it.
struct Claim {
  BlockName name;
  bool listed = false;
};

// "example.com." of "*.example.com", with labels turned around: "com.example."
std::string turned(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const std::size_t dot = name.rfind('.');
    out += name.substr(dot == name.npos ? 0 : dot + 1);
    out += '.';
    name = dot == name.npos ? std::string_view() : name.substr(0, dot);
  }
  return out;
}

using Claims = std::map<std::string, Claim>;  // by turned()

// The nearest name above that covers what is below it; null where there is none.
const Claim* above(const Claims& claims, std::string_view key) {
  while (true) {
    key.remove_suffix(1);
    const std::size_t dot = key.rfind('.');
    if (dot == key.npos) return nullptr;
    key = key.substr(0, dot + 1);
    const auto found = claims.find(std::string(key));
    if (found != claims.end() && found->second.name.below) return &found->second;
  }
}

// Whether anything below is of an app that is not on the list.
bool has_others_below(const Claims& claims, const std::string& key) {
  for (auto at = claims.upper_bound(key); at != claims.end() && at->first.starts_with(key); ++at) {
    if (!at->second.listed) return true;
  }
  return false;
}

bool is_covered_widely(const Claims& claims, const std::string& key) {
  for (const Claim* up = above(claims, key); up != nullptr && up->listed;
       up = above(claims, turned(up->name.name))) {
    if (!has_others_below(claims, turned(up->name.name))) return true;
  }
  return false;
}

// How often, on the way down to it, a name is of an app on the list after one that is not.
std::size_t depth(const Claims& claims, const std::string& key, bool listed) {
  std::size_t changes = 0;
  bool last = listed;
  for (const Claim* up = above(claims, key); up != nullptr;
       up = above(claims, turned(up->name.name))) {
    changes += up->listed != last ? 1 : 0;
    last = up->listed;
  }
  return changes;
}

// Names of the apps, those of the list and the others.
Claims claims_of(const AppBook& book, const AppChoice& choice, BlockList& list,
                 std::vector<std::string>& paths_of_others) {
  Claims claims;
  for (const BookedApp& app : book.apps()) {
    const bool listed = choice.passes(app);
    bool any = false;
    for (const std::string& domain : app.app->domains) {
      if (domain.find('/') != domain.npos) {
        (listed ? list.left_out : paths_of_others).push_back(domain);
        continue;
      }
      const bool wild = domain.starts_with("*.");
      const BlockName name{wild ? domain.substr(2) : domain, !wild, true};
      any = true;
      const auto [at, fresh] = claims.emplace(turned(name.name), Claim{name, listed});
      if (fresh) continue;
      // "*.example.com" of one app and "example.com" of another.
      if (at->second.listed == listed) {
        at->second.name.itself = at->second.name.itself || name.itself;
      } else if (wild) {
        at->second.name.below = false;
      }
    }
    if (listed && any) list.apps.push_back(app.facts.id);
  }
  return claims;
}

void add_levels(const Claims& claims, BlockList& list) {
  std::map<std::size_t, BlockList::Level> levels;  // by depth
  for (const auto& [key, claim] : claims) {
    const Claim* up = above(claims, key);
    if (claim.listed) {
      if (up != nullptr && up->listed) continue;
      const std::size_t at = depth(claims, key, true) / 2;
      levels[at].refused.push_back({claim.name.name, claim.name.itself, claim.name.below});
      if (!claim.name.itself) levels[at].excepted.push_back({claim.name.name, true, false});
    } else if (up != nullptr && up->listed) {
      const std::size_t at = (depth(claims, key, false) - 1) / 2;
      levels[at].excepted.push_back(claim.name);
      list.excepted.push_back(claim.name.name);
    }
  }
  for (auto at = levels.rbegin(); at != levels.rend(); ++at) {
    std::ranges::sort(at->second.refused);
    std::ranges::sort(at->second.excepted);
    list.levels.push_back(std::move(at->second));
  }
}

void add_plain(const Claims& claims, BlockList& list) {
  for (const auto& [key, claim] : claims) {
    if (!claim.listed) continue;
    if (claim.name.itself) list.names.push_back(claim.name.name);
    if (is_covered_widely(claims, key)) continue;
    BlockName name = claim.name;
    if (name.below && has_others_below(claims, key)) {
      name.below = false;
      list.alone.push_back(name.name);
    }
    if (name.itself || name.below) list.plain.push_back(name);
  }
  std::ranges::sort(list.plain);
}

}  // namespace

BlockList make_block_list(const AppBook& book, const AppChoice& choice) {
  BlockList list;
  std::vector<std::string> paths_of_others;
  const Claims claims = claims_of(book, choice, list, paths_of_others);
  add_levels(claims, list);
  add_plain(claims, list);
  for (const std::string& domain : paths_of_others) {
    const std::string key = turned(domain.substr(0, domain.find('/')));
    const auto itself = claims.find(key);
    const Claim* owner =
        itself != claims.end() && itself->second.name.itself ? &itself->second : above(claims, key);
    if (owner != nullptr && owner->listed) list.also.push_back(domain);
  }
  for (auto* names : {&list.names, &list.left_out, &list.also, &list.alone, &list.excepted}) {
    std::ranges::sort(*names);
  }
  return list;
}

}  // namespace sallyport::discovery
