#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "base/core/host.h"
#include "base/core/text.h"
#include "policy/compile/value_kinds.h"

namespace sallyport::policy {
namespace {

constexpr std::size_t kMaxGlobs = 64;        // per condition
constexpr std::ptrdiff_t kMaxStars = 8;      // per glob
constexpr std::size_t kMaxExpression = 500;  // bytes
constexpr std::size_t kMaxListedWords = 26;  // in a hint

std::vector<std::string_view> allowed_words(const Attribute& attribute) {
  const auto words = attribute.allowed();
  return {words.begin(), words.end()};
}

// As the list spells it, or null.
const std::string_view* find_word(const Attribute& attribute,
                                  const std::vector<std::string_view>& words,
                                  std::string_view word) {
  const auto at = std::find_if(words.begin(), words.end(), [&](std::string_view listed) {
    return attribute.fold_case ? iequals(listed, word) : listed == word;
  });
  return at == words.end() ? nullptr : &*at;
}

bool holds(const std::vector<std::string_view>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Globs cost time with every stranger's text, so they are counted.
void take_glob(const Spanned<std::string>& value, std::vector<std::string>& globs,
               Diagnostics& found) {
  if (std::count(value->begin(), value->end(), '*') > kMaxStars) {
    found.error(value.place, fmt::format("a pattern has at most {} stars", kMaxStars),
                "an expression can say more: '~ ^a.*b'");
    return;
  }
  // Equal, not more: one diagnostic is enough.
  if (globs.size() == kMaxGlobs) {
    found.error(value.place,
                fmt::format("a condition has at most {} patterns with '*' or '?'", kMaxGlobs),
                "write whole values, or spread the patterns over 'any'");
  }
  globs.push_back(*value);
}

std::string hint_for_word(const Attribute& attribute, const std::string& written,
                          const std::vector<std::string_view>& words) {
  const Attribute* owner = find_attribute(attribute.name.substr(0, attribute.name.find('.')));
  if (written == kUnknown && owner && owner->says_unknown) {
    return fmt::format("did you mean '{}: unknown'?", owner->name);
  }
  if (!attribute.written.empty()) return std::string(attribute.written);
  std::string hint = did_you_mean(written, words);
  if (hint.empty() && words.size() <= kMaxListedWords) {
    hint = fmt::format("one of: {}", fmt::join(words, ", "));
  }
  if (hint.empty())
    hint = fmt::format("the {} words are listed in conf/policies/reference.md", words.size());
  return hint;
}

std::optional<Host> parse_host(std::string_view text) {
  if (const auto address = IpAddress::parse(text)) return Host::from_address(*address);
  return Host::parse(text);
}

std::string hint_for_host(std::string_view written) {
  if (IpPrefix::parse(written)) return fmt::format("did you mean 'destination.ip: {}'?", written);
  if (const auto scheme = written.find("://"); scheme != written.npos) {
    const std::string_view rest = written.substr(scheme + 3);
    const std::string_view host = rest.substr(0, rest.find_first_of("/:"));
    if (parse_host(host)) return fmt::format("did you mean '{}'?", host);
  }
  if (written.starts_with('.') && parse_host(written.substr(1))) {
    return fmt::format("did you mean '{0}' (itself and below) or '*.{0}' (only below)?",
                       written.substr(1));
  }
  if (written.find('*') != written.npos) {
    return "'*' stands only in front, for everything below: '*.example.com'";
  }
  if (written.find('/') != written.npos) return "write the path under 'path'";
  if (written.find(':') != written.npos) return "write the port under 'port'";
  return {};
}

bool is_text(const Attribute& attribute) {
  return attribute.type == Type::text || attribute.type == Type::texts;
}

}  // namespace

// Whether enough was told of one condition; `before` errors were there when it began.
bool is_enough(const Place& place, std::size_t before, Diagnostics& found) {
  if (found.errors() < before + kMaxTold) return false;
  found.error(place, "too many faults in one condition; the rest is not shown");
  return true;
}

void warn_of_everything(const Attribute& attribute, const Place& place, Diagnostics& found) {
  found.warning(place, fmt::format("this matches every {} there is", attribute.name),
                fmt::format("write '{}: is set' if that is meant", attribute.name));
}

Matcher lower_words(const Attribute& attribute, const ValueTexts& values, Diagnostics& found) {
  const auto words = allowed_words(attribute);
  const std::size_t before = found.errors();
  std::vector<std::string> exact;
  std::set<std::string_view> named;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    if (const std::string_view* word = find_word(attribute, words, *value)) {
      exact.emplace_back(*word);
      named.insert(*word);
    } else {
      found.error(value.place, fmt::format("'{}' is no {}", *value, attribute.name),
                  hint_for_word(attribute, *value, words));
    }
  }
  if (named.size() == words.size()) {
    warn_of_everything(attribute, values.front().place, found);
  }
  return TextMatcher(std::move(exact), {}, false);
}

Matcher lower_texts(const Attribute& attribute, const ValueTexts& values, Diagnostics& found) {
  const auto words = attribute.allowed ? allowed_words(attribute) : std::vector<std::string_view>();
  const std::size_t before = found.errors();
  std::size_t warned = 0;
  std::vector<std::string> exact;
  std::vector<std::string> globs;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    if (value->find_first_of("*?") != std::string::npos) {
      if (value->find_first_not_of('*') == std::string::npos) {
        warn_of_everything(attribute, value.place, found);
      }
      take_glob(value, globs, found);
      continue;
    }
    if (attribute.says_unknown && iequals(*value, "none")) {
      found.error(value.place,
                  fmt::format("'none' does not say that there is no {}", attribute.name),
                  "did you mean 'unknown'?");
    }
    // Tags of one's own are legal, but a near miss of one of ours is a rule that never holds.
    const bool known = holds(words, lower(*value)) || warned == kMaxTold;
    const std::string nearly = known ? "" : did_you_mean(*value, words);
    if (!nearly.empty()) {
      ++warned;
      found.warning(value.place, fmt::format("'{}' is no {} that we know", *value, attribute.name),
                    nearly);
    }
    exact.push_back(*value);
  }
  return TextMatcher(std::move(exact), std::move(globs), attribute.fold_case);
}

