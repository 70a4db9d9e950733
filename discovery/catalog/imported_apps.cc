#include "discovery/catalog/imported_apps.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <set>
#include <system_error>

#include "base/core/file.h"
#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/csv/reader.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"
#include "discovery/catalog/app_index.h"
#include "discovery/catalog/import_row.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kFaultWords[kRowFaults] = {"shape",  "too_long", "domain",   "suffix",
                                                      "noise",  "name",     "category", "score",
                                                      "factor", "twice"};
constexpr std::string_view kSuffix = ".jsonl";
constexpr std::size_t kMostCsvFaults = 1000;
constexpr std::size_t kMaxRow = std::size_t{64} << 10;  // bytes

// Puts rows together to apps, and counts those that cannot be used.
class Gatherer {
 public:
  Gatherer(const ImportOrigin& origin, const ImportJudges& judges, std::size_t most_row)
      : judge_(origin, judges, most_row) {}

  void take(const WrittenRow& row) {
    ++out_.rows;
    Expected<ImportedApp> read = judge_.read(row);
    if (!read) return refuse(row.line, std::move(read.error()));
    if (!domains_.insert(read->domains.front()).second) {
      return refuse(row.line,
                    {RowFault::twice, "'" + read->domains.front() + "' stands in an earlier row"});
    }
    const auto [at, fresh] = apps_.emplace(app_id_of(read->name), out_.apps.size());
    if (fresh) {
      out_.apps.push_back(std::move(*read));
    } else {
      out_.apps[at->second].domains.push_back(std::move(read->domains.front()));
    }
  }

  void refuse(std::uint32_t line, RefusedRow refused) {
    ++out_.faults[static_cast<std::size_t>(refused.fault)];
    if (out_.first_bad.size() >= ImportRows::kMostBad) return;
    out_.first_bad.push_back({line, refused.fault, printable(refused.why)});
  }

  void refuse_shape(std::uint32_t line, std::string why) {
    ++out_.rows;
    refuse(line, {RowFault::shape, std::move(why)});
  }

  void pass_over(std::string_view name) {
    if (passed_.size() >= ImportRows::kMostBad || !passed_.emplace(name).second) return;
    out_.passed_over.push_back(printable(name));
  }

  bool full() {
    if (out_.rows < kMaxImportRows) return false;
    give_up(fmt::format("it has more than {} rows", kMaxImportRows));
    return true;
  }
  void give_up(std::string why) { out_.trouble = std::move(why); }

  ImportRows finish() {
    if (out_.trouble.empty() && out_.rows == 0) out_.trouble = "there is no row in it";
    if (!out_.trouble.empty()) out_.apps.clear();
    return std::move(out_);
  }

 private:
  RowJudge judge_;
  ImportRows out_;
  std::set<std::string> domains_;
  std::map<std::string, std::size_t> apps_;  // by id, to out_.apps
  std::set<std::string, std::less<>> passed_;
};

// Whose column a name at the head of CSV is: a member of WrittenRow, a factor, or nothing.
struct Column {
  std::optional<std::string> WrittenRow::* member = nullptr;
  std::string factor;
};

Column column_of(std::string_view name) {
  if (const auto member = WrittenRow::member_of(name)) return {member, {}};
  if (policy::find_risk_factor(name) != nullptr) return {nullptr, std::string(name)};
  return {};
}

