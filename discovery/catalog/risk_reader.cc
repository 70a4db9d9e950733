#include "discovery/catalog/risk_reader.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "base/core/text.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {

using policy::FactorType;
using policy::RiskFactor;

namespace {

constexpr std::size_t kMostTexts = 64;
constexpr std::size_t kLongest = 512;  // bytes
constexpr std::string_view kSourceKinds[] = {"common_knowledge", "vendor_documentation", "package",
                                             "observed", "imported"};
constexpr std::string_view kTruths[] = {"true", "false", "not_applicable"};

// "2026", "2026-11", "2026-11-27"
std::optional<std::chrono::sys_days> read_day(std::string_view text) {
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return std::nullopt;
  if (text.size() > 4 && text[4] != '-') return std::nullopt;
  if (text.size() > 7 && text[7] != '-') return std::nullopt;
  const auto year = parse_decimal(text.substr(0, 4));
  const auto month = text.size() > 4 ? parse_decimal(text.substr(5, 2)) : 1;
  const auto day = text.size() > 7 ? parse_decimal(text.substr(8, 2)) : 1;
  if (!year || !month || !day || *year < 1000) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

bool is_whole_date(std::string_view text) { return text.size() == 10 && read_day(text); }

bool takes_several(const RiskFactor& factor) {
  return factor.type == FactorType::countries || factor.type == FactorType::words ||
         factor.type == FactorType::urls;
}

class FactorReader {
 public:
  FactorReader(const RiskFactor& factor, FactorValue& into, Diagnostics& found)
      : factor_(factor), into_(into), found_(found) {}

  void read(const yaml::Node& node) {
    if (takes_several(factor_)) {
      for (const auto& text : yaml::as_texts(node, found_, factor_.name)) one(*text, text.place);
      if (into_.texts.size() > kMostTexts) {
        found_.error(node.place, fmt::format("more than {} values", kMostTexts));
      }
      return;
    }
    if (node.kind != yaml::Node::Kind::scalar) {
      found_.error(node.place,
                   fmt::format("{} is one value, not {}", factor_.name, to_string(node.kind)));
      return;
    }
    one(node.text, node.place);
  }

 private:
  void one(const std::string& text, const Place& place) {
    into_.texts.push_back(text);
    if (text.empty() || text.size() > kLongest) {
      return refuse(text.substr(0, 20), place, fmt::format("1 to {} bytes", kLongest));
    }
    switch (factor_.type) {
      case FactorType::yes_no:
        return word(text, place, kTruths);
      case FactorType::word:
      case FactorType::words: {
        std::vector<std::string_view> words;
        for (const policy::FactorWord& known : factor_.words) words.push_back(known.word);
        return word(text, place, words);
      }
      case FactorType::country:
      case FactorType::countries:
        if (!policy::is_country_code(text)) {
          refuse(text, place, "a country is its ISO 3166-1 code of two letters: DE, FR, GB");
        }
        return;
      case FactorType::year:
      case FactorType::date:
        into_.day = read_day(text);
        if (!into_.day || (factor_.type == FactorType::year && text.size() != 4)) {
          return refuse(text, place,
                        factor_.type == FactorType::year ? "a year, such as 2007"
                                                         : "2026-11-27, 2026-11 or 2026");
        }
        into_.number = static_cast<std::int64_t>(*parse_decimal(text.substr(0, 4)));
        return;
      case FactorType::number: {
        const auto number = parse_decimal(text);
        if (!number || *number > 10) return refuse(text, place, "a number from 0 to 10");
        into_.number = static_cast<std::int64_t>(*number);
        return;
      }
      case FactorType::url:
      case FactorType::urls:
        if (!text.starts_with("https://") && !text.starts_with("http://")) {
          refuse(text, place, "such as 'https://www.example.com/'");
        }
        return;
      case FactorType::text:
        return;
    }
  }

  void word(const std::string& text, const Place& place, std::span<const std::string_view> words) {
    if (std::find(words.begin(), words.end(), text) != words.end()) return;
    std::string hint;
    if (text == "yes") hint = "write true";
    if (text == "no") hint = "write false";
    if (text == "unknown") hint = "leave it out: what is not written is unknown";
    if (hint.empty()) hint = did_you_mean(text, {words.begin(), words.end()});
    if (hint.empty()) hint = fmt::format("one of {}", fmt::join(words, ", "));
    refuse(text, place, std::move(hint));
  }

  void refuse(std::string_view text, const Place& place, std::string hint) {
    found_.error(place, fmt::format("'{}' is no {}", text, factor_.name), std::move(hint));
  }

  const RiskFactor& factor_;
  FactorValue& into_;
  Diagnostics& found_;
};

void read_kind(yaml::MapReader& map, AppSource& source) {
  const auto kind = map.word("kind", {std::begin(kSourceKinds), std::end(kSourceKinds)});
  if (kind) source.kind = kSourceKinds[*kind];
}

void check_date(const Spanned<std::string>& date, Diagnostics& found) {
  if (!is_whole_date(*date)) {
    found.error(date.place, fmt::format("'{}' is no date", *date), "such as 2026-11-23");
  }
}

// "value", or a mapping with that and its own source.
FactorValue read_factor(const RiskFactor& factor, const yaml::Node& node, const AppSource& source,
                        Diagnostics& found) {
  FactorValue value;
  value.factor = &factor;
  value.source = source;
  value.place = node.place;
  FactorReader reader(factor, value, found);
  if (node.kind != yaml::Node::Kind::map) {
    reader.read(node);
    return value;
  }
  yaml::MapReader map(node, found, factor.name);
  if (const yaml::Node* inner = map.required("value")) reader.read(*inner);
  if (map.has("kind")) read_kind(map, value.source);
  if (const auto date = map.text("date"); !date->empty()) {
    check_date(date, found);
    value.source.date = *date;
  }
  value.source.note = *map.text("note");
  map.finish();
  return value;
}

}  // namespace

std::span<const std::string_view> source_kind_words() { return kSourceKinds; }

std::vector<AppSource> read_sources(yaml::MapReader& map, std::string_view whose) {
  std::vector<AppSource> sources;
  const yaml::Node* list = map.required("sources");
  map.each("sources", [&](const yaml::Node& item) {
    Diagnostics& found = map.diagnostics();
    yaml::MapReader source(item, found, "source");
    AppSource read;
    if (source.required("kind")) read_kind(source, read);
    const auto date = source.required_text("date");
    if (source.has("date")) check_date(date, found);
    read.date = *date;
    read.note = *source.text("note");
    source.finish();
    sources.push_back(std::move(read));
  });
  if (list && sources.empty() && !map.diagnostics().has_errors()) {
    map.diagnostics().error(list->place, fmt::format("{} needs at least one source", whose));
  }
  return sources;
}

Factors read_factors(yaml::MapReader& map, std::string_view key, const AppSource& source) {
  Diagnostics& found = map.diagnostics();
  Factors factors;
  const yaml::Node* node = map.node(key);
  if (node == nullptr || node->kind == yaml::Node::Kind::null) return factors;
  if (node->kind != yaml::Node::Kind::map) {
    found.error(node->place, fmt::format("'{}' must be a mapping from factors to values, not {}",
                                         key, to_string(node->kind)));
    return factors;
  }
  for (const auto& [name, value] : node->entries) {
    if (const RiskFactor* factor = policy::find_risk_factor(*name)) {
      factors.push_back(read_factor(*factor, value, source, found));
      continue;
    }
    std::vector<std::string_view> names;
    for (const RiskFactor& one : policy::risk_factor_table()) names.push_back(one.name);
    found.error(name.place, fmt::format("'{}' is no factor of risk", *name),
                did_you_mean(*name, names));
  }
  std::sort(factors.begin(), factors.end(),
            [](const FactorValue& a, const FactorValue& b) { return a.factor < b.factor; });
  return factors;
}

Factors read_risk(const yaml::Node& node, Diagnostics& found) {
  yaml::MapReader map(node, found, "risk");
  const std::vector<AppSource> sources = read_sources(map, "risk");
  Factors factors = read_factors(map, "factors", sources.empty() ? AppSource{} : sources.front());
  map.finish();
  return factors;
}

}  // namespace sallyport::discovery
