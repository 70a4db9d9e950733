#include "policy/testkit/facts.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>
#include <variant>

#include "base/core/check.h"
#include "base/core/host.h"
#include "base/core/text.h"
#include "base/core/time_zone.h"
#include "base/yaml/reader.h"
#include "policy/activity/attribute_table.h"
#include "policy/compile/values.h"
#include "policy/testkit/fact_writers.h"

namespace sallyport::policy {
namespace {

constexpr std::string_view kNotSet = "is not set";
constexpr std::int64_t kOrdinaryDay = 20'635;  // days since 1970: 2026-07-01
constexpr std::int64_t kNoon = 12 * 60;        // minutes since midnight

bool is_time(const Attribute& attribute) {
  return attribute.type == Type::time_of_day || attribute.type == Type::weekday ||
         attribute.type == Type::date;
}

bool takes_many(const Attribute& attribute) {
  return attribute.type == Type::words || attribute.type == Type::texts;
}

// ---- values

// The value, or nothing after a report.
class FactReader {
 public:
  FactReader(const Attribute& attribute, const FactWriter& writer, Diagnostics& found)
      : attribute_(attribute), writer_(writer), found_(found) {}

  std::optional<FactValue> read(const Fact& fact) {
    if (fact.unset()) return FactValue();
    if (!takes_many(attribute_) && fact.values.size() > 1) {
      found_.error(fact.values[1].place,
                   fmt::format("'{}' of an activity is one value", attribute_.name));
      return std::nullopt;
    }
    if (!takes_many(attribute_)) return one(fact.values.front());
    std::vector<std::string> texts;
    bool whole = true;
    for (const auto& value : fact.values) {
      const auto read = one(value);
      if (!read) {
        whole = false;
      } else {
        texts.push_back(std::get<std::string>(*read));
      }
    }
    if (!whole) return std::nullopt;
    return FactValue(std::move(texts));
  }

 private:
  std::optional<FactValue> one(const Spanned<std::string>& value) {
    if (const std::string why = comparison(*value); !why.empty()) {
      found_.error(value.place, fmt::format("'{}' is {}, not a fact", printable(*value), why),
                   "a case says what is: one value, no pattern");
      return std::nullopt;
    }
    switch (attribute_.type) {
      case Type::word:
      case Type::words:
        return word(value);
      case Type::text:
      case Type::texts:
        return text(value);
      case Type::number:
        return number(value);
      case Type::address:
        if (const auto address = IpAddress::parse(*value)) return FactValue(*address);
        return refuse(value, "write one address: '192.0.2.1' or '2001:db8::1'");
      case Type::time_of_day:
      case Type::weekday:
      case Type::date:
        break;  // read_moment()
    }
    std::unreachable();
  }

  // What a policy compares with, and a case cannot state.
  static std::string comparison(const std::string& value) {
    if (value == "is set" || value == kNotSet) return "a question";
    if (value.starts_with("list/")) return "a list";
    if (value.starts_with("~ ")) return "an expression";
    return {};
  }

  std::optional<FactValue> refuse(const Spanned<std::string>& value, std::string hint) {
    found_.error(value.place, fmt::format("'{}' is no {}", printable(*value), attribute_.name),
                 std::move(hint));
    return std::nullopt;
  }

  std::optional<FactValue> word(const Spanned<std::string>& value) {
    const auto words = attribute_.allowed();
    for (const std::string_view one : words) {
      if (attribute_.fold_case ? iequals(one, *value) : one == *value) {
        return FactValue(std::string(one));
      }
    }
    std::string hint = did_you_mean(*value, {words.begin(), words.end()});
    if (hint.empty() && words.size() <= 26)
      hint = fmt::format("one of: {}", fmt::join(words, ", "));
    if (hint.empty()) hint = "the words are listed in conf/policies/README.md";
    return refuse(value, std::move(hint));
  }

  std::optional<FactValue> text(const Spanned<std::string>& value) {
    if (attribute_.host_suffix) {
      const auto address = IpAddress::parse(*value);
      const auto host = address ? Host::from_address(*address) : Host::parse(*value);
      if (!host) return refuse(value, "write one name or address: 'www.example.com'");
      return FactValue(host->text());
    }
    if (attribute_.path_prefix && !value->starts_with('/')) {
      return refuse(value, "a path begins with '/'");
    }
    if (attribute_.allowed != nullptr) {
      const auto words = attribute_.allowed();
      const std::string small = lower(*value);
      const std::string meant = std::find(words.begin(), words.end(), small) != words.end()
                                    ? ""
                                    : did_you_mean(*value, {words.begin(), words.end()});
      if (!meant.empty()) {
        found_.warning(
            value.place,
            fmt::format("'{}' is no {} that we know", printable(*value), attribute_.name), meant);
      }
    }
    // Names of header fields stand in an Activity in small letters.
    if (attribute_.name == "header") return FactValue(lower(*value));
    return FactValue(*value);
  }

