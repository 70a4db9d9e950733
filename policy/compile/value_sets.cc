// The values of a test as sets. Not every set can be compared with every other one; what cannot is
// "cannot tell".
//
//   texts      whole texts one by one, against everything; patterns with '*' by their shape;
//              expressions only with the same expression
//   hosts      by labels; paths by segments; addresses by prefixes
//   numbers    exactly, as intervals; times too, within one zone

#include "policy/compile/value_sets.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/compile/interval_sets.h"

namespace sallyport::policy {
namespace {

using Matchers = std::span<const Matcher>;

// ---- texts

// Case folding and flags inside an expression do not go together, so such a one is not run on the
// folded texts of a list.
bool is_plain(const RegexMatcher& matcher) {
  const auto patterns = matcher.patterns();
  return std::none_of(patterns.begin(), patterns.end(),
                      [](std::string_view pattern) { return pattern.find("(?") != pattern.npos; });
}

// Every text that `inner` covers is covered by `outer`.
bool glob_covers(std::string_view outer, std::string_view inner) {
  // As glob_match(), with `inner` for the text: its '*' is any run, so only a '*' takes it.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t covered = 0;
  while (t < inner.size()) {
    const bool here = p < outer.size();
    if (here && outer[p] == '*') {
      star = p++;
      covered = t;
    } else if (here && inner[t] != '*' && (outer[p] == '?' || outer[p] == inner[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++covered;
    } else {
      return false;
    }
  }
  while (p < outer.size() && outer[p] == '*') ++p;
  return p == outer.size();
}

// What every text of a pattern begins and ends with.
std::string_view head(std::string_view glob) {
  return glob.substr(0, std::min(glob.find_first_of("*?"), glob.size()));
}
std::string_view tail(std::string_view glob) {
  const auto last = glob.find_last_of("*?");
  return last == glob.npos ? glob : glob.substr(last + 1);
}

bool globs_exclude(std::string_view a, std::string_view b) {
  const std::string_view front_a = head(a);
  const std::string_view front_b = head(b);
  const std::string_view back_a = tail(a);
  const std::string_view back_b = tail(b);
  return (!front_a.starts_with(front_b) && !front_b.starts_with(front_a)) ||
         (!back_a.ends_with(back_b) && !back_b.ends_with(back_a));
}

bool any_of_them(Matchers all, std::string_view text) {
  return std::any_of(all.begin(), all.end(), [&](const Matcher& matcher) {
    const auto* expressions = std::get_if<RegexMatcher>(&matcher);
    if (expressions != nullptr && !is_plain(*expressions)) return false;
    return matches(matcher, Value(text));
  });
}

// Certain, unlike !any_of_them().
bool none_of_them(Matchers all, std::string_view text) {
  return std::none_of(all.begin(), all.end(), [&](const Matcher& matcher) {
    const auto* expressions = std::get_if<RegexMatcher>(&matcher);
    if (expressions != nullptr && !is_plain(*expressions)) return true;
    return matches(matcher, Value(text));
  });
}

template <class M, class Predicate>
bool any_matcher(Matchers all, const Predicate& holds) {
  return std::any_of(all.begin(), all.end(), [&](const Matcher& matcher) {
    const auto* one = std::get_if<M>(&matcher);
    return one != nullptr && holds(*one);
  });
}

// ---- hosts

bool is_at_or_below(std::string_view host, std::string_view parent) {
  return host == parent || (host.size() > parent.size() && host.ends_with(parent) &&
                            host[host.size() - parent.size() - 1] == '.');
}

bool covers_below(const HostMatcher& outer, std::string_view name) {
  const auto& patterns = outer.patterns();
  const auto holds = [&](const std::string& parent) { return is_at_or_below(name, parent); };
  return std::any_of(patterns.under.begin(), patterns.under.end(), holds) ||
         std::any_of(patterns.below.begin(), patterns.below.end(), holds);
}

std::size_t size_of(const HostMatcher::Patterns& patterns) {
  return patterns.exact.size() + patterns.under.size() + patterns.below.size();
}

// ---- one matcher inside a set of them

struct Inside {
  Matchers outer;
  Work& work;

  bool operator()(const TextMatcher& inner) const {
    if (!work.spend(inner.exact().size() + inner.globs().size())) return false;
    for (const std::string& text : inner.exact()) {
      if (!any_of_them(outer, text)) return false;
    }
    return std::all_of(inner.globs().begin(), inner.globs().end(), [&](const std::string& glob) {
      return any_matcher<TextMatcher>(outer, [&](const TextMatcher& one) {
        return std::any_of(one.globs().begin(), one.globs().end(),
                           [&](const std::string& other) { return glob_covers(other, glob); });
      });
    });
  }

  bool operator()(const RegexMatcher& inner) const {
    const auto patterns = inner.patterns();
    if (!work.spend(patterns.size() * 8)) return false;
    return std::all_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
      return any_matcher<RegexMatcher>(outer, [&](const RegexMatcher& one) {
        const auto others = one.patterns();
        return std::find(others.begin(), others.end(), pattern) != others.end();
      });
    });
  }

  bool operator()(const HostMatcher& inner) const {
    const auto& patterns = inner.patterns();
    if (!work.spend(patterns.exact.size())) return false;
    for (const std::string& host : patterns.exact) {
      if (!any_of_them(outer, host)) return false;
    }
    const auto below = [&](const std::string& name) {
      return any_matcher<HostMatcher>(outer, [&](const HostMatcher& one) {
        if (!work.spend(1 + size_of(one.patterns()))) return false;
        return covers_below(one, name);
      });
    };
    // "example.com" is the name itself and what is below it.
    return std::all_of(
               patterns.under.begin(), patterns.under.end(),
               [&](const std::string& name) { return any_of_them(outer, name) && below(name); }) &&
           std::all_of(patterns.below.begin(), patterns.below.end(), below);
  }

  bool operator()(const PathMatcher& inner) const {
    if (!work.spend(inner.prefixes().size() + inner.globs().size())) return false;
    const auto covered = [&](const std::string& path) {
      return any_matcher<PathMatcher>(outer, [&](const PathMatcher& one) {
        return one.covers(path) ||
               std::any_of(one.globs().begin(), one.globs().end(), [&](const std::string& glob) {
                 return glob_covers(glob, path) && glob.ends_with('*');
               });
      });
    };
    return std::all_of(inner.prefixes().begin(), inner.prefixes().end(), covered) &&
           std::all_of(inner.globs().begin(), inner.globs().end(), [&](const std::string& glob) {
             const std::string_view front = head(glob);
             const std::string folder(front.substr(0, front.rfind('/') + 1));
             return any_matcher<PathMatcher>(outer, [&](const PathMatcher& one) {
               return (!folder.empty() && one.covers(folder)) ||
                      std::any_of(
                          one.globs().begin(), one.globs().end(),
                          [&](const std::string& other) { return glob_covers(other, glob); });
             });
           });
  }

  bool operator()(const AddressMatcher& inner) const {
    if (!work.spend(inner.prefixes().size())) return false;
    return std::all_of(
        inner.prefixes().begin(), inner.prefixes().end(), [&](const IpPrefix& prefix) {
          return any_matcher<AddressMatcher>(outer, [&](const AddressMatcher& one) {
            const auto& all = one.prefixes();
            const auto after = std::upper_bound(all.begin(), all.end(), prefix.address,
                                                [](const IpAddress& wanted, const IpPrefix& other) {
                                                  return wanted < other.address;
                                                });
            return after != all.begin() && std::prev(after)->contains(prefix.address) &&
                   std::prev(after)->length <= prefix.length;
          });
        });
  }

  // Compared as wholes by is_subset().
  bool operator()(const NumberMatcher&) const { return false; }
  bool operator()(const TimeMatcher&) const { return false; }
};

// ---- one matcher apart from another

// No value is taken by both: of texts, paths, hosts and addresses.
struct Apart {
  const Matcher& other;
  Work& work;