void read_csv(const SourcePtr& source, Gatherer& into) {
  Diagnostics found;
  csv::Reader reader(source, found,
                     {.text = kMaxImportText,
                      .records = kMaxImportRows + 2,
                      .fields = 256,
                      .faults = kMostCsvFaults});
  csv::Record record;
  if (!reader.next(record)) return into.give_up("the first line names no columns");
  std::vector<Column> columns;
  std::set<std::string> there;
  for (const csv::Field& field : record.fields) {
    const std::string name = lower(trim(field.text));
    columns.push_back(column_of(name));
    there.insert(name);
    if (columns.back().member == nullptr && columns.back().factor.empty()) into.pass_over(name);
  }
  for (const char* needed : {"domain", "name", "category"}) {
    if (there.contains(needed)) continue;
    return into.give_up(fmt::format("the first line names no column '{}'", needed));
  }
  while (reader.next(record)) {
    if (into.full()) return;
    const auto is_utf8 = [](const csv::Field& field) {
      return find_not_utf8(field.text) == std::string_view::npos;
    };
    if (!std::ranges::all_of(record.fields, is_utf8)) {
      into.refuse_shape(record.place.line, "it is not UTF-8");
      continue;
    }
    WrittenRow row;
    row.line = record.place.line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string_view text = trim(record.fields[i].text);
      row.bytes += text.size();
      if (text.empty()) continue;  // an empty cell states nothing
      if (columns[i].member != nullptr) row.*columns[i].member = std::string(text);
      if (columns[i].factor.empty()) continue;
      std::vector<std::string> texts;
      for (const auto& one : csv::split_list(record.fields[i], ';')) texts.push_back(*one);
      row.factors.emplace_back(columns[i].factor, std::move(texts));
    }
    into.take(row);
  }
  if (found.errors() >= kMostCsvFaults) {
    return into.give_up(fmt::format("{} rows are no CSV", kMostCsvFaults));
  }
  for (const Diagnostic& one : found.sorted()) into.refuse_shape(one.place.line, one.message);
}

// A value of a factor: true, "high", 7, or a list of such.
bool read_texts(JsonCursor& cursor, std::vector<std::string>& texts) {
  using Kind = JsonCursor::Kind;
  switch (cursor.next()) {
    case Kind::string:
      return cursor.string(texts.emplace_back());
    case Kind::boolean: {
      bool value = false;
      if (!cursor.boolean(value)) return false;
      texts.emplace_back(value ? "true" : "false");
      return true;
    }
    case Kind::number: {
      std::uint64_t value = 0;
      if (!cursor.number(value)) return false;
      texts.push_back(std::to_string(value));
      return true;
    }
    case Kind::array:
      return cursor.array(
          [&] { return cursor.next() != Kind::array && read_texts(cursor, texts); });
    case Kind::object:
    case Kind::null:
    case Kind::nothing:
      break;
  }
  return false;
}

bool read_member(JsonCursor& cursor, std::optional<std::string>& into) {
  std::vector<std::string> texts;
  if (cursor.next() == JsonCursor::Kind::null) return cursor.skip();
  if (!read_texts(cursor, texts) || texts.size() != 1) return false;
  if (!texts.front().empty()) into = std::move(texts.front());
  return true;
}

bool read_object(std::string_view line, WrittenRow& row, Gatherer& into) {
  JsonCursor cursor(line);
  if (cursor.next() != JsonCursor::Kind::object) return false;
  return cursor.object([&](std::string_view key) {
    if (const auto member = WrittenRow::member_of(key)) return read_member(cursor, row.*member);
    if (key != "factors") {
      into.pass_over(key);
      return cursor.skip();
    }
    if (cursor.next() != JsonCursor::Kind::object) return false;
    return cursor.object([&](std::string_view factor) {
      auto& [name, texts] =
          row.factors.emplace_back(std::string(factor), std::vector<std::string>());
      return read_texts(cursor, texts);
    });
  }) && cursor.at_end();
}

void read_json_lines(std::string_view text, std::uint32_t line, Gatherer& into) {
  for (; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view written = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (written.empty()) continue;
    if (into.full()) return;
    WrittenRow row;
    row.line = line;
    row.bytes = written.size();
    if (read_object(written, row, into)) {
      into.take(row);
    } else {
      into.refuse_shape(line, "no object of JSON with texts, numbers and booleans");
    }
  }
}

void write_factors(JsonWriter& json, const Factors& factors) {
  json.key("factors");
  json.begin_object();
  for (const FactorValue& value : factors) {
    json.key(value.factor->name);
    json.begin_array();
    for (const std::string& text : value.texts) json.string(text);
    json.end_array();
  }
  json.end_object();
}

bool read_origin(std::string_view line, ImportOrigin& origin) {
  JsonCursor cursor(line);
  if (cursor.next() != JsonCursor::Kind::object) return false;
  return cursor.object([&](std::string_view key) {
    for (const auto& [name, text] :
         {std::pair<std::string_view, std::string*>{"import", &origin.name},
          {"license", &origin.license},
          {"origin", &origin.origin},
          {"who", &origin.who},
          {"date", &origin.date}}) {
      if (key == name) return cursor.string(*text);
    }
    return cursor.skip();
  }) && cursor.at_end() &&
         !origin.name.empty();
}

}  // namespace

