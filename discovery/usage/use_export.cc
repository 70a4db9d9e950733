#include "discovery/usage/use_export.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "discovery/usage/report.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kColumns[] = {
    "day",        "days",         "user",         "address",        "country",
    "device",     "kind",         "service",      "name",           "category",
    "risk_score", "tags",         "transactions", "sent",           "received",
    "uploads",    "upload_bytes", "downloads",    "download_bytes", "blocked",
    "asked",      "continued",    "first_seen",   "last_seen"};

std::string_view kind_word(const UseRow& row) {
  if (row.other) return "other";
  switch (row.kind) {
    case NameKind::app:
      return "app";
    case NameKind::domain:
      return "domain";
    case NameKind::noise:
      return "noise";
    case NameKind::unnamed:
    case NameKind::user:
    case NameKind::device:
      break;
  }
  return "unnamed";
}

std::string minute(Time time) { return format_rfc3339(time).substr(0, 16) + ":00Z"; }

std::string joined_tags(const UseRow& row) {
  return row.app == nullptr ? std::string()
                            : fmt::format("{}", fmt::join(row.app->facts.tags, " "));
}

// The values of kColumns; "" is not known.
std::vector<std::string> values(const UseRow& row) {
  const UsageCounts& counts = row.counts;
  const auto score = row.app == nullptr ? std::nullopt : row.app->score();
  std::vector<std::string> all{day_text(row.period.day),
                               std::to_string(row.period.days),
                               std::string(row.user),
                               row.address,
                               std::string(row.country),
                               std::string(row.device),
                               std::string(kind_word(row)),
                               std::string(row.service),
                               row.app == nullptr ? "" : row.app->facts.name,
                               row.app == nullptr ? "" : row.app->facts.category,
                               score ? std::to_string(*score) : "",
                               joined_tags(row)};
  for (const std::uint64_t count :
       {counts.transactions, counts.sent, counts.received, counts.uploads, counts.upload_bytes,
        counts.downloads, counts.download_bytes, counts.blocked, counts.asked, counts.continued}) {
    all.push_back(std::to_string(count));
  }
  all.push_back(minute(row.first));
  all.push_back(minute(row.last));
  return all;
}

bool is_number(std::string_view column) {
  return column == "days" || column == "risk_score" || column == "transactions" ||
         column == "sent" || column == "received" || column == "uploads" ||
         column == "upload_bytes" || column == "downloads" || column == "download_bytes" ||
         column == "blocked" || column == "asked" || column == "continued";
}

void append_jsonl(std::string& out, const UseRow& row) {
  const std::vector<std::string> all = values(row);
  JsonWriter json(out);
  json.begin_object();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].empty()) continue;
    if (kColumns[i] == "tags") {
      json.key("tags");
      json.begin_array();
      for (const std::string& tag : row.app->facts.tags) json.string(tag);
      json.end_array();
    } else if (is_number(kColumns[i])) {
      json.member(kColumns[i], *parse_decimal(all[i]));
    } else {
      json.member(kColumns[i], all[i]);
    }
  }
  json.end_object();
  out += '\n';
}

// A spreadsheet takes a value that begins so for a formula.
bool looks_like_formula(std::string_view value) {
  return !value.empty() && std::string_view("=+-@\t\r").find(value[0]) != std::string_view::npos;
}

