#pragma once
// Which report is asked for, in the words of the command line and of the API.
//
//   const auto question = read_words(words, book, users, now);
//   if (!question) return refuse(question.error());          // a sentence
//   question->store = &store;
//   Result<Report> report = answer(words, *question, now);

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/usage/report.h"

namespace sallyport::discovery {

enum class ReportKind : std::uint8_t {
  dashboard,
  apps,
  app,
  users,
  addresses,
  devices,
  countries,
  categories,
  alternatives,
  leakage,
  non_compliant,
  fresh,
  inactive,
  hosts,
};

// What a text is "" for, or a list empty, is not asked.
struct ReportWords {
  ReportKind kind = ReportKind::dashboard;
  std::string name;          // of the app, or the domain
  std::string since, until;  // a span before now ("30d"), or a time (RFC 3339)
  std::vector<std::string> apps, categories, tags, has, lacks;
  std::string risk_score;  // "5", "0-5"
  std::string query;       // a suggested one
  std::string user, group, address, country, device;
  std::string source;                             // "live", or the number of an import
  std::vector<std::string> more_than, less_than;  // "users=50", "traffic=1GiB"
  std::string sort;                               // a metric
  std::size_t limit = 100;
};

// As addresses of the API have it: "non_compliant", "new".
std::optional<ReportKind> parse_report_kind(std::string_view word);
// A page has facts and several tables; the others are lists.
bool is_page(ReportKind kind);
// Whether the answer shows persons, or their addresses, or is about one of them.
bool shows_persons(const ReportWords& words);
std::uint64_t row_count(const Report& report);
// Where no `since` is asked for: "30d".
std::string_view usual_since(ReportKind kind);

// Everything but the store. `book` and `users` outlive the question.
std::expected<ReportQuestion, std::string> read_words(const ReportWords& words, const AppBook& book,
                                                      const Users& users, Time now);
// ErrorKind::not_found: there is no such app.
Result<Report> answer(const ReportWords& words, ReportQuestion question, Time now);

}  // namespace sallyport::discovery