  bool operator()(const TextMatcher& one) const {
    if (!work.spend(one.exact().size() + 1)) return false;
    const Matchers others(&other, 1);
    for (const std::string& text : one.exact()) {
      if (!none_of_them(others, text)) return false;
    }
    if (one.globs().empty()) return true;
    const auto* texts = std::get_if<TextMatcher>(&other);
    if (texts == nullptr ||
        !work.spend(one.globs().size() * texts->globs().size() + texts->exact().size())) {
      return false;
    }
    for (const std::string& text : texts->exact()) {
      if (one.matches(text)) return false;
    }
    for (const std::string& glob : one.globs()) {
      for (const std::string& theirs : texts->globs()) {
        if (!globs_exclude(glob, theirs)) return false;
      }
    }
    return true;
  }

  bool operator()(const RegexMatcher& one) const {
    // The other way round; two expressions cannot be compared.
    const auto* texts = std::get_if<TextMatcher>(&other);
    if (texts == nullptr || !texts->globs().empty() || !is_plain(one)) return false;
    if (!work.spend(texts->exact().size() * 8 + 1)) return false;
    return std::none_of(texts->exact().begin(), texts->exact().end(),
                        [&](const std::string& text) { return one.matches(text); });
  }

  bool operator()(const HostMatcher& one) const {
    const auto* hosts = std::get_if<HostMatcher>(&other);
    if (hosts == nullptr) return false;
    const auto& a = one.patterns();
    const auto& b = hosts->patterns();
    if (!work.spend(size_of(a) * size_of(b) + 1)) return false;
    for (const std::string& host : a.exact) {
      if (hosts->matches(host)) return false;
    }
    for (const std::string& host : b.exact) {
      if (one.matches(host)) return false;
    }
    for (const auto* mine : {&a.under, &a.below}) {
      for (const auto* theirs : {&b.under, &b.below}) {
        for (const std::string& name : *mine) {
          for (const std::string& their : *theirs) {
            if (is_at_or_below(name, their) || is_at_or_below(their, name)) return false;
          }
        }
      }
    }
    return true;
  }