std::string_view to_string(RowFault fault) { return kFaultWords[static_cast<std::size_t>(fault)]; }

std::uint64_t ImportRows::bad() const {
  return std::accumulate(faults.begin(), faults.end(), std::uint64_t{0});
}

std::string app_id_of(std::string_view name) {
  constexpr std::size_t kMostId = 64;  // bytes
  std::string id;
  for (const char c : lower(name)) {
    if ((c >= 'a' && c <= 'z') || is_digit(c)) {
      id += c;
    } else if (!id.empty() && id.back() != '_') {
      id += '_';
    }
  }
  id.resize(std::min(id.size(), kMostId));
  while (id.ends_with('_')) id.pop_back();
  return id;
}

ImportRows read_import(SourcePtr source, const ImportOrigin& origin, const ImportJudges& judges) {
  Gatherer gathered(origin, judges, kMaxRow);
  std::string_view text = source->text;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (text.size() > kMaxImportText) {
    gathered.give_up(fmt::format("it is larger than {} MiB", kMaxImportText >> 20));
  } else if (trim(text).starts_with('{')) {
    read_json_lines(text, 1, gathered);
  } else if (trim(text).starts_with('[')) {
    gathered.give_up("it is one list of JSON; JSON Lines has an object a line (jq -c '.[]')");
  } else {
    read_csv(source, gathered);
  }
  return gathered.finish();
}

std::string kept_text(const ImportOrigin& origin, const std::vector<ImportedApp>& apps) {
  std::string text;
  {
    JsonWriter json(text);
    json.begin_object();
    json.member("import", origin.name);
    json.member("license", origin.license);
    json.member("origin", origin.origin);
    json.member("who", origin.who);
    json.member("date", origin.date);
    json.end_object();
  }
  for (const ImportedApp& app : apps) {
    for (const std::string& domain : app.domains) {
      text += '\n';
      JsonWriter json(text);
      json.begin_object();
      json.member("domain", domain);
      json.member("name", app.name);
      json.member("category", app.category);
      json.member("vendor", app.vendor);
      if (&domain == &app.domains.front()) {
        if (app.score) json.member("score", *app.score);
        if (!app.factors.empty()) write_factors(json, app.factors);
      }
      json.end_object();
    }
  }
  return text + '\n';
}

std::optional<CatalogImport> parse_kept(const std::string& name, const std::string& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  ImportOrigin origin;
  if (!read_origin(std::string_view(text).substr(0, end), origin) || origin.name != name) {
    return std::nullopt;
  }
  // Escaped, a row may be longer than it was.
  Gatherer gathered(origin, {}, text.size());
  read_json_lines(std::string_view(text).substr(end), 1, gathered);
  ImportRows rows = gathered.finish();
  if (!rows.trouble.empty()) return std::nullopt;
  return CatalogImport{std::make_shared<const ImportOrigin>(std::move(origin)),
                       std::move(rows.apps)};
}

std::vector<CatalogImport> read_imports(const std::string& folder, Diagnostics& warnings) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code failure;
  fs::directory_iterator entries(folder, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    const std::string file = entries->path().filename().string();
    if (file.starts_with('.') || !file.ends_with(kSuffix)) continue;
    names.push_back(file.substr(0, file.size() - kSuffix.size()));
  }
  std::sort(names.begin(), names.end());
  std::vector<CatalogImport> imports;
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name + std::string(kSuffix);
    const auto text = read_regular_file(path, kMaxKeptText);
    std::optional<CatalogImport> import;
    if (text) import = parse_kept(name, *text);
    if (import) {
      imports.push_back(std::move(*import));
      continue;
    }
    warnings.warning(
        {std::make_shared<const Source>(Source{path, {}})},
        text ? "this is no kept import of the catalog, and is left out"
             : "an import of the catalog cannot be read, and is left out: " + text.error().detail,
        "sallyport catalog import --remove " + name + ", and import it again");
  }
  return imports;
}

}  // namespace sallyport::discovery
