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
  for (auto& [first, list] : by_first_) std::ranges::stable_sort(list, exacter);
  std::ranges::stable_sort(others_, exacter);
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
