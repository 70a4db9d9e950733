#include "discovery/signatures/app_signatures.h"

#include <algorithm>
#include <bit>
#include <map>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

// Methods beyond share the last bit with those that no signature names.
constexpr std::size_t kMethodBits = 31;
constexpr std::uint32_t kOtherMethods = std::uint32_t{1} << kMethodBits;

std::uint64_t name_bit(std::string_view name) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return std::uint64_t{1} << (hash >> 58);
}

bool names_method(const RequestLine& line, std::string_view method) {
  return line.methods.empty() || std::ranges::find(line.methods, method) != line.methods.end();
}

}  // namespace

std::uint64_t names_in_query(std::string_view query) {
  std::uint64_t names = 0;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view name = query.substr(0, std::min(query.find('='), end));
    if (name.find_first_of("%+") != name.npos) return ~std::uint64_t{0};
    names |= name_bit(name);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return names;
}

bool AppSignatures::Needs::met(const Has& has) const {
  if ((query & ~has.query) != 0) return false;
  return has.headers == nullptr || std::ranges::all_of(headers, [&](const std::string& name) {
           return has.headers->has(name);
         });
}

AppSignatures::Needs AppSignatures::needs_of(const Signature& signature) {
  Needs needs;
  for (const Condition& condition : signature.conditions) {
    const bool needs_value =
        condition.test == Condition::Test::present ||
        (condition.test == Condition::Test::one_of &&
         std::ranges::find(condition.patterns, "") == condition.patterns.end());
    // Where there are several texts, or cases, each may do.
    if (!needs_value || condition.value.choice != nullptr || condition.value.texts.size() != 1) {
      continue;
    }
    for (const ValuePiece& piece : condition.value.texts.front()) {
      if (piece.source == ValueSource::query) needs.query |= name_bit(piece.name);
      if (piece.source == ValueSource::header) needs.headers.push_back(piece.name);
    }
  }
  return needs;
}

std::uint32_t AppSignatures::method_bit(std::string_view method) const {
  const std::size_t most = std::min(methods_.size(), kMethodBits);
  for (std::size_t i = 0; i < most; ++i) {
    if (methods_[i] == method) return std::uint32_t{1} << i;
  }
  return kOtherMethods;
}

// Every list is in the order in which candidates are tried, so a question only goes through two.
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
  for (const Signature& signature : signatures_) {
    needs_.push_back(needs_of(signature));
    for (const RequestLine& line : signature.requests) {
      for (const std::string& method : line.methods) {
        if (std::ranges::find(methods_, method) == methods_.end()) methods_.push_back(method);
      }
    }
  }
  std::map<std::uint32_t, std::vector<Entry>> lists;
  by_method_.resize(std::min(methods_.size(), kMethodBits) + 1);
  for (std::uint32_t i = 0; i < signatures_.size(); ++i) {
    for (std::uint32_t n = 0; n < signatures_[i].requests.size(); ++n) {
      const RequestLine& line = signatures_[i].requests[n];
      Entry entry;
      entry.signature = i;
      entry.line = n;
      for (const std::string& method : line.methods) entry.methods |= method_bit(method);
      if (line.methods.empty()) entry.methods = ~std::uint32_t{0};
      entry.fixed = static_cast<std::uint16_t>(line.path.fixed());
      entry.open = line.path.open();
      for (std::size_t at = 0; at < kTexts; ++at) entry.texts[at] = line.path.text_hash(at);
      lists[entry.texts[0]].push_back(entry);
      for (std::size_t bit = 0; bit < by_method_.size(); ++bit) {
        const bool last = bit + 1 == by_method_.size();
        const std::uint32_t mask = last ? kOtherMethods : std::uint32_t{1} << bit;
        std::vector<std::uint32_t>& these = by_method_[bit];
        if ((entry.methods & mask) != 0 && (these.empty() || these.back() != i)) these.push_back(i);
      }
    }
  }
  for (auto& [first, list] : lists) {
    std::ranges::stable_sort(list, exacter);
    by_first_.emplace_back(first, std::move(list));
  }
}

bool AppSignatures::may_fit(std::string_view method, const Has& has) const {
  const std::uint32_t bit = method_bit(method);
  const std::size_t at = bit == kOtherMethods ? by_method_.size() - 1
                                              : static_cast<std::size_t>(std::countr_zero(bit));
  return std::ranges::any_of(by_method_[at],
                             [&](std::uint32_t one) { return needs_[one].met(has); });
}

std::vector<AppSignatures::Candidate> AppSignatures::find(std::string_view host,
                                                          std::string_view method,
                                                          const PathSegments& path,
                                                          const Has& has) const {
  std::vector<Candidate> found;
  const std::uint32_t bit = method_bit(method);
  const std::size_t size = path.all().size();
  const auto passes = [&](const Entry& entry) {
    if ((entry.methods & bit) == 0 || (entry.open ? size < entry.fixed : size != entry.fixed)) {
      return false;
    }
    for (std::size_t i = 1; i < kTexts; ++i) {
      if (entry.texts[i] != 0 && entry.texts[i] != path.hash(i)) return false;
    }
    return true;
  };
  const auto try_all = [&](const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
      if (!passes(entry) || !needs_[entry.signature].met(has)) continue;
      const Signature& signature = signatures_[entry.signature];
      const RequestLine& line = signature.requests[entry.line];
      if (bit == kOtherMethods && !names_method(line, method)) continue;
      if (!line.path.fits(path)) continue;
      const HostPattern* here = nullptr;
      if (!signature.hosts.empty()) {
        const auto at = std::ranges::find_if(
            signature.hosts, [&](const HostPattern& pattern) { return pattern.fits(host); });
        if (at == signature.hosts.end()) continue;
        here = &*at;
      }
      const bool again = std::ranges::any_of(
          found, [&](const Candidate& one) { return one.signature == &signature; });
      if (!again) found.push_back({&signature, &line, here, {}});
    }
  };
  const auto try_first = [&](std::uint32_t first) {
    const auto at =
        std::ranges::lower_bound(by_first_, first, {}, [](const auto& one) { return one.first; });
    if (at != by_first_.end() && at->first == first) try_all(at->second);
  };
  // What begins with a text is more exact than what begins with a variable.
  if (path.hash(0) != 0) try_first(path.hash(0));
  try_first(0);
  return found;
}

void AppSignatures::bind(Candidate& candidate, std::string_view host, const PathSegments& path) {
  candidate.line->path.bind(path, candidate.variables);
  if (candidate.at != nullptr) candidate.at->bind(host, candidate.variables);
}

bool AppSignatures::is_personal(std::string_view host, std::string_view instance) const {
  for (const HostPattern& pattern : personal_hosts_) {
    if (pattern.fits(host)) return true;
  }
  return std::ranges::binary_search(personal_instances_, lower(instance));
}

}  // namespace sallyport::discovery
