#include "proxy/cli/import_picture.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "discovery/foreign/use_reader.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

namespace {

namespace imports = discovery::imports;
using imports::ImportReport;
using imports::Reading;

constexpr std::pair<Reading, std::string_view> kBadWords[] = {{Reading::shape, "shape"},
                                                              {Reading::time, "time"},
                                                              {Reading::address, "address"},
                                                              {Reading::number, "number"},
                                                              {Reading::destination, "destination"},
                                                              {Reading::too_long, "too_long"}};

std::string_view format_word(const ImportReport& report) {
  return report.format == imports::LogFormat::auto_ ? "unknown"
                                                    : imports::format_info(report.format).word;
}

struct Totals {
  std::uint64_t lines = 0, records = 0, aside = 0, bad = 0, without_zone = 0;
  std::optional<Time> first, last;
};

Totals totals_of(const std::vector<ImportReport>& reports) {
  Totals totals;
  for (const ImportReport& report : reports) {
    totals.lines += report.lines;
    totals.records += report.records();
    totals.aside += report.aside();
    totals.bad += report.bad();
    totals.without_zone += report.without_zone;
    if (report.records() == 0) continue;
    totals.first = std::min(totals.first.value_or(report.first), report.first);
    totals.last = std::max(totals.last.value_or(report.last), report.last);
  }
  return totals;
}

std::string seconds_text(Time time) {
  return format_rfc3339(std::chrono::floor<std::chrono::seconds>(time)).substr(0, 19) + "Z";
}

std::string files_table(const std::vector<ImportReport>& reports) {
  Listing listing(
      {"file", "packing", "format", "lines", "records", "aside", "bad", "first", "last"});
  for (const ImportReport& report : reports) {
    const bool any = report.records() > 0;
    listing.add({Listing::text(report.name), Listing::text(report.packing),
                 Listing::text(format_word(report)), Listing::number(report.lines),
                 Listing::number(report.records()), Listing::number(report.aside()),
                 Listing::number(report.bad()),
                 Listing::text(any ? seconds_text(report.first) : ""),
                 Listing::text(any ? seconds_text(report.last) : "")});
  }
  return listing.render("table");
}

void append_report(JsonWriter& json, const ImportReport& report) {
  json.begin_object();
  json.member("file", report.name);
  json.member("packing", report.packing);
  json.member("format", format_word(report));
  json.member("why", report.why);
  json.member("bytes", report.bytes);
  json.member("lines", report.lines);
  json.member("records", report.records());
  json.member("aside", report.aside());
  json.key("bad");
  json.begin_object();
  for (const auto& [reading, word] : kBadWords) {
    const std::uint64_t count = report.readings[static_cast<std::size_t>(reading)];
    if (count > 0) json.member(word, count);
  }
  json.end_object();
  json.key("first_bad");
  json.begin_array();
  for (const imports::BadLine& bad : report.first_bad) {
    json.begin_object();
    json.member("line", bad.line);
    json.member("reason", imports::to_string(bad.reason));
    json.member("text", bad.text);
    json.end_object();
  }
  json.end_array();
  json.member("without_zone", report.without_zone);
  if (report.records() > 0) {
    json.member("first", format_rfc3339(report.first));
    json.member("last", format_rfc3339(report.last));
  }
  if (!report.fault.empty()) json.member("fault", report.fault);
  json.end_object();
}

}  // namespace

ImportPicture::ImportPicture(std::shared_ptr<const discovery::Catalog> catalog)
    : catalog_(std::move(catalog)) {}

std::uint32_t ImportPicture::Names::number(std::string_view text) {
  if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
  const auto next = static_cast<std::uint32_t>(numbers_.size());
  if (next >= kMostNames) return next;
  return numbers_.emplace(text, next).first->second;
}

ImportPicture::Row& ImportPicture::row_of(const imports::LogRecord& record) {
  const discovery::App* app = discovery::foreign::app_of(record, *catalog_);
  if (app == nullptr && record.host.empty()) ++without_host_;
  if (app == nullptr && !record.host.empty()) unknown_hosts_.number(record.host);
  Row& row = rows_[app];
  row.app = app;
  return row;
}

