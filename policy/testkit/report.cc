#include "policy/testkit/report.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "policy/testkit/reasons.h"

namespace sallyport::policy {
namespace {

std::string place_of(const Place& place) {
  return fmt::format("{}:{}", place.source ? place.source->name : "", place.line);
}

std::string one_line(const Difference& one) {
  std::string text = fmt::format("expected {}, got {}", one.expected, one.got);
  if (!one.why.empty()) text += fmt::format("; {}", one.why);
  return text;
}

// What is still to be seen of it.
std::string_view lacks(const CoveredItem& item) {
  if (!item.seen_true && !item.seen_false && !item.always) return "never seen";
  return item.seen_true ? "never seen false" : "never seen true";
}

std::string_view lacks_policy(const CoveredItem& item) {
  if (!item.seen_true && !item.seen_false) return "no case is about it";
  return item.seen_true ? "no case shows when it does not hold" : "no case shows that it holds";
}

std::string uncovered_line(const CoveredItem& item) {
  const bool whole = item.text == "the policy";
  return fmt::format("{}: not covered: {}: {}\n", place_text(item.place),
                     whole ? item.policy->id : fmt::format("{}: {}", item.policy->id, item.text),
                     whole ? lacks_policy(item) : lacks(item));
}

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// XML 1.0: no control characters but the three blanks, and five that are escaped.
std::string escape_xml(std::string_view text) { return escape_html(printable(text)); }

}  // namespace

std::size_t TestReport::cases() const {
  std::size_t count = 0;
  for (const FileReport& file : files) count += file.results.size();
  return count;
}

std::size_t TestReport::failed() const {
  std::size_t count = 0;
  for (const FileReport& file : files) {
    count += static_cast<std::size_t>(
        std::count_if(file.results.begin(), file.results.end(),
                      [](const CaseResult& one) { return !one.passed(); }));
  }
  return count;
}

std::size_t TestReport::conditions() const {
  std::size_t count = 0;
  for (const Coverage* one : coverage) count += one->items().size();
  return count;
}

std::size_t TestReport::covered() const {
  std::size_t count = 0;
  for (const Coverage* one : coverage) count += one->covered();
  return count;
}

int TestReport::percent() const {
  return conditions() == 0 ? 100 : static_cast<int>(covered() * 100 / conditions());
}

std::string text_report(const TestReport& report, bool table) {
  std::string out;
  const auto to = std::back_inserter(out);
  for (const FileReport& file : report.files) {
    for (const CaseResult& result : file.results) {
      if (result.passed()) continue;
      fmt::format_to(to, "{}: failed: {}\n", place_of(result.test->place), result.test->name);
      for (const Difference& one : result.differences) {
        fmt::format_to(to, "  expected  {}\n  got       {}\n", one.expected, one.got);
        if (!one.why.empty()) fmt::format_to(to, "  why       {}\n", one.why);
      }
    }
  }
  for (const Coverage* coverage : report.coverage) {
    if (table) {
      std::map<const CompiledPolicy*, std::pair<std::size_t, std::size_t>> counts;
      std::size_t width = 6;
      for (const CoveredItem& item : coverage->items()) {
        auto& [covered, all] = counts[item.policy];
        covered += item.covered() ? 1 : 0;
        ++all;
        width = std::max(width, item.policy->id.size());
      }
      fmt::format_to(to, "{:<{}}  covered\n", "policy", width);
      const CompiledPolicy* before = nullptr;
      for (const CoveredItem& item : coverage->items()) {
        if (item.policy == before) continue;
        before = item.policy;
        const auto& [covered, all] = counts[item.policy];
        fmt::format_to(to, "{:<{}}  {} of {}\n", item.policy->id, width, covered, all);
      }
    }
    for (const CoveredItem& item : coverage->items()) {
      if (!item.covered()) out += uncovered_line(item);
    }
  }
  fmt::format_to(
      to, "{} in {}, {}", plural(report.cases(), "case", "cases"),
      plural(report.files.size(), "file", "files"),
      report.failed() == 0 ? std::string("all pass") : fmt::format("{} failed", report.failed()));
  if (!report.coverage.empty()) {
    fmt::format_to(to, "; {} of {} covered, {} %", report.covered(),
                   plural(report.conditions(), "condition", "conditions"), report.percent());
  }
  out += "\n";
  return out;
}

std::string json_report(const TestReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.member("cases", report.cases());
  json.member("failed", report.failed());
  json.key("files");
  json.begin_array();
  for (const FileReport& file : report.files) {
    json.begin_object();
    json.member("file", file.file->source->name);
    json.key("cases");
    json.begin_array();
    for (const CaseResult& result : file.results) {
      json.begin_object();
      json.member("case", result.test->name);
      json.member("line", result.test->place.line);
      json.member("passed", result.passed());
      if (!result.passed()) {
        json.key("differences");
        json.begin_array();
        for (const Difference& one : result.differences) {
          json.begin_object();
          json.member("expected", one.expected);
          json.member("got", one.got);
          if (!one.why.empty()) json.member("why", one.why);
          json.end_object();
        }
        json.end_array();
      }
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  if (!report.coverage.empty()) {
    json.key("coverage");
    json.begin_object();
    json.member("conditions", report.conditions());
    json.member("covered", report.covered());
    json.member("percent", report.percent());
    json.key("items");
    json.begin_array();
    for (const Coverage* coverage : report.coverage) {
      for (const CoveredItem& item : coverage->items()) {
        json.begin_object();
        json.member("policy", item.policy->id);
        json.member("condition", item.text);
        json.member("file", item.place.source ? item.place.source->name : std::string());
        json.member("line", item.place.line);
        json.member("seen_true", item.seen_true);
        json.member("seen_false", item.seen_false);
        json.member("covered", item.covered());
        json.end_object();
      }
    }
    json.end_array();
    json.end_object();
  }
  json.end_object();
  out += "\n";
  return out;
}

std::string junit_report(const TestReport& report) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "<testsuites tests=\"{}\" failures=\"{}\">\n", report.cases(),
                 report.failed());
  for (const FileReport& file : report.files) {
    const std::string name = escape_xml(file.file->source->name);
    const auto failed = std::count_if(file.results.begin(), file.results.end(),
                                      [](const CaseResult& one) { return !one.passed(); });
    fmt::format_to(to, "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" time=\"{:.6f}\">\n",
                   name, file.results.size(), failed, static_cast<double>(file.took.count()) / 1e6);
    for (const CaseResult& result : file.results) {
      fmt::format_to(to, "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\"", name,
                     escape_xml(result.test->name), name, result.test->place.line);
      if (result.passed()) {
        out += "/>\n";
        continue;
      }
      out += ">\n";
      for (const Difference& one : result.differences) {
        fmt::format_to(to, "      <failure message=\"expected {}, got {}\">{}</failure>\n",
                       escape_xml(one.expected), escape_xml(one.got), escape_xml(one_line(one)));
      }
      out += "    </testcase>\n";
    }
    out += "  </testsuite>\n";
  }
  out += "</testsuites>\n";
  return out;
}

void add_failure(const CaseResult& result, Diagnostics& found) {
  std::string text;
  for (const Difference& one : result.differences) {
    text += (text.empty() ? "" : "; ") + one_line(one);
  }
  found.error(result.test->place, fmt::format("the test '{}' fails: {}", result.test->name, text));
}

}  // namespace sallyport::policy
