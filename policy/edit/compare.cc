#include "policy/edit/compare.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "base/core/text.h"
#include "policy/edit/policy_text.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kMostMeanings = 10;  // of one move

std::vector<KeyChange> changes(const Policy& before, const Policy& after) {
  const auto lines = [](const Policy& policy) {
    std::vector<std::pair<std::string, std::string>> keys;
    for (const WrittenKey& key : written_keys(policy)) {
      keys.emplace_back(key.value.key, yaml::write_flow(key.value));
    }
    return keys;
  };
  const auto old_keys = lines(before);
  const auto new_keys = lines(after);
  const auto find = [](const auto& keys, const std::string& key) {
    const auto at =
        std::find_if(keys.begin(), keys.end(), [&](const auto& one) { return one.first == key; });
    return at == keys.end() ? std::string() : at->second;
  };
  std::vector<KeyChange> found;
  for (const auto& [key, text] : old_keys) {
    if (const std::string now = find(new_keys, key); now != text) found.push_back({key, text, now});
  }
  for (const auto& [key, text] : new_keys) {
    if (find(old_keys, key).empty()) found.push_back({key, {}, text});
  }
  return found;
}

// Which of the policies that both have stayed where they are: the longest run that kept its order
// (patience sorting). `positions` are their places in the old order, in the new order.
std::vector<bool> stayed(const std::vector<std::size_t>& positions) {
  std::vector<std::size_t> tails;  // indices into positions
  std::vector<std::size_t> previous(positions.size(), positions.size());
  for (std::size_t i = 0; i < positions.size(); ++i) {
    const auto at = std::lower_bound(
        tails.begin(), tails.end(), positions[i],
        [&](std::size_t tail, std::size_t value) { return positions[tail] < value; });
    if (at != tails.begin()) previous[i] = *std::prev(at);
    if (at == tails.end()) {
      tails.push_back(i);
    } else {
      *at = i;
    }
  }
  std::vector<bool> kept(positions.size(), false);
  for (std::size_t i = tails.empty() ? positions.size() : tails.back(); i < positions.size();
       i = previous[i]) {
    kept[i] = true;
  }
  return kept;
}

bool decides(const CompiledPolicy& policy) {
  return (policy.kind == Kind::access || policy.kind == Kind::session ||
          policy.kind == Kind::tls) &&
         !policy.edits_only;
}

std::string deed(const CompiledPolicy& policy) {
  std::string text(to_string(policy.action));
  return policy.rehearse ? text + " (rehearsed)" : text;
}

// Why it matters that `first` now comes before `second`; "" where it does not.
std::string meaning(const CompiledPolicy& first, const CompiledPolicy& second) {
  if (first.edits_only && second.edits_only) {
    const auto names = [](const CompiledPolicy& policy) {
      std::set<std::string> all(policy.remove_headers.begin(), policy.remove_headers.end());
      for (const HeaderToAdd& one : policy.add_headers) all.insert(lower(one.name));
      for (const HeaderOnHosts& one : policy.restrictions) all.insert(lower(one.name));
      return all;
    };
    const std::set<std::string> theirs = names(second);
    for (const std::string& name : names(first)) {
      if (theirs.contains(name)) {
        return fmt::format("where both match, '{}' now has the last word on the field {}",
                           second.name, name);
      }
    }
    return {};
  }
  if (!decides(first) || !decides(second)) return {};
  if ((first.kind == Kind::tls) != (second.kind == Kind::tls)) return {};
  if (first.action == second.action && first.rehearse == second.rehearse &&
      first.say == second.say && first.redirect == second.redirect &&
      first.replacement == second.replacement && first.quarantine == second.quarantine) {
    return {};
  }
  return fmt::format("where both match, '{}' now comes first: {} instead of {} by '{}'", first.name,
                     deed(first), deed(second), second.name);
}

std::set<std::string_view> entries(const SourcePtr& list) {
  std::set<std::string_view> all;
  for (std::string_view line : split(list->text, '\n')) {
    line = trim(line.substr(0, line.find('#')));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) all.insert(line);
  }
  return all;
}

std::size_t missing_in(const std::set<std::string_view>& from,
                       const std::set<std::string_view>& in) {
  return static_cast<std::size_t>(
      std::count_if(from.begin(), from.end(), [&](auto one) { return !in.contains(one); }));
}

std::vector<ListChange> list_changes(const PolicySources& before, const PolicySources& after) {
  std::set<std::string> names;
  for (const auto& [name, list] : before.lists) names.insert(name);
  for (const auto& [name, list] : after.lists) names.insert(name);
  std::vector<ListChange> found;
  for (const std::string& name : names) {
    const auto of = [&](const PolicySources& sources) {
      const auto at = sources.lists.find(name);
      return at == sources.lists.end() ? std::set<std::string_view>() : entries(at->second);
    };
    const auto old_entries = of(before);
    const auto new_entries = of(after);
    if (old_entries == new_entries) continue;
    found.push_back(
        {name, missing_in(new_entries, old_entries), missing_in(old_entries, new_entries)});
  }
  return found;
}

}  // namespace

Comparison compare(const PolicySet& before, const PolicySet& after) {
  Comparison found;
  const auto setting = [&](std::string_view key, std::string_view old, std::string_view now) {
    if (old != now) found.gateway.push_back({std::string(key), std::string(old), std::string(now)});
  };
  setting("policy_mode", to_string(before.options.mode), to_string(after.options.mode));
  setting("policy_zone", before.options.zone, after.options.zone);
  for (const CompiledPolicy& one : before.program.policies()) {
    if (after.program.find(one.id) == nullptr) found.removed.push_back(&one);
  }
  std::vector<const CompiledPolicy*> common;  // of `after`, in its order
  std::vector<std::size_t> positions;         // of those in `before`
  for (const CompiledPolicy& one : after.program.policies()) {
    const CompiledPolicy* old = before.program.find(one.id);
    if (old == nullptr) {
      found.added.push_back(&one);
      continue;
    }
    common.push_back(&one);
    positions.push_back(old->number);
    if (!old->written || !one.written) continue;
    auto keys = changes(*old->written, *one.written);
    if (!keys.empty()) {
      found.changed.push_back({one.id, one.name, one.written->place, std::move(keys)});
    }
  }
  const std::vector<bool> kept = stayed(positions);
  for (std::size_t i = 0; i < common.size(); ++i) {
    if (kept[i]) continue;
    PolicyMove move{common[i]->id, common[i]->name, positions[i] + 1, common[i]->number + 1u, {}};
    for (std::size_t j = 0; j < common.size() && move.means.size() < kMostMeanings; ++j) {
      const bool was_before = positions[i] < positions[j];
      const bool is_before = i < j;
      if (i == j || was_before == is_before) continue;
      std::string means =
          is_before ? meaning(*common[i], *common[j]) : meaning(*common[j], *common[i]);
      if (!means.empty()) move.means.push_back(std::move(means));
    }
    found.moved.push_back(std::move(move));
  }
  found.lists = list_changes(before.sources, after.sources);
  return found;
}

}  // namespace sallyport::policy
