#include "proxy/app/governance_page.h"

#include <algorithm>

namespace sallyport::app {

using discovery::GovernanceEntry;
using discovery::StateStore;

namespace {

constexpr std::uint64_t kStep = 2'000;  // entries in memory at once

void text(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value);
}

// The highest number below `end`, of a log with a gap; 0: there is none.
Result<std::uint64_t> last_before(StateStore& store, std::uint64_t end) {
  std::uint64_t last = 0;
  while (true) {
    const auto entries = store.governance(last, kStep);
    if (!entries) return std::unexpected(entries.error());
    if (entries->empty()) return last;
    for (const GovernanceEntry& entry : *entries) {
      if (entry.number >= end) return last;
      last = entry.number;
    }
  }
}

}  // namespace

Result<GovernancePage> read_governance(StateStore& store, const GovernanceFilter& filter,
                                       std::optional<std::uint64_t> before, std::size_t limit) {
  const Result<discovery::GovernanceHead> head = store.governance_head();
  if (!head) return std::unexpected(head.error());
  std::uint64_t end = std::min(before.value_or(head->number + 1), head->number + 1);
  GovernancePage page;
  std::size_t looked = 0;
  while (end > 1) {
    if (looked >= kMostGovernanceLooked) {
      page.next = end;
      return page;
    }
    const std::uint64_t after = end - 1 > kStep ? end - 1 - kStep : 0;
    auto entries = store.governance(after, kStep);
    if (!entries) return pass_on(std::move(entries));
    looked += kStep;
    if (entries->empty() || entries->front().number >= end) {
      const auto last = last_before(store, end);
      if (!last) return std::unexpected(last.error());
      end = *last + 1;
      continue;
    }
    for (auto one = entries->rbegin(); one != entries->rend(); ++one) {
      if (one->number >= end) continue;  // In a log with gaps.
      GovernanceWords words = words_of(*one);
      if (!filter.keeps(*one, words)) continue;
      if (page.entries.size() == limit) {
        page.next = page.entries.back().entry.number;
        return page;
      }
      page.entries.push_back({std::move(*one), std::move(words)});
    }
    end = after + 1;
  }
  return page;
}

void append_json(std::string& out, const GovernanceShown& shown) {
  const auto& [entry, words] = shown;
  const auto stamp = [](Time time) { return format_rfc3339(time).substr(0, 19) + "Z"; };
  JsonWriter json(out);
  json.begin_object();
  json.member("number", entry.number);
  json.member("at", stamp(entry.at));
  text(json, "action", words.action);
  text(json, "user", words.user);
  text(json, "app", words.app);
  text(json, "what", words.what);
  text(json, "policy", words.policy);
  text(json, "who", entry.who);
  if (entry.until) json.member("until", stamp(*entry.until));
  text(json, "why", words.why);
  json.end_object();
}

}  // namespace sallyport::app