void append_csv(std::string& out, const UseRow& row) {
  bool first = true;
  for (const std::string& value : values(row)) {
    if (!first) out += ',';
    first = false;
    const bool formula = looks_like_formula(value);
    if (!formula && value.find_first_of("\",\r\n") == value.npos) {
      out += value;
      continue;
    }
    out += formula ? "\"'" : "\"";
    for (const char c : value) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += '"';
  }
  out += "\r\n";
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Values of an extension: "\" and "=" are escaped (ArcSight's CEF, revision 26).
void append_cef_pair(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  out += fmt::format(" {}=", key);
  for (const char c : value) {
    if (c == '\\' || c == '=') {
      out += '\\';
      out += c;
    } else if (is_control(c)) {
      out += '_';
    } else {
      out += c;
    }
  }
}

// A host of the service; "" where none is known.
std::string_view host_of(const UseRow& row) {
  if (row.kind == NameKind::domain && !row.other) return row.service;
  if (row.app == nullptr || row.app->app->domains.empty()) return {};
  std::string_view host = row.app->app->domains.front();
  if (host.starts_with("*.")) host.remove_prefix(2);
  return host.substr(0, host.find('/'));
}

// How much it matters that it was used, by the app's score: CEF's 0 to 10.
unsigned severity(const UseRow& row) {
  const auto score = row.app == nullptr ? std::nullopt : row.app->score();
  return score ? 10 - *score : 3;
}

std::string millis(Time time) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

void append_cef(std::string& out, const UseRow& row) {
  const std::vector<std::string> all = values(row);
  out += fmt::format("CEF:0|Sallyport|Sallyport|1|use|Use of an app|{}|", severity(row));
  std::string pairs;
  const UsageCounts& counts = row.counts;
  append_cef_pair(pairs, "rt", millis(row.last));
  append_cef_pair(pairs, "start", millis(row.first));
  append_cef_pair(pairs, "end", millis(row.last));
  append_cef_pair(pairs, row.pseudonyms ? "shost" : "src", row.address);
  append_cef_pair(pairs, "suser", row.user);
  append_cef_pair(pairs, "dhost", host_of(row));
  append_cef_pair(pairs, "destinationServiceName",
                  row.app != nullptr ? std::string_view(row.app->facts.name) : row.service);
  append_cef_pair(pairs, "cat", all[9]);
  append_cef_pair(pairs, "cnt", std::to_string(counts.transactions));
  append_cef_pair(pairs, "in", std::to_string(counts.sent));
  append_cef_pair(pairs, "out", std::to_string(counts.received));
  append_cef_pair(pairs, "act",
                  counts.transactions == 0 && counts.blocked > 0 ? "blocked" : "allowed");
  const std::pair<const char*, std::string_view> texts[] = {{"service", row.service},
                                                            {"kind", all[6]},
                                                            {"tags", all[11]},
                                                            {"device", row.device},
                                                            {"country", row.country}};
  int number = 0;
  for (const auto& [label, value] : texts) {
    ++number;
    if (value.empty()) continue;
    append_cef_pair(pairs, fmt::format("cs{}Label", number), label);
    append_cef_pair(pairs, fmt::format("cs{}", number), value);
  }
  if (!all[10].empty()) {
    append_cef_pair(pairs, "cn1Label", "risk_score");
    append_cef_pair(pairs, "cn1", all[10]);
  }
  append_cef_pair(pairs, "cn2Label", "blocked");
  append_cef_pair(pairs, "cn2", std::to_string(counts.blocked));
  append_cef_pair(pairs, "cn3Label", "upload_bytes");
  append_cef_pair(pairs, "cn3", std::to_string(counts.upload_bytes));
  out += std::string_view(pairs).substr(1);
  out += '\n';
}

constexpr std::string_view kW3cFields =
    "date time c-ip cs-username cs-host x-country x-device x-kind x-service x-app-name x-category "
    "x-risk-score x-tags x-transactions cs-bytes sc-bytes x-uploads x-upload-bytes x-downloads "
    "x-download-bytes x-blocked";

void append_w3c(std::string& out, const UseRow& row) {
  const std::vector<std::string> all = values(row);
  const std::string last = minute(row.last);
  out += last.substr(0, 10) + " " + last.substr(11, 8);
  const auto put = [&](std::string_view value) {
    out += ' ';
    if (value.empty()) out += '-';
    for (const char c : value) out += c == ' ' ? '+' : c == '"' || is_control(c) ? '_' : c;
  };
  put(all[3]);
  put(all[2]);
  put(host_of(row));
  for (std::size_t column = 4; column <= 19; ++column) put(all[column]);
  out += '\n';
}

}  // namespace

UseRow row_of(const AppBook& book, UsagePeriod period, const UsageEntry& entry,
              const UsageNames& names) {
  UseRow row;
  row.period = period;
  const auto name = [&](NameNumber number) -> std::string_view {
    return number == kOther ? std::string_view("(other)") : std::string_view(names[number].name);
  };
  row.user = name(entry.who.user);
  row.device = name(entry.who.device);
  if (entry.who.country[0] != 0) row.country = {entry.who.country.data(), 2};
  if (!(entry.who.address == IpAddress())) row.address = entry.who.address.to_string();
  row.other = entry.service == kOther;
  row.service = name(entry.service);
  if (!row.other) row.kind = names[entry.service].kind;
  if (row.kind == NameKind::app && !row.other) row.app = book.find(row.service);
  row.counts = entry.counts;
  row.first = Time(period.day.time_since_epoch()) + std::chrono::minutes(entry.first);
  row.last = Time(period.day.time_since_epoch()) + std::chrono::minutes(entry.last);
  return row;
}

std::string export_head(ExportFormat format, Time now) {
  if (format == ExportFormat::csv) return fmt::format("{}\r\n", fmt::join(kColumns, ","));
  if (format != ExportFormat::w3c) return {};
  const std::string time = format_rfc3339(now);
  return fmt::format("#Version: 1.0\n#Software: Sallyport\n#Date: {} {}\n#Fields: {}\n",
                     time.substr(0, 10), time.substr(11, 8), kW3cFields);
}

void append_use(std::string& out, ExportFormat format, const UseRow& row) {
  switch (format) {
    case ExportFormat::jsonl:
      return append_jsonl(out, row);
    case ExportFormat::csv:
      return append_csv(out, row);
    case ExportFormat::cef:
      return append_cef(out, row);
    case ExportFormat::w3c:
      return append_w3c(out, row);
  }
}

}  // namespace sallyport::discovery
