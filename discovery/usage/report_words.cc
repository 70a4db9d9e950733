#include "discovery/usage/report_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <span>

#include "base/core/text.h"
#include "discovery/users/user_name.h"
#include "policy/activity/risk_factors.h"
#include "policy/activity/words.h"

namespace sallyport::discovery {
namespace {

using std::chrono::days;

// What is wrong, as a sentence; "" where nothing is.
using Fault = std::string;

bool is_one_of(std::span<const std::string_view> words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

Fault no_such(std::string_view what, const std::string& word,
              std::span<const std::string_view> words) {
  const std::string hint = did_you_mean(word, {words.begin(), words.end()});
  return fmt::format("no {} '{}'{}", what, printable(word), hint.empty() ? "" : "; " + hint);
}

Fault no_such_app(const AppBook& book, const std::string& name) {
  const std::string hint = book.hint(name);
  return "no app '" + printable(name) + "' in the catalog" +
         (hint.empty() ? ": see sallyport apps list" : "; " + hint);
}

// "3" or "0-5".
Fault read_score(const std::string& text, AppChoice& choice) {
  if (text.empty()) return {};
  const auto parts = split(text, '-');
  const auto least = parse_decimal(trim(parts.front()));
  const auto most = parse_decimal(trim(parts.back()));
  if (parts.size() > 2 || !least || !most || *most > 10 || *least > *most) {
    return "'" + printable(text) + "' is no risk score of 0 to 10; write 3 or 0-5";
  }
  choice.least_score = static_cast<std::uint32_t>(*least);
  choice.most_score = static_cast<std::uint32_t>(*most);
  return {};
}

Fault read_app_filter(const ReportWords& words, const AppBook& book, AppChoice& choice) {
  for (const std::string& name : words.apps) {
    const BookedApp* app = book.find_any(name);
    if (app == nullptr) return no_such_app(book, name);
    choice.apps.push_back(app->facts.id);
  }
  for (const std::string& category : words.categories) {
    if (!is_one_of(policy::app_category_words(), category)) {
      return no_such("category", category, policy::app_category_words());
    }
  }
  for (const auto* factors : {&words.has, &words.lacks}) {
    for (const std::string& factor : *factors) {
      if (!is_factor(factor)) return no_such("risk factor", factor, policy::risk_factor_words());
    }
  }
  choice.categories = words.categories;
  choice.tags = words.tags;
  choice.has = words.has;
  choice.lacks = words.lacks;
  if (const Fault fault = read_score(words.risk_score, choice); !fault.empty()) return fault;
  if (words.query.empty()) return {};
  const SuggestedQuery* query = find_suggested_query(words.query);
  if (query == nullptr) return "no suggested query '" + printable(words.query) + "'";
  choice.also(query->choice);
  return {};
}

Fault read_who_filter(const ReportWords& words, const Users& users, UsageFilter& filter) {
  if (!words.user.empty()) {
    const auto name = normal_user_name(words.user);
    filter.user = name ? users.canonical(*name) : words.user;
  }
  filter.group = lower(words.group);
  if (!words.address.empty()) {
    filter.address = IpPrefix::parse(words.address);
    if (!filter.address) {
      return "'" + printable(words.address) + "' is no address and no network";
    }
  }
  for (const char c : lower(words.country)) filter.country += static_cast<char>(c - 'a' + 'A');
  if (!filter.country.empty() && !policy::is_country_code(filter.country)) {
    return "'" + printable(words.country) + "' is no country; write DE";
  }
  filter.device = words.device;
  return {};
}

std::optional<std::uint64_t> read_bytes(std::string_view text) {
  static constexpr std::pair<std::string_view, unsigned> kUnits[] = {
      {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}, {"B", 0}, {"", 0}};
  for (const auto& [unit, shift] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto count = parse_decimal(trim(text.substr(0, text.size() - unit.size())));
    if (!count || *count > UINT64_MAX >> shift) return std::nullopt;
    return *count << shift;
  }
  return std::nullopt;
}

std::string metric_names() {
  std::string names;
  for (const NamedMetric& one : usage_metrics()) {
    names += (names.empty() ? "" : ", ") + std::string(one.name);
  }
  return names;
}

Fault read_thresholds(const std::vector<std::string>& texts, bool more, ReportQuestion& question) {
  for (const std::string& text : texts) {
    const std::size_t at = text.find('=');
    const NamedMetric* metric = find_usage_metric(text.substr(0, at));
    std::optional<std::uint64_t> value;
    if (metric != nullptr && at != std::string::npos) {
      const std::string_view number = std::string_view(text).substr(at + 1);
      value = metric->bytes ? read_bytes(number) : parse_decimal(number);
    }
    if (!value) {
      return "'" + printable(text) +
             "' is no threshold; write users=50 or traffic=1GiB, of: " + metric_names();
    }
    question.thresholds.push_back({metric, *value, more});
  }
  return {};
}

Fault read_source(const std::string& text, ReportQuestion& question) {
  if (text.empty()) return {};
  const auto number = parse_decimal(text);
  if (text != "live" && (!number || *number == 0 || *number > INT64_MAX)) {
    return "'" + printable(text) +
           "' is no source; write live, or the number of an import (sallyport discover imports)";
  }
  question.source = number ? static_cast<UsageSource>(*number) : kSeenLive;
  return {};
}

std::optional<Time> read_time(std::string_view text, Time now) {
  if (const auto span = parse_duration(text)) return now - *span;
  return parse_rfc3339(text);
}

// The whole days that a span touches.
Fault read_span(const ReportWords& words, Time now, ReportQuestion& question) {
  const auto no_time = [](const std::string& text) {
    return "'" + printable(text) + "' is no time and no span; write 24h or 2026-11-23T00:00:00Z";
  };
  const std::string since(words.since.empty() ? usual_since(words.kind) : words.since);
  const auto first = read_time(since, now);
  if (!first) return no_time(since);
  question.since = std::chrono::floor<days>(*first);
  question.until = std::chrono::floor<days>(now) + days(1);
  if (!words.until.empty()) {
    const auto last = read_time(words.until, now);
    if (!last) return no_time(words.until);
    question.until = std::chrono::ceil<days>(*last);
  }
  return question.until > question.since ? Fault() : Fault("the span ends before it begins");
}

}  // namespace

std::optional<ReportKind> parse_report_kind(std::string_view word) {
  static constexpr std::pair<std::string_view, ReportKind> kAll[] = {
      {"dashboard", ReportKind::dashboard},
      {"apps", ReportKind::apps},
      {"app", ReportKind::app},
      {"users", ReportKind::users},
      {"addresses", ReportKind::addresses},
      {"devices", ReportKind::devices},
      {"countries", ReportKind::countries},
      {"categories", ReportKind::categories},
      {"alternatives", ReportKind::alternatives},
      {"leakage", ReportKind::leakage},
      {"non_compliant", ReportKind::non_compliant},
      {"new", ReportKind::fresh},
      {"inactive", ReportKind::inactive},
      {"hosts", ReportKind::hosts}};
  for (const auto& [name, kind] : kAll) {
    if (name == word) return kind;
  }
  return std::nullopt;
}

bool shows_persons(const ReportWords& words) {
  return !words.user.empty() || !words.address.empty() || words.kind == ReportKind::dashboard ||
         words.kind == ReportKind::app || words.kind == ReportKind::users ||
         words.kind == ReportKind::addresses;
}

std::uint64_t row_count(const Report& report) {
  std::uint64_t count = 0;
  for (const ReportTable& table : report.tables) count += table.rows.size();
  return count;
}

bool is_page(ReportKind kind) { return kind == ReportKind::dashboard || kind == ReportKind::app; }

std::string_view usual_since(ReportKind kind) { return kind == ReportKind::fresh ? "7d" : "30d"; }

std::expected<ReportQuestion, std::string> read_words(const ReportWords& words, const AppBook& book,
                                                      const Users& users, Time now) {
  ReportQuestion question;
  question.book = &book;
  question.users = &users;
  question.limit = words.limit;
  if (words.kind == ReportKind::non_compliant && words.lacks.empty()) {
    return std::unexpected(
        "say which factor the apps are known to lack (lacks), such as iso_27001");
  }
  if (!words.sort.empty()) {
    question.sort = find_usage_metric(words.sort);
    if (question.sort == nullptr) {
      return std::unexpected("lists are sorted by one of: " + metric_names());
    }
  }
  for (const Fault& fault :
       {read_span(words, now, question), read_app_filter(words, book, question.filter.apps),
        read_who_filter(words, users, question.filter), read_source(words.source, question),
        read_thresholds(words.more_than, true, question),
        read_thresholds(words.less_than, false, question)}) {
    if (!fault.empty()) return std::unexpected(fault);
  }
  return question;
}

Result<Report> answer(const ReportWords& words, ReportQuestion question, Time now) {
  const BookedApp* app = words.name.empty() ? nullptr : question.book->find_any(words.name);
  switch (words.kind) {
    case ReportKind::dashboard:
      return report_dashboard(question);
    case ReportKind::apps:
    case ReportKind::non_compliant:
      return report_apps(question);
    case ReportKind::app: {
      const std::string name = app != nullptr ? app->facts.id : lower(words.name);
      (app != nullptr ? question.filter.apps.apps : question.filter.domains) = {name};
      return report_app(question, app, name, now);
    }
    case ReportKind::users:
      return report_by(question, UsageBy::user);
    case ReportKind::addresses:
      return report_by(question, UsageBy::address);
    case ReportKind::devices:
      return report_by(question, UsageBy::device);
    case ReportKind::countries:
      return report_by(question, UsageBy::country);
    case ReportKind::categories:
      return report_categories(question);
    case ReportKind::alternatives:
      if (app == nullptr && !words.name.empty()) {
        return fail(ErrorKind::not_found, Side::client, no_such_app(*question.book, words.name));
      }
      return report_alternatives(question, app);
    case ReportKind::leakage:
      return report_leakage(question);
    case ReportKind::fresh:
      return report_new(question);
    case ReportKind::inactive:
      return report_inactive(question);
    case ReportKind::hosts:
      break;
  }
  return report_hosts(question);
}

}  // namespace sallyport::discovery