  std::optional<FactValue> number(const Spanned<std::string>& value) {
    const auto number = attribute_.bytes ? yaml::parse_bytes(trim(*value)) : parse_decimal(*value);
    if (!number) {
      return refuse(value, attribute_.bytes ? "write bytes: '30 MB', '4096'" : "write one number");
    }
    const auto least = static_cast<std::uint64_t>(writer_.least);
    const auto most = static_cast<std::uint64_t>(writer_.most);
    if (*number < least || *number > most)
      return refuse(value, fmt::format("from {} to {}", least, most));
    return FactValue(static_cast<std::int64_t>(*number));
  }

  const Attribute& attribute_;
  const FactWriter& writer_;
  Diagnostics& found_;
};

// ---- the moment

std::optional<std::int64_t> minutes(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = parse_decimal(text.substr(0, 2));
  const auto minute = parse_decimal(text.substr(3));
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return static_cast<std::int64_t>(*hour * 60 + *minute);
}

std::int64_t weekday_of(std::int64_t day) { return (day % 7 + 7 + 3) % 7; }  // 0 is Monday

Time read_moment(const std::vector<Fact>& facts, const TimeZone& zone, Diagnostics& found) {
  std::optional<std::int64_t> day;
  std::optional<std::int64_t> weekday;
  std::int64_t minute = kNoon;
  const Spanned<std::string>* weekday_text = nullptr;
  for (const Fact& fact : facts) {
    const Attribute* attribute = find_attribute(*fact.attribute);
    if (attribute == nullptr || !is_time(*attribute)) continue;
    const Spanned<std::string>& value = fact.values.front();
    const auto refuse = [&](std::string hint) {
      found.error(value.place, fmt::format("'{}' is no {}", printable(*value), attribute->name),
                  std::move(hint));
    };
    if (fact.values.size() > 1 || fact.unset()) {
      found.error(value.place, fmt::format("'{}' of an activity is one value", attribute->name));
    } else if (attribute->type == Type::date) {
      day = parse_date(*value);
      if (!day) refuse("write '2026-11-26'");
    } else if (attribute->type == Type::time_of_day) {
      if (const auto read = minutes(*value)) {
        minute = *read;
      } else {
        refuse("write one time: '14:30'");
      }
    } else {
      const auto words = weekday_words();
      const auto at = std::find(words.begin(), words.end(), *value);
      if (at == words.end()) {
        refuse("one of: mon, tue, wed, thu, fri, sat, sun");
      } else {
        weekday = at - words.begin();
        weekday_text = &value;
      }
    }
  }
  if (weekday && day && weekday_of(*day) != *weekday) {
    found.error(weekday_text->place,
                fmt::format("the date of this case is a {}",
                            weekday_words()[static_cast<std::size_t>(weekday_of(*day))]));
  }
  if (!day) day = kOrdinaryDay;
  while (weekday && weekday_of(*day) != *weekday) ++*day;
  const Time wall{std::chrono::duration_cast<Time::duration>(std::chrono::days(*day)) +
                  std::chrono::minutes(minute)};
  return wall - zone.offset(wall - zone.offset(wall));
}

const Fact* find(const std::vector<Fact>& facts, std::string_view attribute) {
  const auto at = std::find_if(facts.begin(), facts.end(),
                               [&](const Fact& fact) { return *fact.attribute == attribute; });
  return at == facts.end() ? nullptr : &*at;
}

// What the path derives from a fact, where the case does not state it itself.
void derive(const std::vector<Fact>& facts, Activity& activity) {
  if (find(facts, "host") != nullptr && find(facts, "host.domain") == nullptr) {
    activity.domain.clear();
  }
  if (activity.scheme == "http" && find(facts, "port") == nullptr) activity.port = 80;
  if (activity.file && find(facts, "file.extension") == nullptr) {
    const std::size_t dot = activity.file->name.rfind('.');
    if (dot != std::string::npos && dot > 0) {
      activity.file->extension = lower(activity.file->name.substr(dot + 1));
    }
  }
  // An app of which only the category or the tags matter has an id all the same.
  if (activity.app && activity.app->id.empty() && find(facts, "app") == nullptr) {
    activity.app->id = activity.app->name = "an_app";
  }
}

}  // namespace

bool Fact::unset() const {
  if (values.size() != 1) return false;
  const Attribute* row = find_attribute(*attribute);
  return *values.front() == kNotSet ||
         (row != nullptr && row->says_unknown && iequals(*values.front(), "unknown"));
}

void put_fact(std::vector<Fact>& facts, Fact over) {
  const bool unset = over.unset();
  const std::string below = *over.attribute + '.';
  std::erase_if(facts, [&](const Fact& fact) {
    const bool above = over.attribute->starts_with(*fact.attribute + '.');
    return *fact.attribute == *over.attribute || (unset && fact.attribute->starts_with(below)) ||
           (!unset && above && fact.unset());
  });
  facts.push_back(std::move(over));
}

Activity ordinary_activity() {
  Activity activity;
  activity.at = Time(std::chrono::days(kOrdinaryDay) + std::chrono::minutes(kNoon));
  activity.client.address = *IpAddress::parse("192.0.2.1");
  activity.destination.emplace();
  activity.destination->address = *IpAddress::parse("198.51.100.1");
  activity.host = "www.example.com";
  activity.domain = "example.com";
  activity.port = 443;
  activity.scheme = "https";
  activity.method = "GET";
  activity.path = "/";
  activity.header_names = {"host"};
  activity.type = ActivityType::view;
  activity.admin = false;
  activity.status = 200;
  return activity;
}

Activity make_activity(const std::vector<Fact>& facts, const TimeZone& zone, Diagnostics& found) {
  Activity activity = ordinary_activity();
  // In the order of the table, so that `app` comes before `app.tag`, however they are written.
  std::vector<const Fact*> ordered;
  for (const Fact& fact : facts) ordered.push_back(&fact);
  std::sort(ordered.begin(), ordered.end(),
            [](const Fact* a, const Fact* b) { return *a->attribute < *b->attribute; });
  const std::size_t before = found.errors();
  for (const Fact* fact : ordered) {
    const Attribute* attribute = find_attribute(*fact->attribute);
    if (attribute == nullptr || is_time(*attribute)) continue;  // Unknown ones were reported.
    const FactWriter* writer = find_fact_writer(attribute->name);
    CHECK(writer != nullptr);  // facts_test.cc
    if (const auto value = FactReader(*attribute, *writer, found).read(*fact)) {
      writer->write(activity, *value);
    }
  }
  derive(facts, activity);
  activity.at = read_moment(facts, zone, found);
  if (found.errors() != before) return activity;
  // What was said must be what a policy sees.
  for (const Fact* fact : ordered) {
    const Attribute* attribute = find_attribute(*fact->attribute);
    if (attribute == nullptr || is_time(*attribute)) continue;
    const bool seen = !std::holds_alternative<std::monostate>(attribute->get(activity));
    if (seen && fact->unset()) {
      found.error(fact->values.front().place,
                  fmt::format("'{}' cannot be missing here", attribute->name),
                  takes_many(*attribute) ? fmt::format("write '{}: []' for none", attribute->name)
                                         : "it is always known beside the case's other facts");
    } else if (!seen && !fact->unset()) {
      found.error(fact->attribute.place, fmt::format("nobody can know '{}' here", attribute->name),
                  attribute->name == "user.group" ? "say who the user is: 'user: ana'"
                                                  : "a fact that it depends on is missing");
    }
  }
  return activity;
}

std::string show_fact(std::string_view name, const Activity& activity) {
  const Attribute* attribute = find_attribute(name);
  if (attribute == nullptr) return "missing";
  if (is_time(*attribute)) return format_rfc3339(activity.at);
  struct Show {
    std::string operator()(std::monostate) const { return "missing"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(std::string_view text) const {
      return text.empty() ? "''" : printable(text);
    }
    std::string operator()(std::span<const std::string> texts) const {
      return printable(fmt::format("[{}]", fmt::join(texts, ", ")));
    }
    std::string operator()(const IpAddress& address) const { return address.to_string(); }
  };
  return std::visit(Show(), attribute->get(activity));
}

}  // namespace sallyport::policy
