// What a value may look like, by the attribute's type:
//
//   word      one of the closed list
//   text(s)   alice, "*@example.com"       case does not count where Attribute::fold_case; '*' any
//                                          run, '?' one byte
//   host      example.com, *.example.com, =example.com, 192.0.2.1, 2001:db8::1
//   path      /admin, /admin/, /files/*.exe
//   number    443, "> 400", ">= 500", "< 3", "<= 3", "400..499"; of bytes also "> 25 MB"
//   address   192.0.2.1, 192.0.2.0/24, 2001:db8::/32
//   time      08:00..18:00, mon, 2026-11-26, 2026-01-01..2026-03-31
//
// And everywhere: "is set", "is not set", list/NAME; for texts "~ EXPRESSION" (RE2).

#include "policy/compile/values.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/core/text.h"
#include "base/core/zone_hint.h"
#include "policy/compile/value_kinds.h"

namespace sallyport::policy {
namespace {

using Texts = ValueTexts;

constexpr std::size_t kMaxExpressions = 64;  // per condition
constexpr std::size_t kMaxListEntries = 1'000'000;

constexpr std::string_view kSet = "is set";
constexpr std::string_view kNotSet = "is not set";
constexpr std::string_view kList = "list/";

Matcher lower_values(const Attribute& attribute, const Texts& values,
                     const std::shared_ptr<const TimeZone>& zone, Diagnostics& found) {
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
      return lower_addresses(attribute, values, found);
    case Type::time_of_day:
    case Type::weekday:
    case Type::date:
      return lower_times(attribute, values, zone, found);
  }
  std::unreachable();
}

bool is_time(const Attribute& attribute) {
  return attribute.type == Type::time_of_day || attribute.type == Type::weekday ||
         attribute.type == Type::date;
}

// Of a list's lines, which may be very many: the first and how many more.
void warn_of_repeats(const Texts& lines, Diagnostics& found) {
  std::unordered_set<std::string_view> seen;
  seen.reserve(lines.size());
  const Spanned<std::string>* first = nullptr;
  std::size_t more = 0;
  for (const auto& line : lines) {
    if (seen.insert(*line).second) continue;
    if (first == nullptr) {
      first = &line;
    } else {
      ++more;
    }
  }
  if (first == nullptr) return;
  found.warning(first->place, fmt::format("'{}' is in the list already", printable(**first)),
                more == 0   ? ""
                : more == 1 ? "and one more line is"
                            : fmt::format("and {} more lines are", more));
}

bool names_persons(const Attribute& attribute) {
  return attribute.name == "user" || attribute.name == "account" ||
         attribute.name == "target.user" || attribute.name == "target.email";
}

}  // namespace

std::shared_ptr<const TimeZone> ValueReader::zone(const std::string& name, const Place& place,
                                                  Diagnostics& found) {
  auto& kept = zones_[name];
  if (kept == nullptr) kept = TimeZone::find(name);
  if (kept == nullptr) {
    std::string hint = zone_hint(name, TimeZone::names());
    if (hint.empty()) hint = "a zone is written as 'Europe/Vienna' or 'UTC'";
    found.error(place, fmt::format("there is no time zone '{}'", printable(name)), std::move(hint));
  }
  return kept;
}

