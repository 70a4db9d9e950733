// What a value may look like, by the attribute's type:
//
//   word     one of the closed list
//   text(s)  alice, "*@example.com"        case does not count where Attribute::fold_case; '*' any
//   run, '?' one host     example.com, *.example.com, =example.com, 192.0.2.1, 2001:db8::1 path
//   /admin, /admin/, /files/*.exe number   443, "> 400", ">= 500", "< 3", "<= 3", "400..499"
//   address  192.0.2.1, 192.0.2.0/24, 2001:db8::/32

#include "policy/compile/values.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <string_view>
#include <utility>

#include "base/core/host.h"
#include "base/core/text.h"

namespace sallyport::policy {
namespace {

using Texts = std::vector<Spanned<std::string>>;
using Interval = NumberMatcher::Interval;

constexpr std::size_t kMaxGlobs = 64;        // per condition
constexpr std::ptrdiff_t kMaxStars = 8;      // per glob
constexpr std::size_t kMaxListedWords = 26;  // in a hint
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

constexpr std::string_view kUnknown = "unknown";

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
    found.error(value.place, fmt::format("a pattern has at most {} stars", kMaxStars));
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

// ---- word

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
    hint = fmt::format("the {} words are listed in policies/README.md", words.size());
  return hint;
}

Matcher lower_words(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  const auto words = allowed_words(attribute);
  std::vector<std::string> exact;
  for (const auto& value : values) {
    if (const std::string_view* word = find_word(attribute, words, *value)) {
      exact.emplace_back(*word);
    } else {
      found.error(value.place, fmt::format("'{}' is no {}", *value, attribute.name),
                  hint_for_word(attribute, *value, words));
    }
  }
  return TextMatcher(std::move(exact), {}, false);
}

// ---- text

Matcher lower_texts(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  const auto words = attribute.allowed ? allowed_words(attribute) : std::vector<std::string_view>();
  std::vector<std::string> exact;
  std::vector<std::string> globs;
  for (const auto& value : values) {
    if (value->find_first_of("*?") != std::string::npos) {
      take_glob(value, globs, found);
      continue;
    }
    if (attribute.says_unknown && iequals(*value, "none")) {
      found.error(value.place,
                  fmt::format("'none' does not say that there is no {}", attribute.name),
                  "did you mean 'unknown'?");
    }
    // Tags of one's own are legal, but a near miss of one of ours is a rule that never holds.
    const std::string nearly = holds(words, lower(*value)) ? "" : did_you_mean(*value, words);
    if (!nearly.empty()) {
      found.warning(value.place, fmt::format("'{}' is no {} that we know", *value, attribute.name),
                    nearly);
    }
    exact.push_back(*value);
  }
  return TextMatcher(std::move(exact), std::move(globs), attribute.fold_case);
}

// ---- host

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

Matcher lower_hosts(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  HostMatcher::Patterns patterns;
  for (const auto& value : values) {
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

// ---- path

Matcher lower_paths(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  std::vector<std::string> prefixes;
  std::vector<std::string> globs;
  for (const auto& value : values) {
    if (value->find_first_of("?#") != std::string::npos) {
      found.error(value.place, fmt::format("a {} has no '?' and no '#'", attribute.name),
                  "the query is not compared");
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

// ---- number

std::optional<std::int64_t> parse_number(std::string_view text) {
  const auto number = parse_decimal(trim(text));
  // The ends stay free, so that "> n" and "< n" never overflow.
  if (!number || *number >= static_cast<std::uint64_t>(kMost)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

// Facts that are numbers are never below zero.
std::optional<Interval> parse_interval(std::string_view text) {
  text = trim(text);
  if (const auto dots = text.find(".."); dots != text.npos) {
    const auto least = parse_number(text.substr(0, dots));
    const auto most = parse_number(text.substr(dots + 2));
    if (!least || !most || *most < *least) return std::nullopt;
    return Interval{*least, *most};
  }
  std::string_view sign = text.substr(0, std::min(text.find_first_not_of("<>="), text.size()));
  const auto number = parse_number(text.substr(sign.size()));
  if (!number) return std::nullopt;
  if (sign.empty() || sign == "=") return Interval{*number, *number};
  if (sign == ">") return Interval{*number + 1, kMost};
  if (sign == ">=") return Interval{*number, kMost};
  if (sign == "<") return Interval{0, *number - 1};
  if (sign == "<=") return Interval{0, *number};
  return std::nullopt;
}

bool cover_everything(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.least < b.least; });
  std::int64_t next = 0;  // the least number that is not covered yet
  for (const Interval& interval : intervals) {
    if (interval.least > next) return false;
    if (interval.most == kMost) return true;
    next = std::max(next, interval.most + 1);
  }
  return false;
}

Matcher lower_numbers(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  std::vector<Interval> intervals;
  for (const auto& value : values) {
    if (const auto interval = parse_interval(*value)) {
      intervals.push_back(*interval);
    } else {
      found.error(value.place, fmt::format("'{}' is no {}", *value, attribute.name),
                  attribute.written.empty()
                      ? "write a number, a comparison ('> 400', '>= 500') or a range ('400..499')"
                      : std::string(attribute.written));
    }
  }
  if (cover_everything(intervals)) {
    found.warning(values.front().place, fmt::format("this matches every {}", attribute.name),
                  "a list means any of its values; write a range as '400..499'");
  }
  return NumberMatcher(std::move(intervals));
}

// ---- address

Matcher lower_addresses(const Texts& values, Diagnostics& found) {
  std::vector<IpPrefix> prefixes;
  for (const auto& value : values) {
    const auto prefix = IpPrefix::parse(*value);
    if (!prefix) {
      found.error(value.place, fmt::format("'{}' is no address and no range of addresses", *value),
                  "write '192.0.2.1', '192.0.2.0/24' or '2001:db8::/32'");
    } else if (prefix->has_host_bits()) {
      found.error(value.place, fmt::format("'{}' has bits set behind its prefix", *value),
                  fmt::format("did you mean '{}' or the address '{}'?",
                              prefix->masked().to_string(), prefix->address.to_string()));
    } else {
      prefixes.push_back(*prefix);
    }
  }
  return AddressMatcher(std::move(prefixes));
}

Matcher lower_values(const Attribute& attribute, const Texts& values, Diagnostics& found) {
  switch (attribute.type) {
    case Type::word:
    case Type::words:
      return lower_words(attribute, values, found);
    case Type::text:
    case Type::texts:
      if (attribute.host_suffix) return lower_hosts(attribute, values, found);
      if (attribute.path_prefix) return lower_paths(attribute, values, found);
      return lower_texts(attribute, values, found);
    case Type::number:
      return lower_numbers(attribute, values, found);
    case Type::address:
      return lower_addresses(values, found);
  }
  std::unreachable();
}

}  // namespace

std::optional<Expression> lower_test(const Attribute& attribute, const Texts& values,
                                     Diagnostics& found) {
  Texts compared = values;
  const auto said_unknown = std::remove_if(
      compared.begin(), compared.end(),
      [&](const auto& value) { return attribute.says_unknown && iequals(*value, kUnknown); });
  const bool or_unset = said_unknown != compared.end();
  compared.erase(said_unknown, compared.end());

  const std::size_t before = found.errors();
  std::optional<Matcher> matcher;
  if (!compared.empty()) matcher = lower_values(attribute, compared, found);
  if (found.errors() != before) return std::nullopt;
  return Expression::test(attribute, std::move(matcher), or_unset);
}

}  // namespace sallyport::policy