  bool operator()(const PathMatcher& one) const {
    const auto* paths = std::get_if<PathMatcher>(&other);
    if (paths == nullptr || !work.spend((one.prefixes().size() + one.globs().size()) *
                                            (paths->prefixes().size() + paths->globs().size()) +
                                        1)) {
      return false;
    }
    // Whatever a pattern covers begins with its head, so two heads that part exclude each other.
    const auto all_part = [](const std::vector<std::string>& a, const std::vector<std::string>& b) {
      for (const std::string& path : a) {
        for (const std::string& their : b) {
          if (head(path).starts_with(head(their)) || head(their).starts_with(head(path))) {
            return false;
          }
        }
      }
      return true;
    };
    return all_part(one.prefixes(), paths->globs()) && all_part(one.globs(), paths->prefixes()) &&
           all_part(one.globs(), paths->globs()) &&
           std::none_of(one.prefixes().begin(), one.prefixes().end(),
                        [&](const std::string& path) { return paths->covers(path); }) &&
           std::none_of(paths->prefixes().begin(), paths->prefixes().end(),
                        [&](const std::string& path) { return one.covers(path); });
  }

  bool operator()(const AddressMatcher& one) const {
    const auto* addresses = std::get_if<AddressMatcher>(&other);
    if (addresses == nullptr || !work.spend(one.prefixes().size() + addresses->prefixes().size())) {
      return false;
    }
    return std::none_of(
               one.prefixes().begin(), one.prefixes().end(),
               [&](const IpPrefix& prefix) { return addresses->matches(prefix.address); }) &&
           std::none_of(addresses->prefixes().begin(), addresses->prefixes().end(),
                        [&](const IpPrefix& prefix) { return one.matches(prefix.address); });
  }

  bool operator()(const NumberMatcher&) const { return false; }
  bool operator()(const TimeMatcher&) const { return false; }
};

}  // namespace

bool is_subset(const Expression& a, const Expression& b, Work& work) {
  if (b.present() || is_empty(a)) return true;
  if (a.present()) return false;
  if (is_interval(a.attribute())) {
    const Span one = span_of(a.matchers());
    const Span other = span_of(b.matchers());
    return work.spend(one.intervals.size() + other.intervals.size()) && one.comparable &&
           other.comparable && one.zone == other.zone && inside(one.intervals, other.intervals);
  }
  return std::all_of(a.matchers().begin(), a.matchers().end(), [&](const Matcher& matcher) {
    return std::visit(Inside{b.matchers(), work}, matcher);
  });
}

bool are_disjoint(const Expression& a, const Expression& b, Work& work) {
  if (is_empty(a) || is_empty(b)) return true;
  if (a.present() || b.present()) return false;
  if (is_interval(a.attribute())) {
    const Span one = span_of(a.matchers());
    const Span other = span_of(b.matchers());
    return work.spend(one.intervals.size() + other.intervals.size()) && one.comparable &&
           other.comparable && one.zone == other.zone && apart(one.intervals, other.intervals);
  }
  for (const Matcher& one : a.matchers()) {
    for (const Matcher& other : b.matchers()) {
      if (!std::visit(Apart{other, work}, one)) return false;
    }
  }
  return true;
}

bool hosts_apart(const HostMatcher& one, const Matcher& other, Work& work) {
  return Apart{other, work}(one);
}

}  // namespace sallyport::policy