const ValueReader::Texts* ValueReader::list(const Spanned<std::string>& value, Diagnostics& found) {
  const std::string name = value->substr(kList.size());
  const auto source = lists_.find(name);
  if (source == lists_.end()) {
    std::vector<std::string> known;
    for (const auto& [one, text] : lists_) known.push_back(std::string(kList) + one);
    std::string hint = did_you_mean(*value, {known.begin(), known.end()});
    if (hint.empty()) hint = fmt::format("a list is a file lists/{}.txt beside the policies", name);
    found.error(value.place, fmt::format("there is no list '{}'", printable(name)),
                std::move(hint));
    return nullptr;
  }
  used_[name] = true;
  const auto [at, fresh] = read_.try_emplace(name);
  Texts& texts = at->second;
  if (!fresh) return &texts;
  std::uint32_t line = 0;
  for (std::string_view text : split(source->second->text, '\n')) {
    ++line;
    if (text.ends_with('\r')) text.remove_suffix(1);  // as Windows ends lines
    const std::size_t indent = std::min(text.find_first_not_of(" \t"), text.size());
    // A comment begins a line or stands behind a blank.
    std::size_t end = text.size();
    for (std::size_t hash = text.find('#'); hash != text.npos; hash = text.find('#', hash + 1)) {
      if (hash != indent && text[hash - 1] != ' ' && text[hash - 1] != '\t') continue;
      end = hash;
      break;
    }
    const std::string_view entry = trim(text.substr(0, end));
    if (entry.empty()) continue;
    if (texts.size() == kMaxListEntries) {
      found.error({source->second, line, 1},
                  fmt::format("a list has at most {} entries", kMaxListEntries));
      break;
    }
    texts.push_back({std::string(entry),
                     {source->second, line, static_cast<std::uint32_t>(indent + 1),
                      static_cast<std::uint32_t>(entry.size())}});
  }
  if (texts.empty()) {
    found.error({source->second, 1, 1}, "a list without entries matches nothing",
                "write one entry a line");
  }
  warn_of_repeats(texts, found);
  return &texts;
}

std::optional<Expression> ValueReader::read(const Attribute& attribute, const Texts& values,
                                            const std::string& zone_name, Diagnostics& found) {
  const std::size_t before = found.errors();
  std::unordered_set<std::string> written;
  for (const auto& value : values) {
    if (values.size() == 1) break;
    if (written.insert(attribute.fold_case ? lower(*value) : *value).second) continue;
    found.warning(value.place, fmt::format("'{}' stands here twice", printable(*value)));
  }
  Texts compared;
  std::vector<std::shared_ptr<const re2::RE2>> expressions;
  bool present = false;
  bool unset = false;
  const auto take = [&](const Spanned<std::string>& value) {
    if (*value == kSet) {
      present = true;
    } else if (*value == kNotSet || (attribute.says_unknown && iequals(*value, kUnknown))) {
      unset = true;
    } else if (value->starts_with("~")) {
      if (expressions.size() == kMaxExpressions) {
        found.error(value.place,
                    fmt::format("a condition has at most {} expressions", kMaxExpressions),
                    "join them with '|'");
      } else if (auto made = take_expression(attribute, value, found)) {
        expressions.push_back(std::move(made));
      }
    } else {
      compared.push_back(value);
      if (also_named_ && names_persons(attribute) && value->find_first_of("*?") == value->npos) {
        compared.push_back({also_named_(*value), value.place});
      }
    }
  };
  for (const auto& value : values) {
    if (!value->starts_with(kList)) {
      take(value);
    } else if (const Texts* texts = list(value, found)) {
      for (const auto& one : *texts) take(one);
    }
  }
  if (present && (unset || !compared.empty() || !expressions.empty())) {
    found.warning(values.front().place, fmt::format("'{}' makes the other values useless", kSet),
                  unset ? "together they match everything" : "");
  }

  std::shared_ptr<const TimeZone> used_zone;
  if (is_time(attribute)) used_zone = zone(zone_name, values.front().place, found);
  std::vector<Matcher> matchers;
  if (!compared.empty()) matchers.push_back(lower_values(attribute, compared, used_zone, found));
  if (!expressions.empty()) matchers.emplace_back(RegexMatcher(std::move(expressions)));
  if (found.errors() != before) return std::nullopt;
  const auto missing = unset     ? Expression::Missing::holds
                       : present ? Expression::Missing::fails
                                 : Expression::Missing::unknown;
  return Expression::test(attribute, std::move(matchers), missing, present);
}

}  // namespace sallyport::policy
