#include "discovery/signatures/app_signatures.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::discovery {

// Every list is in the order in which candidates are tried, so a question only merges two of them.
void AppSignatures::index() {
  const auto exacter = [this](const Entry& a, const Entry& b) {
    const Signature& left = signatures_[a.signature];
    const Signature& right = signatures_[b.signature];
    if (const auto order = left.requests[a.line].path <=> right.requests[b.line].path; order != 0) {
      return order < 0;
    }
    if (left.conditions.size() != right.conditions.size()) {
      return left.conditions.size() > right.conditions.size();
    }
    return left.rank < right.rank;
  };
  for (std::uint32_t i = 0; i < signatures_.size(); ++i) {
    for (std::uint32_t line = 0; line < signatures_[i].requests.size(); ++line) {
      const std::string_view first = signatures_[i].requests[line].path.first_text();
      auto& list = first.empty() ? others_ : by_first_[std::string(first)];
      list.push_back({i, line});
    }
  }
  bool any = false;
  for (const Signature& signature : signatures_) {
    const bool needs_query = std::ranges::any_of(signature.conditions, [](const Condition& one) {
      const bool needs_value = one.test == Condition::Test::present ||
                               (one.test == Condition::Test::one_of &&
                                std::ranges::find(one.patterns, "") == one.patterns.end());
      return needs_value && draws_only_on(one.value, ValueSource::query);
    });
    for (const RequestLine& line : signature.requests) {
      any = any || line.methods.empty();
      for (const std::string& method : line.methods) {
        bool& without = methods_[method];
        without = without || !needs_query;
      }
    }
  }
  if (any) methods_.clear();
  for (auto& [first, list] : by_first_) std::ranges::stable_sort(list, exacter);
  std::ranges::stable_sort(others_, exacter);
}

bool AppSignatures::may_fit(std::string_view method, bool has_query) const {
  if (methods_.empty()) return true;
  const auto at = methods_.find(method);
  return at != methods_.end() && (has_query || at->second);
}

std::vector<AppSignatures::Candidate> AppSignatures::find(std::string_view host,
                                                          std::string_view method,
                                                          const PathSegments& path) const {
  std::vector<Candidate> found;
  const auto try_all = [&](const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
      const Signature& signature = signatures_[entry.signature];
      const RequestLine& line = signature.requests[entry.line];
      if (!line.methods.empty() && std::ranges::find(line.methods, method) == line.methods.end()) {
        continue;
      }
      Variables bound;
      if (!line.path.match(path, bound)) continue;
      const bool here = signature.hosts.empty() ||
                        std::ranges::any_of(signature.hosts, [&](const HostPattern& pattern) {
                          return pattern.match(host, bound);
                        });
      if (!here) continue;
      const bool again = std::ranges::any_of(
          found, [&](const Candidate& one) { return one.signature == &signature; });
      if (!again) found.push_back({&signature, std::move(bound)});
    }
  };
  // What begins with a text is more exact than what begins with a variable.
  const std::string first = path.all().empty() ? std::string() : lower(path.all().front());
  if (const auto at = by_first_.find(first); at != by_first_.end()) try_all(at->second);
  try_all(others_);
  return found;
}

bool AppSignatures::is_personal(std::string_view host, std::string_view instance) const {
  Variables ignored;
  for (const HostPattern& pattern : personal_hosts_) {
    if (pattern.match(host, ignored)) return true;
  }
  return std::ranges::binary_search(personal_instances_, lower(instance));
}

}  // namespace sallyport::discovery