void ImportPicture::add(const imports::LogRecord& record) {
  std::optional<std::uint32_t> user, address;
  if (!record.user.empty()) user = users_.number(record.user);
  if (record.client) {
    const auto& bytes = record.client->bytes();
    address = addresses_.number({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  for (Row* row : {&all_, &row_of(record)}) {
    row->transactions += !record.same_session;
    row->blocked += !record.same_session && record.action == imports::LogAction::blocked;
    row->up += record.bytes_up.value_or(0);
    row->down += record.bytes_down.value_or(0);
    row->bytes += record.bytes();
    if (row == &all_) continue;
    if (user) row->users.insert(*user);
    if (address) row->addresses.insert(*address);
  }
}

std::vector<const ImportPicture::Row*> ImportPicture::sorted() const {
  std::vector<const Row*> rows;
  for (const auto& [app, row] : rows_) {
    if (app != nullptr) rows.push_back(&row);
  }
  std::ranges::sort(rows, [](const Row* a, const Row* b) {
    return std::tuple(b->bytes, b->transactions, a->app->facts.id) <
           std::tuple(a->bytes, a->transactions, b->app->facts.id);
  });
  // What is of no app comes last, however much it is.
  if (const auto none = rows_.find(nullptr); none != rows_.end()) rows.push_back(&none->second);
  return rows;
}

std::string ImportPicture::apps_list(std::string_view format) const {
  Listing listing({"app", "name", "category", "users", "addresses", "transactions", "blocked",
                   "bytes_up", "bytes_down", "bytes"});
  const auto bytes = [&](std::uint64_t count) {
    return format == "table" ? Listing::text(human_bytes(count)) : Listing::number(count);
  };
  for (const Row* row : sorted()) {
    const bool known = row->app != nullptr;
    listing.add({Listing::text(known ? row->app->facts.id : ""),
                 Listing::text(known ? row->app->facts.name : "(no app of the catalog)"),
                 Listing::text(known ? row->app->facts.category : ""),
                 Listing::number(row->users.size()), Listing::number(row->addresses.size()),
                 Listing::number(row->transactions), Listing::number(row->blocked), bytes(row->up),
                 bytes(row->down), bytes(row->bytes)});
  }
  return listing.render(format);
}

std::string ImportPicture::text(const std::vector<ImportReport>& reports) const {
  const Totals totals = totals_of(reports);
  std::string out = files_table(reports);
  out += fmt::format("\n{} lines: {} records, {} set aside, {} bad\n", totals.lines, totals.records,
                     totals.aside, totals.bad);
  if (totals.first) {
    out += fmt::format("from {} to {}\n", seconds_text(*totals.first), seconds_text(*totals.last));
  }
  out += fmt::format(
      "{} users, {} addresses, {} transactions, {} blocked; {} sent, {} received, {} "
      "in all\n",
      users_.size(), addresses_.size(), all_.transactions, all_.blocked, human_bytes(all_.up),
      human_bytes(all_.down), human_bytes(all_.bytes));
  out += fmt::format("{} hosts are of no app of the catalog; {} records name an address only\n",
                     unknown_hosts_.size(), without_host_);
  return rows_.empty() ? out : out + "\n" + apps_list("table");
}

std::string ImportPicture::json(const std::vector<ImportReport>& reports) const {
  const Totals totals = totals_of(reports);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("files");
  json.begin_array();
  for (const ImportReport& report : reports) append_report(json, report);
  json.end_array();
  json.member("lines", totals.lines);
  json.member("records", totals.records);
  json.member("aside", totals.aside);
  json.member("bad", totals.bad);
  json.member("without_zone", totals.without_zone);
  if (totals.first) {
    json.member("first", format_rfc3339(*totals.first));
    json.member("last", format_rfc3339(*totals.last));
  }
  json.member("users", users_.size());
  json.member("addresses", addresses_.size());
  json.member("blocked", all_.blocked);
  json.member("bytes_up", all_.up);
  json.member("bytes_down", all_.down);
  json.member("bytes", all_.bytes);
  json.member("unknown_hosts", unknown_hosts_.size());
  json.member("without_host", without_host_);
  json.key("apps");
  json.begin_array();
  for (const Row* row : sorted()) {
    json.begin_object();
    if (row->app != nullptr) {
      json.member("app", row->app->facts.id);
      json.member("name", row->app->facts.name);
      json.member("category", row->app->facts.category);
    }
    json.member("users", row->users.size());
    json.member("addresses", row->addresses.size());
    json.member("transactions", row->transactions);
    json.member("blocked", row->blocked);
    json.member("bytes_up", row->up);
    json.member("bytes_down", row->down);
    json.member("bytes", row->bytes);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + "\n";
}

std::string ImportPicture::render(const std::vector<ImportReport>& reports,
                                  std::string_view format) const {
  if (format == "json") return json(reports);
  if (format == "csv") return apps_list("csv");
  return text(reports);
}

}  // namespace sallyport::cli