Matcher lower_hosts(const Attribute& attribute, const ValueTexts& values, Diagnostics& found) {
  const std::size_t before = found.errors();
  HostMatcher::Patterns patterns;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    std::string_view name = *value;
    const bool exact = name.starts_with('=');
    const bool below = name.starts_with("*.");
    if (exact) name.remove_prefix(1);
    if (below) name.remove_prefix(2);
    const auto host = parse_host(name);
    if (!host) {
      found.error(value.place, fmt::format("'{}' is no {} name or address", *value, attribute.name),
                  hint_for_host(*value));
    } else if (below && host->is_address()) {
      found.error(value.place, "nothing is below an address",
                  fmt::format("did you mean '{}'?", host->text()));
    } else if (exact || host->is_address()) {
      patterns.exact.push_back(host->text());
    } else {
      (below ? patterns.below : patterns.under).push_back(host->text());
    }
  }
  return HostMatcher(std::move(patterns));
}

Matcher lower_paths(const Attribute& attribute, const ValueTexts& values, Diagnostics& found) {
  const std::size_t before = found.errors();
  std::vector<std::string> prefixes;
  std::vector<std::string> globs;
  for (const auto& value : values) {
    if (is_enough(value.place, before, found)) break;
    if (*value == "/" || *value == "/*" || *value == "*") {
      warn_of_everything(attribute, value.place, found);
    }
    if (value->find_first_of("?#") != std::string::npos) {
      found.error(value.place, fmt::format("a {} has no '?' and no '#'", attribute.name),
                  "the query is an attribute of its own: 'query'");
    } else if (!value->starts_with('/') && !value->starts_with('*')) {
      found.error(value.place, fmt::format("a {} begins with '/'", attribute.name),
                  fmt::format("did you mean '/{}'?", *value));
    } else if (value->find('*') != std::string::npos) {
      take_glob(value, globs, found);
    } else {
      prefixes.push_back(*value);
    }
  }
  return PathMatcher(std::move(prefixes), std::move(globs));
}

std::shared_ptr<const re2::RE2> take_expression(const Attribute& attribute,
                                                const Spanned<std::string>& value,
                                                Diagnostics& found) {
  const std::string_view written = trim(std::string_view(*value).substr(1));
  if (!is_text(attribute)) {
    found.error(value.place,
                fmt::format("'{}' is compared whole, not by an expression", attribute.name),
                "a list of values means any of them");
    return nullptr;
  }
  if (written.empty() || written.size() > kMaxExpression) {
    found.error(value.place, fmt::format("an expression has 1 to {} bytes", kMaxExpression));
    return nullptr;
  }
  std::string error;
  auto made = RegexMatcher::parse(written, attribute.fold_case, error);
  if (made == nullptr) {
    found.error(value.place, fmt::format("this is no expression: {}", printable(error)),
                "the syntax is RE2's: no look-ahead, no back references; '\\' needs single quotes "
                "around the value");
    return nullptr;
  }
  // What fits nothing at all fits anywhere, unless it says where or what kind of text.
  const bool anchored =
      written.find_first_of("^$\\") != written.npos || written.find("(?") != written.npos;
  static constexpr std::string_view kEverything[] = {"^", "$", "^.*", ".*$", "^.*$"};
  if ((!anchored && RegexMatcher({made}).matches("")) ||
      std::find(std::begin(kEverything), std::end(kEverything), written) != std::end(kEverything)) {
    found.warning(value.place, "this expression matches everything",
                  fmt::format("write '{}: is set' if that is meant", attribute.name));
  }
  return made;
}

}  // namespace sallyport::policy
