#include "policy/compile/resolve.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "policy/compile/parse.h"

namespace sallyport::policy {
namespace {

constexpr std::string_view kTemplate = "template/";
constexpr std::size_t kMaxDepth = 8;  // templates that extend each other

std::string where(const Place& place) {
  return fmt::format("{}:{}:{}", place.source ? place.source->name : "", place.line, place.column);
}

using Templates = std::map<std::string_view, const Policy*>;

Templates index_templates(const std::vector<Policy>& templates, Diagnostics& found) {
  Templates index;
  for (const Policy& one : templates) {
    if (!one.id) {
      found.error(one.place, "a template needs 'id'", "policies extend it by 'template/ID'");
      continue;
    }
    const auto [at, fresh] = index.emplace(one.id->value, &one);
    if (!fresh) {
      found.error(one.id->place, fmt::format("more than one template has the id '{}'", **one.id),
                  fmt::format("the other is at {}", where(at->second->id->place)));
    }
  }
  return index;
}

const Policy* find_template(const Spanned<std::string>& extends, const Templates& templates,
                            Diagnostics& found) {
  const bool prefixed = extends->starts_with(kTemplate);
  if (prefixed) {
    const auto at = templates.find(std::string_view(*extends).substr(kTemplate.size()));
    if (at != templates.end()) return at->second;
  }
  std::vector<std::string> known;
  for (const auto& [id, one] : templates) known.push_back(std::string(kTemplate) + std::string(id));
  const std::vector<std::string_view> words(known.begin(), known.end());
  if (!prefixed) {
    const std::string meant = std::string(kTemplate) + *extends;
    found.error(extends.place, fmt::format("'{}' is no template", *extends),
                std::find(words.begin(), words.end(), meant) != words.end()
                    ? fmt::format("did you mean '{}'?", meant)
                    : "a template is written 'template/ID'");
    return nullptr;
  }
  std::string hint = did_you_mean(*extends, words);
  if (hint.empty()) {
    hint = templates.empty() ? "there are no templates: see 'templates' in sallyport.yaml"
                             : "sallyport policy new --list shows all";
  }
  found.error(extends.place, fmt::format("there is no '{}'", *extends), std::move(hint));
  return nullptr;
}

// Everything that `policy` extends, merged into it.
Policy extend(Policy policy, const Templates& templates, Diagnostics& found) {
  std::vector<std::string> way;
  while (policy.extends) {
    const Spanned<std::string> extends = *policy.extends;
    policy.extends.reset();
    if (std::find(way.begin(), way.end(), *extends) != way.end()) {
      found.error(
          extends.place,
          fmt::format("'{}' extends itself: {} -> {}", *extends, fmt::join(way, " -> "), *extends),
          "one of them must stand alone");
      policy.faulty = true;
      return policy;
    }
    way.push_back(*extends);
    if (way.size() > kMaxDepth) {
      found.error(extends.place,
                  fmt::format("more than {} templates on top of each other", kMaxDepth),
                  "join some of them");
      policy.faulty = true;
      return policy;
    }
    const Policy* base = find_template(extends, templates, found);
    if (base == nullptr) {
      policy.faulty = true;
      return policy;
    }
    policy = merge(std::move(policy), *base);
  }
  return policy;
}

// Events and tests speak of a policy by its name and id, so two of one are reported at both places.
template <class Get>
void check_unique(const std::vector<Policy>& policies, std::string_view what, Get get,
                  Diagnostics& found) {
  std::map<std::string_view, std::vector<const Spanned<std::string>*>> named;
  for (const Policy& policy : policies) {
    if (const Spanned<std::string>* text = get(policy); text != nullptr && !(*text)->empty()) {
      named[text->value].push_back(text);
    }
  }
  for (const auto& [text, same] : named) {
    if (same.size() == 1) continue;
    for (const auto* one : same) {
      const auto* other = one == same.front() ? same[1] : same.front();
      found.error(one->place, fmt::format("more than one policy {} '{}'", what, text),
                  fmt::format("the other is at {}", where(other->place)));
    }
  }
}

void add_asked(const Condition& condition, std::set<std::string_view>& attributes) {
  if (condition.kind == Condition::Kind::test) attributes.insert(*condition.attribute);
  for (const Condition& part : condition.parts) add_asked(part, attributes);
}

// Whether a policy's condition stands in the place of its template's.
bool replaces(const Condition& mine, const Condition& theirs) {
  if (mine.kind != theirs.kind) return false;
  if (mine.kind == Condition::Kind::test) return *mine.attribute == *theirs.attribute;
  if (mine.kind != Condition::Kind::negation) return false;
  std::set<std::string_view> asked, asked_there;
  add_asked(mine, asked);
  add_asked(theirs, asked_there);
  return asked == asked_there;
}

}  // namespace

// What a template says of `detect` holds key by key: who changes `least` keeps the rest.
void detect(Policy& policy, const Policy& base) {
  if (!base.detect) return;
  if (!policy.detect) {
    policy.detect = base.detect;
    return;
  }
  for (const WrittenDetect::Part& part : base.detect->parts) {
    const bool said =
        std::any_of(policy.detect->parts.begin(), policy.detect->parts.end(),
                    [&](const WrittenDetect::Part& own) { return *own.key == *part.key; });
    if (!said) policy.detect->parts.push_back(part);
  }
}

Policy merge(Policy policy, const Policy& base) {
  const auto take = [](auto& mine, const auto& theirs) {
    if (!mine) mine = theirs;
  };
  // A template's id and name are its own; its name is a policy's where that has none.
  if (policy.name->empty()) policy.name = base.name;
  take(policy.kind, base.kind);
  policy.extends = base.extends;
  take(policy.description, base.description);
  take(policy.owner, base.owner);
  policy.references.insert(policy.references.begin(), base.references.begin(),
                           base.references.end());
  take(policy.severity, base.severity);
  take(policy.category, base.category);
  take(policy.mode, base.mode);
  take(policy.zone, base.zone);
  take(policy.starts, base.starts);
  take(policy.expires, base.expires);
  std::vector<Condition> when;
  for (const Condition& theirs : base.when) {
    const bool replaced =
        std::any_of(policy.when.begin(), policy.when.end(),
                    [&](const Condition& mine) { return replaces(mine, theirs); });
    if (!replaced) when.push_back(theirs);
  }
  when.insert(when.end(), std::make_move_iterator(policy.when.begin()),
              std::make_move_iterator(policy.when.end()));
  policy.when = std::move(when);
  policy.except.insert(policy.except.begin(), base.except.begin(), base.except.end());
  take(policy.then, base.then);
  take(policy.say, base.say);
  take(policy.grant_for, base.grant_for);
  take(policy.grant_width, base.grant_width);
  take(policy.hold, base.hold);
  take(policy.redirect, base.redirect);
  take(policy.replacement, base.replacement);
  take(policy.quarantine, base.quarantine);
  if (policy.add_headers.empty()) policy.add_headers = base.add_headers;
  if (policy.remove_headers.empty()) policy.remove_headers = base.remove_headers;
  if (policy.restrict_tenants.empty()) policy.restrict_tenants = base.restrict_tenants;
  take(policy.restrict_youtube, base.restrict_youtube);
  take(policy.safe_search, base.safe_search);
  take(policy.throttle, base.throttle);
  take(policy.alerts_per_day, base.alerts_per_day);
  take(policy.tag_app, base.tag_app);
  take(policy.repeat, base.repeat);
  if (policy.per_day.empty()) policy.per_day = base.per_day;
  detect(policy, base);
  return policy;
}

std::vector<Policy> resolve(std::vector<Policy> policies, const std::vector<Policy>& templates,
                            Diagnostics& found) {
  const Templates index = index_templates(templates, found);
  for (Policy& policy : policies) {
    policy = extend(std::move(policy), index, found);
    if (policy.name->empty() && !policy.faulty) {
      found.error(policy.place, "policy needs 'name'", "people and events see it by its name");
    }
    if (!policy.id && !policy.name->empty()) {
      const std::string slug = slug_of(*policy.name);
      if (slug.empty()) {
        found.error(policy.name.place, "no id can be made of this name", "give the policy an 'id'");
      }
      policy.id = {slug, policy.name.place};
    }
    if (!policy.id) policy.id = {std::string(), policy.place};
  }
  const std::size_t before = found.errors();
  check_unique(policies, "is named", [](const Policy& policy) { return &policy.name; }, found);
  if (found.errors() == before) {
    check_unique(policies, "has the id", [](const Policy& policy) { return &*policy.id; }, found);
  }
  return policies;
}

}  // namespace sallyport::policy
